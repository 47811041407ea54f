/**
 * When a node publishes the routes of the users that it serves.
 *
 * Holders forget a record after a day, machines come and go, and a fresh node knows few peers: so a record goes out
 * when it changes, again at every interval, and sooner while too few peers have taken it. It stops when the record
 * or this node's ticket in it runs out, or when the node is no longer listed. A few publications run at a time; the
 * rest wait their turn, longest due first.
 *
 * Pure: jitter comes in with the event as a fraction in [0, 1), time as an argument.
 */
import { ROUTE_DEFAULTS } from './defaults.ts'
import type { RouteInit } from './defaults.ts'
import type { Millis, PeerKey, RootKey, RouteRecord } from '../types.ts'

export type RepublishEvent =
  /** A record that is new here. `restored`: from an earlier run, so there is no hurry. `copies`: it has just been published, to so many. */
  | { type: 'listed', record: RouteRecord, fraction: number, restored?: boolean, copies?: number }
  /** What became of a `publish`; 0 copies is a failure. */
  | { type: 'published', record: RouteRecord, copies: number, fraction: number }
  | { type: 'unlisted', root: RootKey }
  | { type: 'tick' }

export type RepublishEffect =
  | { type: 'publish', record: RouteRecord }
  /** Nothing more will be published for this user. */
  | { type: 'forget', root: RootKey }
  /** A `tick` is wanted then; replaces any earlier wish. */
  | { type: 'wakeAt', at: Millis }

interface Listing { record: RouteRecord, dueAt: Millis, endsAt: Millis, failures: number, publishing: boolean }

export type RepublishInit = Pick<RouteInit, 'republishIntervalMs' | 'republishJitter' | 'copiesEnough' | 'retryMs' | 'restartSpreadMs' | 'publishesMax'>

export class RepublishCore {
  readonly #self: PeerKey
  readonly #init: RepublishInit
  readonly #listings = new Map<RootKey, Listing>()
  #publishing = 0
  #wakeAt: Millis | undefined

  constructor (self: PeerKey, init: Partial<RepublishInit> = {}) {
    this.#self = self
    this.#init = { ...ROUTE_DEFAULTS, ...init }
  }

  /** Users whose routes are republished. */
  get size (): number { return this.#listings.size }

  handle (event: RepublishEvent, now: Millis): RepublishEffect[] {
    switch (event.type) {
      case 'listed': return this.#onListed(event, now)
      case 'published': return this.#onPublished(event.record, event.copies, event.fraction, now)
      case 'unlisted': return this.#forget(event.root)
      case 'tick': return this.#onTick(now)
    }
  }

  #onListed ({ record, fraction, restored, copies }: RepublishEvent & { type: 'listed' }, now: Millis): RepublishEffect[] {
    const known = this.#listings.get(record.root)
    if (known?.record.order.hash === record.order.hash) return []
    const endsAt = endOf(record, this.#self)
    if (endsAt <= now) {
      this.#listings.delete(record.root)
      return [{ type: 'forget', root: record.root }]
    }
    // A publication of the record before may still run; it then frees its place without speaking for this one.
    const listing = { record, dueAt: now, endsAt, failures: 0, publishing: false }
    this.#listings.set(record.root, listing)
    if (restored === true) listing.dueAt = now + Math.round(fraction * this.#init.restartSpreadMs)
    if (copies !== undefined) this.#schedule(listing, copies, fraction, now)
    return listing.dueAt > now ? this.#wakeBy(Math.min(listing.dueAt, endsAt)) : this.#advance(now)
  }

  #onPublished (record: RouteRecord, copies: number, fraction: number, now: Millis): RepublishEffect[] {
    this.#publishing--
    const listing = this.#listings.get(record.root)
    if (listing !== undefined && listing.record.order.hash === record.order.hash) {
      listing.publishing = false
      this.#schedule(listing, copies, fraction, now)
    }
    return this.#advance(now)
  }

  #onTick (now: Millis): RepublishEffect[] {
    this.#wakeAt = undefined
    return this.#advance(now)
  }

  #forget (root: RootKey): RepublishEffect[] {
    return this.#listings.delete(root) ? [{ type: 'forget', root }] : []
  }

  /** Publishes what is due as far as there is room, ends what has run out, and says when to look again. */
  #advance (now: Millis): RepublishEffect[] {
    const effects: RepublishEffect[] = []
    const due: Listing[] = []
    let nextAt = Infinity
    for (const [root, listing] of this.#listings) {
      if (listing.endsAt <= now) effects.push(...this.#forget(root))
      else if (listing.publishing) continue
      else if (listing.dueAt <= now) due.push(listing)
      else nextAt = Math.min(nextAt, listing.dueAt, listing.endsAt)
    }
    due.sort((a, b) => a.dueAt - b.dueAt)
    for (const listing of due.slice(0, Math.max(0, this.#init.publishesMax - this.#publishing))) {
      listing.publishing = true
      this.#publishing++
      effects.push({ type: 'publish', record: listing.record })
    }
    // Whatever is due beyond that is looked at again when a publication ends.
    return [...effects, ...this.#wakeBy(nextAt)]
  }

  #wakeBy (at: Millis): RepublishEffect[] {
    if (at >= (this.#wakeAt ?? Infinity)) return []
    this.#wakeAt = at
    return [{ type: 'wakeAt', at }]
  }

  /** The next publication of a record that so many peers have just taken. */
  #schedule (listing: Listing, copies: number, fraction: number, now: Millis): void {
    const { republishIntervalMs, republishJitter, retryMs, copiesEnough } = this.#init
    listing.failures = copies < copiesEnough ? listing.failures + 1 : 0
    const waitMs = listing.failures === 0 ? republishIntervalMs : Math.min(retryMs * 2 ** (listing.failures - 1), republishIntervalMs)
    listing.dueAt = now + Math.round(waitMs * (1 - republishJitter + 2 * republishJitter * fraction))
  }
}

/** When this node has no more business publishing the record; in the past when it is not listed. */
function endOf (record: RouteRecord, self: PeerKey): Millis {
  const entry = record.entries.find(({ node }) => node === self)
  return entry === undefined ? 0 : Math.min(record.notAfter, entry.ticket.expiry) * 1000
}
