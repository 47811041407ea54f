// A small real network: libp2p hosts over the memory transport, each with a store and a relay, and devices on real
// streams. Time is virtual; waits are for events, within a bound.
import assert from 'node:assert/strict'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { makeRouteRecord, openRouteRecord } from '../../src/dht/index.ts'
import { compareOrder, makeCertificate, makeCollection, makeProfile, makeTicket, mailboxOf } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { libp2pNetwork } from '../../src/node/network.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { relay, type DeviceLink, type Relay } from '../../src/relay/index.ts'
import { openMemoryStore } from '../../src/store/index.ts'
import { systemRandom } from '../../src/system.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { controlFrame, decodeFrame, depositFrame } from '../../src/wire/frames.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { SessionFrame } from '../../src/wire/mail.ts'
import { SESSION_PROTOCOL } from '../../src/wire/protocols.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { logOf, type TestLog } from './test-log.ts'
import type { EnvelopeStore, Network, ServedUsers, SigningKey } from '../../src/ports.ts'
import type { Collection, DeviceCertificate, Envelope, EnvelopeId, MailboxId, PeerKey, Profile, RootKey, RouteRecord } from '../../src/types.ts'
import type { Receipts } from '../../src/wire/mail.ts'
import type { Libp2p, Stream } from '@libp2p/interface'

export const NETWORK = 'relay-test'
const CAPABILITIES = 7
let seeds = 0
let listeners = 0

/** Whom a node serves, and the newest records that it has met. */
class KnownUsers implements ServedUsers {
  readonly #devices = new Map<MailboxId, PeerKey[]>()
  readonly #profiles = new Map<MailboxId, Profile>()
  readonly #routes = new Map<MailboxId, RouteRecord>()

