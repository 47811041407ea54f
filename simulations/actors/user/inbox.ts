/**
 * Performs what the shipped inbox core decides, as src/client/inbox/service.ts does: opens seals, writes facts, shows
 * messages, signs collections. What arrives comes from sessions and drains (mailbox.ts).
 */
import { InboxCore } from '../../../src/client/inbox/core.ts'
import { factKey } from '../../../src/client/inbox/events.core.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { makeCollection } from '../values.ts'
import { isWhole, openSealed, wordsOf, type Inside } from './sealing.ts'
import { Turns } from './turns.ts'
import type { DiskWrite } from '../../world/disk.ts'
import type { ClientStore, Written } from '../client-store.ts'
import type { Account } from './account.ts'
import type { Contacts } from './contacts.ts'
import type { Alarm, DeviceProcess } from './process.ts'
import type { Ask } from './enquiry.ts'
import type { InboxEffect, InboxEvent, InboxFact } from '../../../src/client/inbox/events.core.ts'
import type { Envelope, EnvelopeId, Message, MessageId, Millis, RootKey } from '../../../src/types.ts'

/** A line of the history. */
export type Shown = Omit<Extract<InboxFact, { type: 'shown' }>, 'type'>

export interface InboxComponents {
  store: ClientStore
  account: Account
  contacts: Contacts
  process: DeviceProcess
  ask: Ask
  /** Handed to the disk; when it is there and the program still runs, it is shown. */
  showing: (line: Shown) => void
  shown: (line: Shown) => void
  /** The device has signed that it holds these. */
  signed: (envelopes: EnvelopeId[]) => void
  /** The other side has our messages. */
  marked: (from: RootKey, ids: MessageId[]) => void
  /** Queues a delivered mark; `writes` belong into the same batch. */
  markDelivered: (to: RootKey, ids: MessageId[], writes: DiskWrite[]) => void
  /** The cursor may pass these; or, when postponed, must not. */
  settled: (ids: EnvelopeId[]) => void
  postponed: (id: EnvelopeId) => void
}

type EffectOf<Type extends InboxEffect['type']> = Extract<InboxEffect, { type: Type }>

/** Opening an X-Wing seal: 235 a second on one core (src/client/inbox/defaults.ts). */
const OPEN_MS = 4

export class Inbox {
  readonly #components: InboxComponents
  readonly #core: InboxCore
  readonly #turns = new Turns<InboxEvent>(event => { this.#take(event) })
  /** Between their arrival and their opening, with whoever waits for their bytes to be let go. */
  readonly #arrived = new Map<EnvelopeId, { envelope: Envelope, release: Array<() => void> }>()
  readonly #opening = new Set<EnvelopeId>()
  /** What is in those that are being opened at this moment. */
  readonly #insides = new Map<EnvelopeId, Inside>()
  /** Between their arrival and their durability, and messages that wait for others: only to be watched. */
  readonly #unsettled = new Set<EnvelopeId>()
  readonly #held = new Set<string>()
  readonly #wake: Alarm
  #isStopped = false

  constructor (components: InboxComponents) {
    this.#components = components
    this.#wake = components.process.alarm(() => { this.handle({ type: 'tick' }) })
    this.#core = new InboxCore({ own: components.account.root, device: components.account.device, sha256: nodeCrypto.sha256 })
  }

