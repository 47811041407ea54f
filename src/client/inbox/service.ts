/**
 * Performs what the inbox core decides: opens seals, checks signatures, writes facts, shows messages, signs
 * collections. What arrives comes from sessions and drains; how far each replica has been read is kept beside.
 */
import { makeCollection } from '../../identity/index.ts'
import { NotAuthenticError } from '../../errors.ts'
import { openEnvelope } from '../../wire/envelope.ts'
import { openSealed } from '../sealing/index.ts'
import { InboxCore } from './core.ts'
import type { Abortable, Clock, Crypto } from '../../ports.ts'
import type { Bytes, Envelope, EnvelopeId, Message, MessageId, RootKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Contacts } from '../contacts.ts'
import type { MessageProtection } from '../sealing/index.ts'
import type { Session } from '../session/session.ts'
import type { Write } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { InboxEffect, InboxEvent, InboxFact } from './events.core.ts'
import type { Logger } from '@libp2p/interface'

/** A line of the history. */
export type Shown = Omit<Extract<InboxFact, { type: 'shown' }>, 'type'>

export interface InboxComponents {
  store: ClientStore
  account: Account
  contacts: Contacts
  protection: MessageProtection
  crypto: Crypto
  clock: Clock
  log: Logger
  /** Asks whichever serving node answers. */
  ask: <T>(question: (session: Session) => Promise<T>, options?: Abortable) => Promise<T>
  shown: (line: Shown) => void
  /** The other side has our messages. */
  marked: (from: RootKey, mark: 'delivered' | 'read', ids: MessageId[]) => void
  /** Queues a delivered mark; `writes` belong into the same batch. */
  markDelivered: (to: RootKey, ids: MessageId[], writes: Write[]) => Promise<void>
  /** The cursor may pass these; or, when postponed, must not. */
  settled: (ids: EnvelopeId[]) => void
  postponed: (id: EnvelopeId) => void
  failed: (error: Error) => void
}

type EffectOf<Type extends InboxEffect['type']> = Extract<InboxEffect, { type: Type }>

/** An envelope between its arrival and its opening. */
interface Arrived { envelope: Envelope, release: Array<() => void> }

export class InboxService {
  readonly #components: InboxComponents
  readonly #core: InboxCore
  readonly #arrived = new Map<EnvelopeId, Arrived>()
  readonly #opening = new Set<EnvelopeId>()
  readonly #under = new Set<Promise<void>>()
  #cancelWake: (() => void) | undefined
  #stopped = false

  constructor (components: InboxComponents) {
    this.#components = components
    this.#core = new InboxCore({ own: components.account.root, sha256: components.crypto.sha256 })
  }

