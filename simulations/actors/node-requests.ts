/**
 * What a device may ask of its node, one function a request, as src/node/{session-requests,lookups}.ts answer it. A
 * `find` is the question that clients ask: for the user's profile, and so for the newest route that its nodes know.
 */
import { RefusedError, StoreFailedError } from '../../src/errors.ts'
import { compareOrder } from '../../src/identity/order.ts'
import { Allowance } from '../../src/node/allowance.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { ticketExpiry } from '../../src/node/users.ts'
import { REFUSAL, type RefusalCode } from '../../src/types.ts'
import { mailboxOf } from './values.ts'
import { isCurrent, type SimUsers } from './node-users.ts'
import type { SimProfiles } from './node-profiles.ts'
import type { SimRelay } from './node-relay.ts'
import type { Answer, Attached, DeviceRequest, SimSession } from './node-session.ts'
import type { SimProcess } from './process.ts'
import type { Witness } from '../checks/witness.ts'
import type { RouteFinder } from '../../src/ports.ts'
import type { PeerKey, RootKey, RouteRecord } from '../../src/types.ts'

export interface RequestParts {
  self: PeerKey
  process: SimProcess
  users: SimUsers
  routes: RouteFinder
  profiles: SimProfiles
  relay: SimRelay
  witness: Pick<Witness, 'resolved'>
  isDraining: () => boolean
}

type Request<Kind extends DeviceRequest['kind']> = Extract<DeviceRequest, { kind: Kind }>
type Done = (answer: Answer) => void

export class SimRequests {
  readonly #parts: RequestParts
  /** What one place on the Internet may ask; here every device is a place of its own. */
  readonly #questions = new Allowance({ burst: NODE_DEFAULTS.questionsBurst, refillMs: NODE_DEFAULTS.questionsRefillMs, placesMax: NODE_DEFAULTS.placesMax })
  readonly #newUsers = new Allowance({ burst: NODE_DEFAULTS.newUsersBurst, refillMs: NODE_DEFAULTS.newUsersRefillMs, placesMax: NODE_DEFAULTS.placesMax })
  readonly #walks = new Allowance({ burst: NODE_DEFAULTS.walksBurst, refillMs: NODE_DEFAULTS.walksRefillMs, placesMax: NODE_DEFAULTS.placesMax })

  constructor (parts: RequestParts) { this.#parts = parts }

  readonly answer = (session: SimSession, request: DeviceRequest, done: Done): void => {
    const tooMany = this.#take(this.#questions, session)
    if (tooMany !== undefined) return done(tooMany)
    switch (request.kind) {
      case 'attach': return done(this.#attach(session, request))
      case 'register': return this.#register(session, request, done)
      case 'find': return this.#find(session, request, done)
      default: return session.attached === undefined ? done(refuse(REFUSAL.notServed)) : this.#answerAttached(session, session.attached, request, done)
    }
  }

  #answerAttached (session: SimSession, { root, mailbox }: Attached, request: Request<'publish' | 'route' | 'collect'>, done: Done): void {
    switch (request.kind) {
      case 'publish': return this.#publish(session, root, request, done)
      case 'route': return this.#route(request, done)
      case 'collect':
        return this.#parts.relay.collections.take({ device: session.device, mailbox }, request.collection, refusal => { done(refusal === undefined ? {} : { refusal }) })
    }
  }

  #attach (session: SimSession, { root, mailbox, device }: Request<'attach'>): Answer {
    if (this.#parts.isDraining()) return { refusal: { code: REFUSAL.draining, retryAfterSeconds: NODE_DEFAULTS.retryLeftSeconds } }
    if (device !== session.device) return refuse(REFUSAL.malformed)
    if (this.#parts.users.devices(mailbox)?.includes(device) !== true) return refuse(REFUSAL.notServed)
    session.attach({ root, mailbox })
    return {}
  }

  /** Only a device of the profile itself: nobody fills this node with other people's users. */
  #register (session: SimSession, { root, mailbox, devices }: Request<'register'>, done: Done): void {
    const { users, process, isDraining } = this.#parts
    if (isDraining()) return done(refuse(REFUSAL.draining))
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return done(tooMany)
    if (!devices.includes(session.device)) return done(refuse(REFUSAL.notServed))
    if (!users.isServed(mailbox)) {
      if (!users.hasRoom) return done(refuse(REFUSAL.noRoom))
      const tooManyNew = this.#take(this.#newUsers, session)
      if (tooManyNew !== undefined) return done(tooManyNew)
    }
    const expiry = ticketExpiry(process.now())
    users.register({ root, mailbox, devices }, expiry, taken => {
      switch (taken) {
        case 'noRoom': return done(refuse(REFUSAL.noRoom))
        case 'stale': return done(refuse(REFUSAL.stale))
        case 'failed': return done(refuse(REFUSAL.storeFailed))
        case 'new':
        case 'known':
          process.note(`${taken} user ${mailbox}`)
          done({ expiry })
      }
    })
  }

  /** Kept here first, so that a crash between the two leaves a route that is published again. */
  #publish (session: SimSession, root: RootKey, { record }: Request<'publish'>, done: Done): void {
    const { users, routes, self, process } = this.#parts
    if (!isCurrent(record, process.now())) return done(refuse(REFUSAL.expired))
    if (record.root !== root) return done(refuse(REFUSAL.malformed))
    if (!record.entries.some(({ node }) => node === self)) return done(refuse(REFUSAL.notServed))
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return done(tooMany)
    users.takeRoute(record, taken => {
      if (taken === 'stale') return done(refuse(REFUSAL.stale))
      if (taken === 'failed') return done(refuse(REFUSAL.storeFailed))
      this.#answerLater(async () => ({ copies: (await routes.publish(record)).copies + 1 }), done)
    })
  }

