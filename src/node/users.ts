/**
 * The users that this node serves, and the newest route of everybody that it has met: what the relay asks before it
 * takes an envelope. Served users' profiles and routes are durable before the node promises anything.
 */
import { LIMITS } from '../wire/limits.ts'
import { compareOrder, mailboxOf, openProfile } from '../identity/index.ts'
import { openRouteRecord } from '../dht/index.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Clock, Crypto, ServedUsers, Shelf } from '../ports.ts'
import type { Bytes, MailboxId, Millis, PeerKey, Profile, RootKey, RouteRecord } from '../types.ts'

export interface UsersComponents {
  profiles: Shelf
  routes: Shelf
  crypto: Crypto
  clock: Clock
  /** A served user's record could not be opened again; the node goes on without it. */
  onDamaged: (mailbox: string, error: unknown) => void
}

export type Taken = 'new' | 'known' | 'stale'

export class Users implements ServedUsers {
  readonly #components: UsersComponents
  readonly #profiles = new Map<MailboxId, Profile>()
  readonly #routes = new Map<MailboxId, RouteRecord>()
  /** Routes of users that are not served here, least recently used first. */
  readonly #foreign = new Map<MailboxId, RouteRecord>()

  constructor (components: UsersComponents) {
    this.#components = components
  }

  /** Reads what earlier runs kept. Each value is verified again: a disk can lie like a peer. */
  async load (): Promise<void> {
    const { profiles, routes, crypto, clock, onDamaged } = this.#components
    for await (const [mailbox, bytes] of profiles.entries()) {
      try {
        this.#profiles.set(mailbox as MailboxId, await openProfile(bytes, { crypto, now: clock.now() }))
      } catch (error) { onDamaged(mailbox, error) }
    }
    for await (const [mailbox, bytes] of routes.entries()) {
      try {
        this.#routes.set(mailbox as MailboxId, await openRouteRecord(bytes, { crypto, now: clock.now() }))
      } catch (error) { onDamaged(mailbox, error) }
    }
  }

  get count (): number { return this.#profiles.size }

  devices (mailbox: MailboxId): PeerKey[] | undefined {
    return this.#profiles.get(mailbox)?.devices.map(certificate => certificate.device)
  }

  /** Mailboxes of the users that are served here. */
  mailboxes (): IterableIterator<MailboxId> { return this.#profiles.keys() }

  profile (root: RootKey): Profile | undefined {
    return this.#profiles.get(mailboxOf(root, this.#components.crypto))
  }

  route (mailbox: MailboxId): RouteRecord | undefined {
    const route = this.#routes.get(mailbox) ?? this.#foreign.get(mailbox)
    return route !== undefined && route.notAfter * 1000 > this.#components.clock.now() ? route : undefined
  }

  routeOf (root: RootKey): RouteRecord | undefined {
    return this.route(mailboxOf(root, this.#components.crypto))
  }

  /** Served users' newest routes. */
  * served (): IterableIterator<RouteRecord> {
    yield * this.#routes.values()
  }

  /** Durable when it resolves. 'stale': a newer profile is known. */
  async takeProfile (profile: Profile): Promise<Taken> {
    const mailbox = mailboxOf(profile.root, this.#components.crypto)
    const known = this.#profiles.get(mailbox)
    const newer = known === undefined ? 1 : compareOrder(profile.order, known.order)
    if (newer < 0) return 'stale'
    if (newer === 0) return 'known'
    await this.#components.profiles.put(mailbox, profile.bytes)
    this.#profiles.set(mailbox, profile)
    return 'new'
  }

  /** A served user's route, durable when it resolves; anybody else's, remembered while there is room. */
  async takeRoute (route: RouteRecord): Promise<Taken> {
    const known = this.#routes.get(route.mailbox) ?? this.#foreign.get(route.mailbox)
    const newer = known === undefined ? 1 : compareOrder(route.order, known.order)
    if (newer < 0) return 'stale'
    if (newer === 0) return 'known'
    if (this.#profiles.has(route.mailbox)) {
      await this.#components.routes.put(route.mailbox, route.bytes)
      this.#routes.set(route.mailbox, route)
      this.#foreign.delete(route.mailbox)
    } else {
      this.#rememberForeign(route)
    }
    return 'new'
  }

  /** Opens a record that somebody sent and takes it when it is newer. Resolves with the newest that is known then. */
  async learnRoute (bytes: Bytes): Promise<RouteRecord> {
    const { crypto, clock } = this.#components
    const record = await openRouteRecord(bytes, { crypto, now: clock.now() })
    await this.takeRoute(record)
    return this.route(record.mailbox) ?? record
  }

  hasRoomFor (root: RootKey, usersMax: number): boolean {
    return this.#profiles.size < usersMax || this.profile(root) !== undefined
  }

  #rememberForeign (route: RouteRecord): void {
    this.#foreign.delete(route.mailbox)
    this.#foreign.set(route.mailbox, route)
    for (const oldest of this.#foreign.keys()) {
      if (this.#foreign.size <= NODE_DEFAULTS.foreignRoutesMax) break
      this.#foreign.delete(oldest)
    }
  }
}

/** The time until which a ticket given now promises service, in seconds. */
export function ticketExpiry (now: Millis): number {
  return Math.floor((now + Math.max(NODE_DEFAULTS.ticketLifeMs, LIMITS.routeLifeMs)) / 1000)
}
