/**
 * The figures of a run: it listens to what can be seen from outside and keeps, for each step of virtual time and for the
 * whole run, how long delivery took, how many copies there were, who could be reached, and what that cost in messages.
 *
 * What happens before the beginning (machines start) or after the end (what is left arrives) changes who is up and
 * what became of messages, and counts for nothing else.
 */
import { People } from '../checks/people.ts'
import { Machines } from './machines.ts'
import { namedFigures, perHour, rounded, share } from './named.ts'
import { Tally } from './tally.ts'
import type { Witness } from '../checks/witness.ts'
import type { MessageId, MessageState, Millis, PeerKey, RootKey } from '../../src/types.ts'
import type { Series } from './reported-run.ts'

export interface FiguresInit {
  /** When traffic begins. */
  beginsAt: Millis
  /** How long a step is, ms. */
  stepMs: number
  /** When traffic ends; without it, as late as STEPS_MAX allows. */
  endsAt?: Millis
}

/** Steps of one run: a day in minutes, 90 days in hours. */
export const STEPS_MAX = 4_096
/** Exact quantiles for a run of 100,000 messages; at most 1 MiB for each of four spreads. */
export const KEPT_MAX = 131_072
/** Of one step: its p99 rests on at least five values. */
export const KEPT_STEP_MAX = 1_024
/** Kinds of frames that are told apart, and whoever has more has `other`: the protocol has about forty. */
export const KINDS_MAX = 64

const HOUR_MS = 3_600_000
const PROMISED: ReadonlySet<MessageState> = new Set(['stored', 'delivered', 'read'])

/** A message of which something is still to come. at: written. */
interface Pending { readonly at: Millis, readonly to: RootKey, stored: boolean, delivered: boolean }

type Event<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

export class Figures implements Partial<Witness> {
  readonly #beginsAt: Millis
  readonly #endsAt: Millis
  readonly #stepMs: number
  readonly #machines = new Machines()
  readonly #people = new People()
  readonly #whole = new Tally(KEPT_MAX)
  readonly #steps: Tally[] = []
  readonly #pending = new Map<MessageId, Pending>()
  /** Index: copies in hand when a message was first `stored`; value: messages. */
  readonly #storedWith: number[] = []
  readonly #kinds = new Map<string, { messages: number, bytes: number }>()
  /** Of running nodes, before, in and after the traffic. */
  #powerCuts = 0
  /** By whomever. */
  readonly #caught = new Set<PeerKey>()
  #step: Tally
  #stepEndsAt: Millis
  /** Machine time is added up until here. */
  #addedUpTo: Millis
  #now: Millis

  constructor ({ beginsAt, stepMs, endsAt = beginsAt + STEPS_MAX * stepMs }: FiguresInit) {
    const steps = (endsAt - beginsAt) / stepMs
    if (!(steps > 0 && steps <= STEPS_MAX)) throw new RangeError(`a run has 1 to ${STEPS_MAX} steps, not ${steps}`)
    this.#beginsAt = beginsAt
    this.#endsAt = endsAt
    this.#stepMs = stepMs
    this.#addedUpTo = beginsAt
    this.#now = beginsAt
    this.#stepEndsAt = beginsAt + stepMs
    this.#steps.push(this.#step = new Tally(KEPT_STEP_MAX))
  }

