/**
 * Where a user's mailbox is to lie: the list of nodes, kept fresh while the client runs.
 *
 *   a node is gone, refuses, or was caught ──▶ find candidates ──▶ ask them for tickets ──▶ publish the new list
 *   a place is free                        ──┘
 *
 * A listed node that has not answered for an hour while others did is gone (15 min when its sessions are short); one that
 * is accused by two of the user's own nodes is caught. Their places go to candidates that promised to serve; free places
 * are filled the same way, so that a node that joins gets its share. What is not lost keeps its place and its order:
 * members of a mailbox are the first of the list, and every needless change would move mail. At most one change in ten
 * minutes, one a minute while fewer than w nodes can be reached.
 *
 * A list that a person chose is kept at the length that it was given, and only what is gone is replaced; others stand by
 * its side when too few of the chosen can be reached.
 *
 * Pure: time and chance are arguments.
 */
import { Candidates, type AskedAnswer } from './candidates.core.ts'
import { diverse, type Candidate, type Place } from './choice.core.ts'
import { PLACEMENT_DEFAULTS, type PlacementLimits } from './defaults.ts'
import { Standing } from './standing.core.ts'
import { LIMITS } from '../../wire/limits.ts'
import type { Millis, PeerKey } from '../../types.ts'

export type PlacementEvent =
  /** The record as it is published. chosen: how many nodes the person named, 0 when they were found. */
  | { type: 'record', places: Place[], w: number, chosen: number, signedAt: Millis }
  | { type: 'attached', node: PeerKey }
  | { type: 'detached', node: PeerKey }
  /** A listed node did, or did not, answer a dial, a question or a drain. */
  | { type: 'answered', node: PeerKey }
  | { type: 'failed', node: PeerKey }
  /** It is there and does not serve us. */
  | { type: 'refused', node: PeerKey }
  | { type: 'leaving', node: PeerKey }
  /** A listed node's audits found that another one does not hold what it signed for. */
  | { type: 'accused', by: PeerKey, node: PeerKey }
  /** Told without having been asked. */
  | { type: 'named', candidates: Candidate[] }
  /** The answer to `find`; nobody when it failed. */
  | { type: 'found', candidates: Candidate[] }
  /** What a candidate of `ask` said. */
  | { type: 'asked', node: PeerKey, answer: AskedAnswer, latencyMs?: number }
  /** The end of `publish`; when it was done, `record` came before. */
  | { type: 'published', done: boolean }
  | { type: 'tick' }

export type PlacementEffect =
  | { type: 'find' }
  | { type: 'ask', nodes: PeerKey[] }
  /** In this order; tickets of those that are new were promised within `promiseFreshMs`. */
  | { type: 'publish', nodes: PeerKey[] }
  | { type: 'wakeAt', at: Millis }

/** What a look at the list comes to. */
interface View {
  kept: Place[]
  /** Whose places others may have, the worst first. */
  lost: Place[]
  free: number
  /** Fewer than w can be reached. */
  isShort: boolean
  isUrgent: boolean
}

export class PlacementCore {
  readonly #limits: PlacementLimits
  readonly #candidates: Candidates
  /** In order of preference. */
  #listed = new Map<PeerKey, Standing>()
  #w = 1
  #chosen = 0
  #changedAt: Millis = -Infinity
  #publishing = false
  #publishNotBefore: Millis = -Infinity
  #findAt: Millis | undefined
  #findingSince: Millis | undefined
  #findsInVain = 0
  #onlineMs = 0
  #isOnline = false
  #lookedAt: Millis | undefined
  /** When somebody off the list last answered. */
  #answeredAt: Millis = -Infinity

  constructor (limits: Partial<PlacementLimits> = {}) {
    this.#limits = { ...PLACEMENT_DEFAULTS, ...limits }
    this.#candidates = new Candidates(this.#limits)
  }

  /** chance: a fresh fraction in [0, 1), which spreads the questions of many clients. */
  handle (event: PlacementEvent, now: Millis, chance: number): PlacementEffect[] {
    this.#pass(now)
    this.#take(event, now)
    this.#isOnline = this.#isAttached || this.#answeredAt + this.#limits.answeredMs > now
    return this.#listed.size === 0 ? [] : this.#decide(now, chance)
  }

  get #isAttached (): boolean { return [...this.#listed.values()].some(({ attached }) => attached) }

