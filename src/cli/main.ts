/** From arguments to an exit code. Every failure ends here, as one sentence on stderr. */
import { CommanderError } from 'commander'
import { CommandFailedError, EXIT, UsageError, exitCodeOf, failureText, isNamed } from './failures.ts'
import { createProgram } from './program.ts'
import type { Io } from './io.ts'

export async function main (argv: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' })
    return EXIT.done
  } catch (error) {
    const failure = reasonOf(error, io)
    if (failure === undefined) return EXIT.done
    io.stderr.write(failureText(failure, io.env))
    return exitCodeOf(failure)
  }
}

/** Undefined where there is no failure: commander ends help and version by an error too. */
function reasonOf (error: unknown, { stop }: Io): unknown {
  if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : usageError(error)
  return stop.aborted && isNamed(error, 'AbortError') ? new CommandFailedError('ended before it was done') : error
}

function usageError ({ code, message }: CommanderError): UsageError {
  if (code === 'commander.help') return new UsageError('say what to do: `posthouse --help` lists the commands')
  return new UsageError(message.replace(/^error: /, '').replace(/\n/g, ' '))
}
