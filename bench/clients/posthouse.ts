/**
 * A posthouse node as a subject, through the client's own session layer: real users with certificates, profiles, tickets
 * and routes; deposits by ticket; receipts opened and verified as a client does.
 */
import { randomBytes } from 'node:crypto'
import { drainMailbox, openReceipts } from '../../src/relay/index.ts'
import { makeRouteRecord } from '../../src/dht/index.ts'
import { makeCertificate, makeProfile, mailboxOf, openTicket } from '../../src/identity/index.ts'
import { createHost, dialingNetwork, parseNode } from '../../src/client/host.ts'
import { refusalSentence } from '../../src/client/refusals.ts'
import { Session, type SessionEvents } from '../../src/client/session/session.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { systemClock as clock } from '../../src/system.ts'
import { CAPABILITY, SEALING_SUITE } from '../../src/types.ts'
import { openEnvelope } from '../../src/wire/envelope.ts'
import { SESSION_PROTOCOL, SYNC_PROTOCOL } from '../../src/wire/protocols.ts'
import type { Bytes, DeviceCertificate, EnvelopeId, MailboxId, Order, Profile, RootKey } from '../../src/types.ts'
import type { ListedNode } from '../../src/client/session/service.ts'
import type { Signer } from '../../src/identity/index.ts'
import type { Closable, Mailbox, Sender, SenderEvents, Subject } from './subject.ts'
import type { Libp2p, Stream } from '@libp2p/interface'

const SEED_BYTES = 32
const X25519_KEY_BYTES = 32
const DIALS_AT_ONCE = 16

/** A user with one device. */
interface User { id: MailboxId, root: RootKey, deviceSeed: Uint8Array, signer: Signer & { certificate: DeviceCertificate }, profile: Profile }
/** A user whom the node serves. */
interface Served extends Mailbox { user: User, order: Order }
/** A libp2p host of the user's device. */
interface Device { host: Libp2p, open: (protocol: string) => Promise<Stream> }
interface Connection extends Closable { session: Session }

/** What a workload does not care for. */
const INDIFFERENT: SessionEvents = {
  push: (_session, _position, _envelope, opened) => { opened() },
  pushMissed: () => {},
  pushed: () => {},
  behind: () => {},
  presence: () => {},
  accepted: () => {},
  receipts: () => {},
  refused: () => {},
  moved: () => {},
  leaving: () => {},
  accused: () => {},
  whispered: () => {},
  keyPackagesFew: () => {},
  room: () => {},
  heard: () => {},
  ended: () => {}
}

export class PosthouseSubject implements Subject {
  readonly #network: string
  readonly #node: ListedNode

  constructor (address: string, network: string) {
    this.#network = network
    this.#node = parseNode(address)
  }

  async newMailbox (): Promise<Mailbox> {
    return await this.#register(await newUser())
  }

