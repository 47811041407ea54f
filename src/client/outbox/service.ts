/**
 * Performs what the outbox core decides: seals, deposits on sessions, verifies receipts, keeps on disk what each
 * message has reached. Everything that goes out has been on disk before.
 */
import { openRouteRecord } from '../../dht/record.ts'
import { TooLargeError } from '../../errors.ts'
import { openReceipts } from '../../relay/receipt.ts'
import { OutboxCore } from './core.ts'
import { OUTBOX_DEFAULTS } from './defaults.ts'
import { addressKey, type Address } from './events.core.ts'
import { sealWords } from './sealer.ts'
import { rank, routeOf, withoutId, type SentStatus } from './status.ts'
import { Tickets } from './tickets.ts'
import { TrackedEntries } from './tracked.ts'
import { Verifying } from './verifying.ts'
import type { Bytes, EnvelopeId, MessageId, Refusal, RootKey, RouteRecord } from '../../types.ts'
import type { Receipts } from '../../wire/mail.ts'
import type { Session } from '../session/session.ts'
import type { Write } from '../store/shelf.ts'
import type { OutboxComponents, QueueInit } from './components.ts'
import type { OutboxEffect, OutboxEntry, OutboxEvent, OutboxRoute } from './events.core.ts'

type EffectOf<Type extends OutboxEffect['type']> = Extract<OutboxEffect, { type: Type }>

export class OutboxService {
  readonly #components: OutboxComponents
  readonly #core = new OutboxCore()
  readonly #tracked = new TrackedEntries()
  readonly #tickets = new Tickets()
  readonly #receipts = new Verifying(OUTBOX_DEFAULTS.receiptsVerifiedMax)
  readonly #records = new Verifying(OUTBOX_DEFAULTS.recordsVerifiedMax)
  /** Nodes that are being given a record, by link and recipient: deposits wait for it. */
  readonly #rerouting = new Map<string, Promise<void>>()
  /** Whom nobody could be asked about, the last time that we tried. */
  readonly #unanswered = new Set<RootKey>()
  readonly #under = new Set<Promise<void>>()
  #cancelWake: (() => void) | undefined
  #stopped = false

