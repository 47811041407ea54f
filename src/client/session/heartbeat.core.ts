/**
 * When to say "still here?" on a session, and when to believe the silence.
 *
 * While words go to and fro the heartbeat is short, so that a broken path is noticed soon. When nobody speaks, each
 * answered beat stretches the next, up to the longest silence that the path is known to survive: translators on the
 * way forget idle connections, and the first one that died after a long silence marks the ceiling. The core outlives
 * its streams (one per node), so that the ceiling is remembered over a reconnect.
 *
 * Pure: time comes with each event, and the one effect that waits is `wake`.
 */
import { SESSION_DEFAULTS } from './defaults.ts'
import type { Millis } from '../../types.ts'

export type HeartbeatEvent =
  | { type: 'opened' }
  /** A good frame came in; `spoken` when it belongs to a conversation and is no mere answer to a beat. */
  | { type: 'heard', spoken: boolean }
  /** Words of the user went out. */
  | { type: 'said' }
  | { type: 'wake' }
  /** The stream ended; `broken` when the path failed rather than one of the two said goodbye. */
  | { type: 'ended', broken: boolean }

export type HeartbeatEffect =
  | { type: 'ping' }
  /** Ask again at that time; an earlier wake is forgotten. */
  | { type: 'wake', at: Millis }
  /** Nothing came back: end the stream. */
  | { type: 'dead' }

export interface HeartbeatInit {
  heartbeatMs: number
  heartbeatIdleMs: number
  heartbeatStretch: number
  activeMs: number
  pongTimeoutMs: number
  pingsUnanswered: number
}

export class HeartbeatCore {
  readonly #init: HeartbeatInit
  #open = false
  #intervalMs: number
  /** The longest silence that the path may be trusted with. */
  #ceilingMs: number
  #survivedMs: number
  #heardAt: Millis = 0
  #activeUntil: Millis = 0
  #unanswered = 0

  constructor (init: Partial<HeartbeatInit> = {}) {
    this.#init = { ...SESSION_DEFAULTS, ...init }
    this.#intervalMs = this.#init.heartbeatMs
    this.#ceilingMs = this.#init.heartbeatIdleMs
    this.#survivedMs = this.#init.heartbeatMs
  }

  /** The silence after which the next beat goes out. */
  get intervalMs (): number { return this.#intervalMs }

  handle (event: HeartbeatEvent, now: Millis): HeartbeatEffect[] {
    switch (event.type) {
      case 'opened':
        this.#open = true
        this.#unanswered = 0
        this.#heardAt = now
        this.#activeUntil = now + this.#init.activeMs
        this.#intervalMs = this.#init.heartbeatMs
        return [{ type: 'wake', at: now + this.#intervalMs }]
      case 'heard': return this.#onHeard(event.spoken, now)
      case 'said': return this.#onSpoken(now)
      case 'wake': return this.#onWake(now)
      case 'ended':
        // A path that broke in a silence longer than any that it survived before: never so long again.
        if (this.#open && event.broken && this.#unanswered > 0) this.#ceilingMs = this.#survivedMs
        this.#open = false
        return []
    }
  }

  #onHeard (spoken: boolean, now: Millis): HeartbeatEffect[] {
    if (!this.#open) return []
    if (this.#unanswered > 0 && !spoken) {
      this.#survivedMs = Math.max(this.#survivedMs, Math.min(now - this.#heardAt, this.#intervalMs))
      if (now >= this.#activeUntil) this.#intervalMs = Math.min(this.#ceilingMs, this.#intervalMs * this.#init.heartbeatStretch)
    }
    this.#heardAt = now
    this.#unanswered = 0
    // The wake that is under way finds out by itself that it is early: no timer is moved per frame.
    return spoken ? this.#onSpoken(now) : []
  }

  #onSpoken (now: Millis): HeartbeatEffect[] {
    if (!this.#open) return []
    this.#activeUntil = now + this.#init.activeMs
    if (this.#intervalMs === this.#init.heartbeatMs) return []
    this.#intervalMs = this.#init.heartbeatMs
    return this.#unanswered > 0 ? [] : [{ type: 'wake', at: Math.max(now, this.#heardAt + this.#intervalMs) }]
  }

  #onWake (now: Millis): HeartbeatEffect[] {
    if (!this.#open) return []
    if (this.#unanswered === 0 && now < this.#heardAt + this.#intervalMs) return [{ type: 'wake', at: this.#heardAt + this.#intervalMs }]
    if (this.#unanswered >= this.#init.pingsUnanswered) return [{ type: 'dead' }]
    this.#unanswered++
    return [{ type: 'ping' }, { type: 'wake', at: now + this.#init.pongTimeoutMs }]
  }
}
