"""Runs a command on a pseudo-terminal: its keys come from standard input, what it paints goes to standard output, and each
line "columns rows" on descriptor 3 is a new size. Ends with the command's own exit code."""
import fcntl, os, pty, select, struct, sys, termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))


def main():
    columns, rows, *command = sys.argv[1:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    resize(terminal, int(columns), int(rows))
    sources = [terminal, 0, 3]
    while True:
        for source in select.select(sources, [], [])[0]:
            try:
                data = os.read(source, 65536)
            except OSError:
                data = b''
            if source == terminal:
                if not data:
                    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                os.write(1, data)
            elif not data:
                sources.remove(source)
            elif source == 0:
                os.write(terminal, data)
            else:
                for line in data.decode().split('\n')[:-1]:
                    resize(terminal, *map(int, line.split()))


main()
