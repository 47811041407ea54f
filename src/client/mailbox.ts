/**
 * Reads the user's mailbox wherever it lies: what serving nodes push on sessions, and drains of every replica. Two
 * cores decide, one how far each replica has been read, one which is drained when; what arrives goes to the inbox,
 * which says when it is settled.
 */
import { drainMailbox } from '../relay/client.ts'
import { SYNC_PROTOCOL } from '../wire/protocols.ts'
import { CursorsCore } from './cursors.core.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { DrainsCore } from './drains.core.ts'
import { TimedOutError } from '../errors.ts'
import type { Clock, Crypto, Network } from '../ports.ts'
import type { Bytes, Cursor, Envelope, EnvelopeId, PeerKey } from '../types.ts'
import type { Account } from './account.ts'
import type { CursorsEvent } from './cursors.core.ts'
import type { DrainsEvent } from './drains.core.ts'
import type { InboxService } from './inbox/service.ts'
import type { Links, ListedNode } from './session/service.ts'
import type { Session } from './session/session.ts'
import type { ClientStore } from './store/store.ts'
import type { Logger, Stream } from '@libp2p/interface'

export interface MailboxComponents {
  store: ClientStore
  account: Account
  network: Pick<Network, 'open'>
  networkId: string
  links: Links
  inbox: InboxService
  crypto: Crypto
  clock: Clock
  log: Logger
  failed: (error: Error) => void
  /** A drain came to its end, or did not. */
  drained: (node: PeerKey, outcome: { failure: Error | undefined, brought: boolean }) => void
}

/** Envelopes of a page that are not settled yet; a page waits for all of its own. */
interface Page { waiting: Set<EnvelopeId>, postponed: boolean, done: () => void }

export class Mailbox {
  readonly #components: MailboxComponents
  readonly #drains = new DrainsCore()
  readonly #channels = new Map<Session, string>()
  readonly #pages = new Set<Page>()
  readonly #under = new Set<Promise<void>>()
  readonly #moved = new Map<PeerKey, Cursor>()
  readonly #stopping = new AbortController()
  #cursors = new CursorsCore()
  #lastChannel = 0
  readonly #caughtUp = Promise.withResolvers<void>()
  #cancelCatchingUp: (() => void) | undefined
  #cancelWake: (() => void) | undefined
  #cancelFlush: (() => void) | undefined

