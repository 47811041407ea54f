/**
 * How a command ends badly: one plain sentence on stderr, and an exit code. Wrong usage is 2, everything else 1.
 * Nobody but a developer is shown a stack.
 */
import * as errors from '../errors.ts'

export const EXIT = Object.freeze({ done: 0, failed: 1, usage: 2 })

/** The command line itself is wrong; the sentence says how to write it. */
export class UsageError extends Error { override readonly name = 'UsageError' }
/** The command could not be done; the sentence says why, for the person who typed it. */
export class CommandFailedError extends Error { override readonly name = 'CommandFailedError' }

const OURS = new Set([...Object.keys(errors), 'UsageError', 'CommandFailedError'])

/** What the operating system says, in words. */
const SYSTEM_SENTENCES: Readonly<Record<string, string>> = Object.freeze({
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'it exists already',
  EMFILE: 'this process may not open more files',
  EADDRINUSE: 'the address is in use',
  EADDRNOTAVAIL: 'this machine does not have that address'
})

/** The code that the process ends with. */
export function exitCodeOf (error: unknown): number {
  return isNamed(error, 'UsageError') ? EXIT.usage : EXIT.failed
}

/** One sentence, with a capital and a full stop, on one line. */
export function sentenceOf (error: unknown): string {
  return sentence(describe(error))
}

/** What stands on stderr: the sentence, and for a developer who asks for it where something unexpected came from. */
export function failureText (error: unknown, env: NodeJS.ProcessEnv): string {
  const stack = error instanceof Error && !isExpected(error) && env['POSTHOUSE_LOG'] === 'trace' ? `${error.stack ?? ''}\n` : ''
  return `${sentenceOf(error)}\n${stack}`
}

export function isNamed (error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name
}

/** True for what this program means to say; false for what nobody expected. */
export function isExpected (error: unknown): boolean {
  return error instanceof Error && (OURS.has(error.name) || systemCode(error) !== undefined)
}

export function sentence (text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  const first = line.charAt(0)
  // A command's name or an id keeps its spelling.
  const begun = /^[a-z]+[ ,’]/.test(line) ? first.toUpperCase() + line.slice(1) : line
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

function describe (error: unknown): string {
  if (!(error instanceof Error)) return `something went wrong in posthouse itself: ${String(error)}`
  if (OURS.has(error.name)) return error.message
  const code = systemCode(error)
  if (code !== undefined) {
    const { path, address } = error as NodeJS.ErrnoException & { address?: string }
    const subject = path ?? address
    return `${subject === undefined ? 'it did not work' : `cannot use ${subject}`}: ${SYSTEM_SENTENCES[code] ?? error.message}`
  }
  return `something went wrong in posthouse itself (POSTHOUSE_LOG=trace shows where): ${error.message}`
}

function systemCode (error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  return code !== undefined && code in SYSTEM_SENTENCES ? code : undefined
}
