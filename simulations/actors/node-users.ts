/**
 * The users that a simulated node serves and the routes that it has met, as src/node/users.ts keeps them: profiles,
 * routes and the end of each promise are durable before the node answers for them, and are there again after a restart.
 */
import { compareOrder } from '../../src/identity/order.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { Strangers } from '../../src/node/strangers.ts'
import { ticketExpiry, type Taken } from '../../src/node/users.ts'
import { TABLE } from './disk-tables.ts'
import { profileBytes } from './values.ts'
import type { Shelves } from './node-shelves.ts'
import type { DiskWrite } from '../world/disk.ts'
import type { ServedUsers } from '../../src/ports.ts'
import type { MailboxId, Millis, PeerKey, RootKey, RouteRecord, Seconds } from '../../src/types.ts'

/** A user's highest profile, as far as a node looks at it. */
export interface ServedUser { readonly root: RootKey, readonly mailbox: MailboxId, readonly devices: PeerKey[] }

export interface UsersObserver {
  /** The user's devices are these from now on; without any the user is no longer served. */
  onDevices: (mailbox: MailboxId, devices: PeerKey[]) => void
  /** Somebody else than the user's own device brought a newer route. */
  onRoute: (route: RouteRecord) => void
  onForgotten: (root: RootKey) => void
  /** The user's devices or route are others, or it is not served any more. */
  onChanged: (mailbox: MailboxId) => void
}

/** failed: the disk refused. */
export type TakenOrFailed = Taken | 'failed'

const PROMISE_BYTES = 4

/** Of every simulated profile, which never changes. */
export const PROFILE_ORDER = Object.freeze({ epoch: 1, seq: 1 })

export class SimUsers implements ServedUsers {
  readonly #shelves: Shelves
  readonly #now: () => Millis
  readonly #observer: UsersObserver
  readonly #profiles = new Map<MailboxId, ServedUser>()
  readonly #routes = new Map<MailboxId, RouteRecord>()
  readonly #promises = new Map<MailboxId, Seconds>()
  readonly #strangers = new Strangers()
  /** One change of a user at a time; what waits for its turn. */
  readonly #turns = new Map<MailboxId, Array<() => void>>()
  #arriving = 0

  constructor (shelves: Shelves, now: () => Millis, observer: UsersObserver) {
    this.#shelves = shelves
    this.#now = now
    this.#observer = observer
  }

