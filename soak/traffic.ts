/** What users do: everybody writes to everybody at a steady rate, and now and then one starts the client anew. */
import { SOAK_DEFAULTS } from './defaults.ts'
import type { Person } from '../simulations/real/person.ts'
import type { RunClock } from '../simulations/real/clock.ts'
import type { UnderWay } from '../simulations/real/under-way.ts'
import type { Chance } from '../simulations/world/chance.ts'
import type { Millis } from '../src/types.ts'

/** rate: messages of all users together in a second. */
export interface TrafficInit { people: readonly Person[], rate: number }
export interface TrafficComponents { clock: RunClock, under: UnderWay, chance: Chance }

export class Traffic {
  readonly #init: TrafficInit
  readonly #components: TrafficComponents
  /** Whoever wrote last to a user. */
  readonly #lastWriter = new Map<number, number>()
  /** Users whose last letter is not on their disk yet, or whose client starts anew: on a machine that is too slow they write less. */
  readonly #busy = new Set<number>()
  #letters = 0
  #restarts = 0
  #skipped = 0

  constructor (init: TrafficInit, components: TrafficComponents) {
    this.#init = init
    this.#components = components
  }

  get restarts (): number { return this.#restarts }
  /** Letters that were due and not written, because their writers were not done with something else. */
  get skipped (): number { return this.#skipped }

  /** Until that moment; what was begun may end later. */
  async go (untilAt: Millis, signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#every(1000 / this.#init.rate, untilAt, signal, () => { this.#write() }),
      this.#every(SOAK_DEFAULTS.clientRestartMs, untilAt, signal, () => { this.#restart() })
    ])
  }

  async #every (ms: number, untilAt: Millis, signal: AbortSignal, act: () => void): Promise<void> {
    const { clock } = this.#components
    for (let at = clock.now() + ms; at < untilAt && !signal.aborted; at += ms) {
      await clock.until(at, signal)
      if (!signal.aborted) act()
    }
  }

  #write (): void {
    const { chance } = this.#components
    const { people } = this.#init
    const from = chance.integer(people.length)
    const asker = this.#lastWriter.get(from)
    const other = (from + 1 + chance.integer(people.length - 1)) % people.length
    const to = asker !== undefined && chance.happens(SOAK_DEFAULTS.answers) ? asker : other
    const name = `letter ${++this.#letters}`
    const text = `${name} ${'·'.repeat(chance.integer(SOAK_DEFAULTS.textCharactersMax))}`
    const [writer, reader] = [people[from], people[to]]
    if (writer === undefined || reader === undefined) return
    if (this.#busy.has(from)) {
      this.#skipped++
      return
    }
    this.#lastWriter.set(to, from)
    this.#keepBusy(from, `writing ${name} of user ${from}`, writer.write(reader, text))
  }

  #restart (): void {
    const user = this.#components.chance.integer(this.#init.people.length)
    const person = this.#init.people[user]
    if (person === undefined || this.#busy.has(user)) return
    this.#restarts++
    this.#keepBusy(user, `starting the client of user ${user} anew`, person.off().then(async () => { await person.on() }))
  }

  #keepBusy (user: number, what: string, task: Promise<void>): void {
    this.#busy.add(user)
    this.#components.under.begin(what, task.finally(() => { this.#busy.delete(user) }))
  }
}
