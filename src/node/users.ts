/**
 * The users that this node serves, and the newest route of everybody that it has met: what the relay asks before it
 * takes an envelope. Served users' profiles, routes and the time until which they were promised service are durable
 * before the node answers for them.
 *
 * A user is served until its ticket has run out and the last mail that could have come under it is gone.
 */
import { ExpiredError, MalformedError } from '../errors.ts'
import { openRouteRecord } from '../dht/index.ts'
import { compareOrder, isExpired, mailboxOf, openProfile } from '../identity/index.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { DeliveryKeys } from './delivery-keys.ts'
import { Strangers } from './strangers.ts'
import { Turns } from './turns.ts'
import type { Clock, Crypto, ServedUsers, Shelf } from '../ports.ts'
import type { Bytes, DeviceCertificate, Envelope, MailboxId, Millis, PeerKey, Profile, RootKey, RouteRecord, Seconds } from '../types.ts'
import type { Logger } from '@libp2p/interface'

export interface UsersComponents {
  profiles: Shelf
  routes: Shelf
  /** Until when each user was promised service, u32 seconds. */
  promises: Shelf
  deliveryKeys: Shelf
  crypto: Crypto
  /** Verifies a record, or knows that it did lately. */
  openRoute: (bytes: Bytes) => Promise<RouteRecord>
  clock: Clock
  log: Logger
  usersMax: number
}

/** Who wants to hear what became of served users. */
export interface UsersObserver {
  /** The user's devices are those of this profile from now on; without one the user is no longer served. */
  onProfile: (mailbox: MailboxId, profile: Profile | undefined) => void
  /** Somebody else than the user's own device brought a newer route. */
  onRoute: (route: RouteRecord) => void
  onForgotten: (root: RootKey) => void
  /** The user's profile or route is another one, or it is not served any more. */
  onChanged?: (mailbox: MailboxId) => void
}

export type Taken = 'new' | 'known' | 'stale'

export class Users implements ServedUsers {
  readonly #components: UsersComponents
  readonly #profiles = new Map<MailboxId, Profile>()
  readonly #routes = new Map<MailboxId, RouteRecord>()
  readonly #promises = new Map<MailboxId, Seconds>()
  readonly #deliveryKeys: DeliveryKeys
  readonly #strangers = new Strangers()
  /** One change of a user at a time: an older value must not overtake a newer one on its way to the disk. */
  readonly #turns = new Turns<MailboxId>()
  /** New users on their way to the disk: their rooms are taken. */
  #arriving = 0
  #observer: UsersObserver | undefined

  constructor (components: UsersComponents) {
    this.#components = components
    this.#deliveryKeys = new DeliveryKeys(components.deliveryKeys)
  }

