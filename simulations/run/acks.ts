/**
 * Strikes that aim: now and then, when a program has just been told that its message is stored, some of the very nodes
 * whose receipts said so are hit before the next minute is over. Chance alone would seldom hit a message's replicas.
 */
import type { Witness } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { EnvelopeId, Millis, PeerKey } from '../../src/types.ts'

const HOUR = 3_600_000
const SECOND = 1000

/** replicas: how many of the message's are hit. perHour: messages whose replicas are, evenly, so that what is promised for one strike is not asked of two at once. */
export interface Aim { replicas: number, perHour: number, withinSeconds: number, until: Millis, chance: Chance }

/** One of those that signed, and what it signed for. */
export interface Target { node: PeerKey, envelopes: EnvelopeId[] }

interface Armed { aim: Aim, strike: (target: Target) => void, nextAt: Millis }

export class Acks implements Partial<Witness> {
  readonly #world: World
  readonly #armed: Armed[] = []

  constructor (world: World) { this.#world = world }

  aim (aim: Aim, strike: (target: Target) => void): void {
    this.#armed.push({ aim, strike, nextAt: this.#world.now() })
  }

  state ({ at, state, envelopes, nodes }: Parameters<Witness['state']>[0]): void {
    if (state !== 'stored') return
    for (const armed of this.#armed) {
      const { aim: { replicas, perHour, withinSeconds, until, chance }, strike } = armed
      if (at < armed.nextAt || at >= until || nodes.length < replicas) continue
      armed.nextAt = at + HOUR / perHour
      for (const node of chance.sample(nodes, replicas)) {
        this.#world.after(chance.fraction() * withinSeconds * SECOND, () => { strike({ node, envelopes }) })
      }
    }
  }
}
