/**
 * A process in the world: its clock, and what it will do as soon as the present event is over. Once the process is over
 * nothing that it had asked for happens any more.
 */
import type { World } from '../world/world.ts'
import type { Clock } from '../../src/ports.ts'

export class SimProcess implements Clock {
  readonly now: () => number
  readonly #world: World
  readonly #actor: string
  #tasks: Array<() => void> = []
  #isOver = false

  /** actor: by what name it is noted in the trace. */
  constructor (world: World, actor: string) {
    this.#world = world
    this.#actor = actor
    this.now = world.now
  }

  get isOver (): boolean { return this.#isOver }

  readonly after = (ms: number, callback: () => void): (() => void) => {
    return this.#world.after(ms, () => { if (!this.#isOver) callback() })
  }

  /** What services do in a microtask: in the order in which it was asked for, after all that came in one go. */
  soon (task: () => void): void {
    if (this.#isOver) return
    this.#tasks.push(task)
    if (this.#tasks.length === 1) this.#world.after(0, this.#runTasks)
  }

  /** The clock for shipped code that awaits: after each call the world lets its promises go on. */
  readonly awaitedClock: Clock = {
    now: () => this.now(),
    after: (ms, callback) => this.after(ms, () => {
      callback()
      this.awaited()
    })
  }

  awaited (): void { this.#world.awaited() }

  note (what: string): void { this.#world.note(this.#actor, what) }

  end (): void {
    this.#isOver = true
    this.#tasks = []
  }

  readonly #runTasks = (): void => {
    // Tasks that a task asks for come at the end of the same list.
    for (let at = 0; at < this.#tasks.length; at++) this.#tasks[at]?.()
    this.#tasks = []
  }
}
