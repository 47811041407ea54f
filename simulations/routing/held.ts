/**
 * The records that one process holds for the network, with the rules of src/dht/held.ts: what is older than what is held
 * or was ever seen is refused, what nobody has published again for a day is gone, and when there is no room, the farthest
 * makes some. Gone with the process.
 */
import { compareOrder } from '../../src/identity/index.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { RememberedOrders } from '../../src/dht/orders.ts'
import type { Millis, RouteRecord } from '../../src/types.ts'

interface Held { record: RouteRecord, refreshedAt: Millis, distance: number }

export class HeldRoutes {
  readonly #id: number
  readonly #now: () => Millis
  readonly #init: Pick<RouteInit, 'holdMs' | 'heldMax'>
  /** By the key's place in the key space. */
  readonly #held = new Map<number, Held>()

  constructor (id: number, now: () => Millis, init: Pick<RouteInit, 'holdMs' | 'heldMax'>) {
    this.#id = id
    this.#now = now
    this.#init = init
  }

  get size (): number { return this.#held.size }

  /** False: refused. */
  take (key: number, record: RouteRecord, orders: Pick<RememberedOrders, 'isOlder'> | undefined): boolean {
    const held = this.#current(key)
    const opened = reopened(record, this.#now())
    if (opened === undefined || (held !== undefined && compareOrder(record.order, held.record.order) < 0) || orders?.isOlder(record) === true) return false
    const distance = (key ^ this.#id) >>> 0
    if (held === undefined && !this.#makeRoom(distance)) return false
    this.#held.set(key, { record: opened, refreshedAt: this.#now(), distance })
    return true
  }

  find (key: number): RouteRecord | undefined {
    const held = this.#current(key)
    if (held === undefined) return undefined
    const record = reopened(held.record, this.#now())
    if (record === undefined) this.#held.delete(key)
    return record
  }

  /** Drops what is past its time or was not published again for a day. Returns how many. */
  sweep (): number {
    const before = this.#held.size
    for (const key of [...this.#held.keys()]) this.#current(key)
    return before - this.#held.size
  }

  #current (key: number): Held | undefined {
    const held = this.#held.get(key)
    if (held === undefined) return undefined
    const now = this.#now()
    if (held.record.notAfter * 1000 > now && held.refreshedAt + this.#init.holdMs > now) return held
    this.#held.delete(key)
    return undefined
  }

  #makeRoom (distance: number): boolean {
    if (this.#held.size < this.#init.heldMax || this.sweep() > 0) return true
    let farthest: [key: number, held: Held] | undefined
    for (const entry of this.#held) if (farthest === undefined || entry[1].distance > farthest[1].distance) farthest = entry
    if (farthest === undefined || distance >= farthest[1].distance) return false
    this.#held.delete(farthest[0])
    return true
  }
}

/** The record as it opens now: without entries whose tickets have run out, and not at all when none is left. */
export function reopened (record: RouteRecord, now: Millis): RouteRecord | undefined {
  if (record.notAfter * 1000 <= now) return undefined
  if (record.entries.every(({ ticket }) => ticket.expiry * 1000 > now)) return record
  const entries = record.entries.filter(({ ticket }) => ticket.expiry * 1000 > now)
  return entries.length === 0 ? undefined : { ...record, entries }
}