  /** Online time goes on only as far as somebody was there to answer, and never in leaps. */
  #pass (now: Millis): void {
    if (this.#isOnline && this.#lookedAt !== undefined) this.#onlineMs += Math.min(Math.max(0, now - this.#lookedAt), this.#limits.stepMsMax)
    this.#lookedAt = now
  }

  #take (event: PlacementEvent, now: Millis): void {
    switch (event.type) {
      case 'record': return this.#onRecord(event)
      case 'named': this.#candidates.name(event.candidates, node => this.#listed.has(node)); return
      case 'found': return this.#onFound(event.candidates)
      case 'asked':
        if (event.answer !== 'silent') this.#answeredAt = now
        return this.#candidates.answered(event.node, event.answer, { latencyMs: event.latencyMs, isOnline: this.#isOnline }, now)
      case 'published':
        this.#publishing = false
        this.#publishNotBefore = event.done ? -Infinity : now + this.#limits.changeUrgentMs
        return
      case 'accused':
        if (event.by !== event.node && this.#listed.has(event.by)) this.#listed.get(event.node)?.accusers.add(event.by)
        return
      case 'tick': return
      default: {
        const standing = this.#listed.get(event.node)
        if (standing !== undefined) this.#onNode(event.type, standing, now)
      }
    }
  }

  #onRecord ({ places, w, chosen, signedAt }: Extract<PlacementEvent, { type: 'record' }>): void {
    const before = this.#listed
    this.#listed = new Map(places.map(({ node, groups }) => [node, before.get(node) ?? new Standing(groups, this.#limits)]))
    for (const node of this.#listed.keys()) this.#candidates.forget(node)
    for (const standing of this.#listed.values()) for (const by of standing.accusers) if (!this.#listed.has(by)) standing.accusers.delete(by)
    this.#w = w
    this.#chosen = chosen
    this.#changedAt = signedAt
  }

  #onNode (type: 'attached' | 'detached' | 'answered' | 'failed' | 'refused' | 'leaving', standing: Standing, now: Millis): void {
    switch (type) {
      case 'attached':
        standing.attached = true
        standing.leaving = false
        return standing.answered(now)
      case 'detached':
        standing.heard(now)
        standing.attached = false
        return
      case 'answered': return standing.answered(now)
      // A drain may fail beside a session that is well.
      case 'failed': return standing.attached ? undefined : standing.failed(this.#onlineMs)
      case 'refused': return standing.refused(now)
      case 'leaving': standing.leaving = true
    }
  }

  #onFound (candidates: Candidate[]): void {
    this.#findingSince = undefined
    const fresh = this.#candidates.name(candidates, node => this.#listed.has(node))
    this.#findsInVain = fresh > 0 ? 0 : this.#findsInVain + 1
  }

