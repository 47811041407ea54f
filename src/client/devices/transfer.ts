/**
 * Contacts and history on their way to a device that has just come in. It asks one of the user's other devices, and gets what
 * an archive would hold, in pieces through the conversation with oneself, a few at a time: the next goes when an earlier
 * one is on the new device's disk. When nothing comes it asks again, another device if there is one, and all begins anew:
 * what is there already stays as it is.
 */
import { toString } from 'uint8arrays/to-string'
import { TimedOutError } from '../../errors.ts'
import { keyBytes } from '../../identity/index.ts'
import { SyncBody, type TransferAck, type TransferPiece, type TransferWant } from '../../wire/devices.ts'
import { decodeEntry, encodeEntry, type ArchiveEntry } from './archive/forms.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import type { Clock, Random } from '../../ports.ts'
import type { Bytes, PeerKey } from '../../types.ts'
import type { TransferProgress } from '../api.ts'
import type { Logger } from '@libp2p/interface'

export interface TransferComponents {
  clock: Clock
  random: Pick<Random, 'bytes'>
  log: Logger
  send: (body: Bytes) => Promise<void>
  progress: (progress: TransferProgress) => void
}

const TRANSFER_ID_BYTES = 16
const TEXT = new TextEncoder()

/** sent: how far it is with each piece. acknowledged: the last piece that is on the new device's disk. */
interface Giving { id: string, to: PeerKey, sent: TransferProgress[], acknowledged: number, moved: () => void, ended: boolean }

/** What the giving side needs besides. entries: head, what there is, end. */
export interface GiverComponents extends TransferComponents { self: PeerKey, entries: () => AsyncIterable<ArchiveEntry> }

/** The giving side. */
export class Giver {
  readonly #components: GiverComponents
  readonly #giving = new Map<PeerKey, Giving>()

  constructor (components: GiverComponents) { this.#components = components }

  /** Another transfer to the same device ends. */
  wanted (to: PeerKey, want: TransferWant): void {
    const { log, self } = this.#components
    const id = toString(want.transfer, 'base16')
    if (want.transfer.byteLength !== TRANSFER_ID_BYTES || toString(want.giver, 'base16') !== self || this.#giving.get(to)?.id === id) return
    this.#end(to)
    const giving: Giving = { id, to, sent: [], acknowledged: -1, moved: () => {}, ended: false }
    this.#giving.set(to, giving)
    this.#give(giving, want.transfer).catch((error: Error) => { log('the transfer to device %s ended: %s', to.slice(0, 8), error.message) }).finally(() => {
      if (this.#giving.get(to) === giving) this.#giving.delete(to)
    })
  }

  acknowledged (from: PeerKey, { transfer, number }: TransferAck): void {
    const giving = this.#giving.get(from)
    if (giving === undefined || giving.id !== toString(transfer, 'base16')) return
    const there = giving.sent[number]
    if (there === undefined || number <= giving.acknowledged) return
    giving.acknowledged = number
    this.#components.progress(there)
    giving.moved()
  }

  stop (): void { for (const to of [...this.#giving.keys()]) this.#end(to) }

  #end (to: PeerKey): void {
    const giving = this.#giving.get(to)
    if (giving === undefined) return
    giving.ended = true
    giving.moved()
    this.#giving.delete(to)
  }

  async #give (giving: Giving, transfer: Bytes): Promise<void> {
    const { entries, send, progress } = this.#components
    let [done, total] = [0, 0]
    let lines = ''
    const piece = async (last: boolean): Promise<void> => {
      const number = giving.sent.length
      await this.#room(giving, number)
      // The total was counted before; what came or went since makes nothing complete before the last piece, nor leaves that short of it.
      const there = { done: last ? total : Math.max(0, Math.min(done, total - 1)), total }
      giving.sent.push(there)
      await send(SyncBody.encode({ contacts: [], piece: { transfer, number, lines: TEXT.encode(lines), last, done: BigInt(there.done), total: BigInt(total) } }))
      lines = ''
      // It has begun; how far it is only the new device can say.
      if (number === 0 && total > 0) progress({ done: 0, total })
    }
    for await (const entry of entries()) {
      if (entry.type === 'head') total = entry.total
      else if (entry.type !== 'end') done++
      lines += `${encodeEntry(entry)}\n`
      if (lines.length >= DEVICES_DEFAULTS.transferPieceBytes) await piece(false)
    }
    await piece(true)
    await this.#room(giving, giving.sent.length - 1 + DEVICES_DEFAULTS.transferWindow)
  }

  /** Until no more than a window of pieces before this one is out. Throws TimedOutError. */
  async #room (giving: Giving, number: number): Promise<void> {
    const { clock } = this.#components
    while (number - giving.acknowledged > DEVICES_DEFAULTS.transferWindow && !giving.ended) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const cancel = clock.after(DEVICES_DEFAULTS.transferSilenceMs, () => { reject(new TimedOutError('the device takes no more')) })
      giving.moved = resolve
      await promise.finally(cancel)
    }
    if (giving.ended) throw new TimedOutError('another transfer has taken its place')
  }
}

