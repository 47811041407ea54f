/**
 * When a node publishes the routes of the users that it serves.
 *
 * A record that is new or has changed goes out at once, by itself. After that it must be put again and again, since holders
 * forget after a day and machines come and go. That is done key by key, in the order of the key space: a hand goes round the
 * key space once in an interval, and each key is refreshed when the hand passes it, together with the keys that lie so near
 * that one walk serves all of them (sweep.core.ts). So the load is even, and grows with the number of users by puts only.
 * What too few peers have taken is tried again sooner.
 *
 * Every listed node would publish the same record, where two suffice: the first two nodes of a record do so in every round,
 * the others in every few, in case the first are gone.
 *
 * Pure: chance comes in with the event as a fraction in [0, 1), time as an argument.
 */
import { ROUTE_DEFAULTS } from './defaults.ts'
import { endOf, rankOf, slotAfter } from './round.core.ts'
import type { Stroke } from './sweep.core.ts'
import type { RouteInit } from './defaults.ts'
import type { Millis, PeerKey, RootKey, RouteRecord } from '../types.ts'

/** One of the keys under which a record is held. */
export interface RefreshKey { record: RouteRecord, salt: number, place: bigint }

/** What became of a key in a stroke of the sweep. */
export interface Refreshed { record: RouteRecord, salt: number, copies: number }

export type RepublishEvent =
  /** A record that is new here. `restored`: from an earlier run, so there is no hurry. `copies`: it has just been published, to so many. */
  | { type: 'listed', record: RouteRecord, fraction: number, restored?: boolean, copies?: number }
  /** What became of a `publish`; 0 copies is a failure. */
  | { type: 'published', record: RouteRecord, copies: number, fraction: number }
  /** What became of a `sweep`: of its first key at least, and of those that lay near. puts: how many were sent. */
  | { type: 'swept', refreshed: Refreshed[], puts: number, fraction: number }
  | { type: 'unlisted', root: RootKey }
  | { type: 'tick' }

export type RepublishEffect =
  | { type: 'publish', record: RouteRecord }
  /** The first key is due; those of the others that lie near it may come along. landmarks are not due. One sweep runs at a time. */
  | { type: 'sweep', stroke: Stroke<RefreshKey> }
  /** Nothing more will be published for this user. */
  | { type: 'forget', root: RootKey }
  /** A `tick` is wanted then; replaces any earlier wish. */
  | { type: 'wakeAt', at: Millis }

interface Refresh { key: RefreshKey, dueAt: Millis, failures: number }

/** state: to be published at once, being published, or left to the sweep. */
interface Listing { record: RouteRecord, endsAt: Millis, rank: number, state: 'waits' | 'publishing' | 'swept', listedAt: Millis, refreshes: Refresh[] }

export type RepublishInit = Pick<RouteInit, 'republishIntervalMs' | 'republishJitter' | 'sweepAheadShare' | 'sweepKeysMax' | 'sweepPutMs' |
'publishersPerRound' | 'lazyRounds' | 'copiesEnough' | 'retryMs' | 'restartSpreadMs' | 'publishesMax'>

export interface RepublishComponents {
  self: PeerKey
  /** Where a user's record lies, one place for each salt. */
  placesOf: (root: RootKey) => readonly bigint[]
  /** Of a place. */
  bits: number
  /** Where the hand stands at time 0, as a share of a round: so that a user's nodes do not publish together. */
  phase: number
}

export class RepublishCore {
  readonly #components: RepublishComponents
  readonly #init: RepublishInit
  readonly #listings = new Map<RootKey, Listing>()
  #publishing = 0
  #isSweeping = false
  /** No sweep before: the one before has sent much. */
  #restsUntil: Millis = 0
  #wakeAt: Millis | undefined

  constructor (components: RepublishComponents, init: Partial<RepublishInit> = {}) {
    this.#components = components
    this.#init = { ...ROUTE_DEFAULTS, ...init }
  }

  /** Users whose routes are republished. */
  get size (): number { return this.#listings.size }

  handle (event: RepublishEvent, now: Millis): RepublishEffect[] {
    switch (event.type) {
      case 'listed': return this.#onListed(event, now)
      case 'published': return this.#onPublished(event, now)
      case 'swept': return this.#onSwept(event, now)
      case 'unlisted': return this.#forget(event.root)
      case 'tick':
        this.#wakeAt = undefined
        return this.#advance(now)
    }
  }

  #onListed ({ record, fraction, restored, copies }: RepublishEvent & { type: 'listed' }, now: Millis): RepublishEffect[] {
    const { self, placesOf } = this.#components
    if (this.#listings.get(record.root)?.record.order.hash === record.order.hash) return []
    const endsAt = endOf(record, self)
    if (endsAt <= now) {
      this.#listings.delete(record.root)
      return [{ type: 'forget', root: record.root }]
    }
    const refreshes = placesOf(record.root).map((place, salt) => ({ key: { record, salt, place }, dueAt: Infinity, failures: 0 }))
    // A publication of the record before may still run; it then frees its turn without speaking for this one.
    const listing: Listing = { record, endsAt, rank: rankOf(record, self), state: 'waits', listedAt: now, refreshes }
    this.#listings.set(record.root, listing)
    if (restored === true) this.#restore(listing, now)
    else if (copies !== undefined) for (const refresh of refreshes) this.#schedule(listing, refresh, copies, fraction, now)
    else return this.#advance(now)
    return this.#wakeBy(Math.min(endsAt, ...refreshes.map(({ dueAt }) => dueAt)))
  }

  /** In the order of the key space from the start on, as the sweep goes. */
  #restore (listing: Listing, now: Millis): void {
    listing.state = 'swept'
    const spreadMs = this.#init.restartSpreadMs
    for (const refresh of listing.refreshes) refresh.dueAt = slotAfter(refresh.key.place, now, { roundMs: spreadMs, bits: this.#components.bits, phaseMs: -now })
  }

  #onPublished ({ record, copies, fraction }: RepublishEvent & { type: 'published' }, now: Millis): RepublishEffect[] {
    this.#publishing--
    const listing = this.#listings.get(record.root)
    if (listing !== undefined && listing.record.order.hash === record.order.hash) {
      for (const refresh of listing.refreshes) this.#schedule(listing, refresh, copies, fraction, now)
    }
    return this.#advance(now)
  }

  #onSwept ({ refreshed, puts, fraction }: RepublishEvent & { type: 'swept' }, now: Millis): RepublishEffect[] {
    this.#isSweeping = false
    this.#restsUntil = now + puts * this.#init.sweepPutMs
    for (const { record, salt, copies } of refreshed) {
      const listing = this.#listings.get(record.root)
      const refresh = listing?.refreshes[salt]
      if (listing === undefined || refresh === undefined || listing.record.order.hash !== record.order.hash) continue
      this.#schedule(listing, refresh, copies, fraction, now)
    }
    return this.#advance(now)
  }