  #decide (now: Millis, chance: number): PlacementEffect[] {
    const view = this.#look()
    const effects: PlacementEffect[] = []
    const ready = this.#candidates.ready(view.kept, now).slice(0, view.free)
    // While nobody on the list answers, whoever does shows that it is not our own network that is down.
    const wanted = this.#isAttached || ready.length > 0 || this.#answeredAt + this.#limits.answeredMs > now ? view.free : Math.max(1, view.free)
    const asked = this.#publishing ? [] : this.#candidates.ask(Math.min(this.#limits.askAtOnce, wanted - ready.length) - this.#candidates.asking, [...view.kept, ...ready], now)
    if (asked.length > 0) effects.push({ type: 'ask', nodes: asked })
    if (this.#mayPublish(view, now)) {
      const nodes = this.#list(view, ready)
      if (nodes !== undefined) {
        this.#publishing = true
        effects.push({ type: 'publish', nodes })
      }
    }
    if (this.#isFindDue(wanted > ready.length, now, chance)) {
      this.#findingSince = now
      this.#findAt = undefined
      effects.push({ type: 'find' })
    }
    effects.push({ type: 'wakeAt', at: this.#wakeAt(view, ready.length, now) })
    return effects
  }

  #look (): View {
    const entries = [...this.#listed]
    const reachable = entries.filter(([, standing]) => !standing.isFailing && !standing.leaving).length
    const isShort = reachable < this.#w
    const lost = entries.filter(([, standing]) => this.#isLost(standing, isShort)).sort(([, a], [, b]) => badness(b) - badness(a) || b.silentMs - a.silentMs)
    const kept = entries.filter(entry => !lost.includes(entry))
    for (const [node, standing] of entries) if (standing.isCaught) this.#candidates.ban(node, this.#lookedAt ?? 0)
    const most = this.#most(isShort ? this.#w - reachable : 0)
    return { kept: kept.map(placeOf), lost: lost.map(placeOf), free: Math.max(0, most - kept.length), isShort, isUrgent: isShort || kept.length < Math.min(this.#limits.nodesMin, most) }
  }

  /** How long the list may be. Nobody who chose nodes is stranded when these leave or fail. */
  #most (missing: number): number {
    if (this.#chosen === 0) return LIMITS.routeEntries
    const isStranded = missing > 0 && [...this.#listed.values()].some(standing => this.#isWaning(standing))
    return isStranded ? Math.min(LIMITS.routeEntries, Math.max(this.#limits.nodesMin, this.#chosen + missing)) : this.#chosen
  }

  #isWaning ({ leaving, silentMs }: Standing): boolean { return leaving || silentMs >= this.#limits.failingMs }

  #isLost (standing: Standing, isShort: boolean): boolean {
    if (standing.isCaught || standing.isRefusing || standing.isGone) return true
    // What a person chose keeps its place, as a machine of their own would.
    return isShort && this.#chosen === 0 && this.#isWaning(standing)
  }

  #mayPublish ({ isUrgent }: View, now: Millis): boolean {
    if (this.#publishing || this.#candidates.asking > 0 || this.#findingSince !== undefined || now < this.#publishNotBefore) return false
    return now >= this.#changedAt + (isUrgent ? this.#limits.changeUrgentMs : this.#limits.changeMs)
  }

  /**
   * The list as it should be; undefined when it is that already. Lost ones stay, last, as long as nobody has their places:
   * they may come back. But not a caught one beside enough others, nor any while mail cannot be stored because of it.
   */
  #list ({ kept, lost, isShort }: View, ready: Candidate[]): PeerKey[] | undefined {
    const bad = lost.map(({ node }) => badness(this.#listed.get(node)))
    const needless = kept.length >= this.#limits.othersMin ? CAUGHT : isShort && kept.length + ready.length > 0 ? GONE : Infinity
    const dropped = lost.slice(0, Math.max(bad.filter(worst => worst >= needless).length, ready.length))
    if (ready.length === 0 && dropped.length === 0) return undefined
    const staying = lost.filter(place => !dropped.includes(place) && diverse([place], ready).length > 0)
    return [...kept, ...ready, ...staying].map(({ node }) => node).slice(0, LIMITS.routeEntries)
  }

  #isFindDue (isWanted: boolean, now: Millis, chance: number): boolean {
    if (this.#findingSince !== undefined && this.#findingSince + this.#limits.findTimeoutMs <= now) this.#findingSince = undefined
    const intervalMs = isWanted ? Math.min(this.#limits.findMsMax, this.#limits.findMs * 2 ** Math.min(this.#findsInVain, 30)) : this.#limits.findFullMs
    const at = now + intervalMs * (0.5 + chance / 2)
    this.#findAt = Math.min(this.#findAt ?? at, at)
    return this.#findingSince === undefined && !this.#publishing && this.#candidates.asking === 0 && this.#findAt <= now
  }

  #wakeAt ({ isUrgent }: View, ready: number, now: Millis): Millis {
    const isWatching = [...this.#listed.values()].some(({ isFailing }) => isFailing)
    const changeAt = Math.max(this.#publishNotBefore, this.#changedAt + (isUrgent ? this.#limits.changeUrgentMs : this.#limits.changeMs))
    return Math.min(
      this.#findingSince !== undefined ? this.#findingSince + this.#limits.findTimeoutMs : Math.max(now + 1, this.#findAt ?? Infinity),
      isWatching ? now + this.#limits.tickMs : Infinity,
      ready > 0 && changeAt > now ? changeAt : Infinity
    )
  }
}

const CAUGHT = 3
const REFUSING = 2
const GONE = 1

/** Caught is worst, then refusing, then gone, then whatever else gives up its place. */
function badness (standing: Standing | undefined): number {
  if (standing === undefined) return 0
  return standing.isCaught ? CAUGHT : standing.isRefusing ? REFUSING : standing.isGone ? GONE : 0
}

function placeOf ([node, { groups }]: [PeerKey, Standing]): Place { return { node, groups } }
