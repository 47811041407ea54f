/**
 * Collections on their way: a device's signed word that it holds envelopes is taken in here, durably, and passed on to
 * the other nodes of its user. What comes from a node is not passed on again: the device's own node reaches them all.
 */
import { NotAuthenticError, RefusedError } from '../errors.ts'
import { openCollection } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { PeerLinks } from './peer-links.ts'
import type { PeerStream } from './peer-stream.ts'
import type { Clock, Crypto, EnvelopeStore, ServedUsers } from '../ports.ts'
import type { Bytes, Collection, EnvelopeId, MailboxId, PeerKey } from '../types.ts'
import type { Logger } from '@libp2p/interface'

export interface CollectionsComponents {
  self: PeerKey
  envelopes: EnvelopeStore
  users: ServedUsers
  links: PeerLinks
  crypto: Crypto
  clock: Clock
  log: Logger
}

export class Collections {
  readonly #components: CollectionsComponents
  /** Being taken in, by stream. */
  readonly #open = new Map<PeerStream, number>()
  /** What devices that their users have no more said to hold, by mailbox and id; the oldest forgotten first. */
  readonly #former = new Set<string>()

  constructor (components: CollectionsComponents) { this.#components = components }

  /** From a device of ours. Durable here when it resolves. Throws as `openCollection` does, RefusedError, StoreFailedError. */
  async take (source: { device: PeerKey, mailbox: MailboxId }, bytes: Bytes): Promise<void> {
    const { users, links, self } = this.#components
    const collection = await this.#openBytes(bytes)
    if (collection.device !== source.device || collection.mailbox !== source.mailbox) throw new NotAuthenticError('the collection was signed by another device')
    await this.keep(collection)
    for (const entry of users.route(collection.mailbox)?.entries ?? []) {
      if (entry.node !== self) links.say(entry, { collect: collection.bytes })
    }
  }

  /** From a node. One that a node should not have sent ends its stream. */
  fromPeer (stream: PeerStream, bytes: Bytes): void {
    const open = (this.#open.get(stream) ?? 0) + 1
    this.#open.set(stream, open)
    if (open > RELAY_DEFAULTS.collectionsOpenMax) stream.gate.close('collections')
    this.#takeFrom(stream, bytes).finally(() => {
      const left = (this.#open.get(stream) ?? 1) - 1
      if (left === 0) this.#open.delete(stream)
      else this.#open.set(stream, left)
      if (left <= RELAY_DEFAULTS.collectionsOpenMax / 2) stream.gate.open('collections')
    }).catch(error => { stream.abort(error) })
  }

  async #takeFrom (stream: PeerStream, bytes: Bytes): Promise<void> {
    const collection = await this.#openBytes(bytes)
    try {
      await this.keep(collection)
    } catch (error) {
      // Not our user any more, or our disk: neither is the other node's fault.
      this.#components.log('a collection from %s was not taken: %s', stream.node.slice(0, 8), error instanceof Error ? error.message : error)
    }
  }

  async #openBytes (bytes: Bytes): Promise<Collection> {
    const { crypto, clock } = this.#components
    return await openCollection(bytes, { crypto, now: clock.now() })
  }

  /** A collection that has been opened. Rejects with RefusedError (notServed) or StoreFailedError. */
  async keep (collection: Collection): Promise<void> {
    const { users, envelopes } = this.#components
    const devices = users.devices(collection.mailbox)
    if (devices?.includes(collection.device) !== true) {
      if (devices !== undefined) this.#noteFormer(collection)
      throw new RefusedError('the device is not in its user’s profile', { code: REFUSAL.notServed, retryAfterSeconds: 0 })
    }
    await envelopes.collect(collection, devices)
  }

  /**
   * Whether a device that the user has no more said that it holds it. Here that deletes nothing; but whoever heard it while
   * the device counted was right to let go.
   */
  wasCollected (mailbox: MailboxId, id: EnvelopeId): boolean { return this.#former.has(`${mailbox}/${id}`) }

  #noteFormer ({ mailbox, ids }: Collection): void {
    for (const id of ids) this.#former.add(`${mailbox}/${id}`)
    for (const oldest of this.#former) {
      if (this.#former.size <= RELAY_DEFAULTS.formerCollectedMax) break
      this.#former.delete(oldest)
    }
  }
}