  #route ({ record }: Request<'route'>, done: Done): void {
    const { users, process } = this.#parts
    if (!isCurrent(record, process.now())) return done(refuse(REFUSAL.expired))
    users.meetRoute(record, taken => {
      if (taken === 'stale') done(refuse(REFUSAL.stale))
      else done(taken === 'failed' ? refuse(REFUSAL.storeFailed) : {})
    })
  }

  #find (session: SimSession, { root, fresh }: Request<'find'>, done: Done): void {
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return done(tooMany)
    const own = this.#parts.users.route(mailboxOf(root))
    if (own !== undefined && this.#isServed(own)) return done({ record: own })
    const { process, self, witness } = this.#parts
    const askedAt = process.now()
    this.#answerLater(async () => {
      const record = await this.#look(root, fresh)
      if (!process.isOver) witness.resolved({ at: process.now(), resolver: self, root, order: record?.order, ms: process.now() - askedAt })
      return record === undefined ? {} : { record }
    }, done)
  }

  /** By way of the DHT and its cache, or from what senders told when that has nothing newer; then from the user's nodes. */
  async #look (root: RootKey, fresh: boolean): Promise<RouteRecord | undefined> {
    const { users, routes, profiles } = this.#parts
    const known = users.route(mailboxOf(root))
    let found: RouteRecord | undefined
    try {
      found = await routes.find(root, { fresh })
    } catch (error) {
      // A DHT that is too busy is no reason to keep back what is known.
      if (known === undefined || fresh) throw error
    }
    const newer = found !== undefined && (known === undefined || compareOrder(known.order, found.order) < 0) ? found : undefined
    if (newer !== undefined) this.#meet(newer)
    const record = newer ?? known
    if (record === undefined || this.#isServed(record)) return record
    const newest = await profiles.newest(record, { fresh })
    if (newest !== record) this.#meet(newest)
    return newest
  }

  /** Whether the user is served here, by its newest record and ours. */
  #isServed ({ mailbox, entries }: RouteRecord): boolean {
    const { users, self } = this.#parts
    return users.isServed(mailbox) && entries.some(({ node }) => node === self)
  }

  #meet (record: RouteRecord): void { this.#parts.users.meetRoute(record, () => {}) }

  /** A throw becomes a refusal. */
  #answerLater (ask: () => Promise<Answer>, done: Done): void {
    const { process } = this.#parts
    const answer = async (): Promise<void> => {
      const answered = await ask().catch((error: Error): Answer => ({ refusal: refusalOf(error) }))
      if (!process.isOver) done(answered)
      process.awaited()
    }
    void answer()
    process.awaited()
  }

  /** Counts the question against the device's place; the refusal when that has had its share. */
  #take (allowance: Allowance, { device }: SimSession): Answer | undefined {
    const waitSeconds = allowance.take(device, this.#parts.process.now())
    return waitSeconds === 0 ? undefined : { refusal: { code: REFUSAL.busy, retryAfterSeconds: waitSeconds } }
  }
}

function refusalOf (error: Error): NonNullable<Answer['refusal']> {
  if (error instanceof RefusedError) return error.refusal
  if (error instanceof StoreFailedError) return { code: REFUSAL.storeFailed, retryAfterSeconds: 0 }
  return { code: REFUSAL.busy, retryAfterSeconds: NODE_DEFAULTS.retryFailedSeconds }
}

function refuse (code: RefusalCode): Answer {
  return { refusal: { code, retryAfterSeconds: code === REFUSAL.draining || code === REFUSAL.noRoom ? NODE_DEFAULTS.retryElsewhereSeconds : 0 } }
}
