/**
 * Performs what the inbox core decides: opens seals and notes, has frames decrypted, writes facts, shows messages, signs
 * collections. What arrives comes from sessions and drains; how far each replica has been read is kept beside.
 */
import { makeCollection } from '../../identity/index.ts'
import { NotAuthenticError, StoreFailedError, UnsupportedError } from '../../errors.ts'
import { decodeGroupFrame } from '../messages/index.ts'
import { FORMAT } from '../sealing/index.ts'
import { isDeviceFormat } from '../devices/words.ts'
import { Arrivals } from './arrivals.ts'
import { InboxCore } from './core.ts'
import { InboxWriter, type Batch } from './writer.ts'
import type { Clock, Crypto } from '../../ports.ts'
import type { Bytes, ConversationId, Envelope, EnvelopeId, Message, MessageId, Millis, RootKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { History } from '../history/index.ts'
import type { Contacts } from '../contacts.ts'
import type { Groups, OpenedFrame } from '../groups/port.ts'
import type { Notes, OpenedNote } from '../sealing/index.ts'
import type { Write } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { InboxEffect, InboxEvent, InboxFact } from './events.core.ts'
import type { Ask } from '../enquiry.ts'
import type { Logger } from '@libp2p/interface'

/** A line of the history. */
export type Shown = Omit<Extract<InboxFact, { type: 'shown' }>, 'type'>

export interface InboxComponents {
  store: ClientStore
  account: Account
  history: History
  contacts: Contacts
  groups: Pick<Groups, 'open' | 'releaseWrites' | 'lost' | 'heard'>
  notes: Notes
  crypto: Crypto
  clock: Clock
  log: Logger
  /** Asks whichever serving node answers. */
  ask: Ask
  shown: (line: Shown) => void
  /** A line is not any more what it was; it may not have come yet. */
  amended: (conversation: ConversationId, amendment: Message) => void
  /** Does, durably, what a word between clients asks for. */
  heed: (signal: Message) => Promise<void>
  /** A whole of another format: a word that only one's own devices speak. */
  taken: (format: number, whole: Uint8Array) => Promise<void>
  /** Asks whoever may have them for messages that are missing here. */
  repair: (conversation: ConversationId, ids: MessageId[]) => Promise<void>
  /** The other side has our messages. */
  marked: (from: RootKey, ids: MessageId[]) => void
  /** Queues a delivered mark; `writes` belong into the same batch. */
  markDelivered: (to: RootKey, ids: MessageId[], writes: Write[]) => Promise<void>
  /** The cursor may pass these; or, when postponed, must not. */
  settled: (ids: EnvelopeId[]) => void
  postponed: (id: EnvelopeId) => void
  failed: (error: Error) => void
}

type EffectOf<Type extends InboxEffect['type']> = Extract<InboxEffect, { type: Type }>

export class InboxService {
  readonly #components: InboxComponents
  readonly #core: InboxCore
  readonly #arrivals: Arrivals
  readonly #under = new Set<Promise<void>>()
  readonly #writer: InboxWriter
  #cancelWake: (() => void) | undefined
  #stopped = false

  constructor (components: InboxComponents) {
    this.#components = components
    const { store, account, crypto, clock, log, failed } = components
    this.#arrivals = new Arrivals({ account, crypto, log, handle: event => { this.handle(event) } })
    this.#writer = new InboxWriter({ store, clock, log, failed, written: ticket => { this.handle({ type: 'persisted', ticket }) } })
    this.#core = new InboxCore({ own: account.root, device: account.device.publicKey, sha256: crypto.sha256 })
  }

  /** True when everything that arrived is durable and shown, collected at the nodes and marked to its authors. */
  get isSettled (): boolean { return this.#under.size === 0 && this.#core.idle }

  async start (): Promise<void> {
    const { history } = this.#components
    this.handle({ type: 'restored', facts: await history.inboxFacts(), position: history.lastPosition })
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelWake?.()
    await this.#writer.stop()
    await Promise.allSettled(this.#under)
  }

  /** The newest messages of a conversation: what the next one answers. */
  heads (conversation: ConversationId): MessageId[] { return this.#core.heads(conversation) }

  /** The stamp of the next one. */
  nextStamp (conversation: ConversationId): Millis { return this.#core.nextStamp(conversation, this.#components.clock.now()) }

  /** Undefined when it is none, or not for us. release: called when its bytes are no longer needed. */
  open (bytes: Bytes, release: () => void): Envelope | undefined { return this.#arrivals.read(bytes, release) }

  /** Takes in what `open` gave. */
  take (envelope: Envelope, release: () => void): void { this.#arrivals.take(envelope, release) }

  /** A message of this device. What `writes` holds goes to disk together with its line in the history. */
  async sent (message: Message, writes: Write[]): Promise<void> {
    const { clock } = this.#components
    const effects = this.#core.handle({ type: 'sent', message }, clock.now())
    const batches = effects.filter(effect => effect.type === 'persist')
    if (batches.length === 0) await this.#components.store.write(writes)
    for (const effect of effects) if (effect.type !== 'persist') this.#perform(effect)
    let rest = writes
    for (const effect of batches) {
      const batch = this.#batch(effect)
      try {
        await this.#writer.writeOnce(batch, rest)
      } catch (error) {
        this.handle({ type: 'unsent', message, ticket: batch.ticket })
        throw error
      }
      rest = []
    }
  }

  handle (event: InboxEvent): void {
    // What has reached the disk while the inbox stops is still shown: no later run would. Nothing else is begun.
    if (this.#stopped && event.type !== 'persisted') return
    for (const effect of this.#core.handle(event, this.#components.clock.now())) {
      if (!this.#stopped || effect.type === 'show' || effect.type === 'amend') this.#perform(effect)
    }
  }

  #perform (effect: InboxEffect): void {
    const { log, shown, amended, marked, settled, postponed, clock } = this.#components
    switch (effect.type) {
      case 'open':
        this.#arrivals.want(effect.envelope)
        return this.#run(async () => { await this.#arrivals.open(effect.envelope) })
      case 'unprotect': return this.#run(async () => { await this.#unprotect(effect) })
      case 'decrypt': return this.#run(async () => { await this.#decrypt(effect) })
      case 'signal': return this.#run(async () => { await this.#heed(effect.message) })
      case 'repair': return this.#run(async () => { await this.#components.repair(effect.conversation, effect.ids) })
      case 'amend': return amended(effect.conversation, effect.message)
      case 'recall': return this.#run(async () => { await this.#recall(effect) })
      case 'persist': return this.#run(async () => { await this.#writer.write(this.#batch(effect)) })
      case 'show': return shown({ conversation: effect.conversation, position: effect.position, message: effect.message, missing: effect.missing, late: effect.late })
      case 'marks': return marked(effect.from, effect.ids)
      case 'markDelivered': return this.#run(async () => { await this.#components.markDelivered(effect.to, effect.ids, effect.put.flatMap(fact => this.#components.history.writesFor(fact))) })
      case 'collect': return this.#run(async () => { await this.#collect(effect.envelopes) })
      case 'settled': return settled(effect.envelopes)
      case 'postponed': return postponed(effect.envelope)
      case 'undecipherable': return log('envelope %s did not become a message: %s%s', effect.envelope.slice(0, 8), effect.reason, effect.kept ? '; it stays in the mailbox' : '')
      case 'wakeAt':
        this.#cancelWake?.()
        this.#cancelWake = clock.after(Math.max(0, effect.at - clock.now()), () => { this.handle({ type: 'tick' }) })
    }
  }

  async #unprotect ({ id, format, whole, envelopes }: EffectOf<'unprotect'>): Promise<void> {
    const { account, log } = this.#components
    try {
      if (format === FORMAT.group) return this.handle({ type: 'frame', envelopes, id, from: decodeGroupFrame(whole).from, whole })
      if (isDeviceFormat(format)) {
        await this.#components.taken(format, whole)
        return this.handle({ type: 'note', envelopes, id, from: account.root, delivered: [] })
      }
      if (format !== FORMAT.note) throw new UnsupportedError(`format ${format} is not known here`)
      const note = await this.#openNote(whole, id)
      return this.handle({ type: 'note', envelopes, id, from: note.from, delivered: note.content.type === 'delivered' ? note.content.ids : [] })
    } catch (error) {
      if (error instanceof StoreFailedError) throw error
      log('message %s was refused: %s', id.slice(0, 8), (error as Error).message)
      return this.handle({ type: 'unreadable', envelopes, id })
    }
  }

  /** What it asks for is done when it resolves. */
  async #openNote (whole: Uint8Array, id: MessageId): Promise<OpenedNote> {
    const { notes, contacts, groups, account } = this.#components
    const note = await notes.open(whole, id)
    const { from, device, content, introduction } = note
    if (introduction !== undefined) await contacts.introduce(from, introduction)
    const { profile } = await contacts.get(from)
    if (profile !== undefined && note.epoch < profile.order.epoch) throw new NotAuthenticError('its device has been revoked')
    groups.heard(from, device)
    // Notes go to all devices of a user.
    if (content.type === 'lost' && content.device === account.device.publicKey) await groups.lost(from, device, content)
    return note
  }

  async #decrypt ({ id, from, whole, forgetAt }: EffectOf<'decrypt'>): Promise<void> {
    const { groups, log } = this.#components
    const frame = await groups.open(id, whole, forgetAt).catch((error: Error): OpenedFrame => {
      if (error instanceof StoreFailedError) throw error
      log.error('frame %s could not be opened: %s', id.slice(0, 8), error.message)
      return { type: 'unreadable', reason: error.message }
    })
    await this.#became(id, from, frame)
  }

  /** A frame that waited, or was decrypted in an earlier run, has become something. */
  opened (id: MessageId, frame: OpenedFrame): void {
    this.#run(async () => { await this.#became(id, undefined, frame) })
  }

  /** from: by the frame's hint, as the core knows it. */
  async #became (id: MessageId, from: RootKey | undefined, frame: OpenedFrame): Promise<void> {
    const { contacts, account, log } = this.#components
    switch (frame.type) {
      case 'message':
        if (frame.message.from !== account.root) await contacts.touch(frame.message.from)
        return this.handle({ type: 'message', envelopes: [], message: frame.message })
      case 'taken': return this.handle({ type: 'taken', envelopes: [], id, from: from ?? frame.from })
      case 'waiting':
        if (from !== undefined) this.handle({ type: 'waiting', envelopes: [], id, from })
        return
      case 'unreadable':
        log('frame %s was refused: %s', id.slice(0, 8), frame.reason)
        this.handle({ type: 'unreadable', envelopes: [], id, ...from === undefined ? {} : { from } })
    }
  }

  async #heed (message: Message): Promise<void> {
    const { heed, failed, log } = this.#components
    for (let times = 0; ; times++) {
      try {
        await heed(message)
        break
      } catch (error) {
        if (!(error instanceof StoreFailedError)) {
          // Its author asks again; kept waiting, it would keep the mailbox from being read to its end.
          log('a word of user %s was not heeded: %s', message.from.slice(0, 8), (error as Error).message)
          break
        }
        if (times === 0) failed(error)
        if (!await this.#writer.pause()) return
      }
    }
    this.handle({ type: 'heeded', from: message.from, id: message.id })
  }

  async #recall ({ conversation, from, id, ids }: EffectOf<'recall'>): Promise<void> {
    const { history } = this.#components
    const found: MessageId[] = []
    for (const wanted of ids) if (await history.has(wanted, conversation)) found.push(wanted)
    this.handle({ type: 'recalled', from, id, ids: found })
  }

  /** Made once: history and groups take it for written. */
  #batch ({ ticket, put, remove, release }: EffectOf<'persist'>): Batch {
    const { store, history, groups } = this.#components
    return { ticket, writes: [...put.flatMap(fact => history.writesFor(fact)), ...remove.map(key => store.facts.del(key)), ...groups.releaseWrites(release)] }
  }

  async #collect (envelopes: EnvelopeId[]): Promise<void> {
    const { account, crypto, clock, ask, log } = this.#components
    try {
      const collection = await makeCollection({ ids: envelopes, time: clock.now() }, account.signer, { crypto })
      await ask(async session => { await session.collect(collection.bytes) }, { isPatient: true })
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
