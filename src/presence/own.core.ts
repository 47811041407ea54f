/**
 * When a device says how its user is: when that changes, when a session with a serving node comes or goes (the new
 * node knows nothing yet, and the lost one is about to publish the will), and every `refreshMs`. Pacing is the
 * node's. A device that is offline by its user's wish says so once and then nothing.
 *
 * Every word has a counter and leaves room for its will, which is the counter after it.
 */
import { Alarm, type WakeAt } from './alarm.core.ts'
import type { Millis, PresenceState } from '../types.ts'

export type OwnPresenceEvent =
  /** The user's wish. */
  | { type: 'state', state: PresenceState }
  /** A session with a serving node was attached. */
  | { type: 'attached' }
  /** A session that was attached is gone. */
  | { type: 'detached' }
  | { type: 'wake' }

export type OwnPresenceEffect =
  /** Make these beats and give them to every attached session. will: its counter, state offline; none for offline. */
  | { type: 'beat', state: PresenceState, counter: Millis, will: Millis | undefined }
  | WakeAt

export interface OwnPresenceInit {
  readonly refreshMs: number
  /** The last counter of an earlier run, if it was kept; clocks are set back sometimes. */
  readonly counter?: Millis
}

export class OwnPresenceCore {
  readonly #refreshMs: number
  readonly #alarm = new Alarm()
  #counter: Millis
  #state: PresenceState = 'offline'
  /** What the serving nodes were told last. */
  #said: PresenceState | undefined
  #sessions = 0
  #refreshAt: Millis = Infinity

  constructor ({ refreshMs, counter = 0 }: OwnPresenceInit) {
    this.#refreshMs = refreshMs
    this.#counter = counter
  }

  handle (event: OwnPresenceEvent, now: Millis): OwnPresenceEffect[] {
    switch (event.type) {
      case 'state':
        this.#state = event.state
        return event.state === this.#said ? [] : this.#say(now)
      case 'attached':
        this.#sessions++
        return this.#say(now)
      case 'detached':
        this.#sessions--
        return this.#say(now)
      case 'wake':
        this.#alarm.rang()
        return now < this.#refreshAt ? this.#alarmAgain() : this.#say(now)
    }
  }

  #say (now: Millis): OwnPresenceEffect[] {
    const state = this.#state
    const offline = state === 'offline'
    if (this.#sessions === 0 || (offline && (this.#said ?? 'offline') === 'offline')) return []
    const counter = Math.max(now, this.#counter + 1)
    const will = offline ? undefined : counter + 1
    this.#counter = will ?? counter
    this.#said = state
    this.#refreshAt = offline ? Infinity : now + this.#refreshMs
    return [{ type: 'beat', state, counter, will }, ...this.#alarmAgain()]
  }

  #alarmAgain (): OwnPresenceEffect[] {
    return this.#refreshAt === Infinity ? [] : this.#alarm.ask(this.#refreshAt)
  }
}