  written ({ at, message }: Event<'written'>): void {
    if (!this.#counts(at) || this.#pending.has(message.id)) return
    this.#pending.set(message.id, { at, to: message.conversation, stored: false, delivered: false })
    this.#step.written++
    this.#whole.written++
  }

  state ({ at, id, state, copies }: Event<'state'>): void {
    const pending = this.#pending.get(id)
    if (pending === undefined || pending.stored || !PROMISED.has(state)) return
    pending.stored = true
    if (pending.delivered) this.#pending.delete(id)
    // A reader may answer before enough nodes did: then the message was never `stored`, but it need not be any more.
    if (state !== 'stored') return
    this.#storedWith[copies] = (this.#storedWith[copies] ?? 0) + 1
    for (const tally of this.#tallies(pending)) {
      tally.stored++
      tally.copies += copies
      tally.storedMs.add(at - pending.at)
    }
  }

  shown ({ at, device, message }: Event<'shown'>): void {
    const pending = this.#pending.get(message.id)
    if (pending === undefined || pending.delivered) return
    pending.delivered = true
    if (pending.stored) this.#pending.delete(message.id)
    const reader = this.#machines.get(device)
    const wasOnline = reader !== undefined && reader.up && reader.upSince <= pending.at
    for (const tally of this.#tallies(pending)) {
      tally.delivered++
      tally.deliveryMs.add(at - pending.at)
      if (wasOnline) tally.deliveryOnlineMs.add(at - pending.at)
    }
  }

  resolved ({ at, resolver, order, ms }: Event<'resolved'>): void {
    // What a node knows itself takes no time and is never missing: only the rest went to the network.
    const askedNetwork = ms > 0 || order === undefined
    if (!this.#counts(at) || !askedNetwork || this.#machines.get(resolver)?.isNode !== true) return
    for (const tally of [this.#step, this.#whole]) {
      tally.lookUps++
      if (order === undefined) continue
      tally.found++
      tally.lookUpMs.add(ms)
    }
  }

  sent ({ at, from, kind, messages, bytes }: Event<'sent'>): void {
    if (!this.#counts(at)) return
    const step = this.#step
    const whole = this.#whole
    if (kind === 'kad') {
      step.kadMessages += messages
      step.kadBytes += bytes
      whole.kadMessages += messages
      whole.kadBytes += bytes
    } else if (this.#machines.get(from)?.isNode === true) {
      step.messages += messages
      step.bytes += bytes
      whole.messages += messages
      whole.bytes += bytes
      const ofKind = this.#ofKind(kind)
      ofKind.messages += messages
      ofKind.bytes += bytes
    } else {
      whole.deviceMessages += messages
      whole.deviceBytes += bytes
    }
  }

  process (event: Event<'process'>): void {
    const { at, actor, isNode, up, left, lostPower } = event
    this.#passTo(at)
    if (lostPower === true) this.#powerCuts++
    this.#people.process(event)
    this.#machines.change(actor, isNode, up, left, at)
  }

  caught ({ node }: Event<'caught'>): void { this.#caught.add(node) }

  /** The run's figures by name, units last; one that nothing happened for is left out. */
  summary (): Record<string, number> {
    this.#passTo(this.#now)
    const whole = this.#whole
    const figures = {
      ...namedFigures(whole),
      messagesLost: this.#lost(),
      powerCuts: this.#powerCuts,
      reachableShareMin: this.#leastReachable(),
      nodesCaught: this.#caught.size === 0 ? undefined : this.#caught.size,
      ...Object.fromEntries(this.#storedWith.flatMap((messages, copies) => [[`copies${copies}Share`, share(messages, whole.stored)]])),
      ...Object.fromEntries([...this.#kinds].flatMap(([kind, { messages, bytes }]) => [
        [`${kind}MessagesPerNodeHour`, perHour(messages, whole.nodeUpMs)],
        [`${kind}BytesPerNodeHour`, perHour(bytes, whole.nodeUpMs)]
      ]))
    }
    return Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))
  }

  /** The same figures for every step. */
  series (): Series {
    this.#passTo(this.#now)
    const rows = this.#steps.map(namedFigures)
    const columns = Object.keys(rows[0] ?? {}).map(name => [name, rows.map(row => row[name] ?? null)])
    return { at: rows.map((_, index) => rounded((index + 0.5) * this.#stepMs / HOUR_MS, 4)), ...Object.fromEntries(columns) }
  }

  /** Stored and never shown, to readers who did not leave for good. */
  #lost (): number {
    let lost = 0
    for (const { to, stored, delivered } of this.#pending.values()) if (stored && !delivered && !this.#people.hasLeft(to)) lost++
    return lost
  }

  /** Of the steps, the worst. */
  #leastReachable (): number | undefined {
    const shares = this.#steps.flatMap(({ nodeUpMs, nodeMs }) => share(nodeUpMs, nodeMs) ?? [])
    return shares.length === 0 ? undefined : Math.min(...shares)
  }

  /** Whether something that happens now counts; if so, `#step` is the step of now. */
  #counts (at: Millis): boolean {
    this.#now = at
    if (at < this.#beginsAt) return false
    if (at >= this.#stepEndsAt) this.#passTo(at)
    return at < this.#endsAt
  }

  /** Closes every step that has ended. */
  #passTo (at: Millis): void {
    this.#now = at
    const until = Math.min(at, this.#endsAt)
    while (this.#stepEndsAt <= until && this.#stepEndsAt < this.#endsAt) {
      this.#addTime(this.#stepEndsAt)
      this.#beginStep()
    }
    this.#addTime(until)
  }

  #addTime (until: Millis): void {
    if (until <= this.#addedUpTo) return
    for (const tally of [this.#step, this.#whole]) this.#machines.addTime(until - this.#addedUpTo, tally)
    this.#addedUpTo = until
  }

  #beginStep (): void {
    this.#steps.push(this.#step = new Tally(KEPT_STEP_MAX))
    this.#stepEndsAt += this.#stepMs
  }

  /** Where a message counts: in the step in which it was written, and in the whole. */
  #tallies ({ at }: Pending): Tally[] {
    return [this.#steps[Math.floor((at - this.#beginsAt) / this.#stepMs)] as Tally, this.#whole]
  }

  #ofKind (kind: string): { messages: number, bytes: number } {
    const name = this.#kinds.has(kind) || this.#kinds.size < KINDS_MAX ? kind : 'other'
    let traffic = this.#kinds.get(name)
    if (traffic === undefined) this.#kinds.set(name, traffic = { messages: 0, bytes: 0 })
    return traffic
  }
}
