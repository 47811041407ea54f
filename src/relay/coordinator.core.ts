/**
 * The coordinator: takes an envelope from a device and has it written to the first n reachable nodes of the
 * mailbox's route record, this node among them when it is listed.
 *
 *   submit    → [accepted, forward × n]
 *   receipts  → [receipts]             to the device that sent each envelope, also when they come late
 *   refused, unsent, lost, a deadline → [forward] to the next on the list …
 *   …                                 → [refuse tooFewNodes] when the list is used up with fewer than n receipts
 *
 * A node that says no for its own reasons (busy, draining, disk) is replaced by the next one. A node that says no for
 * the envelope's sake (full, expired, collected) has answered: others would say the same, and the device is told.
 * Nothing of this is a promise to the sender: it counts the receipts itself.
 */
import { REFUSAL } from '../types.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { INTAKE_LIMITS, Intake } from './intake.core.ts'
import { isNewer } from './newest-route.core.ts'
import type { FlowEffect, IntakeLimits, SourceId } from './intake.core.ts'
import type { Envelope, EnvelopeId, Millis, PeerKey, Refusal, RefusalCode, RouteEntry, RouteRecord } from '../types.ts'

export type CoordinatorEvent =
  /**
   * route: the newest record of the mailbox's user that this node knows. among: this node itself deposits, at so many of these
   * entries; it may do so while it drains.
   */
  | { type: 'submit', source: SourceId, ticket: number, envelope: Envelope, routeEpoch: number, routeSeq: number, route: RouteRecord | undefined, among?: Choice }
  /** Receipts of a node have been verified, or are our own. */
  | { type: 'receipts', node: PeerKey, tickets: number[] }
  | { type: 'refused', node: PeerKey, tickets: number[], refusal: Refusal }
  /** The node knows a newer record than the one that these deposits were made by; it has been verified. */
  | { type: 'moved', node: PeerKey, tickets: number[], route: RouteRecord }
  /** A deposit could not be handed to its node. */
  | { type: 'unsent', node: PeerKey, ticket: number }
  /** A node's streams ended: what it has not answered, it will not answer there. */
  | { type: 'lost', node: PeerKey }
  | { type: 'tick' }
  | { type: 'drain' }

export type CoordinatorEffect =
  | FlowEffect
  | { type: 'accepted', source: SourceId, ticket: number }
  | { type: 'forward', entry: RouteEntry, source: SourceId, ticket: number, envelope: Envelope, route: RouteRecord }
  /** `tickets` are the device's; they belong to the leaves `from`, `from` + 1, … of the run that the event brought. */
  | { type: 'receipts', source: SourceId, from: number, tickets: number[] }
  | { type: 'moved', source: SourceId, ticket: number, route: RouteRecord }
  /** said: what each node that answered with a refusal gave as its reason; of this node's own deposits only. */
  | { type: 'refuse', source: SourceId, ticket: number, refusal: Refusal, said?: ReadonlyMap<PeerKey, RefusalCode> }

/** Which nodes of a record to deposit with, in order of preference, and how many of them must take it. */
export interface Choice { entries: RouteEntry[], copies: number }

/** One envelope of one device, until n nodes have it or no node is left to ask. */
interface Job {
  source: SourceId
  ticket: number
  id: EnvelopeId
  /** Let go when the job is settled: what is late needs no more than the id. */
  envelope: Envelope | undefined
  route: RouteRecord
  among: Choice
  /** The next of these entries to try, and those that were passed over because they were silent before. */
  next: number
  passedOver: RouteEntry[]
  /** Copies that may still be answered in time. */
  open: number
  receipts: number
  /** Nodes that said no for the envelope's sake, and the last one's reason. */
  declines: number
  declined: Refusal | undefined
  /** Of this node's own deposits. */
  said: Map<PeerKey, RefusalCode> | undefined
}

/** One envelope at one node. */
interface Copy { ticket: number, node: PeerKey, job: Job, deadline: Millis, late: boolean }

export interface CoordinatorInit { limits?: IntakeLimits, lateReceiptsMax?: number }

/** Refusals that concern the envelope and not the node that says so. */
const FINAL: ReadonlySet<RefusalCode> = new Set([REFUSAL.expired, REFUSAL.expiryTooFar, REFUSAL.mailboxFull, REFUSAL.requestsFull, REFUSAL.collected])

export class CoordinatorCore {
  readonly #intake: Intake
  readonly #lateReceiptsMax: number
  readonly #copies = new Map<number, Copy>()
  /** In the order of their deadlines, since all wait equally long. */
  readonly #waiting = new Set<Copy>()
  readonly #late = new Set<Copy>()
  /** Nodes that let a deadline pass, and until when others are asked first. */
  readonly #silent = new Map<PeerKey, Millis>()
  #lastTicket = 0
  #draining = false

