/**
 * What a device may ask of its node, one function a request: who am I, serve me, publish me, find somebody, take my
 * collection, watch my contacts. Each answers with the fields of the answering frame.
 */
import { fromString } from 'uint8arrays/from-string'
import { makeTicket, mailboxOf, openCertificate, openProfile, rootKeyFromBytes } from '../identity/index.ts'
import { NotAuthenticError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { Allowance } from './allowance.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { ticketExpiry } from './users.ts'
import type { Directory, KnownNode } from './directory.ts'
import type { KeyPackageRequests } from './key-package-requests.ts'
import type { Lookups } from './lookups.ts'
import type { Answer, Attached, Session } from './session.ts'
import type { Users } from './users.ts'
import type { NodePresence } from '../presence/index.ts'
import type { Clock, Crypto, RouteFinder, SigningKey } from '../ports.ts'
import type { Bytes, MailboxId, PeerKey, RefusalCode, RootKey, RouteRecord } from '../types.ts'
import type { Find, Leaving, NodeAddress, OwnBeat, Register, SessionFrame } from '../wire/mail.ts'

export interface RequestComponents {
  users: Users
  lookups: Lookups
  directory: Directory
  /** Publishes, and goes on publishing what lists this node. */
  routes: Pick<RouteFinder, 'publish'>
  presence: NodePresence
  keyPackages: KeyPackageRequests
  crypto: Crypto
  openRoute: (bytes: Bytes) => Promise<RouteRecord>
  clock: Clock
  signingKey: SigningKey
  collect: (source: { device: PeerKey, mailbox: MailboxId }, bytes: Bytes) => Promise<void>
  draining: () => boolean
}

export class SessionRequests {
  readonly #components: RequestComponents
  readonly #questions = new Allowance({ burst: NODE_DEFAULTS.questionsBurst, refillMs: NODE_DEFAULTS.questionsRefillMs, placesMax: NODE_DEFAULTS.placesMax })
  readonly #newUsers = new Allowance({ burst: NODE_DEFAULTS.newUsersBurst, refillMs: NODE_DEFAULTS.newUsersRefillMs, placesMax: NODE_DEFAULTS.placesMax })
  readonly #walks = new Allowance({ burst: NODE_DEFAULTS.walksBurst, refillMs: NODE_DEFAULTS.walksRefillMs, placesMax: NODE_DEFAULTS.placesMax })

  constructor (components: RequestComponents) { this.#components = components }

  async answer (session: Session, frame: SessionFrame): Promise<Answer> {
    const tooMany = this.#take(this.#questions, session)
    if (tooMany !== undefined) return tooMany
    if (frame.attach !== undefined) return await this.#attach(session, frame.attach.certificate)
    if (frame.register !== undefined) return await this.#register(session, frame.register)
    if (frame.find !== undefined) return await this.#find(session, frame.find)
    if (frame.findProfile !== undefined) return await this.#findProfile(session, frame.findProfile)
    if (frame.findNodes !== undefined) return this.#findNodes(session, frame.findNodes)
    const attached = session.attached
    if (attached === undefined) return refuse(REFUSAL.notServed)
    if (frame.publish !== undefined) return await this.#publish(session, frame.publish, attached.certificate.root)
    if (frame.route !== undefined) return await this.#route(frame.route)
    if (frame.collect !== undefined) {
      await this.#components.collect({ device: session.device, mailbox: attached.mailbox }, frame.collect)
      return { ok: true }
    }
    if (frame.watch !== undefined) return this.#watch(session, frame.watch.tags)
    if (frame.beat !== undefined) return this.#beat(session, frame.beat)
    return await this.#keyPackages(session, frame, attached)
  }

  /** The certificate must be of the epoch of the user's highest profile here: a device that an epoch left out has an older one. */
  async #attach (session: Session, bytes: Bytes): Promise<Answer> {
    const { users, keyPackages, crypto, draining } = this.#components
    if (draining()) return { refusal: { code: REFUSAL.draining, retryAfterSeconds: NODE_DEFAULTS.retryLeftSeconds } }
    const shown = await openCertificate(bytes, { crypto })
    if (shown.device !== session.device) throw new NotAuthenticError('the certificate names another device')
    const mailbox = mailboxOf(shown.root, crypto)
    const certificate = users.certificate(mailbox, session.device)
    if (shown.epoch !== certificate?.epoch) return refuse(REFUSAL.notServed)
    if (session.attach(certificate, mailbox)) void keyPackages.greet(session, mailbox)
    return { ok: true }
  }

  /** Only a device of the profile itself: nobody fills this node with other people's users. */
  async #register (session: Session, { profile: bytes, deliveryKey }: Register): Promise<Answer> {
    const { users, crypto, clock, signingKey, draining } = this.#components
    if (draining()) return refuse(REFUSAL.draining)
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return tooMany
    const now = clock.now()
    const profile = await openProfile(bytes, { crypto, now })
    if (deliveryKey !== undefined && deliveryKey.byteLength !== LIMITS.deliveryKeyBytes) return refuse(REFUSAL.malformed)
    if (!profile.devices.some(({ device }) => device === session.device)) return refuse(REFUSAL.notServed)
    if (users.profile(profile.root) === undefined) {
      if (!users.hasRoom) return refuse(REFUSAL.noRoom)
      const tooManyNew = this.#take(this.#newUsers, session)
      if (tooManyNew !== undefined) return tooManyNew
    }
    const expiry = ticketExpiry(now)
    const taken = await users.register(profile, expiry, deliveryKey)
    if (taken === 'noRoom') return refuse(REFUSAL.noRoom)
    if (taken === 'stale') return refuse(REFUSAL.stale)
    const { signature } = await makeTicket(signingKey, profile.root, expiry)
    return { ticket: { expiry, signature } }
  }

  /** Kept here first, so that a crash between the two leaves a route that is published again. */
  async #publish (session: Session, bytes: Bytes, root: RootKey): Promise<Answer> {
    const { users, openRoute, signingKey, routes } = this.#components
    const record = await openRoute(bytes)
    if (record.root !== root) throw new NotAuthenticError('the route record is another user’s')
    if (!record.entries.some(entry => entry.node === signingKey.publicKey)) return refuse(REFUSAL.notServed)
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return tooMany
    if (await users.takeRoute(record) === 'stale') return refuse(REFUSAL.stale)
    const { copies } = await routes.publish(record)
    return { published: { copies: copies + 1 } }
  }

  async #route (bytes: Bytes): Promise<Answer> {
    const { users, openRoute } = this.#components
    return await users.meetRoute(await openRoute(bytes)) === 'stale' ? refuse(REFUSAL.stale) : { ok: true }
  }

  async #find (session: Session, { root, fresh }: Find): Promise<Answer> {
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return tooMany
    const { record, source } = await this.#components.lookups.route(rootKeyFromBytes(root), { fresh })
    return { found: { record: record?.bytes ?? NOTHING, source, profile: NOTHING } }
  }

  async #findProfile (session: Session, { root, fresh }: Find): Promise<Answer> {
    const tooMany = this.#take(this.#walks, session)
    if (tooMany !== undefined) return tooMany
    const { record, profile, source } = await this.#components.lookups.profile(rootKeyFromBytes(root), { fresh })
    return { found: { record: record?.bytes ?? NOTHING, source, profile: profile?.bytes ?? NOTHING } }
  }

  #findNodes (session: Session, count: number): Answer {
    const { directory, users, draining } = this.#components
    const nodes = directory.find(Math.min(count, LIMITS.nodesAnswer), { asker: session.reach, self: users.hasRoom && !draining(), load: users.loadPercent })
    return { nodes: { nodes: asTold(nodes) } }
  }

  /** What a device is told that is to go elsewhere. */
  leaving (session: Session, retryAfterSeconds: number = NODE_DEFAULTS.retryLeftSeconds): Leaving {
    const nodes = this.#components.directory.find(LIMITS.nodesAnswer, { asker: session.reach, self: false })
    return { retryAfterSeconds, nodes: asTold(nodes) }
  }

  #watch (session: Session, tags: Bytes[]): Answer {
    const refusal = this.#components.presence.watch(session.id, tags, beat => { session.presence(beat) })
    return refusal === undefined ? { ok: true } : { refusal }
  }

  #beat (session: Session, beat: OwnBeat): Answer {
    const refusal = this.#components.presence.beat(session.id, session.device, beat)
    return refusal === undefined ? { ok: true } : { refusal }
  }

  async #keyPackages (session: Session, frame: SessionFrame, attached: Attached): Promise<Answer> {
    const tooMany = frame.fetchKeyPackages === undefined ? undefined : this.#take(this.#walks, session)
    return tooMany ?? await this.#components.keyPackages.answer(session, attached, frame) ?? refuse(REFUSAL.unsupported)
  }

  /** Counts the question against the device's place; the refusal when that has had its share. */
  #take (allowance: Allowance, session: Session): Answer | undefined {
    const waitSeconds = allowance.take(session.place, this.#components.clock.now())
    return waitSeconds === 0 ? undefined : { refusal: { code: REFUSAL.busy, retryAfterSeconds: waitSeconds } }
  }
}

function asTold (nodes: KnownNode[]): NodeAddress[] {
  return nodes.map(({ node, ...told }) => ({ node: fromString(node, 'base16'), ...told }))
}

const NOTHING = new Uint8Array(0)

function refuse (code: RefusalCode): Answer {
  return { refusal: { code, retryAfterSeconds: code === REFUSAL.draining || code === REFUSAL.noRoom ? NODE_DEFAULTS.retryElsewhereSeconds : 0 } }
}