  devices (mailbox: MailboxId): PeerKey[] | undefined { return this.#devices.get(mailbox) }
  route (mailbox: MailboxId): RouteRecord | undefined { return this.#routes.get(mailbox) }
  mailboxes (): Iterable<MailboxId> { return this.#devices.keys() }
  admits (): boolean { return true }
  profile (mailbox: MailboxId): Profile | undefined { return this.#profiles.get(mailbox) }

  serve (mailbox: MailboxId, profile: Profile): void {
    this.#profiles.set(mailbox, profile)
    this.#devices.set(mailbox, profile.devices.map(({ device }) => device))
  }

  takeRoute (route: RouteRecord): void {
    const known = this.#routes.get(route.mailbox)
    if (known === undefined || compareOrder(route.order, known.order) > 0) this.#routes.set(route.mailbox, route)
  }
}

export interface TestNode {
  key: SigningKey
  host: Libp2p
  network: Network
  envelopes: EnvelopeStore
  users: KnownUsers
  relay: Relay
  log: TestLog
  seed: Uint8Array
}

export interface TestUser { root: RootKey, rootKey: SigningKey, mailbox: MailboxId, key: SigningKey, certificate: DeviceCertificate, profile: Profile, seed: Uint8Array }

export class World {
  readonly clock = new VirtualClock()
  readonly nodes: TestNode[] = []
  readonly #hosts: Libp2p[] = []
  /** Streams that nodes are opening; the moment, on the real clock, at which one last began or ended. */
  #opening = 0
  #openedAt = 0
  /** For rude nodes: how often they were asked. */
  served = 0

  /** envelopes: wraps a node's store, to make it fail or wait. isReadOnly: whether its disk refuses writes now. */
  async startNode ({ envelopes = (store: EnvelopeStore) => store, isReadOnly = (): boolean => false, networkId = NETWORK, seed = nextSeed(), wasClean = true } = {}): Promise<TestNode> {
    const { clock } = this
    const host = await this.#startHost(seed, [`/memory/relay-${++listeners}`])
    const log = logOf(host.logger)
    const network = this.#watched(libp2pNetwork(host))
    const store = await openMemoryStore({ clock, random: systemRandom, logger: log.logger })
    const users = new KnownUsers()
    const key = await crypto.signingKey(seed)
    const node: TestNode = {
      key,
      host,
      network,
      users,
      log,
      seed,
      envelopes: envelopes(store.envelopes),
      relay: relay()({
        network,
        networkId,
        envelopes: envelopes(store.envelopes),
        users,
        profiles: {
          profile: mailbox => users.profile(mailbox),
          learnProfile: async profile => { users.serve(mailboxOf(profile.root, crypto), profile) },
          adopt: async ({ mailbox }, profile) => {
            users.serve(mailbox, profile)
            node.relay.touched(mailbox)
            return true
          }
        },
        learnRoute: async bytes => {
          const route = await openRouteRecord(bytes, { crypto, now: clock.now() })
          users.takeRoute(route)
          return route
        },
        crypto,
        signingKey: key,
        clock,
        random: systemRandom,
        shelf: name => store.shelf(name),
        isReadOnly,
        wasClean,
        logger: log.logger
      })
    }
    await node.relay.start()
    for (const other of this.nodes) {
      await other.host.peerStore.merge(host.peerId, { multiaddrs: host.getMultiaddrs() })
      await host.peerStore.merge(other.host.peerId, { multiaddrs: other.host.getMultiaddrs() })
    }
    this.nodes.push(node)
    return node
  }

  async startNodes (count: number): Promise<TestNode[]> {
    const nodes = []
    for (let i = 0; i < count; i++) nodes.push(await this.startNode())
    return nodes
  }

  /** A user with one device, served by these nodes. */
  async newUser (nodes: TestNode[]): Promise<TestUser> {
    return await this.#userOf(await crypto.signingKey(nextSeed()), 1, nodes)
  }

  /** The user with another device in place of the only one, as after `user restore`. */
  async replaceDevice ({ rootKey, profile }: TestUser, nodes: TestNode[]): Promise<TestUser> {
    return await this.#userOf(rootKey, profile.order.epoch + 1, nodes)
  }

  async #userOf (rootKey: SigningKey, epoch: number, nodes: TestNode[]): Promise<TestUser> {
    const seed = nextSeed()
    const key = await crypto.signingKey(seed)
    const root = rootKey.publicKey as string as RootKey
    const now = this.clock.now()
    const certificate = await makeCertificate({ root, device: key.publicKey, epoch, capabilities: CAPABILITIES, issuedAt: now }, { key: rootKey }, { crypto })
    const profile = await makeProfile({ root, epoch, seq: now, devices: [certificate], sealingKeys: [] }, { key, certificate }, { crypto })
    const mailbox = mailboxOf(root, crypto)
    for (const { users, relay } of nodes) {
      users.serve(mailbox, profile)
      relay.touched(mailbox)
    }
    return { root, rootKey, mailbox, key, certificate, profile, seed }
  }

  /** A record that these nodes are in; known to `knownTo`, or to all of them. */
  async publish (user: TestUser, nodes: TestNode[], { n, seq = 0, knownTo = this.nodes }: { n: number, seq?: number, knownTo?: TestNode[] }): Promise<RouteRecord> {
    const now = this.clock.now()
    const expiry = Math.floor(now / 1000) + 40 * 86_400
    const entries = await Promise.all(nodes.map(async ({ key }) => ({ ticket: await makeTicket(key, user.root, expiry) })))
    const route = await makeRouteRecord({ root: user.root, epoch: user.profile.order.epoch, seq: now + seq, replication: { n, w: n }, profile: user.profile.order, entries }, user, { crypto })
    for (const { users, relay } of knownTo) {
      users.takeRoute(route)
      relay.touched(user.mailbox)
    }
    return route
  }

  envelope (mailbox: MailboxId, number: number, bodyBytes = 100, lifeSeconds = 86_400): Envelope {
    const body = new Uint8Array(bodyBytes)
    new DataView(body.buffer).setUint32(0, number)
    return makeEnvelope({ mailbox, expiry: Math.floor(this.clock.now() / 1000) + lifeSeconds, body }, crypto)
  }

  async collection (user: TestUser, ids: EnvelopeId[]): Promise<Collection> {
    return await makeCollection({ ids, time: this.clock.now() }, user, { crypto })
  }

  /** A bare host that the others know. */
  async listener (): Promise<{ host: Libp2p, key: PeerKey }> {
    const seed = nextSeed()
    const host = await this.#startHost(seed, [`/memory/relay-${++listeners}`])
    for (const other of this.#hosts.slice(0, -1)) {
      await other.peerStore.merge(host.peerId, { multiaddrs: host.getMultiaddrs() })
      await host.peerStore.merge(other.peerId, { multiaddrs: other.getMultiaddrs() })
    }
    return { host, key: (await crypto.signingKey(seed)).publicKey }
  }

  /** A host that only dials: a device's, or a rude peer's. */
  async dialer (seed = nextSeed()): Promise<{ host: Libp2p, open: (node: TestNode, protocol: string) => Promise<Stream> }> {
    const host = await this.#startHost(seed, [])
    return { host, open: async (node, protocol) => await host.dialProtocol(node.host.getMultiaddrs(), protocol) }
  }

  /** A device on a real stream, attached as its session would attach it. */
  async attach (user: TestUser, node: TestNode): Promise<TestDevice> {
    const dialer = await this.dialer(user.seed)
    const linked = new Promise<FrameStream>(resolve => {
      void node.network.handle(SESSION_PROTOCOL, (stream, device) => { resolve(serveDevice(node, stream, device, user.mailbox)) })
    })
    const device = new TestDevice(await dialer.open(node, SESSION_PROTOCOL), dialer.host)
    device.served = await linked
    return device
  }

  /**
   * Lets virtual time pass until something holds, or fails: second by second, and no faster than real streams are opened
   * and mailboxes pulled, which takes milliseconds of the real clock.
   */
  async passes (ms: number, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = this.clock.now() + ms; this.clock.now() < end;) {
      if (await holds()) return
      await this.clock.advance(1000)
      const isBusy = (): boolean => this.#opening > 0 || performance.now() - this.#openedAt < 30 || this.nodes.some(({ relay }) => relay.status().pulls > 0)
      if (isBusy()) await new Promise(resolve => { setTimeout(resolve, 10) })
    }
    if (!await holds()) throw new Error(`waited in vain until ${what}`)
  }

  #watched (network: Network): Network {
    return {
      handle: async (...given) => { await network.handle(...given) },
      unhandle: async protocol => { await network.unhandle(protocol) },
      open: async (...given) => {
        this.#opening++
        try {
          return await network.open(...given)
        } finally {
          this.#opening--
          this.#openedAt = performance.now()
        }
      }
    }
  }

  async stop (): Promise<void> {
    // Streams whose peer reads nothing end after a time.
    const stopping = Promise.all(this.nodes.map(async ({ relay }) => { await relay.stop() })).then(() => 'stopped')
    while (await Promise.race([stopping, this.clock.advance(RELAY_DEFAULTS.closeMs)]) !== 'stopped');
    for (const host of this.#hosts) await host.stop()
    for (const { envelopes } of this.nodes) await envelopes.close()
  }

  async #startHost (seed: Uint8Array, listen: string[]): Promise<Libp2p> {
    const host = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', seed),
      addresses: { listen },
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux({ maxEarlyStreams: 1000, streamOptions: { maxStreamWindowSize: 1024 * 1024 } })],
      connectionManager: { inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
      connectionMonitor: { enabled: false },
      services: { identify: identify() }
    })
    this.#hosts.push(host)
    return host
  }
}