  /** True when everything that arrived is durable and shown, collected at the nodes and marked to its authors. */
  get isSettled (): boolean { return this.#under.size === 0 && this.#core.idle }

  async start (): Promise<void> {
    const { store } = this.#components
    this.handle({ type: 'restored', facts: await store.inboxFacts(), position: await store.lastPosition() })
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelWake?.()
    await Promise.allSettled(this.#under)
  }

  /** The newest messages of a conversation: what the next one answers. */
  heads (conversation: RootKey): MessageId[] { return this.#core.heads(conversation) }

  /**
   * An envelope as a node gave it. Undefined when it is none, or not for us. release: called when its bytes are no
   * longer needed.
   */
  open (bytes: Bytes, release: () => void): Envelope | undefined {
    const { account, crypto, log } = this.#components
    try {
      const envelope = openEnvelope(bytes, crypto)
      if (envelope.mailbox !== account.mailbox) throw new NotAuthenticError('it is for another mailbox')
      return envelope
    } catch (error) {
      log('an envelope from a node was refused: %s', (error as Error).message)
      release()
      return undefined
    }
  }

  /** Takes in what `open` gave. */
  take (envelope: Envelope, release: () => void): void {
    const known = this.#arrived.get(envelope.id)
    if (known !== undefined) {
      known.release.push(release)
      return
    }
    const arrived = { envelope, release: [release] }
    this.#arrived.set(envelope.id, arrived)
    this.handle({ type: 'arrived', envelope: envelope.id, expiry: envelope.expiry })
    // Known already, or postponed: nobody asked to open it.
    if (!this.#opening.has(envelope.id)) this.#forget(envelope.id)
  }

  /** A text of our own. What `writes` holds goes to disk together with its line in the history. */
  async sent (message: Message, writes: Write[]): Promise<void> {
    const { clock } = this.#components
    const effects = this.#core.handle({ type: 'sent', message }, clock.now())
    const batches = effects.filter(effect => effect.type === 'persist')
    if (batches.length === 0) await this.#components.store.write(writes)
    for (const effect of effects) if (effect.type !== 'persist') this.#perform(effect)
    let rest = writes
    for (const batch of batches) {
      await this.#persist(batch, rest)
      rest = []
    }
  }

  handle (event: InboxEvent): void {
    if (this.#stopped) return
    for (const effect of this.#core.handle(event, this.#components.clock.now())) this.#perform(effect)
  }

  #perform (effect: InboxEffect): void {
    const { log, shown, marked, settled, postponed, clock } = this.#components
    switch (effect.type) {
      case 'open':
        this.#opening.add(effect.envelope)
        return this.#run(async () => { await this.#open(effect.envelope) })
      case 'unprotect': return this.#run(async () => { await this.#unprotect(effect) })
      case 'recall': return this.#run(async () => { await this.#recall(effect) })
      case 'persist': return this.#run(async () => { await this.#persist(effect, []) })
      case 'show': return shown({ conversation: effect.conversation, position: effect.position, message: effect.message, missing: effect.missing, late: effect.late })
      case 'marks': return marked(effect.from, effect.mark, effect.ids)
      case 'markDelivered': return this.#run(async () => { await this.#components.markDelivered(effect.to, effect.ids, effect.put.flatMap(fact => this.#components.store.putFact(fact))) })
      case 'collect': return this.#run(async () => { await this.#collect(effect.envelopes) })
      case 'settled': return settled(effect.envelopes)
      case 'postponed': return postponed(effect.envelope)
      case 'undecipherable': return log('envelope %s did not become a message: %s%s', effect.envelope.slice(0, 8), effect.reason, effect.kept ? '; it stays in the mailbox' : '')
      case 'wakeAt':
        this.#cancelWake?.()
        this.#cancelWake = clock.after(Math.max(0, effect.at - clock.now()), () => { this.handle({ type: 'tick' }) })
    }
  }

  async #open (id: EnvelopeId): Promise<void> {
    const { account } = this.#components
    const arrived = this.#arrived.get(id)
    if (arrived === undefined) return
    const opening = await openSealed(arrived.envelope, account.sealingKeys)
    const bytes = arrived.envelope.bytes.byteLength
    this.#opening.delete(id)
    this.#forget(id)
    if (opening.type === 'fragment') this.handle({ type: 'opened', envelope: id, fragment: opening.fragment })
    else this.handle({ type: 'undecipherable', envelope: id, reason: opening.type, bytes })
  }

  #forget (id: EnvelopeId): void {
    const arrived = this.#arrived.get(id)
    this.#arrived.delete(id)
    for (const release of arrived?.release ?? []) release()
  }

  async #unprotect ({ id, format, whole, envelopes }: EffectOf<'unprotect'>): Promise<void> {
    const { protection, contacts, log } = this.#components
    let message: Message
    try {
      message = await protection.open(format, whole, id)
      const { introduction, from } = message
      if (introduction !== undefined) await contacts.introduce(from, introduction)
      const { profile } = await contacts.get(from)
      if (profile !== undefined && message.epoch < profile.order.epoch) throw new NotAuthenticError('its device has been revoked')
      await contacts.touch(from)
    } catch (error) {
      log('message %s was refused: %s', id.slice(0, 8), (error as Error).message)
      return this.handle({ type: 'unreadable', envelopes, id })
    }
    // What it introduced is with the contacts now.
    this.handle({ type: 'message', envelopes, message: { ...message, introduction: undefined } })
  }

  async #recall ({ conversation, from, id, ids }: EffectOf<'recall'>): Promise<void> {
    const { store } = this.#components
    const found: MessageId[] = []
    for (const wanted of ids) if (await store.shownAt(wanted, conversation) !== undefined) found.push(wanted)
    this.handle({ type: 'recalled', from, id, ids: found })
  }

  async #persist ({ ticket, put, remove }: EffectOf<'persist'>, writes: Write[]): Promise<void> {
    const { store } = this.#components
    await store.write([...put.flatMap(fact => store.putFact(fact)), ...remove.map(key => store.facts.del(key)), ...writes])
    this.handle({ type: 'persisted', ticket })
  }

  async #collect (envelopes: EnvelopeId[]): Promise<void> {
    const { account, crypto, clock, ask, log } = this.#components
    try {
      const collection = await makeCollection({ ids: envelopes, time: clock.now() }, account.signer, { crypto })
      await ask(async session => { await session.collect(collection.bytes) })
      this.handle({ type: 'collected', envelopes })
    } catch (error) {
      log('a collection of %d envelopes was not handed over: %s', envelopes.length, (error as Error).message)
      this.handle({ type: 'uncollected', envelopes })
    }
  }

  #run (task: () => Promise<void>): void {
    const under = task().catch(this.#components.failed).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}