  constructor ({ limits = INTAKE_LIMITS, lateReceiptsMax = RELAY_DEFAULTS.lateReceiptsMax }: CoordinatorInit = {}) {
    this.#intake = new Intake(limits)
    this.#lateReceiptsMax = lateReceiptsMax
  }

  /** Deposits whose outcome is not known yet. */
  get open (): number { return this.#intake.deposits }

  /** When a tick has something to look at: the next deadline, or the end of waiting for a late receipt. Infinity: never. */
  get tickAt (): Millis {
    const [waiting] = this.#waiting
    const [late] = this.#late
    return Math.min(waiting?.deadline ?? Infinity, late === undefined ? Infinity : late.deadline + RELAY_DEFAULTS.lateReceiptMs)
  }

  /** The envelopes behind tickets of a node's receipts; undefined when one of them is not (or no longer) known. */
  idsOf (node: PeerKey, tickets: number[]): EnvelopeId[] | undefined {
    const ids: EnvelopeId[] = []
    for (const ticket of tickets) {
      const copy = this.#copies.get(ticket)
      if (copy?.node !== node) return undefined
      ids.push(copy.job.id)
    }
    return ids
  }

  handle (event: CoordinatorEvent, now: Millis): CoordinatorEffect[] {
    const effects: CoordinatorEffect[] = []
    switch (event.type) {
      case 'submit': this.#onSubmit(event, now, effects); break
      case 'receipts': this.#onReceipts(event.node, event.tickets, now, effects); break
      case 'refused':
        for (const ticket of event.tickets) this.#onRefused(event.node, ticket, event.refusal, now, effects)
        break
      case 'moved':
        for (const ticket of event.tickets) this.#onMoved(event.node, ticket, event.route, now, effects)
        break
      case 'unsent': this.#onRefused(event.node, event.ticket, undefined, now, effects); break
      case 'lost': this.#onLost(event.node, now, effects); break
      case 'tick': this.#onTick(now, effects); break
      case 'drain': this.#draining = true; break
    }
    return effects
  }

  #onSubmit ({ source, ticket, envelope, routeEpoch, routeSeq, route, among }: Extract<CoordinatorEvent, { type: 'submit' }>, now: Millis, effects: CoordinatorEffect[]): void {
    if (route !== undefined && isNewer(route, routeEpoch, routeSeq)) {
      effects.push({ type: 'moved', source, ticket, route })
      return
    }
    // Without the very record that the device used, this node cannot know whom to write to.
    const known = route?.order.epoch === routeEpoch && route.order.seq === routeSeq
    if (this.#draining && among === undefined) effects.push(refuse(source, ticket, REFUSAL.draining, RELAY_DEFAULTS.awayRetrySeconds))
    else if (route === undefined || !known) effects.push(refuse(source, ticket, REFUSAL.noRoute))
    else if (!this.#intake.take(source, envelope.bytes.byteLength, effects)) effects.push(refuse(source, ticket, REFUSAL.busy, RELAY_DEFAULTS.busyRetrySeconds))
    else {
      effects.push({ type: 'accepted', source, ticket })
      this.#goOn(newJob({ source, ticket, envelope, route, among }), now, effects)
    }
  }

  #onReceipts (node: PeerKey, tickets: number[], now: Millis, effects: CoordinatorEffect[]): void {
    this.#silent.delete(node)
    let run: Extract<CoordinatorEffect, { type: 'receipts' }> | undefined
    for (const [from, ticket] of tickets.entries()) {
      const copy = this.#take(node, ticket)
      if (copy === undefined) {
        run = undefined
        continue
      }
      const { job } = copy
      if (run?.source !== job.source) effects.push(run = { type: 'receipts', source: job.source, from, tickets: [] })
      run.tickets.push(job.ticket)
      job.receipts++
      this.#goOn(job, now, effects)
    }
  }

  /** refusal: undefined when the node could not be asked. */
  #onRefused (node: PeerKey, ticket: number, refusal: Refusal | undefined, now: Millis, effects: CoordinatorEffect[]): void {
    const copy = this.#take(node, ticket)
    if (copy === undefined || copy.late) return
    if (refusal !== undefined) copy.job.said?.set(node, refusal.code)
    if (refusal !== undefined && FINAL.has(refusal.code)) {
      copy.job.declines++
      copy.job.declined = refusal
    }
    this.#goOn(copy.job, now, effects)
  }

