/**
 * Performs what the shipped outbox core decides, as src/client/outbox/service.ts does: seals, deposits on sessions,
 * counts receipts, keeps on disk what each message has reached. Everything that goes out has been on disk before.
 */
import { OutboxCore } from '../../../src/client/outbox/core.ts'
import { OUTBOX_DEFAULTS } from '../../../src/client/outbox/defaults.ts'
import { addressKey, type Address } from '../../../src/client/outbox/events.core.ts'
import { rank, routeOf } from '../../../src/client/outbox/status.ts'
import { sealMessage, wordsOf, type Draft } from './sealing.ts'
import { OpenTickets } from './tickets.ts'
import { Turns } from './turns.ts'
import type { DiskWrite } from '../../world/disk.ts'
import type { ClientStore, StoredOutgoing, StoredSent, Written } from '../client-store.ts'
import type { Account } from './account.ts'
import type { Contacts } from './contacts.ts'
import type { Links } from './links.ts'
import type { Alarm, DeviceProcess } from './process.ts'
import type { Session, SessionEvents } from './session.ts'
import type { OutboxEffect, OutboxEntry, OutboxEvent, OutboxProblem } from '../../../src/client/outbox/events.core.ts'
import type { EnvelopeId, MessageId, PeerKey, Refusal, RouteRecord } from '../../../src/types.ts'

/** How far a text is: what a program is told. */
export interface SentStatus extends StoredSent { id: MessageId, envelopes: EnvelopeId[], nodes: PeerKey[], problem: OutboxProblem | undefined }

export interface OutboxComponents {
  store: ClientStore
  account: Account
  contacts: Contacts
  links: Links
  process: DeviceProcess
  told: (status: SentStatus) => void
  /** Nothing more will be tried for a text. */
  ended: (id: MessageId, reason: 'expired' | 'full' | 'unwritten') => void
}

export interface QueueInit {
  draft: Draft
  kind: OutboxEntry['kind']
  expiry: OutboxEntry['expiry']
  /** Writes these in one batch, with whatever belongs to them. */
  write: (writes: DiskWrite[], done: Written) => void
}

interface Tracked extends StoredOutgoing { introducing: string }
type EffectOf<Type extends OutboxEffect['type']> = Extract<OutboxEffect, { type: Type }>

/** One X-Wing seal: 191 a second on one core, as measured beside the 235 openings of user/inbox.ts. */
const SEAL_MS = 5

export class Outbox {
  readonly #components: OutboxComponents
  readonly #core = new OutboxCore()
  readonly #turns = new Turns<OutboxEvent>(event => { this.#take(event) })
  readonly #tracked = new Map<string, Tracked>()
  readonly #messageOf = new Map<EnvelopeId, string>()
  readonly #tickets = new OpenTickets()
  /** Deposits that wait until their node was given a record, by link and recipient. */
  readonly #rerouting = new Map<string, Array<() => void>>()
  readonly #wake: Alarm
  #isStopped = false

  constructor (components: OutboxComponents) {
    this.#components = components
    this.#wake = components.process.alarm(() => { this.handle({ type: 'tick' }) })
  }

