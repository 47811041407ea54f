/**
 * What a device may ask of its node, one function a request: who am I, serve me, publish me, find somebody, take my
 * collection, watch my contacts. Each answers with the fields of the answering frame.
 */
import { fromString } from 'uint8arrays/from-string'
import { openRouteRecord } from '../dht/index.ts'
import { MalformedError } from '../errors.ts'
import { makeTicket, mailboxOf, openCertificate, openProfile, rootKeyFromBytes } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { ticketExpiry } from './users.ts'
import type { Directory } from './directory.ts'
import type { Profiles } from './profiles.ts'
import type { Answer, Session } from './session.ts'
import type { Users } from './users.ts'
import type { NodePresence } from '../presence/index.ts'
import type { Clock, Crypto, RouteFinder, SigningKey } from '../ports.ts'
import type { Bytes, MailboxId, PeerKey, RefusalCode, RootKey, RouteRecord } from '../types.ts'
import type { Find, OwnBeat, SessionFrame } from '../wire/mail.ts'

export interface RequestComponents {
  users: Users
  profiles: Profiles
  directory: Directory
  /** Publishes, goes on publishing what lists this node, and finds. */
  routes: RouteFinder
  presence: NodePresence
  crypto: Crypto
  clock: Clock
  signingKey: SigningKey
  collect: (source: { device: PeerKey, mailbox: MailboxId }, bytes: Bytes) => Promise<void>
  draining: () => boolean
  usersMax: number
}

/** Where a found record came from, as `Found.source` counts. */
const SOURCE = Object.freeze({ own: 1, cache: 2, dht: 3 })

export class SessionRequests {
  readonly #components: RequestComponents

  constructor (components: RequestComponents) { this.#components = components }

  async answer (session: Session, frame: SessionFrame): Promise<Answer> {
    if (frame.attach !== undefined) return await this.#attach(session, frame.attach.certificate)
    if (frame.register !== undefined) return await this.#register(frame.register.profile)
    if (frame.find !== undefined) return await this.#find(frame.find)
    if (frame.findProfile !== undefined) return await this.#findProfile(frame.findProfile)
    if (frame.findNodes !== undefined) return await this.#findNodes(frame.findNodes)
    const attached = session.attached
    if (attached === undefined) return refuse(REFUSAL.notServed)
    if (frame.publish !== undefined) return await this.#publish(frame.publish, attached.certificate.root)
    if (frame.route !== undefined) return await this.#route(frame.route)
    if (frame.collect !== undefined) {
      await this.#components.collect({ device: session.device, mailbox: attached.mailbox }, frame.collect)
      return { ok: true }
    }
    if (frame.watch !== undefined) return this.#watch(session, frame.watch.tags)
    if (frame.beat !== undefined) return this.#beat(session, frame.beat)
    return refuse(REFUSAL.unsupported)
  }

  async #attach (session: Session, bytes: Bytes): Promise<Answer> {
    const { users, crypto } = this.#components
    const certificate = await openCertificate(bytes, { crypto })
    if (certificate.device !== session.device) throw new MalformedError('the certificate names another device')
    const mailbox = mailboxOf(certificate.root, crypto)
    if (users.devices(mailbox)?.includes(session.device) !== true) return refuse(REFUSAL.notServed)
    session.attach(certificate, mailbox)
    return { ok: true }
  }

  async #register (bytes: Bytes): Promise<Answer> {
    const { users, crypto, clock, signingKey, draining, usersMax } = this.#components
    if (draining()) return refuse(REFUSAL.draining)
    const now = clock.now()
    const profile = await openProfile(bytes, { crypto, now })
    if (!users.hasRoomFor(profile.root, usersMax)) return refuse(REFUSAL.noRoom)
    if (await users.takeProfile(profile) === 'stale') return refuse(REFUSAL.stale)
    const ticket = await makeTicket(signingKey, profile.root, ticketExpiry(now))
    return { ticket: { expiry: ticket.expiry, signature: ticket.signature } }
  }

  /** Kept here first, so that a crash between the two leaves a route that is published again. */
  async #publish (bytes: Bytes, root: RootKey): Promise<Answer> {
    const { users, crypto, clock, signingKey, routes } = this.#components
    const record = await openRouteRecord(bytes, { crypto, now: clock.now(), root })
    if (!record.entries.some(entry => entry.node === signingKey.publicKey)) return refuse(REFUSAL.notServed)
    if (await users.takeRoute(record) === 'stale') return refuse(REFUSAL.stale)
    const { copies } = await routes.publish(record)
    return { published: { copies: copies + 1 } }
  }

  async #route (bytes: Bytes): Promise<Answer> {
    const { users, crypto, clock } = this.#components
    const taken = await users.takeRoute(await openRouteRecord(bytes, { crypto, now: clock.now() }))
    return taken === 'stale' ? refuse(REFUSAL.stale) : { ok: true }
  }

  async #find (find: Find): Promise<Answer> {
    const root = rootKeyFromBytes(find.root)
    const { record, source } = await this.#resolve(root, find.fresh)
    return { found: { record: record?.bytes ?? new Uint8Array(0), source, profile: new Uint8Array(0) } }
  }

  async #findProfile (find: Find): Promise<Answer> {
    const root = rootKeyFromBytes(find.root)
    const { record, source } = await this.#resolve(root, find.fresh)
    const known = await this.#components.profiles.find(root, record)
    if (known.record !== undefined) await this.#components.users.takeRoute(known.record)
    return {
      found: {
        record: known.record?.bytes ?? new Uint8Array(0),
        source,
        profile: known.profile?.bytes ?? new Uint8Array(0)
      }
    }
  }

  async #resolve (root: RootKey, fresh: boolean): Promise<{ record: RouteRecord | undefined, source: number }> {
    const { users, routes, crypto } = this.#components
    const mailbox = mailboxOf(root, crypto)
    const own = users.route(mailbox)
    if (own !== undefined && users.devices(mailbox) !== undefined) return { record: own, source: SOURCE.own }
    if (own !== undefined && !fresh) return { record: own, source: SOURCE.cache }
    const record = await routes.find(root, { fresh })
    if (record !== undefined) await users.takeRoute(record)
    return { record, source: SOURCE.dht }
  }

  async #findNodes (count: number): Promise<Answer> {
    const nodes = await this.#components.directory.find(Math.min(count, LIMITS.nodesAnswer))
    return { nodes: { nodes: nodes.map(({ node, addresses }) => ({ node: fromString(node, 'base16'), addresses })) } }
  }

  #watch (session: Session, tags: Bytes[]): Answer {
    const refusal = this.#components.presence.watch(session.id, tags, beat => { session.presence(beat) })
    return refusal === undefined ? { ok: true } : { refusal }
  }

  #beat (session: Session, beat: OwnBeat): Answer {
    const refusal = this.#components.presence.beat(session.id, session.device, beat)
    return refusal === undefined ? { ok: true } : { refusal }
  }
}

function refuse (code: RefusalCode): Answer {
  return { refusal: { code, retryAfterSeconds: code === REFUSAL.draining || code === REFUSAL.noRoom ? NODE_DEFAULTS.retryElsewhereSeconds : 0 } }
}