  /** Reads what earlier runs kept. */
  load (): void {
    for (const [mailbox, user] of this.#shelves.entries<ServedUser>(TABLE.profiles)) this.#profiles.set(mailbox as MailboxId, user)
    for (const [, route] of this.#shelves.entries<RouteRecord>(TABLE.routes)) {
      if (this.#profiles.has(route.mailbox) && isCurrent(route, this.#now())) this.#routes.set(route.mailbox, route)
    }
    for (const [mailbox, expiry] of this.#shelves.entries<Seconds>(TABLE.promises)) this.#promises.set(mailbox as MailboxId, expiry)
    // A promise whose end was lost on the disk is kept as if it had just been given.
    for (const mailbox of this.#profiles.keys()) {
      if (!this.#promises.has(mailbox)) this.#promises.set(mailbox, ticketExpiry(this.#now()))
    }
  }

  get count (): number { return this.#profiles.size }
  get strangers (): number { return this.#strangers.size }
  get hasRoom (): boolean { return this.#profiles.size + this.#arriving < NODE_DEFAULTS.usersMax }

  devices (mailbox: MailboxId): PeerKey[] | undefined { return this.#profiles.get(mailbox)?.devices }

  mailboxes (): Iterable<MailboxId> { return this.#profiles.keys() }

  /** Simulated users register no delivery key. */
  admits (): boolean { return true }

  user (mailbox: MailboxId): ServedUser | undefined { return this.#profiles.get(mailbox) }

  isServed (mailbox: MailboxId): boolean { return this.#profiles.has(mailbox) }

  route (mailbox: MailboxId): RouteRecord | undefined {
    const route = this.#routes.get(mailbox) ?? this.#strangers.route(mailbox)
    return route !== undefined && isCurrent(route, this.#now()) ? route : undefined
  }

  /** Served users' newest routes. */
  served (): IterableIterator<RouteRecord> { return this.#routes.values() }

  /** Promises to serve the user until `expiry`; both are durable when it is done. */
  register (user: ServedUser, expiry: Seconds, done: (taken: TakenOrFailed | 'noRoom') => void): void {
    const { mailbox } = user
    this.#take(mailbox, end => {
      const isNew = !this.#profiles.has(mailbox)
      if (isNew && !this.hasRoom) {
        end()
        return done('noRoom')
      }
      if (isNew) this.#arriving++
      this.#renew(user, expiry, taken => {
        if (isNew) this.#arriving--
        end()
        done(taken)
      })
    })
  }

  /** A served user's route, durable when it is done; anybody else's, remembered while there is room. */
  takeRoute (route: RouteRecord, done: (taken: TakenOrFailed) => void): void {
    const { mailbox } = route
    if (!this.#profiles.has(mailbox)) return done(takenBy(this.#strangers.meet(route)))
    this.#take(mailbox, end => {
      const known = this.#routes.get(mailbox)
      const newer = !this.#profiles.has(mailbox) ? this.#strangers.meet(route) : known === undefined ? 1 : compareOrder(route.order, known.order)
      if (newer <= 0 || !this.#profiles.has(mailbox)) {
        end()
        return done(takenBy(newer))
      }
      this.#write({ table: TABLE.routes, key: mailbox, value: route, bytes: route.bytes.byteLength }, isKept => {
        if (isKept) {
          this.#routes.set(mailbox, route)
          this.#strangers.forget(mailbox)
          this.#observer.onChanged(mailbox)
        }
        end()
        done(isKept ? 'new' : 'failed')
      })
    })
  }

  /** Serves a user again whom this node has forgotten: the record lists it with a ticket that it gave. */
  adopt (record: RouteRecord, user: ServedUser, self: PeerKey, done: (isServed: boolean) => void): void {
    const ticket = record.entries.find(({ node }) => node === self)?.ticket
    if (ticket === undefined || ticket.expiry * 1000 <= this.#now() || user.root !== record.root) return done(false)
    this.register(user, ticket.expiry, taken => {
      if (taken !== 'new' && taken !== 'known') return done(false)
      this.meetRoute(record, () => { done(true) })
    })
  }

  /** Takes a route that another node or somebody else's device told; for a served user it is news. */
  meetRoute (route: RouteRecord, done: (taken: TakenOrFailed) => void): void {
    this.takeRoute(route, taken => {
      if (taken === 'new' && this.#profiles.has(route.mailbox)) this.#observer.onRoute(route)
      done(taken)
    })
  }

  /** Takes a record when it is newer, and tells the newest that is known then. A disk that refuses costs the record over a restart, not the use of it. */
  learnRoute (record: RouteRecord, done: (newest: RouteRecord) => void): void {
    this.meetRoute(record, () => {
      const known = this.route(record.mailbox)
      done(known !== undefined && compareOrder(known.order, record.order) > 0 ? known : record)
    })
  }

  /** Forgets users whose tickets ran out so long ago that none of their mail is left. */
  sweep (now: Millis): void {
    for (const [mailbox, expiry] of this.#promises) {
      if (expiry * 1000 + NODE_DEFAULTS.forgetUserMs > now) continue
      this.#take(mailbox, end => {
        const promised = this.#promises.get(mailbox)
        if (promised === undefined || promised * 1000 + NODE_DEFAULTS.forgetUserMs > now) end()
        else this.#forget(mailbox, end)
      })
    }
  }

  #renew (user: ServedUser, expiry: Seconds, done: (taken: TakenOrFailed) => void): void {
    const { mailbox } = user
    const promised = this.#promises.get(mailbox)
    if (promised !== undefined && (expiry - promised) * 1000 < NODE_DEFAULTS.ticketRewriteMs) return this.#takeProfile(user, done)
    this.#write({ table: TABLE.promises, key: mailbox, value: expiry, bytes: PROMISE_BYTES }, isKept => {
      if (!isKept) return done('failed')
      this.#promises.set(mailbox, expiry)
      this.#takeProfile(user, done)
    })
  }

  /** Frames carry no order of a profile: one that names other devices is the newer one. */
  #takeProfile (user: ServedUser, done: (taken: TakenOrFailed) => void): void {
    const { mailbox, devices } = user
    const known = this.#profiles.get(mailbox)?.devices
    if (known?.length === devices.length && devices.every((device, at) => known[at] === device)) return done('known')
    this.#write({ table: TABLE.profiles, key: mailbox, value: user, bytes: profileBytes(devices.length) }, isKept => {
      if (!isKept) return done('failed')
      this.#profiles.set(mailbox, user)
      this.#observer.onDevices(mailbox, devices)
      this.#observer.onChanged(mailbox)
      done('new')
    })
  }

  #forget (mailbox: MailboxId, done: () => void): void {
    const root = this.#profiles.get(mailbox)?.root
    this.#profiles.delete(mailbox)
    this.#routes.delete(mailbox)
    this.#observer.onDevices(mailbox, [])
    this.#observer.onChanged(mailbox)
    if (root !== undefined) this.#observer.onForgotten(root)
    // In this order: a crash between leaves a user that the next sweep forgets.
    for (const table of [TABLE.routes, TABLE.profiles]) this.#write({ table, key: mailbox, value: undefined, bytes: 0 }, () => {})
    this.#write({ table: TABLE.promises, key: mailbox, value: undefined, bytes: 0 }, () => {
      this.#promises.delete(mailbox)
      done()
    })
  }

  #write (write: DiskWrite, done: (isKept: boolean) => void): void {
    this.#shelves.write(write, failure => { done(failure === undefined) })
  }

  #take (mailbox: MailboxId, work: (end: () => void) => void): void {
    const end = (): void => {
      const queue = this.#turns.get(mailbox)
      const next = queue?.shift()
      if (next === undefined) this.#turns.delete(mailbox)
      else next()
    }
    const waiting = this.#turns.get(mailbox)
    if (waiting !== undefined) {
      waiting.push(() => { work(end) })
      return
    }
    this.#turns.set(mailbox, [])
    work(end)
  }
}

export function isCurrent ({ notAfter }: RouteRecord, now: Millis): boolean { return notAfter * 1000 > now }

function takenBy (newer: number): Taken { return newer > 0 ? 'new' : newer === 0 ? 'known' : 'stale' }
