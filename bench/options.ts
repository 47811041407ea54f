/** The options of a benchmark. What it does not know is wrong usage: one sentence, and exit code 2. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

export function readOptions<const Known extends Options> (options: Known): ReturnType<typeof parseArgs<{ options: Known }>>['values'] {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(2)
  }
}