interface Taking { id: string, giver: PeerKey, next: number, waiting: Map<number, TransferPiece> }

/** What the taking side needs besides. */
export interface TakerComponents extends TransferComponents {
  /** Devices to ask, in this order. */
  givers: () => PeerKey[]
  /** Takes entries in; they are on disk when it resolves. Throws what is wrong with them. */
  take: (entries: AsyncIterable<ArchiveEntry>) => Promise<unknown>
  /** Everything is here. */
  done: () => Promise<void>
}

/** The taking side, on a device that has just come in. */
export class Taker {
  readonly #components: TakerComponents
  #current: Taking | undefined
  #attempts = 0
  #cancel: (() => void) | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor (components: TakerComponents) { this.#components = components }

  /** Asks, again and again, until everything is here. */
  begin (): void {
    const { givers, random, send, log } = this.#components
    const candidates = givers()
    const giver = candidates[this.#attempts++ % Math.max(1, candidates.length)]
    this.#later()
    if (giver === undefined) return
    const transfer = random.bytes(TRANSFER_ID_BYTES)
    this.#current = { id: toString(transfer, 'base16'), giver, next: 0, waiting: new Map() }
    send(SyncBody.encode({ contacts: [], want: { transfer, giver: keyBytes(giver) } })).catch((error: Error) => { log('no device was asked for the history: %s', error.message) })
  }

  async stop (): Promise<void> {
    this.#cancel?.()
    this.#current = undefined
    await this.#turn
  }

  /** Pieces may overtake each other, but not by more than the window. */
  async piece (from: PeerKey, piece: TransferPiece): Promise<void> {
    const { log } = this.#components
    const current = this.#current
    if (current === undefined || from !== current.giver || current.id !== toString(piece.transfer, 'base16')) return
    const ahead = piece.number - current.next
    if (ahead >= 0 && ahead <= DEVICES_DEFAULTS.transferWindow) current.waiting.set(piece.number, piece)
    this.#later()
    this.#turn = this.#turn.then(async () => { await this.#takeNext(current) }).catch((error: Error) => { log('a piece of the history could not be taken in: %s', error.message) })
    await this.#turn
  }

  async #takeNext (current: Taking): Promise<void> {
    const { take, done, send, progress } = this.#components
    for (let piece; (piece = current.waiting.get(current.next)) !== undefined && this.#current === current;) {
      await take(entriesOf(piece.lines))
      current.waiting.delete(current.next++)
      if (piece.last) {
        this.#current = undefined
        this.#cancel?.()
        await done()
      }
      await send(SyncBody.encode({ contacts: [], ack: { transfer: piece.transfer, number: piece.number } }))
      // Whoever waits for the end may close the client then: by now the giver's answer is on its way.
      progress({ done: Number(piece.done), total: Number(piece.total) })
    }
  }

  #later (): void {
    this.#cancel?.()
    this.#cancel = this.#components.clock.after(DEVICES_DEFAULTS.transferRetryMs, () => { this.begin() })
  }
}

async function * entriesOf (lines: Bytes): AsyncGenerator<ArchiveEntry> {
  for (const line of new TextDecoder().decode(lines).split('\n')) {
    const entry = line === '' ? undefined : decodeEntry(line)
    if (entry !== undefined) yield entry
  }
}
