/**
 * Reads the user's mailbox wherever it lies, as src/client/mailbox.ts does: pushes on sessions, and drains of every
 * replica. The shipped cursors and drains cores decide; what arrives goes to the inbox, which says when it is settled.
 */
import { CursorsCore, type CursorsEvent } from '../../../src/client/cursors.core.ts'
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { DrainsCore, type DrainsEvent } from '../../../src/client/drains.core.ts'
import { Drain } from './drain.ts'
import { Turns } from './turns.ts'
import type { ClientStore } from '../client-store.ts'
import type { Account } from './account.ts'
import type { Inbox } from './inbox.ts'
import type { Alarm, DeviceProcess } from './process.ts'
import type { Session } from './session.ts'
import type { Cursor, Envelope, EnvelopeId, PeerKey, Refusal } from '../../../src/types.ts'

export interface MailboxComponents {
  store: ClientStore
  account: Account
  inbox: Inbox
  process: DeviceProcess
  /** A drain came to its end, or did not. */
  drained: (node: PeerKey, came: 'answered' | 'failed' | Refusal, brought: boolean) => void
}

/** Envelopes of a page that are not settled yet; a page waits for all of its own. */
interface Page { waiting: Set<EnvelopeId>, postponed: boolean, done: (postponed: boolean) => void }

export class Mailbox {
  readonly #components: MailboxComponents
  readonly #drains = new DrainsCore()
  readonly #schedules = new Turns<DrainsEvent>(event => { this.#schedule(event) })
  readonly #cursors: CursorsCore
  readonly #reads = new Turns<CursorsEvent>(event => { this.#read(event) })
  readonly #channels = new Map<Session, string>()
  readonly #pages = new Set<Page>()
  readonly #running = new Set<Drain>()
  readonly #wake: Alarm
  readonly #moved = new Map<PeerKey, Cursor>()
  #lastChannel = 0
  #cancelFlush: (() => void) | undefined
  #isStopped = false

  constructor (components: MailboxComponents) {
    this.#components = components
    this.#wake = components.process.alarm(() => { this.#schedules.handle({ type: 'tick' }) })
    this.#cursors = new CursorsCore([...components.store.cursors()] as Array<[PeerKey, Cursor]>)
  }