function serveDevice (node: TestNode, stream: Stream, device: PeerKey, mailbox: MailboxId): FrameStream {
  const frames = new FrameStream(stream, {
    onFrame: bytes => {
      const frame = decodeFrame(bytes)
      if (frame.kind === 'deposit') node.relay.submit(link, frame.ticket, frame.routeEpoch, frame.routeSeq, frame.envelope)
      else if (frame.kind === 'control') node.relay.whisper(link, SessionFrame.decode(frame.body).whisper ?? assert.fail('a device of this world says nothing else'))
    },
    onEnd: () => { detach() }
  })
  const link: DeviceLink = {
    device,
    mailbox,
    send: (...parts) => frames.send(...parts),
    sendOrAbort: (...parts) => { frames.sendOrAbort(...parts) },
    pause: () => { frames.pause() },
    resume: () => { frames.resume() },
    accused: node => { frames.send(...controlFrame(SessionFrame.encode({ accused: Buffer.from(node, 'hex') }))) }
  }
  const detach = node.relay.attach(link)
  return frames
}

/** The far end of a session: deposits, and everything that came back, in order. */
export class TestDevice {
  readonly pushes: EnvelopeId[] = []
  readonly accepted: number[] = []
  readonly receipts: Receipts[] = []
  readonly refused: Array<[ticket: number, code: number]> = []
  readonly routes: Uint8Array[] = []
  readonly said: string[] = []
  readonly accused: PeerKey[] = []
  readonly whispers: EnvelopeId[] = []
  readonly stream: Stream
  readonly host: Libp2p
  readonly frames: FrameStream
  /** The node's end. */
  served: FrameStream | undefined
  ended = false