  observe (observer: UsersObserver): void { this.#observer = observer }

  /**
   * Reads what earlier runs kept. Signatures were verified before it was, and the store's checksum says that it is still
   * the same: verifying 1,000 users again takes 1.4 s of CPU, reading them 0.15 s.
   */
  async load (): Promise<void> {
    const { profiles, routes, promises, deliveryKeys, clock } = this.#components
    const crypto: Crypto = { ...this.#components.crypto, verify: async () => true }
    await this.#loadEach(profiles, async (mailbox, bytes) => {
      // Its time was checked too, and a clock that is behind at this start must not cost us our users.
      const profile = await openProfile(bytes, { crypto, now: Number.MAX_SAFE_INTEGER })
      if (mailboxOf(profile.root, crypto) !== mailbox) throw new MalformedError('it is another user’s profile')
      this.#profiles.set(mailbox, profile)
    })
    await this.#loadEach(routes, async (mailbox, bytes) => {
      const route = await openRouteRecord(bytes, { crypto, now: clock.now() })
      if (route.mailbox !== mailbox) throw new MalformedError('it is another user’s route')
      if (this.#profiles.has(mailbox)) this.#routes.set(mailbox, route)
    })
    await this.#loadEach(promises, async (mailbox, bytes) => {
      this.#promises.set(mailbox, decodeSeconds(bytes))
    })
    await this.#loadEach(deliveryKeys, async (mailbox, bytes) => { this.#deliveryKeys.restore(mailbox, bytes) })
    // A promise whose end was lost on the disk is kept as if it had just been given.
    for (const mailbox of this.#profiles.keys()) {
      if (!this.#promises.has(mailbox)) this.#promises.set(mailbox, ticketExpiry(clock.now()))
    }
  }

  get count (): number { return this.#profiles.size }
  /** Users that are served here of those that there is room for, in percent. */
  get loadPercent (): number { return Math.floor(100 * this.#profiles.size / this.#components.usersMax) }
  get hasRoom (): boolean { return this.#profiles.size + this.#arriving < this.#components.usersMax }

  devices (mailbox: MailboxId): PeerKey[] | undefined {
    return this.#profiles.get(mailbox)?.devices.map(certificate => certificate.device)
  }

  /** The device's certificate in the user's highest profile; undefined when the user is not served here or has no such device. */
  certificate (mailbox: MailboxId, device: PeerKey): DeviceCertificate | undefined {
    return this.#profiles.get(mailbox)?.devices.find(certificate => certificate.device === device)
  }

  /** Mailboxes of the users that are served here. */
  mailboxes (): IterableIterator<MailboxId> { return this.#profiles.keys() }

  isServed (mailbox: MailboxId): boolean { return this.#profiles.has(mailbox) }

  profileOf (mailbox: MailboxId): Profile | undefined { return this.#profiles.get(mailbox) }

  profile (root: RootKey): Profile | undefined {
    return this.#profiles.get(mailboxOf(root, this.#components.crypto))
  }

  route (mailbox: MailboxId): RouteRecord | undefined {
    const route = this.#routes.get(mailbox) ?? this.#strangers.route(mailbox)
    return route !== undefined && route.notAfter * 1000 > this.#components.clock.now() ? route : undefined
  }

  admits (envelope: Envelope): boolean {
    return this.#deliveryKeys.admits(envelope, this.#profiles.get(envelope.mailbox)?.order.epoch ?? 0)
  }

  /** Served users' newest routes. */
  served (): IterableIterator<RouteRecord> { return this.#routes.values() }

  /** Promises to serve the user until `expiry`; all of it is durable when it resolves. deliveryKey: of the profile's epoch. */
  async register (profile: Profile, expiry: Seconds, deliveryKey?: Uint8Array): Promise<Taken | 'noRoom'> {
    const mailbox = mailboxOf(profile.root, this.#components.crypto)
    return await this.#turns.take(mailbox, async () => {
      if (this.#profiles.has(mailbox)) return await this.#renew(mailbox, profile, expiry, deliveryKey)
      if (!this.hasRoom) return 'noRoom'
      this.#arriving++
      try {
        return await this.#renew(mailbox, profile, expiry, deliveryKey)
      } finally {
        this.#arriving--
      }
    })
  }

  /**
   * Serves a user again whom this node has forgotten: the record lists it with a ticket that it gave, and the profile is
   * not older than the one that the record was made by. False when that is not so, or there is no room.
   */
  async adopt (record: RouteRecord, profile: Profile, self: PeerKey): Promise<boolean> {
    const ticket = record.entries.find(({ node }) => node === self)?.ticket
    if (ticket === undefined || isExpired(ticket, this.#components.clock.now())) return false
    if (profile.root !== record.root || compareOrder(profile.order, record.profile) < 0) return false
    const taken = await this.register(profile, ticket.expiry)
    if (taken === 'noRoom' || taken === 'stale') return false
    await this.meetRoute(record)
    return true
  }

  /** A served user's newer profile, from wherever: what was revoked in it ends here too. */
  async learnProfile (profile: Profile): Promise<void> {
    const mailbox = mailboxOf(profile.root, this.#components.crypto)
    await this.#turns.take(mailbox, async () => {
      if (this.#profiles.has(mailbox)) await this.#takeProfile(mailbox, profile)
    })
  }

  /** A served user's route, durable when it resolves; anybody else's, remembered while there is room. */
  async takeRoute (route: RouteRecord): Promise<Taken> {
    const { mailbox } = route
    if (!this.#profiles.has(mailbox)) return takenBy(this.#strangers.meet(route))
    return await this.#turns.take(mailbox, async () => {
      const profile = this.#profiles.get(mailbox)
      const known = this.#routes.get(mailbox)
      if (profile === undefined) return takenBy(this.#strangers.meet(route))
      // Whoever was revoked by the new epoch signs no routes any more.
      const newer = route.order.epoch < profile.order.epoch ? -1 : known === undefined ? 1 : compareOrder(route.order, known.order)
      if (newer > 0) {
        await this.#components.routes.put(mailbox, route.bytes)
        this.#routes.set(mailbox, route)
        this.#strangers.forget(mailbox)
        this.#observer?.onChanged?.(mailbox)
      }
      return takenBy(newer)
    })
  }

  /** Takes a route that another node or somebody else's device told; for a served user it is news. */
  async meetRoute (route: RouteRecord): Promise<Taken> {
    const taken = await this.takeRoute(route)
    if (taken === 'new' && this.#profiles.has(route.mailbox)) this.#observer?.onRoute(route)
    return taken
  }

  /** Opens a record that somebody sent and takes it when it is newer. Resolves with the newest that is known then. */
  async learnRoute (bytes: Bytes): Promise<RouteRecord> {
    const record = await this.#components.openRoute(bytes)
    // A disk that refuses costs us the record over a restart, not the use of it.
    await this.meetRoute(record).catch((error: Error) => { this.#components.log.error('a user’s newer route was not kept: %s', error.message) })
    const known = this.route(record.mailbox)
    return known !== undefined && compareOrder(known.order, record.order) > 0 ? known : record
  }

  /** Forgets users whose tickets ran out so long ago that none of their mail is left. Returns how many. */
  async sweep (now: Millis): Promise<number> {
    const isPast = (expiry: Seconds | undefined): boolean => expiry !== undefined && expiry * 1000 + NODE_DEFAULTS.forgetUserMs <= now
    let gone = 0
    for (const [mailbox, expiry] of [...this.#promises]) {
      if (!isPast(expiry)) continue
      await this.#turns.take(mailbox, async () => {
        // Its device may have come back while another turn was on.
        if (!isPast(this.#promises.get(mailbox))) return
        await this.#forget(mailbox)
        gone++
      })
    }
    return gone
  }

  async #renew (mailbox: MailboxId, profile: Profile, expiry: Seconds, deliveryKey: Uint8Array | undefined): Promise<Taken> {
    const known = this.#profiles.get(mailbox)
    if (known !== undefined && compareOrder(profile.order, known.order) < 0) return 'stale'
    const promised = this.#promises.get(mailbox)
    if (promised === undefined || (expiry - promised) * 1000 >= NODE_DEFAULTS.ticketRewriteMs) {
      await this.#components.promises.put(mailbox, encodeSeconds(expiry))
      this.#promises.set(mailbox, expiry)
    }
    const taken = await this.#takeProfile(mailbox, profile)
    if (deliveryKey !== undefined) await this.#deliveryKeys.put(mailbox, profile.order.epoch, deliveryKey)
    return taken
  }

  async #takeProfile (mailbox: MailboxId, profile: Profile): Promise<Taken> {
    const known = this.#profiles.get(mailbox)
    const newer = known === undefined ? 1 : compareOrder(profile.order, known.order)
    if (newer > 0) {
      await this.#components.profiles.put(mailbox, profile.bytes)
      this.#profiles.set(mailbox, profile)
      this.#observer?.onProfile(mailbox, profile)
      this.#observer?.onChanged?.(mailbox)
    }
    return takenBy(newer)
  }

  /** The profile goes last: a crash before leaves a user that the next sweep forgets. */
  async #forget (mailbox: MailboxId): Promise<void> {
    const { profiles, routes, promises } = this.#components
    const profile = this.#profiles.get(mailbox)
    this.#profiles.delete(mailbox)
    this.#routes.delete(mailbox)
    this.#observer?.onProfile(mailbox, undefined)
    this.#observer?.onChanged?.(mailbox)
    if (profile !== undefined) this.#observer?.onForgotten(profile.root)
    await Promise.all([routes.delete(mailbox), profiles.delete(mailbox), this.#deliveryKeys.forget(mailbox)])
    await promises.delete(mailbox)
    this.#promises.delete(mailbox)
  }

  /** What cannot be opened is left as it is, and the node goes on without it. */
  async #loadEach (shelf: Shelf, open: (mailbox: MailboxId, bytes: Bytes) => Promise<void>): Promise<void> {
    for await (const [mailbox, bytes] of shelf.entries()) {
      try {
        await open(mailbox as MailboxId, bytes)
      } catch (error) {
        // A route's end is no damage.
        if (!(error instanceof ExpiredError)) this.#components.log.error('what is kept of mailbox %s… cannot be used: %s', mailbox.slice(0, 8), (error as Error).message)
      }
    }
  }
}

/** The time until which a ticket given now promises service, in seconds. */
export function ticketExpiry (now: Millis): Seconds {
  return Math.floor((now + NODE_DEFAULTS.ticketLifeMs) / 1000)
}

function takenBy (newer: number): Taken {
  return newer > 0 ? 'new' : newer === 0 ? 'known' : 'stale'
}

function encodeSeconds (seconds: Seconds): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, seconds)
  return bytes
}

function decodeSeconds (bytes: Bytes): Seconds {
  if (bytes.byteLength !== 4) throw new MalformedError('the end of its promise does not have its form')
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
}
