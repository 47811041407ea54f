/** A user's export as a file: written beside its place and moved there when it is whole; read piece by piece. */
import { randomBytes } from 'node:crypto'
import { access, constants, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withAgent } from './agent/open.ts'
import { CLI_DEFAULTS } from './defaults.ts'
import { CommandFailedError } from './failures.ts'
import { byteCount } from './output.ts'
import { exportPassphrase, type ExportPassphraseOptions } from './passphrase.ts'
import { withProgress } from './progress.ts'
import type { Agent, Result } from './agent/calls.ts'
import type { CommandContext } from './context.ts'
import type { UserOptions } from './options.ts'

export interface ArchiveOptions extends UserOptions, ExportPassphraseOptions {}

type Context = CommandContext<ArchiveOptions>

export async function exportTo (context: Context, path: string): Promise<void> {
  const { io, out } = context
  // Nothing is asked for, and nothing is written, where it cannot be done; and nothing is written over.
  await refuseExisting(path)
  await access(dirname(path), constants.W_OK)
  const bytes = await withAgent(context, async agent => {
    const passphrase = await exportPassphrase(context, { isNew: true })
    return await withProgress(io, 'writing…', async progress => {
      return await whole(path, async file => {
        let written = 0
        await agent.call('export', { passphrase }, {
          signal: io.stop,
          onEvent: async event => {
            if (!('piece' in event)) {
              progress.say(`${event.done} of ${event.total}…`)
              return
            }
            const piece = Buffer.from(event.piece, 'base64')
            await file.appendFile(piece)
            written += piece.byteLength
          }
        })
        return written
      })
    })
  })
  if (out.json) await out.object({ file: path, bytes })
  else await out.line(`${out.paint('green', '✓')} ${path}, ${byteCount(bytes)}: without its passphrase nobody can read it, you neither`)
}

export async function importFrom (context: Context, path: string): Promise<void> {
  const { io, out } = context
  const file = await open(path)
  try {
    const imported = await withAgent(context, async agent => {
      const passphrase = await exportPassphrase(context, { isNew: false })
      return await withProgress(io, 'reading…', async progress => {
        return await bring(agent, file, { passphrase, signal: io.stop, onProgress: ({ done, total }) => { progress.say(`${done} of ${total}…`) } })
      })
    })
    if (out.json) await out.object(imported)
    else await out.line(`${out.paint('green', '✓')} ${imported.contacts} contacts, ${imported.messages} messages`)
  } finally {
    await file.close()
  }
}

interface BringInit { passphrase: string, signal: AbortSignal, onProgress: (progress: { done: number, total: number }) => void }

/** The import takes what is brought; whichever of the two fails first says why. */
async function bring (agent: Agent, file: FileHandle, { passphrase, signal, onProgress }: BringInit): Promise<Result<'import'>> {
  const token = randomBytes(16).toString('hex')
  const over = new AbortController()
  const importing = agent.call('import', { token, passphrase }, { signal, onEvent: onProgress }).finally(() => { over.abort() })
  const bringing = bringPieces(agent, file, { token, signal: AbortSignal.any([signal, over.signal]) })
  // An import that ended early does not want the rest; when it failed, its own reason counts.
  bringing.catch(() => {})
  const imported = await importing
  await bringing.catch((error: unknown) => { if (!over.signal.aborted) throw error })
  return imported
}

async function bringPieces (agent: Agent, file: FileHandle, { token, signal }: { token: string, signal: AbortSignal }): Promise<void> {
  const buffer = Buffer.alloc(CLI_DEFAULTS.pieceBytes)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.byteLength)
    const piece = buffer.subarray(0, bytesRead).toString('base64')
    await agent.call('piece', { token, ...bytesRead > 0 && { piece } }, { signal })
    if (bytesRead === 0) return
  }
}

/** `work` fills a file that only its owner reads; it has its name when it is on the disk, or there is none. */
async function whole<T> (path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const draft = `${path}.part`
  const file = await open(draft, 'wx', 0o600)
  try {
    const result = await work(file)
    await file.sync()
    await file.close()
    await refuseExisting(path)
    await rename(draft, path)
    return result
  } catch (error) {
    await file.close().catch(() => {})
    await rm(draft, { force: true })
    throw error
  }
}

async function refuseExisting (path: string): Promise<void> {
  const there = await open(path).then(async file => { await file.close(); return true }, (error: NodeJS.ErrnoException) => error.code !== 'ENOENT')
  if (there) throw new CommandFailedError(`${path} exists already: an export does not write over anything`)
}
