/** What must not happen to any process: a node that ends by itself, and errors that only a bug explains, here or there. */
import { Breaches } from '../simulations/checks/breaches.ts'
import type { Verdict } from '../simulations/checks/check.ts'
import type { Millis } from '../src/types.ts'
import type { Ledger } from './ledger.ts'
import type { NodeProcessEvents } from './node-process.ts'

/** Of a line that is told as an example. */
const LINE_CHARACTERS_MAX = 500

export class Troubles {
  readonly #now: () => Millis
  readonly #ended = new Breaches()
  readonly #bugs = new Breaches()
  #warnings = 0

  constructor (now: () => Millis) {
    this.#now = now
    process.on('uncaughtException', this.#onUncaught)
    process.on('unhandledRejection', this.#onUncaught)
  }

  get warnings (): number { return this.#warnings }

  /** Nodes' coming and going is told to the ledger too. */
  events (ledger: Ledger): NodeProcessEvents {
    return {
      up: ({ key }, up) => {
        if (key !== undefined) ledger.testimony.witness.process({ at: this.#now(), actor: key, isNode: true, up, left: false })
      },
      endedByItself: ({ number }, how) => { this.#ended.add(this.#now(), () => `node ${number} ${how}`) },
      bug: ({ number }, line) => { this.#bugs.add(this.#now(), () => `node ${number}: ${line.slice(0, LINE_CHARACTERS_MAX)}`) },
      warning: () => { this.#warnings++ }
    }
  }

  /** From now on, what nobody catches in this process ends it. */
  close (): void {
    process.off('uncaughtException', this.#onUncaught)
    process.off('unhandledRejection', this.#onUncaught)
  }

  verdicts (starts: number, users: number): Verdict[] {
    return [
      this.#ended.verdict('nodes-stay', starts, 'node processes that ended by themselves'),
      this.#bugs.verdict('no-bugs', starts + users, 'errors that only a bug explains')
    ]
  }

  /** The clients run in this process. */
  readonly #onUncaught = (error: unknown): void => {
    const text = error instanceof Error ? error.stack ?? error.message : String(error)
    this.#bugs.add(this.#now(), () => `a client: ${text.replaceAll(/\s*\n\s*/g, ' ← ').slice(0, LINE_CHARACTERS_MAX)}`)
  }
}
