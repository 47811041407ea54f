/**
 * Deposits of this node with its own replica: what was pulled goes in as anybody's mail does, so that attached devices
 * are shown it and only the store decides what it takes.
 */
import { REFUSAL } from '../../types.ts'
import type { Deposit } from '../replica.core.ts'
import type { SourceId } from '../intake.core.ts'
import type { Envelope, Order, Refusal, RefusalCode } from '../../types.ts'

export interface OwnDepositsInit {
  newSource: () => SourceId
  deposit: (source: SourceId, deposit: Deposit, routeEpoch: number, routeSeq: number) => void
}

/** isFull: the disk or the replica takes no more for now. */
export interface Kept { stored: number, isFull: boolean }

interface Batch extends Kept { open: number, done: (kept: Kept) => void }

/** Refusals that say nothing about the envelope. */
const FULL: ReadonlySet<RefusalCode> = new Set([REFUSAL.busy, REFUSAL.draining, REFUSAL.storeFailed])
/** A newer record than any is no reason to refuse: both nodes are on the newest that is known here. */
const NEWEST: Pick<Order, 'epoch' | 'seq'> = Object.freeze({ epoch: Infinity, seq: Infinity })

export class OwnDeposits {
  readonly #init: OwnDepositsInit
  readonly #batches = new Map<SourceId, Batch>()

  constructor (init: OwnDepositsInit) { this.#init = init }

  /** done: when each of them, at least one, is on disk or refused. */
  deposit (envelopes: Envelope[], done: (kept: Kept) => void): void {
    const source = this.#init.newSource()
    this.#batches.set(source, { stored: 0, isFull: false, open: envelopes.length, done })
    for (const [ticket, envelope] of envelopes.entries()) this.#init.deposit(source, { ticket, envelope, isCopy: true }, NEWEST.epoch, NEWEST.seq)
  }

  /** Whether these were deposited here. */
  onReceipts (source: SourceId, tickets: number[]): boolean {
    const batch = this.#batches.get(source)
    if (batch === undefined) return false
    batch.stored += tickets.length
    this.#settle(source, batch, tickets.length)
    return true
  }

  onRefused (source: SourceId, { code }: Pick<Refusal, 'code'>): boolean {
    const batch = this.#batches.get(source)
    if (batch === undefined) return false
    if (FULL.has(code)) batch.isFull = true
    this.#settle(source, batch, 1)
    return true
  }

  #settle (source: SourceId, batch: Batch, count: number): void {
    batch.open -= count
    if (batch.open > 0) return
    this.#batches.delete(source)
    batch.done({ stored: batch.stored, isFull: batch.isFull })
  }
}
