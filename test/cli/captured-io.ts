/** Streams that a test fills and reads, in the place of a terminal or a pipe. */
import { PassThrough, Readable, Writable } from 'node:stream'
import type { Io } from '../../src/cli/io.ts'
import type { OutputStream } from '../../src/cli/output.ts'

export interface CapturedIo extends Io { written: { stdout: string, stderr: string }, stopper: AbortController, hurrier: AbortController }

export function capturedIo ({ stdin = '', env = {} }: { stdin?: string | Readable, env?: NodeJS.ProcessEnv } = {}): CapturedIo {
  const written = { stdout: '', stderr: '' }
  const stopper = new AbortController()
  const hurrier = new AbortController()
  const into = (name: 'stdout' | 'stderr'): OutputStream => new Writable({
    decodeStrings: false,
    write (chunk: string | Uint8Array, _encoding, done) {
      written[name] += chunk.toString()
      done()
    }
  })
  return {
    stdin: typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin.pipe(new PassThrough()),
    stdout: into('stdout'),
    stderr: into('stderr'),
    env,
    stop: stopper.signal,
    hurry: hurrier.signal,
    serve: () => {},
    written,
    stopper,
    hurrier
  }
}
