/**
 * Which nodes a device keeps a session with.
 *
 * The user's nodes stand in order of preference. Two links are kept, to the first that can be reached: a node that
 * fails is tried again after 2, 2, 4, 4, 8, 8, 16, 16 … 120 s with full jitter, and meanwhile the next on the list
 * takes its place. When it answers again it gets its place back, and the surplus link is closed only after that.
 * Who has another link is in no hurry, and waits longer before the first try, until that one is lost too.
 *
 * A good frame, not a mere connection, resets the back-off. A node that asks for time (`busy`, `draining`) gets it, and
 * half as long again by chance: a thousand clients that were told the same do not come back together.
 *
 * A node that says that it leaves is as good as gone: the next ones are dialled at once, and its link is closed when they
 * are there, so that work moves before the stream breaks.
 *
 * Pure: time and chance come with the events.
 */
import { SESSION_DEFAULTS } from './defaults.ts'
import type { Millis, PeerKey } from '../../types.ts'

export type LinksEvent =
  /** The user's nodes, in order of preference; links to others are closed. */
  | { type: 'nodes', nodes: PeerKey[] }
  | { type: 'attached', node: PeerKey }
  /** A frame that makes sense came from an attached node. */
  | { type: 'good', node: PeerKey }
  /** The dial, Hello or attach failed, or an attached stream ended. fraction: uniform in [0, 1). */
  | { type: 'lost', node: PeerKey, fraction: number, retryAfterMs?: number }
  /** An attached node is about to leave. */
  | { type: 'leaving', node: PeerKey, fraction: number, retryAfterMs: number }
  | { type: 'wake' }
  /** Somebody waits at the keyboard: every back-off ends now. */
  | { type: 'hurry' }
  | { type: 'stop' }

export type LinksEffect =
  | { type: 'dial', node: PeerKey }
  | { type: 'close', node: PeerKey }
  | { type: 'wake', at: Millis }

export interface LinksInit { linksWanted: number, backoffFirstMs: number, backoffMs: number, backoffCalmMs: number, retryAfterMsMax: number }

type LinkState = 'idle' | 'dialling' | 'attached'
/** isCalm: its retry was put off because another link stood. leavesUntil: it said that it leaves; not to be tried before. */
interface Link { state: LinkState, failures: number, retryAt: Millis, isCalm: boolean, leavesUntil: Millis | undefined }

export class LinksCore {
  readonly #init: LinksInit
  /** In order of preference. */
  #links = new Map<PeerKey, Link>()

  constructor (init: Partial<LinksInit> = {}) {
    this.#init = { ...SESSION_DEFAULTS, ...init }
  }

  /** Attached nodes in order of preference; those that leave come last. */
  get attached (): PeerKey[] {
    const attached = [...this.#links].filter(([, { state }]) => state === 'attached')
    return [false, true].flatMap(leaves => attached.filter(([, { leavesUntil }]) => (leavesUntil !== undefined) === leaves).map(([node]) => node))
  }

  handle (event: LinksEvent, now: Millis): LinksEffect[] {
    switch (event.type) {
      case 'nodes': return this.#onNodes(event.nodes, now)
      case 'attached': return this.#onAttached(event.node, now)
      case 'good': return this.#onGood(event.node)
      case 'lost': return this.#onLost(event.node, event.fraction, event.retryAfterMs ?? 0, now)
      case 'leaving': return this.#onLeaving(event.node, event.fraction, event.retryAfterMs, now)
      case 'wake': return this.#settle(now)
      case 'hurry':
        for (const link of this.#links.values()) link.retryAt = now
        return this.#settle(now)
      case 'stop': return this.#onNodes([], now)
    }
  }

  #onNodes (nodes: PeerKey[], now: Millis): LinksEffect[] {
    const before = this.#links
    this.#links = new Map(nodes.map(node => [node, before.get(node) ?? { state: 'idle', failures: 0, retryAt: now, isCalm: false, leavesUntil: undefined }]))
    const closed = [...before].filter(([node, link]) => !this.#links.has(node) && link.state !== 'idle')
    return [...closed.map(([node]): LinksEffect => ({ type: 'close', node })), ...this.#settle(now)]
  }

  #onAttached (node: PeerKey, now: Millis): LinksEffect[] {
    const link = this.#links.get(node)
    if (link == null) return [{ type: 'close', node }]
    link.state = 'attached'
    link.isCalm = false
    link.leavesUntil = undefined
    return this.#settle(now)
  }

  #onLeaving (node: PeerKey, fraction: number, retryAfterMs: number, now: Millis): LinksEffect[] {
    const link = this.#links.get(node)
    if (link?.state === 'attached') link.leavesUntil = now + this.#jittered(retryAfterMs, fraction)
    return this.#settle(now)
  }

  #onGood (node: PeerKey): LinksEffect[] {
    const link = this.#links.get(node)
    if (link?.state === 'attached') link.failures = 0
    return []
  }

