/** This device's user: key, certificate and profile as they were made, and the route, which changes. */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { mailboxOf } from '../values.ts'
import type { ClientStore, StoredAccount, Written } from '../client-store.ts'
import type { DeviceProcess } from './process.ts'
import type { MailboxId, Millis, PeerKey, RootKey, RouteRecord } from '../../../src/types.ts'

export interface AccountInit { root: RootKey, device: PeerKey, store: ClientStore, process: DeviceProcess }

/** Of the one certificate that a user of a simulation ever has. */
export const FIRST_EPOCH = 1

export class Account {
  readonly root: RootKey
  readonly device: PeerKey
  readonly mailbox: MailboxId
  readonly #store: ClientStore
  readonly #process: DeviceProcess
  #stored: StoredAccount
  #record: RouteRecord | undefined

  constructor ({ root, device, store, process }: AccountInit) {
    this.root = root
    this.device = device
    this.mailbox = mailboxOf(root)
    this.#store = store
    this.#process = process
    this.#stored = store.account() ?? { record: undefined, published: [], former: [] }
    const { record } = this.#stored
    // A record that has run out is none: the user registers again.
    this.#record = record !== undefined && record.notAfter * 1000 > process.now() ? record : undefined
  }

  get record (): RouteRecord | undefined { return this.#record }

  /** In order of preference. */
  get nodes (): PeerKey[] { return this.#record?.entries.map(({ node }) => node) ?? [] }

  /** Nodes of the record that do not have it yet. */
  get unpublished (): PeerKey[] { return this.nodes.filter(node => !this.#stored.published.includes(node)) }

  /** Nodes that left the record not longer ago than mail lives, the last one first. */
  get former (): PeerKey[] {
    const since = this.#process.now() - CLIENT_DEFAULTS.formerKeptMs
    return this.#stored.former.filter(former => former.since > since).map(({ node }) => node)
  }

  /** A name for what an introduction says now: contacts that have it need no other. */
  get introducing (): string { return this.#record?.order.hash ?? '' }

  /** The signer's clock, but never behind what was signed before. */
  nextSeq (): Millis { return Math.max(this.#process.now(), (this.#record?.order.seq ?? 0) + 1) }

  setRecord (record: RouteRecord, done: Written): void {
    const since = this.#process.now()
    const listed = new Set(record.entries.map(({ node }) => node))
    const left = this.nodes.map(node => ({ node, since }))
    const former = [...left, ...this.#stored.former].filter(({ node }, at, all) => !listed.has(node) && all.findIndex(other => other.node === node) === at)
    this.#change({ record, published: [], former: former.slice(0, CLIENT_DEFAULTS.formerMax) }, failure => {
      if (failure === undefined) this.#record = record
      done(failure)
    })
  }

  setPublished (node: PeerKey, done: Written): void {
    this.#change({ published: [...new Set([...this.#stored.published, node])] }, done)
  }

  /** A drain of a former node brought nothing; once no sender can go by the old record any more, it is let go of. */
  leaveFormer (node: PeerKey): void {
    const { former } = this.#stored
    const since = former.find(other => other.node === node)?.since
    if (since === undefined || since + CLIENT_DEFAULTS.formerEmptyMs > this.#process.now()) return
    this.#change({ former: former.filter(other => other.node !== node) }, () => {})
  }

  #change (change: Partial<StoredAccount>, done: Written): void {
    this.#stored = { ...this.#stored, ...change }
    this.#store.write([this.#store.putAccount(this.#stored)], done)
  }
}