  #onMoved (node: PeerKey, ticket: number, route: RouteRecord, now: Millis, effects: CoordinatorEffect[]): void {
    const copy = this.#take(node, ticket)
    if (copy === undefined || copy.late) return
    const { job } = copy
    if (job.envelope !== undefined && isNewer(route, job.route.order.epoch, job.route.order.seq)) {
      effects.push({ type: 'moved', source: job.source, ticket: job.ticket, route })
      this.#settle(job, effects)
    } else {
      this.#goOn(job, now, effects)
    }
  }

  #onLost (node: PeerKey, now: Millis, effects: CoordinatorEffect[]): void {
    for (const copy of [...this.#waiting]) {
      if (copy.node === node) this.#giveUp(copy, now, effects)
    }
  }

  #onTick (now: Millis, effects: CoordinatorEffect[]): void {
    for (const copy of this.#waiting) {
      if (copy.deadline > now) break
      this.#silent.set(copy.node, now + RELAY_DEFAULTS.silentMs)
      this.#giveUp(copy, now, effects)
    }
    for (const copy of this.#late) {
      if (copy.deadline + RELAY_DEFAULTS.lateReceiptMs > now && this.#late.size <= this.#lateReceiptsMax) break
      this.#late.delete(copy)
      this.#copies.delete(copy.ticket)
    }
    for (const [node, until] of this.#silent) if (until <= now) this.#silent.delete(node)
  }

  /** Asks another node instead; a receipt that comes late still counts. */
  #giveUp (copy: Copy, now: Millis, effects: CoordinatorEffect[]): void {
    this.#waiting.delete(copy)
    copy.late = true
    this.#late.add(copy)
    copy.job.open--
    this.#goOn(copy.job, now, effects)
  }

  /** Forwards as many copies as are missing; settles the job when nothing can come of it any more. */
  #goOn (job: Job, now: Millis, effects: CoordinatorEffect[]): void {
    const { envelope, route, among: { copies } } = job
    if (envelope === undefined) return
    while (job.receipts + job.open + job.declines < copies) {
      const entry = this.#nextEntry(job, now)
      if (entry === undefined) break
      job.open++
      const copy: Copy = { ticket: this.#newTicket(), node: entry.node, job, deadline: now + RELAY_DEFAULTS.forwardTimeoutMs, late: false }
      this.#copies.set(copy.ticket, copy)
      this.#waiting.add(copy)
      effects.push({ type: 'forward', entry, source: job.source, ticket: copy.ticket, envelope, route })
    }
    if (job.receipts >= copies) {
      this.#settle(job, effects)
    } else if (job.open === 0) {
      const refusal = job.declined ?? { code: REFUSAL.tooFewNodes, retryAfterSeconds: RELAY_DEFAULTS.busyRetrySeconds }
      effects.push({ type: 'refuse', source: job.source, ticket: job.ticket, refusal, ...job.said !== undefined && { said: job.said } })
      this.#settle(job, effects)
    }
  }

  #settle (job: Job, effects: CoordinatorEffect[]): void {
    if (job.envelope === undefined) return
    this.#intake.release(job.source, job.envelope.bytes.byteLength, effects)
    job.envelope = undefined
  }

  /** In the order of the record; nodes that were silent a moment ago come last. */
  #nextEntry (job: Job, now: Millis): RouteEntry | undefined {
    for (let entry; (entry = job.among.entries[job.next]) !== undefined;) {
      job.next++
      if ((this.#silent.get(entry.node) ?? 0) <= now) return entry
      job.passedOver.push(entry)
    }
    return job.passedOver.shift()
  }

  /** A copy is answered once, and only by its node. */
  #take (node: PeerKey, ticket: number): Copy | undefined {
    const copy = this.#copies.get(ticket)
    if (copy?.node !== node) return undefined
    this.#copies.delete(ticket)
    this.#late.delete(copy)
    if (this.#waiting.delete(copy)) copy.job.open--
    return copy
  }

  #newTicket (): number {
    do this.#lastTicket = (this.#lastTicket + 1) >>> 0; while (this.#copies.has(this.#lastTicket))
    return this.#lastTicket
  }
}

function newJob ({ source, ticket, envelope, route, among }: { source: SourceId, ticket: number, envelope: Envelope, route: RouteRecord, among: Choice | undefined }): Job {
  return {
    source,
    ticket,
    id: envelope.id,
    envelope,
    route,
    among: among ?? { entries: route.entries, copies: route.n },
    next: 0,
    passedOver: [],
    open: 0,
    receipts: 0,
    declines: 0,
    declined: undefined,
    said: among === undefined ? undefined : new Map()
  }
}

function refuse (source: SourceId, ticket: number, code: RefusalCode, retryAfterSeconds = 0): CoordinatorEffect {
  return { type: 'refuse', source, ticket, refusal: { code, retryAfterSeconds } }
}