  #onLost (node: PeerKey, fraction: number, retryAfterMs: number, now: Millis): LinksEffect[] {
    const link = this.#links.get(node)
    if (link == null) return []
    const isOther = [...this.#links.values()].some(other => other !== link && other.state === 'attached')
    link.isCalm = isOther && (link.isCalm || link.state === 'attached')
    link.state = 'idle'
    link.failures++
    const { leavesUntil = now } = link
    link.leavesUntil = undefined
    const backoffMs = Math.max(this.#backoffMs(link.failures), link.isCalm ? this.#init.backoffCalmMs : 0)
    link.retryAt = Math.max(leavesUntil, now + Math.max(this.#jittered(retryAfterMs, fraction), Math.floor(fraction * backoffMs)))
    if (!isOther) this.#hurryCalm(now)
    return this.#settle(now)
  }

  /** The last link is gone: whoever was only not needed is tried at once. */
  #hurryCalm (now: Millis): void {
    for (const link of this.#links.values()) {
      if (link.state === 'idle' && link.isCalm) link.retryAt = Math.min(link.retryAt, now)
      link.isCalm = false
    }
  }

  /** A time that somebody asked for, within reason, and up to half of it more. */
  #jittered (ms: number, fraction: number): number { return Math.floor(Math.min(ms, this.#init.retryAfterMsMax) * (1 + fraction / 2)) }

  /** Each step of the back-off is taken twice before it doubles. */
  #backoffMs (failures: number): number {
    return Math.min(this.#init.backoffMs, this.#init.backoffFirstMs * 2 ** Math.floor((failures - 1) / 2))
  }

  /** Walks down the list: dials what is needed and may be tried, closes what is no longer needed. */
  #settle (now: Millis): LinksEffect[] {
    const effects: LinksEffect[] = []
    let expected = 0
    let attached = 0
    let wakeAt = Infinity
    for (const [node, link] of this.#links) {
      if (link.leavesUntil !== undefined) continue
      if (link.state === 'attached' && attached >= this.#init.linksWanted) this.#close(node, link, now, effects)
      if (link.state === 'attached') attached++
      if (expected >= this.#init.linksWanted) continue
      if (link.state === 'idle' && link.retryAt <= now) {
        link.state = 'dialling'
        effects.push({ type: 'dial', node })
      }
      if (link.state === 'idle') wakeAt = Math.min(wakeAt, link.retryAt)
      else expected++
    }
    // Who leaves is let go of when as many others as there can be are attached, and one at least.
    const isReplaced = attached > 0 && attached >= expected
    for (const [node, link] of this.#links) {
      if (!isReplaced || link.leavesUntil === undefined) continue
      this.#close(node, link, now, effects)
      if (expected < this.#init.linksWanted) wakeAt = Math.min(wakeAt, link.retryAt)
    }
    if (wakeAt < Infinity) effects.push({ type: 'wake', at: wakeAt })
    return effects
  }

  #close (node: PeerKey, link: Link, now: Millis, effects: LinksEffect[]): void {
    link.state = 'idle'
    link.retryAt = Math.max(now, link.leavesUntil ?? link.retryAt)
    link.leavesUntil = undefined
    effects.push({ type: 'close', node })
  }
}
