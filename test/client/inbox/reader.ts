/**
 * A reader under virtual time: an inbox core with a disk, a mailbox and a cursor around it, which does what the core
 * asks in any order that the contract allows, and can lose its memory at any moment.
 */
import assert from 'node:assert/strict'
import { InboxCore } from '../../../src/client/inbox/core.ts'
import { factKey, type InboxEffect, type InboxEvent, type InboxFact } from '../../../src/client/inbox/events.core.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { toString } from 'uint8arrays/to-string'
import type { InboxLimits } from '../../../src/client/inbox/defaults.ts'
import type { Fragment } from '../../../src/client/sealing/fragments.core.ts'
import type { EnvelopeId, Message, MessageId, PeerKey, RootKey, Seconds } from '../../../src/types.ts'

export const START = 1_800_000_000_000
export const EXPIRY = START / 1000 + 7 * 86_400
export const ME = '00'.repeat(32) as RootKey
export const MY_DEVICE = ME as string as PeerKey

/** An envelope as the mailbox holds it: a piece of a message, or something that does not open. */
export interface Mail { id: EnvelopeId, expiry?: Seconds, fragment?: Fragment | undefined, fails?: 'unknownKey' | 'malformed' }
export type Line = Extract<InboxFact, { type: 'shown' }>
type EffectOf<Type extends InboxEffect['type']> = Extract<InboxEffect, { type: Type }>

/** Numbers from a seed (mulberry32). */
export function chooser (seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * below)
  }
}

export class Reader {
  now = START
  core: InboxCore
  readonly disk = new Map<string, InboxFact>()
  /** All that the core ever asked for, across crashes. */
  readonly log: InboxEffect[] = []
  /** What the cursor has passed. */
  readonly settled = new Set<EnvelopeId>()
  /** What the nodes may delete. */
  readonly collected = new Set<EnvelopeId>()
  readonly marked = new Set<string>()
  /** False: nobody takes a collection. */
  online = true
  readonly #mail = new Map<EnvelopeId, Mail>()
  /** Decrypted messages that are on disk. */
  readonly released = new Set<MessageId>()
  /** What frames are that are no messages: by id; a commit of its author unless it is said to wait or to be unreadable. */
  readonly frames = new Map<MessageId, { from: RootKey, is: 'taken' | 'waiting' | 'unreadable' }>()
  readonly #messages = new Map<MessageId, Message>()
  readonly #notes = new Map<MessageId, { from: RootKey, delivered: MessageId[] }>()
  #tasks: InboxEffect[] = []
  #wakeAt = Infinity

  constructor (readonly limits: Partial<InboxLimits> = {}, readonly choose: (below: number) => number = () => 0) {
    this.core = this.#restart()
  }

  get history (): Line[] {
    return [...this.disk.values()].filter((fact) => fact.type === 'shown').sort((a, b) => a.position - b.position)
  }

  effects<Type extends InboxEffect['type']> (type: Type): Array<EffectOf<Type>> {
    return this.log.filter((effect): effect is EffectOf<Type> => effect.type === type)
  }

  know (message: Message): void {
    this.#messages.set(message.id, message)
  }

  arrive (mail: Mail): void {
    this.#mail.set(mail.id, mail)
    this.handle({ type: 'arrived', envelope: mail.id, expiry: mail.expiry ?? EXPIRY })
  }

  /** A note comes in. */
  note ({ id, ...note }: { id: MessageId, from: RootKey, delivered: MessageId[] }): void {
    this.#notes.set(id, note)
    for (const mail of seal({ id })) this.arrive(mail)
    this.finish()
  }

  /** A frame comes in that is no message, or not yet. */
  frame (id: MessageId, from: RootKey, is: 'taken' | 'waiting' | 'unreadable'): void {
    this.frames.set(id, { from, is })
    for (const mail of seal({ id })) this.arrive(mail)
    this.finish()
  }

  /** The history has it, from another device; the core was told nothing. */
  transfer (message: Message): void {
    const { conversation } = message
    const fact: InboxFact = { type: 'shown', conversation, position: this.history.length + 1, message, missing: [], late: false }
    this.disk.set(factKey(fact), fact)
  }

  /** Messages come in and everything is done; no time passes. */
  read (...messages: Message[]): void {
    for (const message of messages) for (const mail of seal(message)) this.deliver(message, mail)
  }

  deliver (message: Message, mail: Mail): void {
    this.know(message)
    this.arrive(mail)
    this.finish()
  }

  handle (event: InboxEvent): void {
    for (const effect of this.core.handle(event, this.now)) {
      this.log.push(effect)
      if (effect.type === 'wakeAt') this.#wakeAt = effect.at
      else if (effect.type === 'settled') for (const id of effect.envelopes) this.settled.add(id)
      else if (['open', 'unprotect', 'decrypt', 'recall', 'signal', 'persist', 'markDelivered', 'collect'].includes(effect.type)) this.#tasks.push(effect)
    }
  }

  /** Does one thing that was asked for; batches go to disk in order, all else as it comes. */
  step (): boolean {
    const [batch] = this.#tasks.filter(({ type }) => type === 'persist' || type === 'markDelivered')
    const possible = this.#tasks.filter((task) => task === batch || (task.type !== 'persist' && task.type !== 'markDelivered'))
    const task = possible[this.choose(possible.length)]
    if (task == null) return false
    this.#tasks = this.#tasks.filter((other) => other !== task)
    this.#perform(task)
    return true
  }