  async openSender ({ onStored, onRoom, onFailure }: SenderEvents): Promise<Sender> {
    const { user } = await this.#register(await newUser())
    const ids = new Map<number, EnvelopeId>()
    const { session, close } = await this.#attach(user, {
      room: onRoom,
      ended: (_session, error) => { onFailure(error ?? new Error('the node ended the session')) },
      refused: (_session, _tickets, refusal) => { onFailure(new Error(refusalSentence(refusal))) },
      receipts: (_session, receipts) => {
        openReceipts(receipts, ticket => ids.get(ticket), crypto)
          .then(opened => {
            if (opened.length > 0) onStored(receipts.tickets)
            for (const ticket of receipts.tickets) ids.delete(ticket)
          })
          .catch(onFailure)
      }
    })
    return {
      close,
      deposit: (ticket, mailbox, bytes) => {
        if (!session.deposit(ticket, (mailbox as Served).order, bytes)) return false
        ids.set(ticket, openEnvelope(bytes, crypto).id)
        return true
      }
    }
  }

  async openReader (mailbox: Mailbox, onPush: (envelope: Bytes) => void): Promise<Closable> {
    return await this.#attach((mailbox as Served).user, {
      push: (_session, _position, envelope, opened) => {
        onPush(envelope)
        opened()
      }
    })
  }

  async openDrain (mailbox: Mailbox): Promise<Closable & { run: (onEnvelope: (envelope: Bytes) => void) => Promise<void> }> {
    const { user } = mailbox as Served
    const { host, open } = await this.#device(user)
    const stream = await open(SYNC_PROTOCOL)
    return {
      close: async () => { await host.stop() },
      run: async onEnvelope => {
        const init = { network: this.#network, mailbox: user.id, cursor: undefined, certificate: user.signer.certificate, crypto, clock }
        for await (const { envelopes } of drainMailbox(stream, init)) for (const { envelope } of envelopes) onEnvelope(envelope.bytes)
      }
    }
  }

  async prepareIdle (count: number): Promise<() => Promise<Closable[]>> {
    const waiting: User[] = []
    while (waiting.length < count) waiting.push(await newUser())
    const connected: Closable[] = []
    const connectNext = async (): Promise<void> => {
      for (let user = waiting.shift(); user !== undefined; user = waiting.shift()) {
        const connection = await this.#connect(user)
        await connection.session.register(user)
        await connection.session.attach(user.signer.certificate.bytes)
        connected.push(connection)
      }
    }
    return async () => {
      await Promise.all(Array.from({ length: DIALS_AT_ONCE }, connectNext))
      return connected
    }
  }

  /** The node agrees to serve the user and keeps the route that says so. */
  async #register (user: User): Promise<Served> {
    const { session, close } = await this.#connect(user)
    const { expiry, signature } = await session.register(user)
    const ticket = await openTicket({ node: this.#node.node, root: user.root, expiry, signature }, { crypto, now: clock.now() })
    const { root, profile, signer } = user
    const entries = [{ ticket, addressHint: this.#node.addressHints[0] }]
    const record = await makeRouteRecord({ root, epoch: profile.order.epoch, seq: clock.now(), profile: profile.order, entries }, signer, { crypto })
    await session.attach(signer.certificate.bytes)
    await session.publish(record.bytes)
    await close()
    return { id: user.id, user, order: record.order }
  }

  async #attach (user: User, events: Partial<SessionEvents>): Promise<Connection> {
    const connection = await this.#connect(user, events)
    await connection.session.attach(user.signer.certificate.bytes)
    return connection
  }

  async #connect (user: User, events: Partial<SessionEvents> = {}): Promise<Connection> {
    const { host, open } = await this.#device(user)
    const stream = await open(SESSION_PROTOCOL)
    const session = new Session({ stream, node: this.#node.node, network: this.#network, clock, events: { ...INDIFFERENT, ...events } })
    await session.ready
    return {
      session,
      close: async () => {
        await session.close()
        await host.stop()
      }
    }
  }

  async #device ({ deviceSeed }: User): Promise<Device> {
    const host = await createHost({ deviceSeed })
    const network = dialingNetwork(host)
    const { node, addressHints } = this.#node
    return { host, open: async protocol => await network.open(node, addressHints, protocol, { signal: AbortSignal.timeout(10_000) }) }
  }
}

async function newUser (): Promise<User> {
  const rootKey = await crypto.signingKey(randomBytes(SEED_BYTES))
  const root = rootKey.publicKey as string as RootKey
  const deviceSeed = randomBytes(SEED_BYTES)
  const key = await crypto.signingKey(deviceSeed)
  const now = clock.now()
  const capabilities = CAPABILITY.route | CAPABILITY.profile
  const certificate = await makeCertificate({ root, device: key.publicKey, epoch: 1, capabilities, issuedAt: now }, { key: rootKey }, { crypto })
  // Nobody seals to it: envelopes of a bench are sealed beforehand, that is, random.
  const sealingKey = { suite: SEALING_SUITE.x25519, keyEpoch: 0, publicKey: new Uint8Array(randomBytes(X25519_KEY_BYTES)), notAfter: Math.floor(now / 1000) + 86_400 }
  const profile = await makeProfile({ root, epoch: 1, seq: now, devices: [certificate], sealingKeys: [sealingKey] }, { key, certificate }, { crypto })
  return { id: mailboxOf(root, crypto), root, deviceSeed, signer: { key, certificate }, profile }
}
