/**
 * Everybody's routing table, as kad-dht 16 keeps it.
 *
 * kad-dht's table is a trie that splits any full bucket down to a prefix of six bits, whether it holds our own id or
 * not. So a table is 64 buckets of at most k contacts, by the first bits of their ids, and nobody knows more of their
 * own neighbourhood than of any other place. A contact is never removed for not answering a question. Only when
 * somebody new comes to a full bucket are the three oldest asked whether they are there, and whoever is not makes room;
 * with three old and faithful ones in front, the dead behind them stay for ever.
 *
 * Buckets lie in one array, each a count, the contacts oldest first, and when each came in (s). A table that is said to
 * have been up for long is filled bucket by bucket when somebody first looks (census.ts).
 */
import { enlarged, type Peers } from './peers.ts'
import type { Census } from './census.ts'
import type { KadModelInit } from './defaults.ts'

/** Instead of a bucket: nobody has looked at it since the tables were filled. */
const UNSEEN = -1
const FIRST_BUCKETS = 1024

export interface TablesInit extends Pick<KadModelInit, 'prefixBits' | 'oldContactsPinged' | 'oldContactMs' | 'updatesAtOnce'> {
  bucketPeers: number
  /** Of those, how many may share an address prefix (src/dht/table-guard.ts). */
  groupPeers: number
}

export class Tables {
  readonly #peers: Peers
  readonly #init: TablesInit
  readonly #buckets: number
  readonly #shift: number
  readonly #width: number
  /** By owner and bucket: where it begins in `#cells`, 0 for an empty one, or UNSEEN. */
  #begins = new Int32Array(0)
  #cells: Int32Array
  #end: number
  #free: number[] = []
  #census: Census | undefined
  #pinged = { owner: -1, bucket: -1, updates: 0 }
  /** Pings sent until now, and how many were answered. */
  pings = 0
  pongs = 0
  /** Nearest contacts as `nearest` found them, and their distances. */
  readonly found: Int32Array
  readonly foundDistances: Uint32Array

  constructor (peers: Peers, init: TablesInit) {
    this.#peers = peers
    this.#init = init
    this.#buckets = 1 << init.prefixBits
    this.#shift = 32 - init.prefixBits
    this.#width = 1 + 2 * init.bucketPeers
    this.#cells = new Int32Array(FIRST_BUCKETS * this.#width)
    this.#end = this.#width
    this.found = new Int32Array(init.bucketPeers)
    this.foundDistances = new Uint32Array(init.bucketPeers)
  }

