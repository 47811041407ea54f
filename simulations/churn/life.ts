/**
 * One machine's life: it comes and goes by the law of its kind, is struck by faults, and may leave for good. Somebody
 * else starts and ends its process.
 */
import { draw, rest } from './durations.ts'
import { drawClass, shareUp, type Law, type LawClass } from './laws.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'

/** stop: SIGTERM, the process says goodbye. crash: kill -9. power: the machine falls silent and unsynced writes are lost. */
export type Ending = 'stop' | 'crash' | 'power'

/**
 * How sessions end: no measurement tells goodbyes from crashes. A volunteer's machine that is shut down sends SIGTERM,
 * one that runs out of memory or is rebooted in a hurry kills, a lid that is closed or a battery that dies cuts power.
 * Each is common here, so that none is tested by rare accidents only.
 */
export const ENDINGS: Readonly<Record<Ending, number>> = Object.freeze({ stop: 0.5, crash: 0.25, power: 0.25 })

export interface Machine {
  start: () => void
  end: (how: Ending) => void
  /** It will never come back. */
  leave: () => void
}

/** When a struck machine comes back: after so long, when its law says so, or never. */
export type Return = { afterMs: number } | 'by law' | 'never'

export class Life {
  readonly #world: World
  readonly #chance: Chance
  readonly #kind: LawClass
  readonly #machine: Machine
  #isUp = false
  #isGone = false
  #isSettled = false
  #cancelNext = (): void => {}
  #cancelLeaving = (): void => {}

  constructor (world: World, chance: Chance, law: Law, machine: Machine) {
    this.#world = world
    this.#chance = chance
    this.#kind = drawClass(law, chance)
    this.#machine = machine
  }

  get isUp (): boolean { return this.#isUp }
  /** For good. */
  get isGone (): boolean { return this.#isGone }

  /** It takes its course, as somebody meets it who comes at any time: up or down, with what is left of that stretch. */
  begin (): void {
    if (this.#isGone) return
    const { life, down } = this.#kind
    this.#isSettled = false
    if (life !== undefined) this.#cancelLeaving = this.#world.after(rest(life, this.#chance), () => { this.leave() })
    if (this.#chance.happens(shareUp(this.#kind))) return this.#comeUp(rest)
    this.#goDown(drawEnding(this.#chance))
    this.#comeBackAfter(rest(down, this.#chance))
  }

  /** It comes for the first time: another newcomer, with a whole stretch before it. */
  join (): void { this.#comeUp(draw) }

  /** Ends its process, if it has one, and says when it is back; it is down for that long in any case. False: nothing strikes it any more. */
  strike (how: Ending, back: Return): boolean {
    if (this.#isGone || this.#isSettled) return false
    this.#goDown(how)
    if (back === 'never') this.leave()
    else this.#comeBackAfter(back === 'by law' ? draw(this.#kind.down, this.#chance) : back.afterMs)
    return true
  }

  /** For good, disk and all. */
  leave (): void {
    if (this.#isGone) return
    this.#goDown('crash')
    this.#cancelNext()
    this.#cancelLeaving()
    this.#isGone = true
    this.#machine.leave()
  }

  /** It comes up, unless it has left, and stays. */
  settle (): void {
    this.#cancelNext()
    this.#cancelLeaving()
    this.#isSettled = true
    if (!this.#isGone) this.#start()
  }

  #comeUp (stretch: typeof draw): void {
    this.#start()
    const { up } = this.#kind
    if (up === undefined) return
    this.#cancelNext = this.#world.after(stretch(up, this.#chance), () => {
      this.#goDown(drawEnding(this.#chance))
      this.#comeBackAfter(draw(this.#kind.down, this.#chance))
    })
  }

  #comeBackAfter (ms: number): void {
    this.#cancelNext()
    this.#cancelNext = this.#world.after(ms, () => { this.#comeUp(draw) })
  }

  #start (): void {
    if (this.#isUp) return
    this.#isUp = true
    this.#machine.start()
  }

  #goDown (how: Ending): void {
    if (!this.#isUp) return
    this.#cancelNext()
    this.#isUp = false
    this.#machine.end(how)
  }
}

export function drawEnding (chance: Chance): Ending {
  let left = chance.fraction()
  for (const [how, share] of Object.entries(ENDINGS) as Array<[Ending, number]>) {
    left -= share
    if (left < 0) return how
  }
  return 'stop'
}