  constructor (components: MailboxComponents) { this.#components = components }

  /** Everything that nodes keep for this device has been read, as far as they can be reached; never while none can. */
  get isCaughtUp (): boolean { return this.#drains.isCaughtUp }

  /**
   * Resolves when what waited at the start has been taken in, or that takes too long. What is said before goes by
   * groups and devices of yesterday, and may have to be said again.
   */
  get caughtUp (): Promise<void> { return this.#caughtUp.promise }

  async start (): Promise<void> {
    this.#cancelCatchingUp = this.#components.clock.after(CLIENT_DEFAULTS.catchUpMs, this.#caughtUp.resolve)
    const cursors: Array<[PeerKey, Cursor]> = []
    for await (const [node, cursor] of this.#components.store.cursors.entries()) cursors.push([node as PeerKey, cursor])
    this.#cursors = new CursorsCore(cursors)
  }

  async stop (): Promise<void> {
    this.#stopping.abort(new TimedOutError('the client is stopping'))
    this.#cancelWake?.()
    this.#cancelCatchingUp?.()
    this.#caughtUp.resolve()
    for (const page of this.#pages) page.done()
    await Promise.allSettled(this.#under)
    // What was read after the last word on disk is read again.
    await this.#flush().catch(this.#components.failed)
  }

  /** former: nodes that were listed before. */
  list (nodes: ListedNode[], former: ListedNode[] = []): void {
    this.#schedule({ type: 'nodes', nodes: nodes.map(({ node }) => node), former: former.map(({ node }) => node) })
  }

  attached (session: Session): void { this.#schedule({ type: 'attached', node: session.node }) }

  detached (session: Session): void {
    const channel = this.#channels.get(session)
    this.#channels.delete(session)
    if (channel !== undefined) this.#read({ type: 'closed', channel })
    this.#schedule({ type: 'detached', node: session.node })
  }

  push (session: Session, bytes: Bytes, opened: () => void): void {
    const envelope = this.#components.inbox.open(bytes, opened)
    if (envelope !== undefined) this.#take(this.#channel(session), envelope, opened)
  }

  /** There was no room for a push: the cursor stays before it, and a drain brings it. */
  missed (session: Session, bytes: Bytes): void {
    const channel = this.#channel(session)
    const envelope = this.#components.inbox.open(bytes, () => {})
    if (envelope === undefined || channel === undefined) return
    this.#read({ type: 'received', channel, id: envelope.id })
    this.#schedule({ type: 'more', node: session.node, later: true })
  }

  pushed (session: Session, from: number, to: number): void {
    const channel = this.#channel(session)
    if (channel !== undefined) this.#read({ type: 'covered', channel, from, to })
  }

  /** Keys have come that open what was left in the mailbox: all replicas are read from the beginning. */
  again (): void { this.#read({ type: 'again' }) }

  behind (session: Session): void { this.#schedule({ type: 'more', node: session.node, later: false }) }

  settled (ids: EnvelopeId[]): void {
    this.#read({ type: 'settled', ids })
    for (const page of this.#pages) {
      for (const id of ids) page.waiting.delete(id)
      if (page.waiting.size === 0) page.done()
    }
  }

  /** Too much is under way: whoever gave it is drained again later. */
  postponed (id: EnvelopeId): void {
    for (const page of this.#pages) {
      if (!page.waiting.delete(id)) continue
      page.postponed = true
      if (page.waiting.size === 0) page.done()
    }
    for (const session of this.#channels.keys()) this.#schedule({ type: 'more', node: session.node, later: true })
  }

  #take (channel: string | undefined, envelope: Envelope, release: () => void): void {
    if (channel !== undefined) this.#read({ type: 'received', channel, id: envelope.id })
    this.#components.inbox.take(envelope, release)
  }

  /** Pushes may come before the session counts as attached. A node that names no store has no cursor. */
  #channel (session: Session): string | undefined {
    const known = this.#channels.get(session)
    if (known !== undefined || session.storeId === undefined) return known
    const channel = `session ${++this.#lastChannel}`
    this.#channels.set(session, channel)
    this.#read({ type: 'opened', channel, node: session.node, storeId: session.storeId })
    return channel
  }

  #read (event: CursorsEvent): void {
    for (const effect of this.#cursors.handle(event)) {
      switch (effect.type) {
        case 'move':
          this.#moved.set(effect.node, effect.cursor)
          this.#cancelFlush ??= this.#components.clock.after(CLIENT_DEFAULTS.cursorIntervalMs, () => { this.#run(this.#flush()) })
          break
        case 'drain':
          this.#schedule({ type: 'more', node: effect.node, later: false })
          break
        case 'overflow':
          for (const [session, channel] of this.#channels) if (channel === effect.channel) session.abort(new TimedOutError('more came than could be taken in'))
      }
    }
  }

  async #flush (): Promise<void> {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    const { store } = this.#components
    const writes = [...this.#moved].map(([node, cursor]) => store.cursors.put(node, cursor))
    this.#moved.clear()
    await store.write(writes)
  }

  #schedule (event: DrainsEvent): void {
    const { clock, inbox } = this.#components
    if (this.#stopping.signal.aborted) return
    for (const effect of this.#drains.handle(event, clock.now())) {
      switch (effect.type) {
        case 'drain':
          this.#run(this.#drain(effect.node))
          break
        case 'draining':
        case 'drained':
          inbox.handle({ type: effect.type })
          if (effect.type === 'drained') this.#caughtUp.resolve()
          break
        case 'wakeAt':
          this.#cancelWake?.()
          this.#cancelWake = clock.after(Math.max(0, effect.at - clock.now()), () => { this.#schedule({ type: 'tick' }) })
      }
    }
  }

  async #drain (node: PeerKey): Promise<void> {
    const { log, drained } = this.#components
    const channel = `drain ${++this.#lastChannel}`
    let failure: Error | undefined
    let brought = false
    try {
      brought = await this.#drainPages(node, channel)
    } catch (error) {
      failure = error as Error
      log('the mailbox at node %s was not drained: %s', node.slice(0, 8), failure.message)
    } finally {
      this.#read({ type: 'closed', channel })
      this.#schedule({ type: 'ended', node, failed: failure !== undefined, brought })
      if (!this.#stopping.signal.aborted) drained(node, { failure, brought })
    }
  }

  /** True when there was mail. */
  async #drainPages (node: PeerKey, channel: string): Promise<boolean> {
    const { account, network, clock } = this.#components
    const listed = [...account.nodes, ...account.former].find(other => other.node === node)
    const opening = new AbortController()
    const cancel = clock.after(CLIENT_DEFAULTS.drainStallMs, () => { opening.abort(new TimedOutError('the node did not answer in time')) })
    const stream = await network.open(node, listed?.addressHints ?? [], SYNC_PROTOCOL, { signal: AbortSignal.any([opening.signal, this.#stopping.signal]) }).finally(cancel)
    const onStop = (): void => { stream.abort(this.#stopping.signal.reason as Error) }
    this.#stopping.signal.addEventListener('abort', onStop, { once: true })
    if (this.#stopping.signal.aborted) onStop()
    try {
      return await this.#readPages(node, channel, stream)
    } finally {
      this.#stopping.signal.removeEventListener('abort', onStop)
    }
  }

  /** True when there was mail. */
  async #readPages (node: PeerKey, channel: string, stream: Stream): Promise<boolean> {
    const { account, networkId, crypto, clock } = this.#components
    const { certificate, mailbox } = account
    let opened = false
    let brought = false
    for await (const page of drainMailbox(stream, { network: networkId, mailbox, cursor: this.#cursors.cursor(node), certificate, crypto, clock })) {
      if (!opened) this.#read({ type: 'opened', channel, node, storeId: page.storeId })
      opened = true
      brought ||= page.envelopes.length > 0
      const postponed = await this.#takePage(channel, page.envelopes.map(({ envelope }) => envelope))
      this.#read({ type: 'covered', channel, from: page.from, to: page.position })
      if (postponed) this.#schedule({ type: 'more', node, later: true })
      if (postponed || this.#stopping.signal.aborted) break
    }
    return brought
  }

  /** True when something of the page was postponed. */
  async #takePage (channel: string, envelopes: Envelope[]): Promise<boolean> {
    if (envelopes.length === 0) return false
    return await new Promise<boolean>(resolve => {
      const page: Page = {
        waiting: new Set(envelopes.map(({ id }) => id)),
        postponed: false,
        done: () => { this.#pages.delete(page); resolve(page.postponed) }
      }
      this.#pages.add(page)
      for (const envelope of envelopes) this.#take(channel, envelope, () => {})
    })
  }

  #run (task: Promise<void>): void {
    const under = task.catch(this.#components.failed).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}
