/**
 * A sender under virtual time: an outbox core with a disk around it. What the core asks for is noted; the test answers
 * as nodes would. It checks on the way what must always hold.
 */
import assert from 'node:assert/strict'
import { OutboxCore } from '../../../src/client/outbox/core.ts'
import { OUTBOX_DEFAULTS, type OutboxLimits } from '../../../src/client/outbox/defaults.ts'
import { MESSAGE_STATES } from '../../../src/types.ts'
import { addressKey, type Address, type OutboxEffect, type OutboxEntry, type OutboxEvent, type OutboxRoute } from '../../../src/client/outbox/events.core.ts'
import type { EnvelopeId, MessageId, MessageState, PeerKey, RefusalCode, RootKey } from '../../../src/types.ts'

export const START = 1_800_000_000_000
export const EXPIRY = START / 1000 + 30 * 86_400
export const BOB = '0b'.repeat(32) as RootKey
export const A = '0a'.repeat(32) as PeerKey
export const B = '0c'.repeat(32) as PeerKey
type EffectOf<Type extends OutboxEffect['type']> = Extract<OutboxEffect, { type: Type }>

export class Sender {
  now = START
  core: OutboxCore
  /** By `at`, like all that follows. */
  readonly disk = new Map<string, OutboxEntry>()
  readonly log: OutboxEffect[] = []
  readonly states = new Map<string, MessageState>()
  readonly dropped = new Map<string, string>()
  /** Deposits that nobody answered, by envelope. */
  readonly open = new Map<EnvelopeId, EffectOf<'deposit'>>()
  /** Every receipt that the core was told of. */
  readonly #evidence = new Map<EnvelopeId, Set<PeerKey>>()
  #wakeAt = Infinity

  constructor (readonly limits: Partial<OutboxLimits> = {}, readonly chance: () => number = () => 0.5) {
    this.core = new OutboxCore(limits)
  }

  effects<Type extends OutboxEffect['type']> (type: Type): Array<EffectOf<Type>> {
    return this.log.filter((effect): effect is EffectOf<Type> => effect.type === type)
  }

  /** Envelopes that were deposited so far, in order, with their links. */
  get deposits (): Array<[EnvelopeId, PeerKey]> {
    return this.effects('deposit').map(({ envelope, link }) => [envelope, link])
  }

  queue (entry: OutboxEntry): void {
    this.disk.set(addressKey(entry), entry)
    this.handle({ type: 'queued', entry })
  }

  accept (envelope: EnvelopeId, link: PeerKey = A): void {
    this.handle({ type: 'accepted', envelope, link })
  }

  receive (envelope: EnvelopeId, ...nodes: number[]): void {
    for (const name of nodes) this.handle({ type: 'receipt', envelope, node: node(name) })
  }

  refuse (envelope: EnvelopeId, code: RefusalCode, { link = A, retryAfterSeconds = 0 } = {}): void {
    this.handle({ type: 'refused', envelope, link, refusal: { code, retryAfterSeconds } })
  }

  handle (event: OutboxEvent): void {
    if (event.type === 'accepted' || event.type === 'refused') this.open.delete(event.envelope)
    if (event.type === 'receipt') this.#evidence.set(event.envelope, (this.#evidence.get(event.envelope) ?? new Set()).add(event.node))
    if (event.type === 'receipt') this.open.delete(event.envelope)
    if (event.type === 'sealed') this.#close(event)
    if (event.type === 'disconnected') for (const [envelope, { link }] of this.open) if (link === event.link) this.open.delete(envelope)
    for (const effect of this.core.handle(event, this.now, this.chance())) this.#perform(effect)
    assert.ok(this.open.size <= (this.limits.unansweredMax ?? OUTBOX_DEFAULTS.unansweredMax), 'more deposits are out than allowed')
  }

  advance (ms: number): void {
    const until = this.now + ms
    for (let wakes = 0; this.#wakeAt <= until; wakes++) {
      assert.ok(wakes < 100_000, 'the core wakes without end')
      this.now = Math.max(this.now, this.#wakeAt)
      this.#wakeAt = Infinity
      for (const [envelope] of this.open) if (this.now >= this.#sentAt(envelope) + OUTBOX_DEFAULTS.requestTimeoutMs) this.open.delete(envelope)
      this.handle({ type: 'tick' })
    }
    this.now = until
  }

  /** Only the disk is left. */
  crash (...links: PeerKey[]): void {
    this.core = new OutboxCore(this.limits)
    this.open.clear()
    this.#wakeAt = Infinity
    for (const entry of [...this.disk.values()].sort((a, b) => a.queuedAt - b.queuedAt)) this.handle({ type: 'queued', entry })
    for (const link of links) this.handle({ type: 'connected', link })
  }

  readonly #sent = new Map<EnvelopeId, number>()
  #sentAt (envelope: EnvelopeId): number {
    return this.#sent.get(envelope) ?? 0
  }

  /** The message has no more use for the answers. */
  #close (address: Address): void {
    for (const [envelope, deposit] of this.open) if (addressKey(deposit) === addressKey(address)) this.open.delete(envelope)
  }

  #perform (effect: OutboxEffect): void {
    this.log.push(effect)
    if (effect.type === 'wakeAt') this.#wakeAt = effect.at
    if (effect.type === 'drop') {
      this.disk.delete(addressKey(effect))
      this.#close(effect)
      this.dropped.set(addressKey(effect), effect.reason)
    }
    if (effect.type === 'deposit') {
      this.open.set(effect.envelope, effect)
      this.#sent.set(effect.envelope, this.now)
    }
    if (effect.type === 'state') this.#onState(effect)
  }

  #onState ({ entry, copies, w }: EffectOf<'state'>): void {
    const before = this.states.get(addressKey(entry)) ?? 'queued'
    assert.ok(MESSAGE_STATES.indexOf(entry.state) >= MESSAGE_STATES.indexOf(before), `${before} became ${entry.state}`)
    const held = entry.envelopes.map((envelope) => [...this.#evidence.get(envelope) ?? []].filter((signer) => entry.route?.nodes.includes(signer)).length)
    if (entry.state === 'stored' && before !== 'stored') assert.ok(held.length > 0 && held.every((nodes) => nodes >= w && w > 0), `stored with ${held.join()} of ${w}`)
    assert.ok(copies <= Math.min(...held, 99), `says ${copies} copies with receipts of ${held.join()}`)
    this.states.set(addressKey(entry), entry.state)
    this.disk.set(addressKey(entry), structuredClone(entry))
  }
}

export const ROUTE: OutboxRoute = { nodes: [1, 2, 3].map(node), n: 3, w: 2 }

let envelopes = 0

/** A new message, sealed in so many envelopes. */
export function entry (name: number, change: Partial<OutboxEntry> & { pieces?: number } = {}): OutboxEntry {
  const { pieces = 1, ...rest } = change
  return {
    id: messageId(name), recipient: BOB, kind: 'text', queuedAt: START + name, expiry: EXPIRY, route: ROUTE, envelopes: Array.from({ length: pieces }, envelopeId), state: 'queued', receipts: [], ...rest
  }
}

export function envelopeId (): EnvelopeId {
  return (++envelopes).toString(16).padStart(64, '0') as EnvelopeId
}

export function messageId (name: number): MessageId {
  return name.toString(16).padStart(32, '0') as MessageId
}

export function node (name: number): PeerKey {
  return name.toString(16).padStart(64, '0') as PeerKey
}

/** Where the entry of this message for this user stands. */
export function at (name: number, recipient: RootKey = BOB): string {
  return addressKey({ id: messageId(name), recipient })
}
