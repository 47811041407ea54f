/**
 * The records that this node holds for the network, in the form that kad-dht stores through: a Datastore that says no.
 *
 * kad-dht writes whatever its validator passed over whatever was there, so an old but valid record rolls a newer one
 * back (libp2p/js-libp2p#3377), and it writes its own puts without even that. A validator cannot close this alone: two
 * puts may pass it together and land in the wrong order. Here comparing and writing are one step, for every way in.
 * Nothing but route records is held: no provider records, no public keys, and never more than a named number. Records
 * live in memory; their users' nodes publish them again long before all holders have restarted.
 */
import { NotFoundError } from '@libp2p/interface'
import { Libp2pRecord } from '@libp2p/record'
import { BaseDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { compare } from 'uint8arrays/compare'
import { toString } from 'uint8arrays/to-string'
import { xor } from 'uint8arrays/xor'
import { MalformedError, RefusedError } from '../errors.ts'
import { compareOrder } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import type { OpenedRecords } from './opened.ts'
import type { RememberedOrders } from './orders.ts'
import type { Clock, Crypto } from '../ports.ts'
import type { Bytes, Millis, Order, RouteRecord, Seconds } from '../types.ts'
import type { PeerId } from '@libp2p/interface'

/** Where kad-dht keeps records: its own prefix, then the key in base32. */
const RECORD_PREFIX = '/dht/record/'

export interface HeldComponents {
  /** Ours: when the store is full, what lies nearest to us stays. */
  peerId: PeerId
  crypto: Crypto
  clock: Clock
  opened: OpenedRecords
  orders: RememberedOrders
}

interface Held { stored: Uint8Array, order: Order, notAfter: Seconds, refreshedAt: Millis, distance: Uint8Array }

export class HeldRecords extends BaseDatastore {
  readonly #components: HeldComponents
  readonly #entriesMax: number
  readonly #self: Bytes
  readonly #held = new Map<string, Held>()

  constructor (components: HeldComponents, { entriesMax = ROUTE_DEFAULTS.heldMax }: { entriesMax?: number } = {}) {
    super()
    this.#components = components
    this.#entriesMax = entriesMax
    this.#self = components.crypto.sha256(components.peerId.toMultihash().bytes)
  }

  get size (): number { return this.#held.size }

  /**
   * Takes in what kad-dht was asked to store. Rejects with what is wrong with the record, or with a RefusedError:
   * stale (a newer one is known) or noRoom.
   */
  override async put (name: Key, stored: Uint8Array): Promise<Key> {
    if (!name.toString().startsWith(RECORD_PREFIX)) throw new RefusedError('only route records are held here', { code: REFUSAL.unsupported, retryAfterSeconds: 0 })
    const { key, value } = deserialize(stored)
    if (recordName(key) !== name.toString()) throw new MalformedError('the record stands under another key than it says')
    this.#take(key, await this.#components.opened.openAt(key, value))
    return name
  }

  /** Holds a record of our own publishing like anybody else's. Rejects like `put`. */
  async keep (key: Bytes, { bytes }: RouteRecord): Promise<void> {
    this.#take(key, await this.#components.opened.openAt(key, bytes))
  }

  /** The record held under a DHT key, or undefined; also when the last of its serving tickets has run out. */
  async find (key: Bytes): Promise<RouteRecord | undefined> {
    const held = this.#current(recordName(key))
    if (held === undefined) return undefined
    try {
      return await this.#components.opened.openAt(key, deserialize(held.stored).value)
    } catch {
      // It opened when it was taken in: only time can have ended it.
      if (this.#held.get(recordName(key)) === held) this.#held.delete(recordName(key))
      return undefined
    }
  }

  override get (name: Key): Uint8Array {
    const held = this.#current(name.toString())
    if (held === undefined) throw new NotFoundError('no record is held under this key')
    return held.stored
  }

  override has (name: Key): boolean {
    return this.#current(name.toString()) !== undefined
  }

  override delete (name: Key): void {
    this.#held.delete(name.toString())
  }

  override * _all (): Generator<{ key: Key, value: Uint8Array }> {
    for (const [name, { stored }] of this.#held) yield { key: new Key(name, false), value: stored }
  }

  override * _allKeys (): Generator<Key> {
    for (const name of this.#held.keys()) yield new Key(name, false)
  }

  /** Drops what is past its time or was not published again for a day. Returns how many. */
  sweep (): number {
    const before = this.#held.size
    for (const name of [...this.#held.keys()]) this.#current(name)
    return before - this.#held.size
  }

  /** No await in here: nothing may come between looking and writing. */
  #take (key: Uint8Array, record: RouteRecord): void {
    const { crypto, clock, orders } = this.#components
    const name = recordName(key)
    const held = this.#current(name)
    if ((held !== undefined && compareOrder(record.order, held.order) < 0) || orders.isOlder(record)) {
      throw new RefusedError('a newer route record is known', { code: REFUSAL.stale, retryAfterSeconds: 0 })
    }
    const distance = held?.distance ?? xor(crypto.sha256(key), this.#self)
    if (held === undefined) this.#makeRoom(distance)
    const now = clock.now()
    const stored = new Libp2pRecord(key, record.bytes, new Date(now)).serialize()
    this.#held.set(name, { stored, order: record.order, notAfter: record.notAfter, refreshedAt: now, distance })
  }

  /** Answers nothing that has run out, and forgets it. */
  #current (name: string): Held | undefined {
    const now = this.#components.clock.now()
    const held = this.#held.get(name)
    if (held === undefined) return undefined
    if (held.notAfter * 1000 > now && held.refreshedAt + ROUTE_DEFAULTS.holdMs > now) return held
    this.#held.delete(name)
    return undefined
  }

  /** When full, the farthest record from us makes room for a nearer one: far ones have better holders than us. */
  #makeRoom (distance: Uint8Array): void {
    if (this.#held.size < this.#entriesMax || this.sweep() > 0) return
    let farthest: [string, Held] | undefined
    for (const entry of this.#held) {
      if (farthest === undefined || compare(entry[1].distance, farthest[1].distance) > 0) farthest = entry
    }
    if (farthest === undefined || compare(distance, farthest[1].distance) >= 0) {
      throw new RefusedError('no room for more route records', { code: REFUSAL.noRoom, retryAfterSeconds: 0 })
    }
    this.#held.delete(farthest[0])
  }
}

function recordName (key: Uint8Array): string {
  return RECORD_PREFIX + toString(key, 'base32')
}

function deserialize (stored: Uint8Array): Libp2pRecord {
  try {
    return Libp2pRecord.deserialize(stored)
  } catch (error) {
    throw new MalformedError('the stored record cannot be read', { cause: error })
  }
}
