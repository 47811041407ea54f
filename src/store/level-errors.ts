/** What LevelDB's errors mean, to a node's store and to a client's: it has few codes, and the rest stands in its words. */

/** LevelDB's own words are in the innermost cause. */
export function reasonOf (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}

/** How LevelDB says, as of a failed read, that a table ends before its index says so, or that CURRENT names a file that is not there. */
const CUT_OR_LOST = /\.ldb: Invalid argument$|MANIFEST-\d+: No such file/

/** Whether LevelDB found what it reads to be damaged. */
export function isDamage (error: unknown): boolean {
  return levelErrorOf(error)?.code === 'LEVEL_CORRUPTION' || CUT_OR_LOST.test(levelErrorOf(error)?.message ?? '')
}

/** Whether another process, or this one, has the database open. */
export function isLocked (error: unknown): boolean { return levelErrorOf(error)?.code === 'LEVEL_LOCKED' }

/** The error that LevelDB itself gave, however deep it stands. */
function levelErrorOf (error: unknown): { code: string, message: string } | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && LEVEL_CODES.has(String(cause.code))) return { code: String(cause.code), message: cause.message }
  }
  return undefined
}

const LEVEL_CODES: ReadonlySet<string> = new Set(['LEVEL_LOCKED', 'LEVEL_CORRUPTION', 'LEVEL_IO_ERROR'])