  constructor (components: OutboxComponents) { this.#components = components }

  /** Own messages that are not delivered yet. */
  get size (): number { return this.#tracked.texts }

  /** True when everything but texts was handed over, or cannot be at the moment. */
  get isSettled (): boolean {
    const others = [...this.#tracked].filter(({ entry }) => entry.kind !== 'text')
    return this.#under.size === 0 && others.every(({ entry, status }) => rank(entry.state) >= rank('accepted') || status.problem !== undefined)
  }

  /** True when somebody on the network was asked about the user, and knew no route. */
  isUnrouted (recipient: RootKey): boolean { return !this.#unanswered.has(recipient) }

  /** The last that is known of a message that is not delivered yet. */
  status (id: MessageId): SentStatus | undefined { return this.#tracked.text(id)?.status }

  /** It is on its way to this user. */
  has (address: Address): boolean { return this.#tracked.get(address) !== undefined }

  /** Goes on where the last run stopped; envelopes that belong to no message any more are cleared away. */
  async start (): Promise<void> {
    const { store } = this.#components
    for await (const [, outgoing] of store.outgoing.entries()) this.#tracked.add(outgoing, outgoing.entry.kind === 'text' ? await store.sent.get(outgoing.entry.id) : undefined)
    const orphans: Write[] = []
    for await (const [id] of store.envelopes.entries()) if (this.#tracked.of(id as EnvelopeId) === undefined) orphans.push(store.envelopes.del(id))
    await store.write(orphans)
    const entries = [...this.#tracked].map(({ entry }) => entry)
    for (const entry of entries.sort((a, b) => a.queuedAt - b.queuedAt)) this.handle({ type: 'queued', entry })
  }

  /** Lets what is being written finish; nothing is lost by what is not. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelWake?.()
    await Promise.allSettled(this.#under)
  }

  /**
   * Puts messages on disk, in one batch with what must be there with them, and on their way; they keep the order of the
   * calls. Resolves with the status of a text. Throws TooLargeError when too many wait already.
   */
  async queue ({ recipients, expiry, entries, write }: QueueInit): Promise<SentStatus | undefined> {
    const { store, clock, contacts } = this.#components
    const routes = new Map<RootKey, OutboxRoute | undefined>()
    for (const recipient of recipients) {
      const { record } = await contacts.get(recipient)
      routes.set(recipient, record === undefined ? undefined : routeOf(record))
    }
    if (this.#tracked.size + recipients.length > OUTBOX_DEFAULTS.entriesMax) throw new TooLargeError(`${OUTBOX_DEFAULTS.entriesMax} messages wait to be delivered already`)
    const queued = entries().filter(address => !this.has(address)).map(({ id, recipient, kind, words }) => {
      const entry: OutboxEntry = { id, recipient, kind, queuedAt: clock.now(), expiry, route: routes.get(recipient), envelopes: [], state: 'queued', receipts: [] }
      return this.#tracked.add({ entry, words }, undefined)
    })
    const texts = queued.filter(({ entry }) => entry.kind === 'text')
    try {
      await write([
        ...queued.map(({ entry, words }) => store.outgoing.put(addressKey(entry), { entry, words })),
        ...texts.map(({ entry, status }) => store.sent.put(entry.id, withoutId(status)))
      ])
    } catch (error) {
      for (const tracked of queued) this.#tracked.remove(tracked)
      throw error
    }
    for (const { entry } of queued) this.handle({ type: 'queued', entry })
    return texts[0]?.status
  }

  handle (event: OutboxEvent): void {
    if (this.#stopped) return
    const { clock, random } = this.#components
    for (const effect of this.#core.handle(event, clock.now(), random.fraction())) this.#perform(effect)
  }

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

  /** Counts only what verifies; a node that signs nonsense is one log line. */
  receipts (session: Session, frame: Receipts): void {
    this.#run(async () => {
      const receipts = await this.#receipts.run(async () => await openReceipts(frame, ticket => this.#tickets.envelope(session, ticket), this.#components.crypto))
      for (const receipt of receipts) {
        const tracked = this.#tracked.of(receipt.envelope)
        const held = tracked?.status.receipts
        if (held?.some(({ node, envelope }) => node === receipt.node && envelope === receipt.envelope) === false) held.push(receipt)
        this.handle({ type: 'receipt', envelope: receipt.envelope, node: receipt.node })
        // Whoever is not in the record signs for nobody.
        if (tracked !== undefined && tracked.entry.route?.nodes.includes(receipt.node) !== true) tracked.status.receipts = tracked.status.receipts.filter(other => other !== receipt)
      }
    }, error => { this.#components.log('receipts through node %s were refused: %s', session.node.slice(0, 8), error.message) })
  }

  /** A node knows a newer record than the deposit went by; contacts tell us of it when it is so. */
  moved (record: Bytes): void {
    const { crypto, clock, contacts, log } = this.#components
    this.#run(async () => {
      await contacts.takeRecord(await this.#records.run(async () => await openRouteRecord(record, { crypto, now: clock.now() })))
    }, error => { log('a newer route record was refused: %s', error.message) })
  }

  routed (record: RouteRecord): void {
    this.handle({ type: 'routed', recipient: record.root, route: routeOf(record) })
  }

  #perform (effect: OutboxEffect): void {
    switch (effect.type) {
      case 'deposit': return this.#run(async () => { await this.#deposit(effect) })
      case 'reroute': return this.#run(async () => { await this.#reroute(effect) })
      case 'resolve': return this.#run(async () => { await this.#resolve(effect) }, error => {
        this.#components.log('user %s could not be looked up: %s', effect.recipient.slice(0, 8), error.message)
        this.handle({ type: 'unresolved', recipient: effect.recipient })
      })
      case 'seal': return this.#run(async () => { await this.#seal(effect) }, error => {
        this.#components.failed(error)
        this.handle({ type: 'unsealed', id: effect.id, recipient: effect.recipient, isUnwritten: true })
      })
      case 'state': return this.#keep(effect, this.#components.failed)
      case 'drop': return this.#run(async () => { await this.#drop(effect) })
      case 'marked': return this.#run(async () => { await this.#markDelivered(effect) })
      case 'wakeAt':
        this.#cancelWake?.()
        this.#cancelWake = this.#components.clock.after(Math.max(0, effect.at - this.#components.clock.now()), () => { this.handle({ type: 'tick' }) })
    }
  }

  /** A stream without room is silence to the core, which tries again. */
  async #deposit ({ recipient, envelope, link }: EffectOf<'deposit'>): Promise<void> {
    const { links, contacts, store } = this.#components
    await this.#rerouting.get(`${link}/${recipient}`)
    const session = links.session(link)
    const { record } = await contacts.get(recipient)
    const bytes = await store.envelopes.get(envelope)
    if (session === undefined || record === undefined || bytes === undefined) return
    const ticket = this.#tickets.give(session, envelope)
    if (ticket === undefined) return
    if (session.deposit(ticket, record.order, bytes)) links.said(link)
    else this.#tickets.takeBack(session, ticket)
  }

  /** Whatever the node says to the record, the deposit that follows tells more. */
  async #reroute ({ recipient, link }: EffectOf<'reroute'>): Promise<void> {
    const { links, contacts, log } = this.#components
    const key = `${link}/${recipient}`
    const given = (async () => {
      const { record } = await contacts.get(recipient)
      if (record !== undefined) await links.session(link)?.route(record.bytes)
    })().catch((error: Error) => { log('node %s did not take a route record: %s', link.slice(0, 8), error.message) })
    this.#rerouting.set(key, given)
    await given
    if (this.#rerouting.get(key) === given) this.#rerouting.delete(key)
  }

  async #resolve ({ recipient, fresh }: EffectOf<'resolve'>): Promise<void> {
    this.#unanswered.add(recipient)
    const { contact: { record } } = await this.#components.contacts.resolve(recipient, { fresh })
    this.#unanswered.delete(recipient)
    if (record !== undefined) return this.routed(record)
    this.handle({ type: 'unresolved', recipient })
    // To the core it is the same problem as before; to whoever waits it is an answer.
    for (const { entry, status } of this.#tracked) if (entry.recipient === recipient && status.problem === 'noRoute') this.#components.told(status)
  }

  async #seal ({ id, recipient, reason }: EffectOf<'seal'>): Promise<void> {
    const { store, log } = this.#components
    const tracked = this.#tracked.get({ id, recipient })
    if (tracked === undefined) return
    const sealed = await sealWords(tracked, this.#components).catch((error: Error) => {
      log('message %s could not be sealed: %s', id.slice(0, 8), error.message)
    })
    // It may have been delivered meanwhile.
    if (this.#tracked.get({ id, recipient }) !== tracked) return
    if (sealed == null) return this.handle({ type: 'unsealed', id, recipient })
    const envelopes = sealed.envelopes.map(envelope => envelope.id)
    const former = tracked.entry.envelopes
    const outdated = former.filter(old => !envelopes.includes(old))
    this.#tracked.update(tracked, { ...tracked.entry, envelopes })
    try {
      await store.write([
        ...sealed.envelopes.map(envelope => store.envelopes.put(envelope.id, envelope.bytes)),
        ...outdated.map(old => store.envelopes.del(old)),
        store.outgoing.put(addressKey(tracked.entry), { entry: tracked.entry, words: tracked.words })
      ])
    } catch (error) {
      if (this.#tracked.get({ id, recipient }) === tracked) this.#tracked.update(tracked, { ...tracked.entry, envelopes: former })
      throw error
    }
    // Sealed again, it may say what it said at first.
    if (reason === 'first') tracked.introducing = sealed.introducing
    tracked.status.receipts = tracked.status.receipts.filter(({ envelope }) => envelopes.includes(envelope))
    this.handle({ type: 'sealed', id, recipient, envelopes })
  }

  /** Until the disk takes it, or there is something newer to keep; `failed` hears of it once. */
  #keep (effect: EffectOf<'state'>, failed: (error: Error) => void): void {
    const { clock, log } = this.#components
    const failedAgain = (error: Error): void => { log('a state is not on disk yet: %s', error.message) }
    this.#run(async () => { await this.#onState(effect) }, error => {
      failed(error)
      clock.after(OUTBOX_DEFAULTS.writeAgainMs, () => { if (!this.#stopped && this.#tracked.get(effect.entry)?.entry === effect.entry) this.#keep(effect, failedAgain) })
    })
  }

  async #onState ({ entry, copies, w, problem }: EffectOf<'state'>): Promise<void> {
    const { store, contacts, told } = this.#components
    const tracked = this.#tracked.get(entry)
    if (tracked === undefined) return
    this.#tracked.update(tracked, entry)
    // Evidence is what nodes of the record signed; others may sign what they like.
    const receipts = tracked.status.receipts.filter(({ node }) => entry.route?.nodes.includes(node) === true)
    tracked.status = { ...tracked.status, state: entry.state, copies, w, problem, receipts }
    const { status, words, introducing } = tracked
    const isText = entry.kind === 'text'
    await store.write([store.outgoing.put(addressKey(entry), { entry, words }), ...isText ? [store.sent.put(entry.id, withoutId(status))] : []])
    // Told as soon as it is on disk, like every state, so that none overtakes another.
    if (isText) told(status)
    if (introducing !== '' && rank(entry.state) >= rank('stored')) await contacts.setIntroduced(entry.recipient, introducing)
  }

  async #drop ({ id, recipient, reason }: EffectOf<'drop'>): Promise<void> {
    const { store, groups, told } = this.#components
    const tracked = this.#tracked.get({ id, recipient })
    if (tracked === undefined) return
    this.#tracked.remove(tracked)
    const isLast = this.#tracked.isGone(id)
    await store.write([store.outgoing.del(addressKey(tracked.entry)), ...tracked.entry.envelopes.map(envelope => store.envelopes.del(envelope))])
    if (tracked.entry.kind === 'text' && reason !== 'delivered') told({ ...tracked.status, ended: true })
    if (isLast && tracked.words.type === 'chat') await groups.forget([id])
  }

  /** Of messages that left the outbox before: only forward, and only those that went to who says so. */
  async #markDelivered ({ from, mark, ids }: EffectOf<'marked'>): Promise<void> {
    const { store, told } = this.#components
    for (const id of ids) {
      const sent = await store.sent.get(id)
      if (sent === undefined || sent.to !== from || rank(sent.state) >= rank(mark)) continue
      const status = { ...sent, id, state: mark, problem: undefined, ended: false }
      await store.write([store.sent.put(id, withoutId(status))])
      told(status)
    }
  }

  #run (task: () => Promise<void>, failed: (error: Error) => void = this.#components.failed): void {
    const under = task().catch(failed).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}