  constructor (stream: Stream, host: Libp2p) {
    this.stream = stream
    this.host = host
    this.frames = new FrameStream(stream, {
      onFrame: bytes => {
        const frame = decodeFrame(bytes)
        if (frame.kind === 'push') this.#onPush(frame.envelope as Uint8Array<ArrayBuffer>)
        else if (frame.kind === 'control') this.#onControl(SessionFrame.decode(frame.body))
      },
      onEnd: () => { this.ended = true }
    })
  }

  deposit (ticket: number, route: RouteRecord, envelope: Pick<Envelope, 'bytes'>): boolean {
    return this.frames.send(...depositFrame(ticket, route.order.epoch, route.order.seq, envelope.bytes))
  }

  whisper ({ bytes }: Pick<Envelope, 'bytes'>): void {
    this.frames.send(...controlFrame(SessionFrame.encode({ whisper: bytes })))
  }

  /** Tickets of all receipts of a node, in order. */
  storedBy ({ key }: TestNode): number[] {
    return this.receipts.filter(({ node }) => Buffer.from(node).toString('hex') === key.publicKey).flatMap(({ tickets }) => tickets)
  }

  #onPush (bytes: Uint8Array<ArrayBuffer>): void {
    this.pushes.push(makeId(bytes))
    this.said.push('push')
  }

  #onControl (frame: SessionFrame): void {
    this.accepted.push(...frame.accepted?.tickets ?? [])
    if (frame.receipts !== undefined) this.receipts.push(frame.receipts)
    for (const ticket of frame.refused?.tickets ?? []) this.refused.push([ticket, frame.refused?.refusal?.code ?? 0])
    if (frame.route !== undefined) this.routes.push(frame.route)
    if (frame.pushed !== undefined) this.said.push(`pushed ${frame.pushed.from}-${frame.pushed.to}`)
    if (frame.accused !== undefined) this.accused.push(Buffer.from(frame.accused).toString('hex') as PeerKey)
    if (frame.whispered !== undefined) this.whispers.push(makeId(frame.whispered as Uint8Array<ArrayBuffer>))
    if (frame.behind !== undefined) this.said.push(`behind ${frame.behind.position}`)
  }
}

function makeId (bytes: Uint8Array<ArrayBuffer>): EnvelopeId {
  const body = bytes.subarray(76)
  const mailbox = Buffer.from(bytes.subarray(4, 36)).toString('hex') as MailboxId
  return makeEnvelope({ mailbox, expiry: new DataView(bytes.buffer, bytes.byteOffset).getUint32(36), body }, crypto).id
}

function nextSeed (): Uint8Array {
  const seed = new Uint8Array(32)
  new DataView(seed.buffer).setUint32(0, ++seeds)
  return seed
}
