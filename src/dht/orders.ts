/**
 * The highest order seen of each user, kept for longer than any record lives: whoever has seen a newer record can no
 * longer be sent back to an older one, neither by a lying holder nor by a restart.
 *
 * Held in memory and written through to a Shelf, under the root key's hex digits:
 *   epoch u32 · seq u64 · hash 32 · last seen u64 (ms)
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../errors.ts'
import { compareOrder } from '../identity/index.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import type { Shelf } from '../ports.ts'
import type { Bytes, Millis, Order, RootKey } from '../types.ts'
import type { Logger } from '@libp2p/interface'

const ENTRY_BYTES = 52
const ROOT_KEY = /^[0-9a-f]{64}$/

interface Seen { order: Order, seenAt: Millis }

export class RememberedOrders {
  readonly #shelf: Shelf
  readonly #log: Logger
  readonly #entriesMax: number
  readonly #seen = new Map<RootKey, Seen>()

  private constructor (shelf: Shelf, log: Logger, entriesMax: number) {
    this.#shelf = shelf
    this.#log = log
    this.#entriesMax = entriesMax
  }

  /** Reads what earlier runs remembered. An entry that cannot be read is dropped with a log line. */
  static async open (shelf: Shelf, { now, log, entriesMax = ROUTE_DEFAULTS.ordersMax }: { now: Millis, log: Logger, entriesMax?: number }): Promise<RememberedOrders> {
    const orders = new RememberedOrders(shelf, log, entriesMax)
    const dropped: string[] = []
    for await (const [key, value] of shelf.entries()) {
      try {
        if (!ROOT_KEY.test(key)) throw new MalformedError('its key is not a root key')
        orders.#seen.set(key as RootKey, decodeSeen(value))
      } catch (error) {
        log.error('a remembered order cannot be read and is dropped: %s', error instanceof Error ? error.message : String(error))
        dropped.push(key)
      }
    }
    for (const key of dropped) await shelf.delete(key)
    await orders.sweep(now)
    return orders
  }

  get size (): number { return this.#seen.size }

  /** True when a newer order of the same user has been seen. */
  isOlder ({ root, order }: { root: RootKey, order: Order }): boolean {
    const seen = this.#seen.get(root)
    return seen !== undefined && compareOrder(order, seen.order) < 0
  }

  /** Remembers the order unless a higher one is known. Durable when it resolves. */
  async remember ({ root, order }: { root: RootKey, order: Order }, now: Millis): Promise<void> {
    const seen = this.#seen.get(root)
    if (seen === undefined && this.#seen.size >= this.#entriesMax) {
      await this.sweep(now)
      if (this.#seen.size >= this.#entriesMax) return
    }
    if (seen !== undefined) {
      const newer = compareOrder(order, seen.order)
      if (newer < 0 || (newer === 0 && now - seen.seenAt < ROUTE_DEFAULTS.orderRefreshMs)) return
    }
    this.#seen.set(root, { order: { ...order }, seenAt: now })
    await this.#shelf.put(root, encodeSeen({ order, seenAt: now }))
  }

  /** Forgets users that were not seen for longer than any record lives. Returns how many. */
  async sweep (now: Millis): Promise<number> {
    const old = [...this.#seen].filter(([, { seenAt }]) => seenAt + ROUTE_DEFAULTS.orderMemoryMs <= now).map(([root]) => root)
    for (const root of old) {
      this.#seen.delete(root)
      await this.#shelf.delete(root)
    }
    if (old.length > 0) this.#log('forgot the route orders of %d users', old.length)
    return old.length
  }
}

function encodeSeen ({ order, seenAt }: Seen): Bytes {
  const bytes = new Uint8Array(ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, order.epoch)
  view.setBigUint64(4, BigInt(order.seq))
  bytes.set(fromString(order.hash, 'base16'), 12)
  view.setBigUint64(44, BigInt(seenAt))
  return bytes
}

/** Throws MalformedError. Exported for the property test. */
export function decodeSeen (bytes: Uint8Array): Seen {
  if (bytes.byteLength !== ENTRY_BYTES) throw new MalformedError(`it has ${bytes.byteLength} bytes, not ${ENTRY_BYTES}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const order = { epoch: view.getUint32(0), seq: Number(view.getBigUint64(4)), hash: toString(bytes.subarray(12, 44), 'base16') }
  const seenAt = Number(view.getBigUint64(44))
  if (!Number.isSafeInteger(order.seq) || !Number.isSafeInteger(seenAt)) throw new MalformedError('it holds a number larger than 2^53')
  return { order, seenAt }
}