  #forget (root: RootKey): RepublishEffect[] {
    return this.#listings.delete(root) ? [{ type: 'forget', root }] : []
  }

  /** Publishes and sweeps what is due as far as there is room, ends what has run out, and says when to look again. */
  #advance (now: Millis): RepublishEffect[] {
    const effects: RepublishEffect[] = []
    const waiting: Listing[] = []
    let nextAt = Infinity
    for (const [root, listing] of this.#listings) {
      if (listing.endsAt <= now) effects.push(...this.#forget(root))
      else if (listing.state === 'waits') waiting.push(listing)
      else nextAt = Math.min(nextAt, listing.endsAt)
    }
    waiting.sort((a, b) => a.listedAt - b.listedAt)
    // Whatever waits beyond that is looked at again when a publication ends.
    for (const listing of waiting.slice(0, Math.max(0, this.#init.publishesMax - this.#publishing))) {
      listing.state = 'publishing'
      this.#publishing++
      effects.push({ type: 'publish', record: listing.record })
    }
    const { stroke, nextDueAt } = this.#ripe(now)
    if (stroke !== undefined) {
      this.#isSweeping = true
      effects.push({ type: 'sweep', stroke })
    }
    return [...effects, ...this.#wakeBy(Math.min(nextAt, nextDueAt))]
  }

  /** What a sweep would take now, longest due first: nothing while one runs, or rests, or nothing is due. */
  #ripe (now: Millis): { stroke?: Stroke<RefreshKey>, nextDueAt: Millis } {
    if (this.#isSweeping) return { nextDueAt: Infinity }
    const aheadAt = now + this.#init.republishIntervalMs * this.#init.sweepAheadShare
    const ripe: Refresh[] = []
    const landmarks: RefreshKey[] = []
    let nextDueAt = Infinity
    for (const { state, refreshes } of this.#listings.values()) {
      if (state !== 'swept') continue
      for (const refresh of refreshes) {
        nextDueAt = Math.min(nextDueAt, refresh.dueAt)
        // What has failed is not tried again sooner because a neighbour is due.
        if (refresh.dueAt <= (refresh.failures === 0 ? aheadAt : now)) ripe.push(refresh)
        else landmarks.push(refresh.key)
      }
    }
    if (nextDueAt > now || this.#restsUntil > now) return { nextDueAt: Math.max(nextDueAt, this.#restsUntil) }
    ripe.sort((a, b) => a.dueAt - b.dueAt)
    const [first, ...others] = ripe.map(({ key }) => key) as [RefreshKey, ...RefreshKey[]]
    const room = this.#init.sweepKeysMax - 1
    return { stroke: { keys: [first, ...others.slice(0, room)], landmarks: [...others.slice(room), ...landmarks] }, nextDueAt: Infinity }
  }

  #wakeBy (at: Millis): RepublishEffect[] {
    if (at >= (this.#wakeAt ?? Infinity)) return []
    this.#wakeAt = at
    return [{ type: 'wakeAt', at }]
  }

  /** The next refresh of a key that so many peers have just taken. */
  #schedule (listing: Listing, refresh: Refresh, copies: number, fraction: number, now: Millis): void {
    const { republishIntervalMs: roundMs, republishJitter, retryMs, copiesEnough, publishersPerRound, lazyRounds } = this.#init
    const { bits, phase } = this.#components
    listing.state = 'swept'
    refresh.failures = copies < copiesEnough ? refresh.failures + 1 : 0
    const rounds = listing.rank < publishersPerRound ? 1 : lazyRounds
    // A key that has just fallen in comes again with the hand, be it soon: waiting for the time after would be up to a round too late.
    refresh.dueAt = slotAfter(refresh.key.place, now + roundMs * (rounds - 1 + republishJitter), { roundMs, bits, phaseMs: phase * roundMs })
    if (refresh.failures === 0) return
    const waitMs = Math.min(retryMs * 2 ** (refresh.failures - 1), roundMs)
    refresh.dueAt = Math.min(refresh.dueAt, now + Math.round(waitMs * (1 - republishJitter + 2 * republishJitter * fraction)))
  }
}
