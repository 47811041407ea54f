/**
 * The bare thing: what comes is shown to whoever reads the mailbox, written to LevelDB in group commits with sync, and
 * acknowledged after the fsync. No identity, no quotas, no receipts, no checks: what a messenger's node does besides
 * is the difference to this.
 */
import { Level } from 'level'
import { STORE_DEFAULTS } from '../../src/store/defaults.ts'
import { KIND, type FrameLink } from './frames.ts'

/** Where the mailbox stands in a deposit: behind kind, ticket and the envelope's first four bytes. */
const MAILBOX_AT = 9
const MAILBOX_BYTES = 32
const ENVELOPE_AT = 5
const POSITION_BYTES = 8
/** A drain's step, as a page of ours has it. */
const STEP_BYTES = 256 * 1024
const STEP_ENTRIES = 1024

interface Mailbox { position: number, readers: Set<FrameLink> }
interface Waiting { link: FrameLink, ticket: number, key: Buffer, value: Buffer }

export class ReferenceLoop {
  readonly #database: Level<Uint8Array, Uint8Array>
  readonly #mailboxes = new Map<string, Mailbox>()
  #waiting: Waiting[] = []
  #committing = false

  constructor (directory: string) {
    // As our own store has it, so that the two differ in what they do and not in how LevelDB is set up.
    this.#database = new Level(directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      compression: false,
      writeBufferSize: STORE_DEFAULTS.writeBufferBytes,
      cacheSize: STORE_DEFAULTS.cacheBytes
    })
  }

  async open (): Promise<void> { await this.#database.open() }
  async close (): Promise<void> { await this.#database.close() }

  accept (link: FrameLink): void {
    link.onFrame = frame => { this.#onFrame(link, frame) }
  }

  #onFrame (link: FrameLink, frame: Buffer): void {
    const [kind] = frame
    if (kind === KIND.deposit) {
      this.#onDeposit(link, frame)
    } else if (kind === KIND.attach) {
      this.#mailbox(frame.subarray(1)).readers.add(link)
      link.send(Buffer.of(KIND.done))
    } else if (kind === KIND.drain) {
      void this.#drain(link, frame.subarray(1))
    }
  }

  #onDeposit (link: FrameLink, frame: Buffer): void {
    const name = frame.subarray(MAILBOX_AT, MAILBOX_AT + MAILBOX_BYTES)
    const value = frame.subarray(ENVELOPE_AT)
    const mailbox = this.#mailbox(name)
    for (const reader of mailbox.readers) reader.send(Buffer.of(KIND.push), value)
    this.#waiting.push({ link, ticket: frame.readUInt32BE(1), key: keyOf(name, ++mailbox.position), value })
    if (this.#committing) return
    this.#committing = true
    queueMicrotask(() => { void this.#commit() })
  }

  async #commit (): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#waiting
      this.#waiting = []
      await this.#database.batch(taken.map(({ key, value }) => ({ type: 'put', key, value })), { sync: true })
      const tickets = new Map<FrameLink, number[]>()
      for (const { link, ticket } of taken) {
        const known = tickets.get(link)
        if (known === undefined) tickets.set(link, [ticket])
        else known.push(ticket)
      }
      for (const [link, stored] of tickets) link.send(storedFrame(stored))
    }
    this.#committing = false
  }

  async #drain (link: FrameLink, name: Buffer): Promise<void> {
    const iterator = this.#database.iterator({ gt: keyOf(name, 0), lte: keyOf(name, Number.MAX_SAFE_INTEGER), highWaterMarkBytes: STEP_BYTES })
    for (let step = await iterator.nextv(STEP_ENTRIES); step.length > 0; step = await iterator.nextv(STEP_ENTRIES)) {
      for (const [, value] of step) link.send(Buffer.of(KIND.push), value)
      await link.room()
    }
    await iterator.close()
    link.send(Buffer.of(KIND.done))
  }

  #mailbox (name: Buffer): Mailbox {
    const hex = name.toString('hex')
    let mailbox = this.#mailboxes.get(hex)
    if (mailbox === undefined) this.#mailboxes.set(hex, mailbox = { position: 0, readers: new Set() })
    return mailbox
  }
}

function keyOf (name: Buffer, position: number): Buffer {
  const key = Buffer.allocUnsafe(MAILBOX_BYTES + POSITION_BYTES)
  key.set(name)
  key.writeBigUInt64BE(BigInt(position), MAILBOX_BYTES)
  return key
}

function storedFrame (tickets: number[]): Buffer {
  const frame = Buffer.allocUnsafe(1 + 4 * tickets.length)
  frame[0] = KIND.stored
  tickets.forEach((ticket, at) => frame.writeUInt32BE(ticket, 1 + 4 * at))
  return frame
}
