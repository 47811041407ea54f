/**
 * The client's store on a disk of the simulation: the shelves of src/client/store, and its way of writing. What belongs
 * together goes to disk in one synced batch; batches that arrive while one is being written go together.
 */
import { factKey } from '../../src/client/inbox/events.core.ts'
import { addressKey } from '../../src/client/outbox/events.core.ts'
import type { Disk, DiskWrite } from '../world/disk.ts'
import type { Draft, SealedEnvelope } from './user/sealing.ts'
import type { InboxFact } from '../../src/client/inbox/events.core.ts'
import type { OutboxEntry } from '../../src/client/outbox/events.core.ts'
import type { Cursor, EnvelopeId, MessageId, MessageState, Millis, PeerKey, RootKey, RouteRecord } from '../../src/types.ts'

/** What is kept of the user: the route, which of its nodes have it, and nodes that have left it, where mail may still lie. */
export interface StoredAccount { record: RouteRecord | undefined, published: PeerKey[], former: Array<{ node: PeerKey, since: Millis }> }
/** introduced: hash of the route that the contact was told last. */
export interface StoredContact { record: RouteRecord | undefined, introduced: string, usedAt: Millis }
/** sealings: how often it was sealed. */
export interface StoredOutgoing { entry: OutboxEntry, draft: Draft, sealings: number }
export interface StoredSent { to: RootKey, state: MessageState, copies: number, w: number }

/** Told when a batch is on disk, or why it is not. */
export type Written = (failure: string | undefined) => void

/**
 * What a value takes on disk, its key included: JSON with ids of 64 hex digits, bytes as base64. Estimates from the
 * forms in src/client/store/schemas.ts; a client's disk does not fill up by the odd byte.
 */
const STORED_BYTES = Object.freeze({ account: 5_000, contact: 6_500, outgoing: 1_200, sent: 900, fact: 330, cursor: 150, shownAt: 150, id: 68 })
const ACCOUNT_KEY = 'account'
const POSITION_KEY = 'position'

export class ClientStore {
  readonly #disk: Disk
  readonly #damaged: (table: string, key: string) => void
  #waiting: Array<{ writes: DiskWrite[], done: Written }> = []
  #isWriting = false
  #idle: Array<() => void> = []

  /** damaged: told of each value that does not read; it is left out. */
  constructor (disk: Disk, damaged: (table: string, key: string) => void) {
    this.#disk = disk
    this.#damaged = damaged
  }

  /** All or nothing, on disk when `done` is called. Batches keep their order. */
  write (writes: DiskWrite[], done: Written): void {
    if (writes.length === 0) return done(undefined)
    this.#waiting.push({ writes, done })
    if (!this.#isWriting) this.#writeNext()
  }

  /** When nothing is being written any more. */
  whenIdle (then: () => void): void {
    if (this.#isWriting) this.#idle.push(then)
    else then()
  }

  account (): StoredAccount | undefined { return this.#read<StoredAccount>('account', ACCOUNT_KEY) }
  putAccount (account: StoredAccount): DiskWrite { return put('account', ACCOUNT_KEY, account, STORED_BYTES.account) }

  contact (root: RootKey): StoredContact | undefined { return this.#read<StoredContact>('contact', root) }
  putContact (root: RootKey, contact: StoredContact): DiskWrite { return put('contact', root, contact, STORED_BYTES.contact) }

  outgoing (): Iterable<[string, StoredOutgoing]> { return this.#entries<StoredOutgoing>('outgoing') }
  putOutgoing (outgoing: StoredOutgoing): DiskWrite { return put('outgoing', addressKey(outgoing.entry), outgoing, STORED_BYTES.outgoing + (outgoing.draft.type === 'text' ? outgoing.draft.textBytes : 0)) }
  deleteOutgoing (key: string): DiskWrite { return gone('outgoing', key) }

  envelope (id: EnvelopeId): SealedEnvelope | undefined { return this.#read<SealedEnvelope>('envelope', id) }
  envelopes (): Iterable<[string, SealedEnvelope]> { return this.#entries<SealedEnvelope>('envelope') }
  putEnvelope (envelope: SealedEnvelope): DiskWrite { return put('envelope', envelope.id, envelope, STORED_BYTES.id + Math.ceil(envelope.bytes.byteLength * 4 / 3)) }
  deleteEnvelope (id: EnvelopeId): DiskWrite { return gone('envelope', id) }

  sent (id: MessageId): StoredSent | undefined { return this.#read<StoredSent>('sent', id) }
  putSent (id: MessageId, sent: StoredSent): DiskWrite { return put('sent', id, sent, STORED_BYTES.sent) }

  cursors (): Iterable<[string, Cursor]> { return this.#entries<Cursor>('cursor') }
  putCursor (node: PeerKey, cursor: Cursor): DiskWrite { return put('cursor', node, cursor, STORED_BYTES.cursor) }

  /** Every fact but the history's lines. */
  facts (): InboxFact[] { return [...this.#entries<InboxFact>('fact')].map(([, fact]) => fact) }

  /** Of a line of the history only its place is kept: nobody in a simulation reads it again. */
  putFact (fact: InboxFact): DiskWrite[] {
    if (fact.type !== 'shown') return [put('fact', factKey(fact), fact, STORED_BYTES.fact)]
    return [
      put('shown-at', `${fact.conversation}/${fact.message.id}`, fact.position, STORED_BYTES.shownAt),
      put('history', POSITION_KEY, fact.position, STORED_BYTES.fact)
    ]
  }

  deleteFact (key: string): DiskWrite { return gone('fact', key) }

  /** Of the history's last line, 0 when there is none. */
  lastPosition (): number { return this.#read<number>('history', POSITION_KEY) ?? 0 }

  isShown (id: MessageId, conversation: RootKey): boolean { return this.#read('shown-at', `${conversation}/${id}`) !== undefined }

  #writeNext (): void {
    const group = this.#waiting
    this.#waiting = []
    this.#isWriting = true
    this.#disk.write(group.flatMap(({ writes }) => writes), { sync: true }, failure => {
      // What they write next comes with the batch after the one that waits already.
      this.#isWriting = this.#waiting.length > 0
      if (this.#isWriting) this.#writeNext()
      for (const { done } of group) done(failure)
      if (!this.#isWriting) for (const idle of this.#idle.splice(0)) idle()
    })
  }

  #read<T> (table: string, key: string): T | undefined {
    const read = this.#disk.read(table, key)
    if (!read.found) return undefined
    if (!read.damaged) return read.value as T
    this.#damaged(table, key)
    return undefined
  }

  * #entries<T> (table: string): Iterable<[string, T]> {
    for (const [key, value, damaged] of this.#disk.entries(table)) {
      if (damaged) this.#damaged(table, key)
      else yield [key, value as T]
    }
  }
}

function put (table: string, key: string, value: unknown, bytes: number): DiskWrite { return { table, key, value, bytes } }

function gone (table: string, key: string): DiskWrite { return { table, key, value: undefined, bytes: 0 } }
