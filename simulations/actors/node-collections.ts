/** Collections on their way, as src/relay/collections.ts has it: taken in durably, and passed on when a device brought them. */
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { REFUSAL, type Refusal } from '../../src/types.ts'
import { relayFrame } from './frames.ts'
import type { PeerLinks } from './node-links.ts'
import type { PeerStream } from './node-peer-stream.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { ServedUsers } from '../../src/ports.ts'
import type { Collection, MailboxId, PeerKey } from '../../src/types.ts'

export interface CollectionsParts { self: PeerKey, process: SimProcess, store: StorePerformer, users: ServedUsers, links: Pick<PeerLinks, 'say'> }

type Done = (refusal: Refusal | undefined) => void

export class SimCollections {
  readonly #parts: CollectionsParts
  /** Being taken in, by stream. */
  readonly #open = new Map<PeerStream, number>()

  constructor (parts: CollectionsParts) { this.#parts = parts }

  /** From a device: durable here when it is done without a refusal, and passed on to the user's other nodes. */
  take (source: { device: PeerKey, mailbox: MailboxId }, collection: Collection, done: Done): void {
    if (collection.device !== source.device || collection.mailbox !== source.mailbox) return done({ code: REFUSAL.malformed, retryAfterSeconds: 0 })
    this.keep(collection, refusal => {
      if (refusal === undefined) this.#passOn(collection)
      done(refusal)
    })
  }

  fromPeer (stream: PeerStream, collection: Collection): void {
    const open = (this.#open.get(stream) ?? 0) + 1
    this.#open.set(stream, open)
    if (open > RELAY_DEFAULTS.collectionsOpenMax) stream.gate.close('collections')
    // One that is not taken (not our user any more, or our disk) is not the other node's fault.
    this.keep(collection, () => {
      const left = (this.#open.get(stream) ?? 1) - 1
      if (left === 0) this.#open.delete(stream)
      else this.#open.set(stream, left)
      if (left <= RELAY_DEFAULTS.collectionsOpenMax / 2) stream.gate.open('collections')
    })
  }

  ended (stream: PeerStream): void { this.#open.delete(stream) }

  keep (collection: Collection, done: Done): void {
    const { users, store, process } = this.#parts
    const devices = users.devices(collection.mailbox)
    if (devices?.includes(collection.device) !== true) return done({ code: REFUSAL.notServed, retryAfterSeconds: 0 })
    store.collect(collection, devices, isTaken => {
      if (!process.isOver) done(isTaken ? undefined : { code: REFUSAL.storeFailed, retryAfterSeconds: 0 })
    })
  }

  #passOn (collection: Collection): void {
    const { self, users, process, links } = this.#parts
    process.note(`${collection.device} collected ${collection.ids.length}`)
    for (const { node } of users.route(collection.mailbox)?.entries ?? []) {
      if (node !== self) links.say(node, relayFrame.collection(collection))
    }
  }
}