  /** Bytes of pages that wait for the ones before them. */
  get queuedBytes (): number { return [...this.#running].reduce((sum, { queuedBytes }) => sum + queuedBytes, 0) }

  stop (): void {
    this.#isStopped = true
    this.#wake.stop()
    for (const drain of [...this.#running]) drain.stop()
    this.#flush()
  }

  /** former: nodes that were listed before. */
  list (nodes: PeerKey[], former: PeerKey[]): void { this.#schedules.handle({ type: 'nodes', nodes, former }) }

  attached (session: Session): void { this.#schedules.handle({ type: 'attached', node: session.node }) }

  detached (session: Session): void {
    const channel = this.#channels.get(session)
    this.#channels.delete(session)
    if (channel !== undefined) this.#reads.handle({ type: 'closed', channel })
    this.#schedules.handle({ type: 'detached', node: session.node })
  }

  push (session: Session, envelope: Envelope, opened: () => void): void {
    if (this.#components.inbox.accepts(envelope, opened)) this.#take(this.#channel(session), envelope, opened)
  }

  /** There was no room for a push: the cursor stays before it, and a drain brings it. */
  missed (session: Session, envelope: Envelope): void {
    const channel = this.#channel(session)
    if (channel === undefined || !this.#components.inbox.accepts(envelope, () => {})) return
    this.#reads.handle({ type: 'received', channel, id: envelope.id })
    this.#schedules.handle({ type: 'more', node: session.node, later: true })
  }

  pushed (session: Session, from: number, to: number): void {
    const channel = this.#channel(session)
    if (channel !== undefined) this.#reads.handle({ type: 'covered', channel, from, to })
  }

  behind (session: Session): void { this.#schedules.handle({ type: 'more', node: session.node, later: false }) }

  settled (ids: EnvelopeId[]): void {
    this.#reads.handle({ type: 'settled', ids })
    for (const page of [...this.#pages]) {
      for (const id of ids) page.waiting.delete(id)
      this.#finish(page)
    }
  }

  /** Too much is under way: whoever gave it is drained again later. */
  postponed (id: EnvelopeId): void {
    for (const page of [...this.#pages]) {
      if (!page.waiting.delete(id)) continue
      page.postponed = true
      this.#finish(page)
    }
    for (const session of this.#channels.keys()) this.#schedules.handle({ type: 'more', node: session.node, later: true })
  }

  #take (channel: string | undefined, envelope: Envelope, release: () => void): void {
    if (channel !== undefined) this.#reads.handle({ type: 'received', channel, id: envelope.id })
    this.#components.inbox.take(envelope, release)
  }

  /** Pushes may come before the session counts as attached. */
  #channel (session: Session): string | undefined {
    const known = this.#channels.get(session)
    if (known !== undefined || session.storeId === undefined) return known
    const channel = `session ${++this.#lastChannel}`
    this.#channels.set(session, channel)
    this.#reads.handle({ type: 'opened', channel, node: session.node, storeId: session.storeId })
    return channel
  }

  #read (event: CursorsEvent): void {
    for (const effect of this.#cursors.handle(event)) {
      switch (effect.type) {
        case 'move':
          this.#moved.set(effect.node, effect.cursor)
          this.#cancelFlush ??= this.#components.process.after(CLIENT_DEFAULTS.cursorIntervalMs, () => { this.#flush() })
          break
        case 'drain':
          this.#schedules.handle({ type: 'more', node: effect.node, later: false })
          break
        case 'overflow':
          for (const [session, channel] of this.#channels) if (channel === effect.channel) session.abort()
      }
    }
  }

  #flush (): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    const { store, process } = this.#components
    const writes = [...this.#moved].map(([node, cursor]) => store.putCursor(node, cursor))
    this.#moved.clear()
    store.write(writes, failure => { if (failure !== undefined) process.note(`cursors not written: ${failure}`) })
  }

  #schedule (event: DrainsEvent): void {
    const { process, inbox } = this.#components
    if (this.#isStopped) return
    for (const effect of this.#drains.handle(event, process.now())) {
      switch (effect.type) {
        case 'drain':
          this.#drain(effect.node)
          break
        case 'draining':
        case 'drained':
          inbox.handle({ type: effect.type })
          break
        case 'wakeAt':
          this.#wake.set(effect.at)
      }
    }
  }

  #drain (node: PeerKey): void {
    const { process, account } = this.#components
    const channel = `drain ${++this.#lastChannel}`
    let brought = false
    const drain = new Drain({
      process,
      account,
      node,
      cursor: this.#cursors.cursor(node),
      started: storeId => { this.#reads.handle({ type: 'opened', channel, node, storeId }) },
      page: (envelopes, { from, to }, goOn) => {
        brought ||= envelopes.length > 0
        this.#takePage(channel, envelopes, postponed => {
          this.#reads.handle({ type: 'covered', channel, from, to })
          if (postponed) this.#schedules.handle({ type: 'more', node, later: true })
          goOn(!postponed)
        })
      },
      ended: (failure, refusal) => {
        this.#running.delete(drain)
        this.#reads.handle({ type: 'closed', channel })
        this.#schedules.handle({ type: 'ended', node, failed: failure !== undefined, brought })
        if (!this.#isStopped) this.#components.drained(node, refusal ?? (failure === undefined ? 'answered' : 'failed'), brought)
      }
    })
    this.#running.add(drain)
  }

  /** done: told whether something of the page was postponed. */
  #takePage (channel: string, envelopes: Envelope[], done: (postponed: boolean) => void): void {
    if (envelopes.length === 0) return done(false)
    const page: Page = { waiting: new Set(envelopes.map(({ id }) => id)), postponed: false, done }
    this.#pages.add(page)
    for (const envelope of envelopes) this.#take(channel, envelope, () => {})
  }

  #finish (page: Page): void {
    if (page.waiting.size === 0 && this.#pages.delete(page)) page.done(page.postponed)
  }
}
