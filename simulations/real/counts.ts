/** What is counted while a run goes on: for whoever watches it, and for its last lines. */
import { Spread } from '../report/spread.ts'
import type { Witness } from '../checks/witness.ts'
import type { MessageId, Millis } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

/** Values that a spread keeps exactly; no run has more. */
const KEPT_MAX = 65_536

export interface Counts {
  nodesUp: number
  /** Newcomers, nodes that came back, and nodes that were killed. */
  joins: number
  returns: number
  leaves: number
  messages: number
  /** Said to be stored, or further, to their writers. */
  stored: number
  /** Shown to their readers. */
  delivered: number
  /** Said to be stored, and not shown. */
  lost: number
  shownTwice: number
  lookupsFound: number
  lookupsFailed: number
}

export class Counting implements Partial<Witness> {
  readonly lookupMs = new Spread(KEPT_MAX)
  /** From the writing to the showing: of readers whose device was on all the while, and of all. */
  readonly deliveryMs = new Spread(KEPT_MAX)
  readonly deliveryAllMs = new Spread(KEPT_MAX)
  readonly #moves = { joins: 0, returns: 0, leaves: 0 }
  readonly #nodesUp = new Set<string>()
  readonly #devicesOnSince = new Map<string, Millis>()
  readonly #writtenAt = new Map<MessageId, Millis>()
  readonly #stored = new Set<MessageId>()
  readonly #marked = new Set<MessageId>()
  readonly #shown = new Set<MessageId>()
  #shownTwice = 0
  #lookupsFound = 0
  #lookupsFailed = 0

  counts (): Counts {
    return {
      nodesUp: this.#nodesUp.size,
      ...this.#moves,
      messages: this.#writtenAt.size,
      stored: this.#stored.size,
      delivered: this.#shown.size,
      lost: [...this.#stored].filter(id => !this.#shown.has(id)).length,
      shownTwice: this.#shownTwice,
      lookupsFound: this.#lookupsFound,
      lookupsFailed: this.#lookupsFailed
    }
  }

  /** Every message was shown, and its writer knows. */
  get isSettled (): boolean { return this.#shown.size === this.#writtenAt.size && this.#marked.size === this.#writtenAt.size }

  moved (what: 'joins' | 'returns' | 'leaves'): void { this.#moves[what]++ }

  looked (found: boolean, ms: number): void {
    if (found) {
      this.#lookupsFound++
      this.lookupMs.add(ms)
    } else {
      this.#lookupsFailed++
    }
  }

  written ({ at, message }: EventOf<'written'>): void { this.#writtenAt.set(message.id, at) }

  state ({ id, state }: EventOf<'state'>): void {
    if (state === 'queued' || state === 'accepted') return
    this.#stored.add(id)
    if (state !== 'stored') this.#marked.add(id)
  }

  shown ({ at, device, message: { id } }: EventOf<'shown'>): void {
    if (this.#shown.has(id)) {
      this.#shownTwice++
      return
    }
    this.#shown.add(id)
    const writtenAt = this.#writtenAt.get(id) ?? at
    this.deliveryAllMs.add(at - writtenAt)
    if ((this.#devicesOnSince.get(device) ?? Infinity) <= writtenAt) this.deliveryMs.add(at - writtenAt)
  }

  process ({ at, actor, isNode, up }: EventOf<'process'>): void {
    if (isNode && up) this.#nodesUp.add(actor)
    else if (isNode) this.#nodesUp.delete(actor)
    else if (up) this.#devicesOnSince.set(actor, at)
    else this.#devicesOnSince.delete(actor)
  }
}

/** For whoever waits. */
export function lineOf ({ nodesUp, messages, stored, delivered, lookupsFound, lookupsFailed }: Counts): string {
  return `${nodesUp} nodes up · ${messages} written, ${stored} stored, ${delivered} shown · lookups ${lookupsFound} ok, ${lookupsFailed} failed`
}