  /** Messages that are not delivered yet. */
  get size (): number { return this.#tracked.size }
  get openTickets (): number { return this.#tickets.most }

  /** Goes on where the last run stopped; envelopes that belong to no message any more are cleared away. */
  start (): void {
    const { store } = this.#components
    for (const [, outgoing] of store.outgoing()) this.#track(outgoing)
    const orphans = [...store.envelopes()].filter(([id]) => !this.#messageOf.has(id as EnvelopeId))
    store.write(orphans.map(([id]) => store.deleteEnvelope(id as EnvelopeId)), this.#written)
    const entries = [...this.#tracked.values()].map(({ entry }) => entry)
    for (const entry of entries.sort((a, b) => a.queuedAt - b.queuedAt)) this.handle({ type: 'queued', entry })
  }

  stop (): void {
    this.#isStopped = true
    this.#wake.stop()
  }

  get isFull (): boolean { return this.#tracked.size >= OUTBOX_DEFAULTS.entriesMax }

  /** Puts a message on disk, in one batch with what must be there with it, and on its way. There must be room. */
  queue ({ draft, kind, expiry, write }: QueueInit): void {
    const { store, process, contacts } = this.#components
    const { id, to } = wordsOf(draft)
    const { record } = contacts.get(to)
    const route = record === undefined ? undefined : routeOf(record)
    const entry: OutboxEntry = { id, recipient: to, kind, queuedAt: process.now(), expiry, route, envelopes: [], state: 'queued', receipts: [] }
    this.#track({ entry, draft, sealings: 0 })
    const sent: StoredSent = { to, state: 'queued', copies: 0, w: route?.w ?? 0 }
    write([store.putOutgoing({ entry, draft, sealings: 0 }), ...kind === 'text' ? [store.putSent(id, sent)] : []], failure => {
      if (failure !== undefined) {
        this.#tracked.delete(addressKey(entry))
        if (kind === 'text') this.#components.ended(id, 'unwritten')
        return this.#written(failure)
      }
      if (kind === 'text') this.#components.told({ ...sent, id, envelopes: [], nodes: [], problem: undefined })
      this.handle({ type: 'queued', entry })
    })
  }

  handle (event: OutboxEvent): void { this.#turns.handle(event) }

  disconnected (session: Session): void {
    this.#tickets.forget(session)
    this.handle({ type: 'disconnected', link: session.node })
  }

  accepted (session: Session, tickets: number[]): void {
    for (const envelope of this.#tickets.answered(session, tickets)) this.handle({ type: 'accepted', envelope, link: session.node })
  }

  refused (session: Session, tickets: number[], refusal: Refusal): void {
    for (const envelope of this.#tickets.answered(session, tickets)) this.handle({ type: 'refused', envelope, link: session.node, refusal })
  }

  /** One signature is over all of a frame: what was not given out, or for something else, spoils the others. */
  receipts (session: Session, { node, receipts }: Parameters<SessionEvents['receipts']>[1]): void {
    const isTrue = receipts.every(({ ticket, envelope }) => this.#tickets.envelope(session, ticket) === envelope)
    if (!isTrue) return this.#components.process.note(`receipts of ${node} were refused`)
    for (const { envelope } of receipts) this.handle({ type: 'receipt', envelope, node })
  }

  routed (record: RouteRecord): void { this.handle({ type: 'routed', recipient: record.root, route: routeOf(record) }) }

  #take (event: OutboxEvent): void {
    if (this.#isStopped) return
    const { process } = this.#components
    for (const effect of this.#core.handle(event, process.now(), process.chance.fraction())) this.#perform(effect)
  }

  #perform (effect: OutboxEffect): void {
    switch (effect.type) {
      case 'deposit': return this.#deposit(effect)
      case 'reroute': return this.#reroute(effect)
      case 'resolve': return this.#resolve(effect)
      case 'seal': return this.#seal(effect)
      case 'state': return this.#onState(effect)
      case 'drop': return this.#drop(effect)
      case 'marked': return this.#markSent(effect)
      case 'wakeAt': return this.#wake.set(effect.at)
    }
  }

  /** A stream without room is silence to the core, which tries again. */
  #deposit (effect: EffectOf<'deposit'>): void {
    const { recipient, envelope, link } = effect
    const { links, contacts, store } = this.#components
    const waiting = this.#rerouting.get(`${link}/${recipient}`)
    if (waiting !== undefined) {
      waiting.push(() => { this.#deposit(effect) })
      return
    }
    const session = links.session(link)
    const { record } = contacts.get(recipient)
    const sealed = store.envelope(envelope)
    if (session === undefined || record === undefined || sealed === undefined) return
    const ticket = this.#tickets.give(session, envelope)
    if (ticket !== undefined && session.deposit(ticket, record.order, sealed)) links.said(link)
  }

  /** Whatever the node says to the record, the deposit that follows tells more. */
  #reroute ({ recipient, link }: EffectOf<'reroute'>): void {
    const { links, contacts } = this.#components
    const key = `${link}/${recipient}`
    const { record } = contacts.get(recipient)
    const session = links.session(link)
    if (record === undefined || session === undefined) return
    const waiting: Array<() => void> = []
    this.#rerouting.set(key, waiting)
    session.route(record, () => {
      if (this.#rerouting.get(key) === waiting) this.#rerouting.delete(key)
      for (const deposit of waiting) deposit()
    })
  }

  #resolve ({ recipient, fresh }: EffectOf<'resolve'>): void {
    this.#components.contacts.resolve(recipient, fresh, contact => {
      if (contact?.record !== undefined) this.routed(contact.record)
      else this.handle({ type: 'unresolved', recipient })
    })
  }

  /** A contact that was not told of us yet, or of what has changed since, is told in the same message. */
  #seal (address: Address): void {
    const { store, account, contacts, process } = this.#components
    const tracked = this.#tracked.get(addressKey(address))
    if (tracked === undefined) return
    const { record, introduced } = contacts.get(tracked.entry.recipient)
    if (record === undefined) return this.handle({ type: 'unsealed', ...addressOf(address) })
    const { introducing } = account
    const introduction = introduced === introducing ? undefined : account.record
    const sealing = ++tracked.sealings
    const sealed = sealMessage({ draft: tracked.draft, introduction, mailbox: record.mailbox, expiry: tracked.entry.expiry, sealing })
    process.compute(SEAL_MS * sealed.length, () => {
      if (this.#isStopped) return
      const envelopes = sealed.map(envelope => envelope.id)
      const outdated = tracked.entry.envelopes.filter(old => !envelopes.includes(old))
      this.#setEntry(tracked, { ...tracked.entry, envelopes })
      tracked.introducing = introducing
      store.write([...sealed.map(envelope => store.putEnvelope(envelope)), ...outdated.map(old => store.deleteEnvelope(old)), this.#putOutgoing(tracked)], failure => {
        if (failure === undefined) this.handle({ type: 'sealed', ...addressOf(address), envelopes })
        else this.#written(failure)
      })
    })
  }

  #onState ({ entry, copies, w, problem }: EffectOf<'state'>): void {
    const { store, contacts, told } = this.#components
    const tracked = this.#tracked.get(addressKey(entry))
    if (tracked === undefined) return
    this.#setEntry(tracked, entry)
    const { id, recipient, state, envelopes } = entry
    const { introducing } = tracked
    const isText = entry.kind === 'text'
    const nodes = [...new Set(entry.receipts.map(({ node }) => node))]
    const sent: StoredSent = { to: recipient, state, copies, w }
    store.write([this.#putOutgoing(tracked), ...isText ? [store.putSent(id, sent)] : []], failure => {
      if (failure !== undefined) return this.#written(failure)
      if (isText) told({ ...sent, id, envelopes, nodes, problem })
      if (introducing !== '' && rank(state) >= rank('stored')) contacts.setIntroduced(recipient, introducing, () => {})
    })
  }

  #drop ({ id, recipient, reason }: EffectOf<'drop'>): void {
    const { store, ended } = this.#components
    const key = addressKey({ id, recipient })
    const tracked = this.#tracked.get(key)
    if (tracked === undefined) return
    this.#tracked.delete(key)
    const { envelopes, kind } = tracked.entry
    for (const envelope of envelopes) this.#messageOf.delete(envelope)
    store.write([store.deleteOutgoing(key), ...envelopes.map(envelope => store.deleteEnvelope(envelope))], failure => {
      if (failure !== undefined) return this.#written(failure)
      if (kind === 'text' && reason !== 'delivered') ended(id, reason)
    })
  }

  /** Of messages that left the outbox before: only forward, and only those that went to who says so. */
  #markSent ({ from, mark, ids }: EffectOf<'marked'>): void {
    const { store, told } = this.#components
    for (const id of ids) {
      const known = store.sent(id)
      if (known === undefined || known.to !== from || rank(known.state) >= rank(mark)) continue
      const sent: StoredSent = { ...known, state: mark }
      store.write([store.putSent(id, sent)], failure => {
        if (failure === undefined) told({ ...sent, id, envelopes: [], nodes: [], problem: undefined })
        else this.#written(failure)
      })
    }
  }

  #track (outgoing: StoredOutgoing): void {
    const tracked: Tracked = { ...outgoing, introducing: '' }
    this.#tracked.set(addressKey(outgoing.entry), tracked)
    this.#setEntry(tracked, outgoing.entry)
  }

  #setEntry (tracked: Tracked, entry: OutboxEntry): void {
    for (const envelope of tracked.entry.envelopes) this.#messageOf.delete(envelope)
    for (const envelope of entry.envelopes) this.#messageOf.set(envelope, addressKey(entry))
    tracked.entry = entry
  }

  #putOutgoing ({ entry, draft, sealings }: Tracked): DiskWrite {
    return this.#components.store.putOutgoing({ entry, draft, sealings })
  }

  readonly #written: Written = failure => { if (failure !== undefined) this.#components.process.note(`outbox not written: ${failure}`) }
}

function addressOf ({ id, recipient }: Address): Address { return { id, recipient } }