  get unsettled (): number { return this.#unsettled.size }
  get held (): number { return this.#held.size }

  start (): void {
    const { store } = this.#components
    const facts = store.facts()
    this.#watch(facts, [])
    this.handle({ type: 'restored', facts, position: store.lastPosition() })
  }

  stop (): void {
    this.#isStopped = true
    this.#wake.stop()
  }

  /** What the next message of a conversation answers. */
  heads (conversation: RootKey): MessageId[] { return this.#core.heads(conversation) }

  /** And where it stands. */
  nextStamp (conversation: RootKey): Millis { return this.#core.nextStamp(conversation, this.#components.process.now()) }

  /** Whether an envelope as a node gave it is for us. release: called when it is not. */
  accepts (envelope: Envelope, release: () => void): boolean {
    const isOurs = envelope.mailbox === this.#components.account.mailbox
    if (!isOurs) release()
    return isOurs
  }

  /** release: called when its bytes are no longer needed. */
  take (envelope: Envelope, release: () => void): void {
    const known = this.#arrived.get(envelope.id)
    if (known !== undefined) {
      known.release.push(release)
      return
    }
    this.#arrived.set(envelope.id, { envelope, release: [release] })
    this.#turns.handle({ type: 'arrived', envelope: envelope.id, expiry: envelope.expiry }, () => {
      // Known already, or postponed: nobody asked to open it.
      if (!this.#opening.has(envelope.id)) this.#forget(envelope.id)
    })
  }

  /** A text of our own. What `writes` holds goes to disk together with its line in the history. */
  sent (message: Message, writes: DiskWrite[], done: Written): void {
    const { store, process } = this.#components
    const effects = this.#core.handle({ type: 'sent', message }, process.now())
    const batches = effects.filter(effect => effect.type === 'persist')
    for (const effect of effects) if (effect.type !== 'persist') this.#perform(effect)
    const [first, ...others] = batches
    if (first === undefined) return store.write(writes, done)
    this.#persist(first, writes, done)
    for (const batch of others) this.#persist(batch, [])
  }

  handle (event: InboxEvent): void { this.#turns.handle(event) }

  #take (event: InboxEvent): void {
    if (this.#isStopped) return
    for (const effect of this.#core.handle(event, this.#components.process.now())) this.#perform(effect)
  }

  #perform (effect: InboxEffect): void {
    const { process, shown, marked, settled, postponed, markDelivered, store } = this.#components
    switch (effect.type) {
      case 'open': return this.#open(effect.envelope)
      case 'unprotect': return this.#unprotect(effect)
      case 'recall': return this.#recall(effect)
      case 'persist': return this.#persist(effect, [])
      case 'show': return shown({ conversation: effect.conversation, position: effect.position, message: effect.message, missing: effect.missing, late: effect.late })
      case 'marks': return marked(effect.from, effect.ids)
      case 'markDelivered': return markDelivered(effect.to, effect.ids, effect.put.flatMap(fact => store.putFact(fact)))
      case 'collect': return this.#collect(effect.envelopes)
      case 'settled':
        for (const id of effect.envelopes) this.#unsettled.delete(id)
        return settled(effect.envelopes)
      case 'postponed': return postponed(effect.envelope)
      case 'undecipherable': return process.note(`${effect.envelope} became no message: ${effect.reason}`)
      // A user of a simulation has one device, whose outbox sends again by itself.
      case 'repair': return process.note(`misses ${effect.ids.join(' ')}`)
      case 'wakeAt': return this.#wake.set(effect.at)
      // Nobody says these here: a stand-in for the seal knows no groups, and people write texts only.
      case 'decrypt':
      case 'signal':
      case 'amend': throw new RangeError(`a simulation has no ${effect.type}`)
    }
  }

  #open (id: EnvelopeId): void {
    this.#opening.add(id)
    this.#unsettled.add(id)
    this.#components.process.compute(OPEN_MS, () => {
      const envelope = this.#arrived.get(id)?.envelope
      this.#opening.delete(id)
      this.#forget(id)
      if (envelope === undefined) return
      const inside = openSealed(envelope)
      if (inside === undefined) return this.handle({ type: 'undecipherable', envelope: id, reason: 'malformed', bytes: envelope.bytes.byteLength })
      this.#insides.set(id, inside)
      this.#turns.handle({ type: 'opened', envelope: id, fragment: inside.fragment }, () => { this.#insides.delete(id) })
    })
  }

  #forget (id: EnvelopeId): void {
    const arrived = this.#arrived.get(id)
    this.#arrived.delete(id)
    for (const release of arrived?.release ?? []) release()
  }

  /** The fragment that made the message whole is the one that was just opened. */
  #unprotect ({ id, whole, envelopes }: EffectOf<'unprotect'>): void {
    const { account, contacts } = this.#components
    const inside = envelopes.map(envelope => this.#insides.get(envelope)).find(opened => opened !== undefined)
    if (inside === undefined || !isWhole(whole, inside) || wordsOf(inside.draft).to !== account.root) return this.handle({ type: 'unreadable', envelopes, id })
    const { draft, introduction } = inside
    const { from } = wordsOf(draft)
    const introduced = (): void => {
      contacts.touch(from, () => {
        if (draft.type === 'note') this.handle({ type: 'note', envelopes, id, from, delivered: draft.note.delivered })
        else this.handle({ type: 'message', envelopes, message: { ...draft.message, conversation: from } })
      })
    }
    if (introduction === undefined) introduced()
    else contacts.learn(introduction, from, introduced)
  }

  #recall ({ conversation, from, id, ids }: EffectOf<'recall'>): void {
    const { store } = this.#components
    this.handle({ type: 'recalled', from, id, ids: ids.filter(wanted => store.isShown(wanted, conversation)) })
  }

  #persist ({ ticket, put, remove }: EffectOf<'persist'>, writes: DiskWrite[], done: Written = () => {}): void {
    const { store, process, account, showing } = this.#components
    this.#watch(put, remove)
    for (const fact of put) if (fact.type === 'shown' && fact.message.from !== account.root) showing(fact)
    store.write([...put.flatMap(fact => store.putFact(fact)), ...remove.map(key => store.deleteFact(key)), ...writes], failure => {
      if (failure === undefined) this.handle({ type: 'persisted', ticket })
      else process.note(`inbox not written: ${failure}`)
      done(failure)
    })
  }

  #collect (envelopes: EnvelopeId[]): void {
    const { account: { root, mailbox, device }, process, ask, signed } = this.#components
    const collection = makeCollection({ root, mailbox, device, ids: envelopes, time: process.now() })
    signed(envelopes)
    ask((session, asked) => { session.collect(collection, asked) }, outcome => {
      this.handle({ type: outcome.type === 'answered' ? 'collected' : 'uncollected', envelopes })
    }, { isPatient: true })
  }

  #watch (put: InboxFact[], remove: string[]): void {
    for (const key of remove) this.#held.delete(key)
    for (const fact of put) if (fact.type === 'held') this.#held.add(factKey(fact))
  }
}
