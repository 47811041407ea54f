/** Devices that come and go, and everything that the user owns as one file. */
import { once } from 'node:events'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { CLI_DEFAULTS } from '../../defaults.ts'
import { Imports } from './pieces.ts'
import type { Client, ClientEvents, TransferProgress } from '../../../client/index.ts'
import type { Params, Result } from '../calls.ts'
import type { Performance } from './performance.ts'

const imports = new Imports()

/** Taken back, the code is worth nothing any more. */
export async function invite (client: Client, _: Params<'invite'>, { signal, emit }: Performance<'invite'>): Promise<Result<'invite'>> {
  const { code, expiresAt, linked, cancel } = await client.invite()
  const progress = new Latest<TransferProgress>(async detail => { await emit({ type: 'transfer', ...detail }) })
  const onTransfer = ({ detail }: ClientEvents['transfer']): void => { progress.tell(detail) }
  client.addEventListener('transfer', onTransfer)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    signal.throwIfAborted()
    await emit({ type: 'code', code, expiresAt })
    signal.throwIfAborted()
    // Taken back, it ends at once: nobody knows what becomes of a code that was cancelled.
    await Promise.race([linked, once(signal, 'abort')])
    signal.throwIfAborted()
    const device = await linked
    await progress.told()
    return { device }
  } finally {
    signal.removeEventListener('abort', cancel)
    client.removeEventListener('transfer', onTransfer)
    if (!signal.aborted) cancel()
  }
}

export async function exportPieces (client: Client, { passphrase }: Params<'export'>, { signal, emit }: Performance<'export'>): Promise<Result<'export'>> {
  const progress = new Latest<TransferProgress>(emit)
  await client.exportTo(async piece => {
    for (let from = 0; from < piece.byteLength; from += CLI_DEFAULTS.pieceBytes) {
      signal.throwIfAborted()
      await progress.told()
      await emit({ piece: toString(piece.subarray(from, from + CLI_DEFAULTS.pieceBytes), 'base64pad') })
    }
  }, passphrase, detail => { progress.tell(detail) })
  await progress.told()
  return {}
}

export async function importPieces (client: Client, { token, passphrase }: Params<'import'>, { signal, emit }: Performance<'import'>): Promise<Result<'import'>> {
  const progress = new Latest<TransferProgress>(emit)
  const pieces = imports.begin(token)
  try {
    return await client.importFrom(pieces.take(signal), passphrase, detail => { progress.tell(detail) })
  } finally {
    imports.end(token)
    await progress.told()
  }
}

export async function bringPiece (_client: Client, { token, piece }: Params<'piece'>, { signal }: Performance<'piece'>): Promise<Result<'piece'>> {
  await imports.get(token).bring(piece === undefined ? undefined : fromString(piece, 'base64pad'), signal)
  return {}
}

/** Tells the newest only: whoever is told slowly is told less. */
class Latest<T> {
  readonly #emit: (value: T) => Promise<void>
  #next: T | undefined
  #telling: Promise<void> | undefined

  constructor (emit: (value: T) => Promise<void>) {
    this.#emit = emit
  }

  tell (value: T): void {
    this.#next = value
    this.#telling ??= this.#tellAll()
  }

  async told (): Promise<void> { await this.#telling }

  async #tellAll (): Promise<void> {
    try {
      for (let value = this.#next; value !== undefined; value = this.#next) {
        this.#next = undefined
        await this.#emit(value)
      }
    } catch {
      // Whoever does not listen any more has ended the call; its end tells why.
    } finally {
      this.#telling = undefined
    }
  }
}
