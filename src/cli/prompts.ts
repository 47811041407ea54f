/** Secrets and texts from a person or a pipe. A secret is never an argument: other users see a process's arguments. */
import { createInterface } from 'node:readline/promises'
import { open } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { CLI_DEFAULTS } from './defaults.ts'
import { CommandFailedError } from './failures.ts'
import type { Io } from './io.ts'

/** Everything on standard input as text, without its last line feed. Refuses more than `bytesMax`. */
export async function readAll (io: Pick<Io, 'stdin'>, bytesMax: number, what: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of io.stdin) {
    const part = Buffer.from(chunk as Uint8Array | string)
    bytes += part.byteLength
    if (bytes > bytesMax) throw new CommandFailedError(`${what} on standard input is longer than ${bytesMax} bytes`)
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8').replace(/\r?\n$/, '')
}

/** The first line of a file. */
export async function readSecretFile (path: string): Promise<string> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CLI_DEFAULTS.secretBytes))
    return buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0] ?? ''
  } finally {
    await file.close()
  }
}

/** Asks on the terminal, on stderr; the answer is not echoed. */
export async function askSecret (io: Pick<Io, 'stdin' | 'stderr' | 'stop'>, question: string): Promise<string> {
  io.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => { done() } })
  const lines = createInterface({ input: io.stdin, output: silent, terminal: true })
  try {
    return await lines.question('', { signal: io.stop })
  } finally {
    lines.close()
    io.stderr.write('\n')
  }
}
