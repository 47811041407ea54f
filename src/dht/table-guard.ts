/**
 * Who may come into kad-dht's routing table: of peers that share an address prefix, two for each of its buckets.
 *
 * Whoever is nearest to a key in somebody's table is named to everybody who asks for the way there. So twenty ids that were
 * ground next to a key, all on one machine, would be all that anybody ever hears of; with two of them in a table, the others
 * are never named by an honest peer. kad-dht pings a newcomer before it takes it in, and an old contact before it lets it
 * go: that ping is what this stands in front of.
 */
import { RefusedError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { PLACE_BITS, placeOfPeer } from './place.ts'
import type { GroupOf } from './peer-groups.ts'
import type { Crypto } from '../ports.ts'
import type { PeerId } from '@libp2p/interface'
import type { Ping } from '@libp2p/ping'

/** The first bits of an id that make a bucket: PREFIX_LENGTH of kad-dht 16, down to which it splits all buckets. */
const BUCKET_BITS = 6

export interface TableGuardInit {
  ping: Ping
  groupOf: GroupOf
  /** Whether there is a connection: then nobody needs to ask. */
  isConnected: (peer: PeerId) => boolean
  crypto: Pick<Crypto, 'sha256'>
  /** Of one group in one bucket. */
  groupPeers: number
}

export class TableGuard implements Ping {
  readonly #init: TableGuardInit
  /** Contacts that have a group, by bucket and group. Each has a place in the table, so there are never more than that has. */
  readonly #contacts = new Map<string, Map<string, PeerId>>()
  /** Contacts that are being asked whether they are there. libp2p refuses a second ping beside the first, which must not count as their silence. */
  readonly #asked = new Map<string, Promise<boolean>>()

  constructor (init: TableGuardInit) {
    this.#init = init
  }

  /** The peer's answer to a ping; rejects also when it answers and there are enough of its kind. */
  async ping (peer: PeerId, options?: Parameters<Ping['ping']>[1]): Promise<number> {
    try {
      const ms = await this.#init.ping.ping(peer, options)
      await this.#admit(peer, options)
      return ms
    } catch (error) {
      this.#forget(peer)
      throw error
    }
  }

  async #admit (peer: PeerId, options?: Parameters<Ping['ping']>[1]): Promise<void> {
    const slot = this.#slotOf(peer)
    if (slot === undefined) return
    const contacts = this.#contacts.get(slot) ?? new Map<string, PeerId>()
    this.#contacts.set(slot, contacts)
    if (!contacts.has(peer.toString()) && contacts.size >= this.#init.groupPeers) await this.#askOldest(contacts, options)
    if (!contacts.has(peer.toString()) && contacts.size >= this.#init.groupPeers) {
      throw new RefusedError('enough contacts of this address prefix are in the table', { code: REFUSAL.noRoom, retryAfterSeconds: 0 })
    }
    contacts.set(peer.toString(), peer)
  }

  /** Makes room when the contact that has been there for longest is there no more. */
  async #askOldest (contacts: Map<string, PeerId>, options?: Parameters<Ping['ping']>[1]): Promise<void> {
    const [oldest] = contacts.values()
    if (oldest === undefined) return
    const id = oldest.toString()
    const asked = this.#asked.get(id) ?? this.#isThere(oldest, options).finally(() => { this.#asked.delete(id) })
    this.#asked.set(id, asked)
    if (!await asked) contacts.delete(id)
  }

  async #isThere (peer: PeerId, options?: Parameters<Ping['ping']>[1]): Promise<boolean> {
    if (this.#init.isConnected(peer)) return true
    return await this.#init.ping.ping(peer, options).then(() => true, () => false)
  }

  #forget (peer: PeerId): void {
    for (const [slot, contacts] of this.#contacts) {
      if (contacts.delete(peer.toString()) && contacts.size === 0) this.#contacts.delete(slot)
    }
  }

  /** Undefined: the peer's address says nothing of its owner. */
  #slotOf (peer: PeerId): string | undefined {
    const group = this.#init.groupOf(peer)
    if (group === undefined) return undefined
    return `${placeOfPeer(peer, this.#init.crypto) >> BigInt(PLACE_BITS - BUCKET_BITS)}/${group}`
  }
}