  finish (): void {
    while (this.step());
  }

  /** Time passes, with all wake-ups. */
  advance (ms: number): void {
    const until = this.now + ms
    this.finish()
    for (let wakes = 0; this.#wakeAt <= until; wakes++) {
      assert.ok(wakes < 10_000, 'the core wakes without end')
      this.now = Math.max(this.now, this.#wakeAt)
      this.#wakeAt = Infinity
      this.handle({ type: 'tick' })
      this.finish()
    }
    this.now = until
  }

  /** Everything that is not on disk is gone; the mailbox gives again what the cursor had not passed. */
  crash (): void {
    this.#tasks = []
    this.#wakeAt = Infinity
    this.core = this.#restart()
    for (const mail of this.#mail.values()) if (!this.settled.has(mail.id)) this.arrive(mail)
  }

  #restart (): InboxCore {
    const core = new InboxCore({ own: ME, device: MY_DEVICE, sha256: nodeCrypto.sha256, limits: this.limits })
    this.core = core
    this.handle({ type: 'restored', facts: [...this.disk.values()].filter(({ type }) => type !== 'shown'), position: this.history.at(-1)?.position ?? 0 })
    return core
  }

  #perform (task: InboxEffect): void {
    switch (task.type) {
      case 'open': return this.#open(this.#mail.get(task.envelope) ?? assert.fail())
      case 'unprotect': return this.#unprotect(task)
      case 'decrypt': return this.#decrypt(task)
      case 'signal': return this.handle({ type: 'heeded', from: task.message.from, id: task.message.id })
      case 'recall': {
        const known = new Set(this.history.filter(({ conversation }) => conversation === task.conversation).map(({ message }) => message.id))
        return this.handle({ type: 'recalled', from: task.from, id: task.id, ids: task.ids.filter((id) => known.has(id)) })
      }
      case 'persist': {
        this.#write(task.put, task.remove)
        for (const id of task.release) this.released.add(id)
        return this.handle({ type: 'persisted', ticket: task.ticket })
      }
      case 'markDelivered': {
        this.#write(task.put, [])
        for (const id of task.ids) this.marked.add(`${task.to}/${id}`)
        return
      }
      case 'collect': {
        if (this.online) for (const id of task.envelopes) this.collected.add(id)
        return this.handle({ type: this.online ? 'collected' : 'uncollected', envelopes: task.envelopes })
      }
      default: assert.fail(task.type)
    }
  }

  #open ({ id, fragment, fails }: Mail): void {
    if (fragment != null) this.handle({ type: 'opened', envelope: id, fragment })
    else this.handle({ type: 'undecipherable', envelope: id, reason: fails ?? 'malformed', bytes: 1000 })
  }

  #unprotect ({ id, envelopes, whole }: EffectOf<'unprotect'>): void {
    const note = this.#notes.get(id)
    const from = this.frames.get(id)?.from ?? this.#messages.get(id)?.from
    if (note != null) this.handle({ type: 'note', envelopes, id, ...note })
    else if (from != null) this.handle({ type: 'frame', envelopes, id, from, whole })
    else this.handle({ type: 'unreadable', envelopes, id })
  }

  #decrypt ({ id, from }: EffectOf<'decrypt'>): void {
    const frame = this.frames.get(id)
    if (frame != null) this.handle({ type: frame.is, envelopes: [], id, from })
    else this.handle({ type: 'message', envelopes: [], message: this.#messages.get(id) ?? assert.fail() })
  }

  #write (put: InboxFact[], remove: string[]): void {
    for (const fact of put) this.disk.set(factKey(fact), structuredClone(fact))
    for (const key of remove) this.disk.delete(key)
  }
}

let envelopes = 0

/** New envelopes that bring this message. */
export function seal (message: Pick<Message, 'id'>, pieces = 1): Mail[] {
  const chunks = Array.from({ length: pieces }, (_, index) => Uint8Array.of(index, ...new TextEncoder().encode(message.id)))
  const wholeHash = toString(nodeCrypto.sha256(...chunks), 'base16')
  return chunks.map((chunk, index) => ({ id: envelopeId(), fragment: { format: 2, messageId: message.id, index, count: pieces, wholeHash, chunk } }))
}

export function envelopeId (): EnvelopeId {
  return (++envelopes).toString(16).padStart(64, '0') as EnvelopeId
}

/** A text. `name` is its id's end, so that ids sort as names do. */
export function text (from: RootKey, name: number, parents: number[] = [], sentAt = START): Message {
  return {
    id: messageId(name), from, device: from as string as PeerKey, conversation: from === ME ? BOB : from, sentAt, stamp: sentAt, parents: parents.map(messageId), content: { type: 'text', text: `${name}`, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
  }
}

export function messageId (name: number): MessageId {
  return name.toString(16).padStart(32, '0') as MessageId
}

export function user (fill: number): RootKey {
  return fill.toString(16).padStart(64, '0') as RootKey
}

export const BOB = user(0xb0b)
