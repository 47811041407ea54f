/**
 * Nothing is in limbo. When everything is healed and everybody who comes back is back, every message of a sender who
 * stays is delivered, or has ended, or its program was told why it is not further: a problem, or `queued` while its
 * device is off. `stored` alone is honest for as long as the reader has not been shown it (whether it got lost is
 * another check's figure), or is away; after that the mark must have come back. Nor does a state ever go back: whoever was
 * told `delivered` is not told `stored` later.
 */
import { MESSAGE_STATES } from '../../src/types.ts'
import { Breaches, short } from './breaches.ts'
import { People } from './people.ts'
import type { Check, Evidence, Verdict } from './check.ts'
import type { Witness } from './witness.ts'
import type { MessageId, MessageState, Millis, RootKey } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

interface Written { from: RootKey, to: RootKey, at: Millis, expiry: Millis, state: MessageState, hasProblem: boolean, ended: boolean, isShown: boolean }

export class NothingStuck implements Check {
  readonly #messages = new Map<MessageId, Written>()
  readonly #people = new People()
  readonly #back = new Breaches()

  constructor (private readonly evidence: Evidence) {}

  written ({ at, message, expiry }: EventOf<'written'>): void {
    const { id, from, conversation: to } = message
    this.#messages.set(id, { from, to, at, expiry, state: 'queued', hasProblem: false, ended: false, isShown: false })
  }

  state ({ at, id, state, problem }: EventOf<'state'>): void {
    const message = this.#messages.get(id)
    if (message === undefined) return
    const before = message.state
    if (MESSAGE_STATES.indexOf(state) < MESSAGE_STATES.indexOf(before)) this.#back.add(at, () => `message ${id} was told to be ${state} after ${before}`)
    message.state = state
    message.hasProblem = problem !== undefined
  }

  ended ({ id }: EventOf<'ended'>): void {
    const message = this.#messages.get(id)
    if (message !== undefined) message.ended = true
  }

  shown ({ message: { id } }: EventOf<'shown'>): void {
    const message = this.#messages.get(id)
    if (message !== undefined) message.isShown = true
  }

  process (event: EventOf<'process'>): void { this.#people.process(event) }

  verdict (): Verdict {
    const breaches = this.#back.copy()
    let looked = 0
    for (const [id, message] of this.#messages) {
      if (this.#people.hasLeft(message.from)) continue
      looked++
      if (!this.#isStuck(message)) continue
      breaches.add(message.at, () => `message ${id} of ${short(message.from)} to ${short(message.to)} is still ${message.state}${message.isShown ? ', though shown' : ''}, and nobody was told why`)
    }
    return breaches.verdict('nothing-stuck', looked, 'messages in limbo')
  }

  #isStuck ({ from, to, expiry, state, hasProblem, ended, isShown }: Written): boolean {
    if (ended || hasProblem || expiry <= this.evidence.now() || !this.#people.isOn(from)) return false
    switch (state) {
      case 'queued':
      case 'accepted': return true
      case 'stored': return isShown && this.#people.isOn(to)
      default: return false
    }
  }
}
