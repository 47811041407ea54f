/** Pre-sealed envelopes: random bodies behind real headers, numbered so that each can be counted exactly once. */
import { randomFillSync } from 'node:crypto'
import { ENVELOPE_HEADER_BYTES, makeEnvelope } from '../../src/wire/envelope.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import type { Bytes, MailboxId } from '../../src/types.ts'

const WEEK_SECONDS = 7 * 24 * 3600

/** `count` whole envelopes of `bytes` each. */
export function makeLetters (mailbox: MailboxId, count: number, bytes: number): Bytes[] {
  const expiry = Math.floor(Date.now() / 1000) + WEEK_SECONDS
  const body = Buffer.alloc(bytes - ENVELOPE_HEADER_BYTES)
  return Array.from({ length: count }, (_, number) => {
    randomFillSync(body)
    body.writeUInt32BE(number)
    return makeEnvelope({ mailbox, expiry, body }, nodeCrypto).bytes
  })
}

export function numberOf (letter: Uint8Array): number {
  return new DataView(letter.buffer, letter.byteOffset).getUint32(ENVELOPE_HEADER_BYTES)
}

/** Counts each number once. A number that comes twice, or that nobody gave out, is a failure and no figure. */
export class Tally {
  readonly complete: Promise<void>
  readonly #seen: Uint8Array
  #left: number
  #settle!: { resolve: () => void, reject: (error: Error) => void }

  constructor (count: number) {
    this.#seen = new Uint8Array(count)
    this.#left = count
    this.complete = new Promise((resolve, reject) => { this.#settle = { resolve, reject } })
  }

  add (number: number): void {
    if (this.#seen[number] !== 0) return this.fail(new Error(`letter ${number} came twice or was never sent`))
    this.#seen[number] = 1
    if (--this.#left === 0) this.#settle.resolve()
  }

  fail (error: Error): void { this.#settle.reject(error) }
}
