/**
 * What is counted: once for each step of virtual time, and once for the whole run. Messages belong to the step in which
 * they were written, however late they arrive; everything else belongs to the step in which it happened.
 */
import { Spread } from './spread.ts'
import type { MachineTime } from './machines.ts'

export class Tally implements MachineTime {
  readonly deliveryMs: Spread
  /** Only of readers whose device was up from the writing to the showing. */
  readonly deliveryOnlineMs: Spread
  readonly storedMs: Spread
  /** Only of look-ups that found something. */
  readonly lookUpMs: Spread
  written = 0
  delivered = 0
  stored = 0
  /** Copies in hand when messages were first `stored`, added up. */
  copies = 0
  /** Routes that had to be asked of the network, and those of them that it knew. */
  lookUps = 0
  found = 0
  nodeUpMs = 0
  nodeMs = 0
  deviceUpMs = 0
  deviceMs = 0
  /** Sent by nodes, without the routing model's. */
  messages = 0
  bytes = 0
  kadMessages = 0
  kadBytes = 0
  deviceMessages = 0
  deviceBytes = 0

  /** keptMax: values that each spread keeps at most. */
  constructor (keptMax: number) {
    this.deliveryMs = new Spread(keptMax)
    this.deliveryOnlineMs = new Spread(keptMax)
    this.storedMs = new Spread(keptMax)
    this.lookUpMs = new Spread(keptMax)
  }
}

/** Undefined when there is nothing to take a share of. */
export function ratio (part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}
