/**
 * The replica: keeps envelopes for the mailboxes that this node serves, and promises only what is on disk.
 *
 *   deposit   → [deliver, …]            an online device is shown the envelope beside the write, which is no promise
 *   due       → [append]                one append in flight per source: what arrives meanwhile goes into the next
 *   appended  → [settled, refuse, receipts]
 *   failed    → [settled, refuse]       the disk said no, so nothing is acknowledged
 *
 * One append in flight per source makes each source's envelopes one contiguous run of a commit: one range proof.
 * Deposits are correlated by ticket, never by envelope id: a retry may run beside the first copy.
 */
import { REFUSAL } from '../types.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { INTAKE_LIMITS, Intake } from './intake.core.ts'
import { isNewer } from './newest-route.core.ts'
import type { FlowEffect, IntakeLimits, SourceId } from './intake.core.ts'
import type { AppendOutcome } from '../ports.ts'
import type { Envelope, Refusal, RouteRecord } from '../types.ts'

/**
 * One envelope on its way to the disk. The same object comes back with every event that concerns it. isCopy: another
 * replica keeps it, and has promised it.
 */
export interface Deposit { ticket: number, envelope: Envelope, isCopy?: boolean }

export type ReplicaEvent =
  /** served: this node keeps the mailbox. route: the newest record of its user that this node knows. */
  | { type: 'deposit', source: SourceId, deposit: Deposit, routeEpoch: number, routeSeq: number, served: boolean, route: RouteRecord | undefined }
  /** Whatever came in one go has been read: time to write. */
  | { type: 'due' }
  | { type: 'appended', source: SourceId, outcomes: AppendOutcome[] }
  | { type: 'failed', source: SourceId }
  | { type: 'drain' }

export type ReplicaEffect =
  | FlowEffect
  | { type: 'deliver', deposit: Deposit }
  | { type: 'append', source: SourceId, deposits: Deposit[] }
  /** The deposits of the append that are stored, in order: the run of its receipts. */
  | { type: 'receipts', source: SourceId, tickets: number[] }
  /** Every deposit of the append with what became of it. */
  | { type: 'settled', deposits: Deposit[], outcomes: AppendOutcome[] | undefined }
  | { type: 'refuse', source: SourceId, ticket: number, refusal: Refusal }
  | { type: 'moved', source: SourceId, ticket: number, route: RouteRecord }

interface Stage { waiting: Deposit[], writing: Deposit[] }

export class ReplicaCore {
  readonly #intake: Intake
  readonly #stages = new Map<SourceId, Stage>()
  /** Sources with something to write and no append in flight. */
  readonly #due = new Set<SourceId>()
  #draining = false

  constructor (limits: IntakeLimits = INTAKE_LIMITS) { this.#intake = new Intake(limits) }

  /** Deposits that are neither on disk nor refused. */
  get open (): number { return this.#intake.deposits }

  handle (event: ReplicaEvent): ReplicaEffect[] {
    switch (event.type) {
      case 'deposit': return this.#onDeposit(event)
      case 'due': return this.#onDue()
      case 'appended': return this.#onAppended(event.source, event.outcomes)
      case 'failed': return this.#onFailed(event.source)
      case 'drain':
        this.#draining = true
        return []
    }
  }

  #onDeposit ({ source, deposit, routeEpoch, routeSeq, served, route }: Extract<ReplicaEvent, { type: 'deposit' }>): ReplicaEffect[] {
    const { ticket, envelope } = deposit
    if (!served) return [refuse(source, ticket, REFUSAL.notAdmitted)]
    if (this.#draining) return [refuse(source, ticket, REFUSAL.draining, RELAY_DEFAULTS.awayRetrySeconds)]
    if (route !== undefined && isNewer(route, routeEpoch, routeSeq)) return [{ type: 'moved', source, ticket, route }]
    const effects: ReplicaEffect[] = []
    if (!this.#intake.take(source, envelope.bytes.byteLength, effects)) return [refuse(source, ticket, REFUSAL.busy, RELAY_DEFAULTS.busyRetrySeconds)]
    let stage = this.#stages.get(source)
    if (stage === undefined) this.#stages.set(source, stage = { waiting: [], writing: [] })
    stage.waiting.push(deposit)
    if (stage.writing.length === 0) this.#due.add(source)
    effects.push({ type: 'deliver', deposit })
    return effects
  }

  #onDue (): ReplicaEffect[] {
    const effects: ReplicaEffect[] = []
    for (const source of this.#due) {
      const stage = this.#stages.get(source)
      if (stage === undefined) continue
      stage.writing = stage.waiting
      stage.waiting = []
      effects.push({ type: 'append', source, deposits: stage.writing })
    }
    this.#due.clear()
    return effects
  }

  #onAppended (source: SourceId, outcomes: AppendOutcome[]): ReplicaEffect[] {
    const { deposits, effects } = this.#settle(source, outcomes)
    const tickets: number[] = []
    for (const [index, { ticket }] of deposits.entries()) {
      const outcome = outcomes[index]
      if (outcome?.type === 'stored') tickets.push(ticket)
      else if (outcome !== undefined) effects.push({ type: 'refuse', source, ticket, refusal: outcome.refusal })
    }
    if (tickets.length > 0) effects.push({ type: 'receipts', source, tickets })
    return effects
  }

  #onFailed (source: SourceId): ReplicaEffect[] {
    const { deposits, effects } = this.#settle(source, undefined)
    effects.push(...deposits.map(({ ticket }) => refuse(source, ticket, REFUSAL.storeFailed, RELAY_DEFAULTS.awayRetrySeconds)))
    return effects
  }

  /** Frees what the append held, and has the next one of the source begun. */
  #settle (source: SourceId, outcomes: AppendOutcome[] | undefined): { deposits: Deposit[], effects: ReplicaEffect[] } {
    const stage = this.#stages.get(source)
    if (stage === undefined) return { deposits: [], effects: [] }
    const deposits = stage.writing
    const effects: ReplicaEffect[] = [{ type: 'settled', deposits, outcomes }]
    for (const { envelope } of deposits) this.#intake.release(source, envelope.bytes.byteLength, effects)
    stage.writing = []
    if (stage.waiting.length > 0) this.#due.add(source)
    else this.#stages.delete(source)
    return { deposits, effects }
  }
}

function refuse (source: SourceId, ticket: number, code: Refusal['code'], retryAfterSeconds = 0): ReplicaEffect {
  return { type: 'refuse', source, ticket, refusal: { code, retryAfterSeconds } }
}
