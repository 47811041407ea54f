/** From arguments to an exit code. Every failure ends here, as one sentence on stderr. */
import { CommanderError } from 'commander'
import { CommandFailedError, EXIT, UsageError, exitCodeOf, isExpected, isNamed, sentenceOf } from './failures.ts'
import { createProgram } from './program.ts'
import type { Io } from './io.ts'

export async function main (argv: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' })
    return EXIT.done
  } catch (error) {
    const failure = error instanceof CommanderError ? usageError(error) : io.stop.aborted && isNamed(error, 'AbortError') ? new CommandFailedError('ended before it was done') : error
    if (failure === undefined) return EXIT.done
    io.stderr.write(`${sentenceOf(failure)}\n`)
    // Only a developer asks for this level.
    if (!isExpected(failure) && io.env['POSTHOUSE_LOG'] === 'trace') io.stderr.write(`${(failure as Error).stack ?? ''}\n`)
    return exitCodeOf(failure)
  }
}

/** commander ends help and version by an error too. */
function usageError ({ exitCode, code, message }: CommanderError): UsageError | undefined {
  if (exitCode === 0) return undefined
  if (code === 'commander.help') return new UsageError('say what to do: `posthouse --help` lists the commands')
  return new UsageError(message.replace(/^error: /, '').replace(/\n/g, ' '))
}