  /** The bytes that all tables take. */
  get bytes (): number { return this.#begins.byteLength + this.#cells.byteLength }

  /** Everybody in the census has been up for long: from now on their tables are what it says. */
  fill (owner: number, census: Census): void {
    this.clear(owner)
    this.#census = census
    this.#begins.fill(UNSEEN, owner * this.#buckets, (owner + 1) * this.#buckets)
  }

  /** The table of a process that has just begun, or ended. */
  clear (owner: number): void {
    this.#makeRoom(owner)
    for (let at = owner * this.#buckets; at < (owner + 1) * this.#buckets; at++) {
      const begin = this.#begins[at] as number
      if (begin > 0) this.#free.push(begin)
      this.#begins[at] = 0
    }
  }

  /** Puts the `count` contacts nearest to the target into `found`, nearest first and without `except`; answers how many. */
  nearest (owner: number, target: number, count: number, except = -1): number {
    const { ids } = this.#peers
    const { found, foundDistances } = this
    const home = target >>> this.#shift
    let total = 0
    // A bucket's number differs from the target's own in the first bits of the distance: this is their order.
    for (let near = 0; near < this.#buckets && total < count; near++) {
      const begin = this.#bucket(owner, home ^ near)
      if (begin === 0) continue
      const first = total
      const end = begin + 1 + (this.#cells[begin] as number)
      for (let at = begin + 1; at < end; at++) {
        const contact = this.#cells[at] as number
        if (contact === except) continue
        const distance = ((ids[contact] as number) ^ target) >>> 0
        if (total === count && distance >= (foundDistances[total - 1] as number)) continue
        let place = total < count ? total++ : total - 1
        while (place > first && (foundDistances[place - 1] as number) > distance) {
          foundDistances[place] = foundDistances[place - 1] as number
          found[place] = found[place - 1] as number
          place--
        }
        foundDistances[place] = distance
        found[place] = contact
      }
    }
    return total
  }

  /** When the contact came into the owner's table, s; undefined when it is not there. */
  knownSince (owner: number, contact: number): number | undefined {
    const begin = this.#bucket(owner, (this.#peers.ids[contact] as number) >>> this.#shift)
    const place = this.#placeIn(begin, contact)
    return place === 0 ? undefined : this.#cells[place + this.#init.bucketPeers]
  }

  /**
   * The owner hears of somebody, or is spoken to by them. New contacts are pinged before they come in; into a full
   * bucket, only when one of the oldest is gone. True when the newcomer came in.
   */
  learn (owner: number, contact: number, nowS: number): boolean {
    if (owner === contact) return false
    const bucket = (this.#peers.ids[contact] as number) >>> this.#shift
    const begin = this.#ownBucket(owner, bucket)
    if (this.#placeIn(begin, contact) !== 0) return false
    if (this.#cells[begin] === this.#init.bucketPeers && !this.#evict(owner, bucket, begin, nowS)) return false
    this.pings++
    if (!this.#peers.answers(contact)) return false
    this.pongs++
    if (this.#isCrowded(begin, contact)) return false
    const count = this.#cells[begin] as number
    this.#cells[begin] = count + 1
    this.#cells[begin + 1 + count] = contact
    this.#cells[begin + 1 + count + this.#init.bucketPeers] = nowS
    return true
  }

  /** True when the bucket that the contact belongs into was filled by the census and nobody has looked at it. */
  isUnseen (owner: number, contact: number): boolean {
    return this.#begins[owner * this.#buckets + ((this.#peers.ids[contact] as number) >>> this.#shift)] === UNSEEN
  }

  /** How many contacts the owner has. */
  size (owner: number): number {
    let total = 0
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      // First where it begins: looking at a bucket may make the cells anew.
      const begin = this.#bucket(owner, bucket)
      total += this.#cells[begin] as number
    }
    return total
  }

  /** All contacts of the owner, bucket by bucket. */
  * contacts (owner: number): Generator<number> {
    for (let bucket = 0; bucket < this.#buckets; bucket++) yield * this.#contactsIn(this.#bucket(owner, bucket))
  }

  /** The longest prefix that the owner shares with a contact, in whole bytes, which is how kad-dht counts it. */
  commonPrefixBytes (owner: number): number {
    const id = this.#peers.ids[owner] as number
    let longest = 0
    for (const contact of this.#contactsIn(this.#bucket(owner, id >>> this.#shift))) {
      longest = Math.max(longest, Math.clz32(id ^ (this.#peers.ids[contact] as number)) >>> 3)
    }
    return longest
  }

  * #contactsIn (begin: number): Generator<number> {
    for (let at = begin + 1; at <= begin + (this.#cells[begin] as number); at++) yield this.#cells[at] as number
  }

  /** The contact's prefix has as many in the bucket as may be. */
  #isCrowded (begin: number, contact: number): boolean {
    const { groups } = this.#peers
    const group = groups[contact] as number
    if (group === 0) return false
    let members = 0
    for (const other of this.#contactsIn(begin)) if (groups[other] === group) members++
    return members >= this.#init.groupPeers
  }

  /** Asks the oldest; true when somebody had to go. */
  #evict (owner: number, bucket: number, begin: number, nowS: number): boolean {
    const { oldContactsPinged, oldContactMs, updatesAtOnce, bucketPeers } = this.#init
    const pinged = this.#pinged
    const isShared = pinged.owner === owner && pinged.bucket === bucket && pinged.updates++ < updatesAtOnce
    if (!isShared) this.#pinged = { owner, bucket, updates: 1 }
    let place = begin + 1
    for (let asked = 0; asked < oldContactsPinged; asked++) {
      if ((this.#cells[place + bucketPeers] as number) > nowS - oldContactMs / 1000) break
      if (!isShared) this.pings++
      if (this.#peers.answers(this.#cells[place] as number)) {
        if (!isShared) this.pongs++
        place++
      } else {
        this.#remove(begin, place)
      }
    }
    return (this.#cells[begin] as number) < bucketPeers
  }

  #remove (begin: number, place: number): void {
    const count = this.#cells[begin] as number
    const since = begin + 1 + this.#init.bucketPeers
    this.#cells.copyWithin(place, place + 1, begin + 1 + count)
    this.#cells.copyWithin(place + this.#init.bucketPeers, place + this.#init.bucketPeers + 1, since + count)
    this.#cells[begin] = count - 1
  }

  /** Where the contact stands; 0: nowhere. */
  #placeIn (begin: number, contact: number): number {
    const end = begin + 1 + (this.#cells[begin] as number)
    for (let at = begin + 1; at < end; at++) if (this.#cells[at] === contact) return at
    return 0
  }

  /** Where the bucket begins. The one at 0 is everybody's empty one. */
  #bucket (owner: number, bucket: number): number {
    const begin = this.#begins[owner * this.#buckets + bucket] as number
    return begin === UNSEEN ? this.#look(owner, bucket) : begin
  }

  #ownBucket (owner: number, bucket: number): number {
    const begin = this.#bucket(owner, bucket)
    return begin === 0 ? this.#add(owner, bucket) : begin
  }

  #look (owner: number, bucket: number): number {
    const begin = this.#add(owner, bucket)
    const { bucketPeers } = this.#init
    const census = this.#census as Census
    const count = census.contacts(owner, bucket, this.#cells, begin + 1, bucketPeers, this.#init.groupPeers)
    this.#cells[begin] = count
    this.#cells.fill(census.sinceS, begin + 1 + bucketPeers, begin + 1 + bucketPeers + count)
    return begin
  }

  #add (owner: number, bucket: number): number {
    let begin = this.#free.pop()
    if (begin === undefined) {
      begin = this.#end
      this.#end += this.#width
      if (this.#end > this.#cells.length) this.#cells = enlarged(this.#cells, new Int32Array(2 * this.#cells.length))
    }
    this.#cells[begin] = 0
    this.#begins[owner * this.#buckets + bucket] = begin
    return begin
  }

  #makeRoom (owner: number): void {
    const needed = (owner + 1) * this.#buckets
    if (needed > this.#begins.length) this.#begins = enlarged(this.#begins, new Int32Array(Math.max(2 * this.#begins.length, needed)))
  }
}
