/**
 * How nodes come and go: the seed says who is killed, one at a time, and each starts again at once on the same disk and
 * port. The next is killed when the last one is ready again, or at its moment, whichever is later.
 */
import { Spread } from '../simulations/report/spread.ts'
import { SOAK_DEFAULTS } from './defaults.ts'
import type { RunClock } from '../simulations/real/clock.ts'
import type { UnderWay } from '../simulations/real/under-way.ts'
import type { Chance } from '../simulations/world/chance.ts'
import type { Millis } from '../src/types.ts'
import type { NodeProcess } from './node-process.ts'

export interface KillingInit { nodes: readonly NodeProcess[], everyMs: number }
export interface KillingComponents { clock: RunClock, under: UnderWay, chance: Chance }

const KEPT_MAX = 2 ** 16

export class Killing {
  /** From the start of a killed node's process until it is ready. */
  readonly readyMs = new Spread(KEPT_MAX)
  readonly #init: KillingInit
  readonly #components: KillingComponents
  #kills = 0
  #starts = 0

  constructor (init: KillingInit, components: KillingComponents) {
    this.#init = init
    this.#components = components
  }

  get kills (): number { return this.#kills }
  /** Processes of nodes, the first of each included. */
  get starts (): number { return this.#starts }
  get nodesUp (): number { return this.#init.nodes.filter(({ isUp }) => isUp).length }

  /** The first start of all: one, and then those that are told of it. Rejects when one does not start. */
  async bringUp (): Promise<void> {
    const [first, ...others] = this.#init.nodes
    if (first !== undefined) await this.#start(first)
    for (const node of others) this.#components.under.begin(`starting node ${node.number}`, this.#start(node).then(() => {}))
    await this.#components.under.ended()
    const down = this.#init.nodes.filter(({ isUp }) => !isUp).map(({ number }) => number)
    if (down.length > 0) throw new Error(`these nodes did not start: ${down.join(', ')}`)
  }

  /** Kills until that moment. */
  async go (untilAt: Millis, signal: AbortSignal): Promise<void> {
    const { clock, chance } = this.#components
    for (let at = clock.now() + this.#init.everyMs; at < untilAt; at = Math.max(at + this.#init.everyMs, clock.now())) {
      await clock.until(at, signal)
      if (signal.aborted) return
      const up = this.#init.nodes.filter(({ isUp }) => isUp)
      if (up.length === 0) continue
      const node = chance.pick(up)
      await node.kill()
      this.#kills++
      const ms = await this.#start(node)
      if (ms !== undefined) this.readyMs.add(ms)
    }
    await clock.until(untilAt, signal)
  }

  /** Afterwards all nodes are up that can be. */
  async heal (): Promise<void> {
    const { under } = this.#components
    for (const node of this.#init.nodes) if (!node.isRunning) under.begin(`starting node ${node.number}`, this.#start(node).then(() => {}))
    await under.ended()
  }

  async #start (node: NodeProcess): Promise<number | undefined> {
    this.#starts++
    const others = this.#init.nodes.filter(other => other !== node && other.isUp).slice(0, SOAK_DEFAULTS.bootstrapNodes)
    return await node.start(others.flatMap(({ address }) => address ?? []))
  }
}
