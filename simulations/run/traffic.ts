/**
 * Who writes what to whom, and when: messages spread over the hours, each by a person whose device is on, to somebody
 * they know. Many answer what they were just shown, and many go on to the same person.
 */
import { RUN_DEFAULTS } from './defaults.ts'
import type { Witness } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { Millis, RootKey } from '../../src/types.ts'

/** The people, as far as their writing is concerned. */
export interface Writers {
  /** Anyone whose device is on and who has not stopped writing; undefined when there is nobody. */
  anyone: (chance: Chance) => RootKey | undefined
  /** Somebody whom this person knows. */
  contactOf: (root: RootKey, chance: Chance) => RootKey
  /** False: not now. */
  write: (from: RootKey, to: RootKey) => boolean
}

export interface TrafficInit { world: World, chance: Chance, messages: number, until: Millis }

interface Turn { from: RootKey, to: RootKey }

export class Traffic implements Partial<Witness> {
  readonly #world: World
  readonly #chance: Chance
  #writers: Writers | undefined
  readonly #until: Millis
  #left: number
  /** The newest last. */
  readonly #answerable: Turn[] = []
  #latest: Turn | undefined

  constructor ({ world, chance, messages, until }: TrafficInit) {
    this.#world = world
    this.#chance = chance
    this.#left = messages
    this.#until = until
  }

  begin (writers: Writers): void {
    this.#writers = writers
    this.#next(writers)
  }

  shown ({ reader, message }: Parameters<Witness['shown']>[0]): void {
    if (this.#writers === undefined || message.content.type !== 'text') return
    this.#answerable.push({ from: reader, to: message.from })
    if (this.#answerable.length > RUN_DEFAULTS.answerableMax) this.#answerable.shift()
  }

  /** Moments are uniform over what is left of the time: of so many, the first is drawn. */
  #next (writers: Writers): void {
    if (this.#left === 0) return
    const first = 1 - (1 - this.#chance.fraction()) ** (1 / this.#left)
    this.#world.after((this.#until - this.#world.now()) * first, () => {
      this.#left--
      this.#write(writers)
      this.#next(writers)
    })
  }

  #write (writers: Writers): void {
    const kind = this.#chance.fraction()
    const { answersShare, followUpsShare, writersAsked } = RUN_DEFAULTS
    if (kind < answersShare && this.#answer(writers)) return
    if (kind >= answersShare && kind < answersShare + followUpsShare && this.#latest !== undefined && this.#tryTurn(writers, this.#latest)) return
    for (let asked = 0; asked < writersAsked; asked++) {
      const from = writers.anyone(this.#chance)
      if (from !== undefined && this.#tryTurn(writers, { from, to: writers.contactOf(from, this.#chance) })) return
    }
  }

  /** What was shown last to somebody who can answer now. */
  #answer (writers: Writers): boolean {
    for (let turn = this.#answerable.pop(); turn !== undefined; turn = this.#answerable.pop()) {
      if (this.#tryTurn(writers, turn)) return true
    }
    return false
  }

  #tryTurn (writers: Writers, turn: Turn): boolean {
    const written = writers.write(turn.from, turn.to)
    if (written) this.#latest = turn
    return written
  }
}
