/**
 * Which replica is drained when. Each listed node is drained once when the device comes back; nodes that have no
 * session with us again and again, because a sloppy quorum may have put mail there: after a minute, and ever more rarely
 * while they have nothing; and whoever says that there is more. A node that fails is tried again ever more rarely too,
 * and at once when it attaches. Nodes that have left the list are drained a few times a day, and nobody waits for them.
 *
 * Pure.
 */
import { CLIENT_DEFAULTS } from './defaults.ts'
import type { Millis, PeerKey } from '../types.ts'

export type DrainsEvent =
  /** The user's nodes; new ones are drained. former: those of before, where mail may still lie. */
  | { type: 'nodes', nodes: PeerKey[], former?: PeerKey[] }
  | { type: 'attached', node: PeerKey }
  | { type: 'detached', node: PeerKey }
  /** There is more at this node; `later` when we had no room for it. */
  | { type: 'more', node: PeerKey, later: boolean }
  /** brought: it gave us mail. */
  | { type: 'ended', node: PeerKey, failed: boolean, brought: boolean }
  | { type: 'tick' }

export type DrainsEffect =
  | { type: 'drain', node: PeerKey }
  /** The first of several drains begins; the last one is over. */
  | { type: 'draining' }
  | { type: 'drained' }
  | { type: 'wakeAt', at: Millis }

export interface DrainsLimits { drainIntervalMs: number, drainEmptyMsMax: number, drainFailedMsMax: number, drainAgainMs: number, drainsAtOnce: number, drainFormerMs: number, drainFormerMsMax: number }

interface Replica {
  former: boolean
  dueAt: Millis
  running: boolean
  attached: boolean
  failures: number
  /** Drains in a row that brought nothing. */
  empty: number
  /** Since the device came back, or since the node said that there is more. */
  drained: boolean
}

export class DrainsCore {
  readonly #limits: DrainsLimits
  #replicas = new Map<PeerKey, Replica>()
  #announced = false

  constructor (limits: Partial<DrainsLimits> = {}) { this.#limits = { ...CLIENT_DEFAULTS, ...limits } }

  /** True when every replica that can be reached has been drained since the device came back. */
  get isCaughtUp (): boolean {
    return this.#isAttached && [...this.#replicas.values()].every(({ former, running, drained, failures }) => former || (!running && (drained || failures > 0)))
  }

  get #isAttached (): boolean {
    for (const { attached } of this.#replicas.values()) if (attached) return true
    return false
  }

  handle (event: DrainsEvent, now: Millis): DrainsEffect[] {
    switch (event.type) {
      case 'nodes': this.#onNodes(event.nodes, event.former ?? []); break
      case 'attached': this.#onAttached(event.node, now); break
      case 'detached': this.#onDetached(event.node, now); break
      case 'more': this.#onMore(event.node, event.later, now); break
      case 'ended': this.#onEnded(event, now); break
      case 'tick': break
    }
    return this.#settle(now)
  }

  #onNodes (nodes: PeerKey[], former: PeerKey[]): void {
    const before = this.#replicas
    this.#replicas = new Map([...nodes, ...former].map(node => {
      const replica = before.get(node) ?? { former: false, dueAt: 0, running: false, attached: false, failures: 0, empty: 0, drained: false }
      // Senders have it again: it is due as a new one is.
      if (replica.former && nodes.includes(node)) Object.assign(replica, { dueAt: 0, failures: 0, empty: 0, drained: false })
      replica.former = !nodes.includes(node)
      return [node, replica]
    }))
  }

  /** Coming back from nowhere, all are drained; otherwise the one that came. */
  #onAttached (node: PeerKey, now: Millis): void {
    const replica = this.#replicas.get(node)
    if (replica === undefined || replica.attached) return
    for (const due of this.#isAttached ? [replica] : [...this.#replicas.values()].filter(({ former }) => !former)) {
      due.dueAt = Math.min(due.dueAt, now)
      due.drained = false
    }
    replica.attached = true
    replica.failures = 0
  }

  #onDetached (node: PeerKey, now: Millis): void {
    const replica = this.#replicas.get(node)
    if (replica?.attached !== true) return
    replica.attached = false
    replica.empty = 0
    replica.dueAt = Math.min(replica.dueAt, now + this.#limits.drainIntervalMs)
  }

  #onMore (node: PeerKey, later: boolean, now: Millis): void {
    const replica = this.#replicas.get(node)
    if (replica === undefined) return
    replica.dueAt = Math.min(replica.dueAt, later ? now + this.#limits.drainAgainMs : now)
    replica.drained = false
  }

  #onEnded ({ node, failed, brought }: Extract<DrainsEvent, { type: 'ended' }>, now: Millis): void {
    const replica = this.#replicas.get(node)
    if (replica === undefined) return
    replica.running = false
    replica.failures = failed ? replica.failures + 1 : 0
    replica.empty = failed || brought ? 0 : replica.empty + 1
    // What was asked for meanwhile stands.
    if (replica.dueAt < Infinity) return
    replica.drained = !failed
    const { drainFailedMsMax, drainEmptyMsMax, drainFormerMs, drainFormerMsMax } = this.#limits
    if (replica.former) replica.dueAt = now + Math.min(drainFormerMsMax, drainFormerMs * 2 ** Math.min(30, replica.failures + replica.empty))
    else if (failed) replica.dueAt = now + this.#intervalMs(replica.failures, drainFailedMsMax)
    else if (!replica.attached) replica.dueAt = now + this.#intervalMs(replica.empty, drainEmptyMsMax)
  }

  /** Doubles with each time in a row that was for nothing, after the first. */
  #intervalMs (times: number, most: number): number {
    return Math.min(most, this.#limits.drainIntervalMs * 2 ** Math.max(0, times - 1))
  }

  #settle (now: Millis): DrainsEffect[] {
    const effects: DrainsEffect[] = []
    // With every event, over the list and the nodes of before: nothing is copied here.
    const isAttached = this.#isAttached
    let running = 0
    for (const replica of this.#replicas.values()) if (replica.running) running++
    let wakeAt = Infinity
    for (const [node, replica] of this.#replicas) {
      if (replica.running || !isAttached) continue
      if (replica.dueAt > now) wakeAt = Math.min(wakeAt, replica.dueAt)
      else if (running < this.#limits.drainsAtOnce) {
        running++
        replica.running = true
        replica.dueAt = Infinity
        effects.push({ type: 'drain', node })
      }
    }
    if ((running > 0) !== this.#announced) {
      this.#announced = running > 0
      if (this.#announced) effects.unshift({ type: 'draining' })
      else effects.push({ type: 'drained' })
    }
    if (wakeAt < Infinity) effects.push({ type: 'wakeAt', at: wakeAt })
    return effects
  }
}
