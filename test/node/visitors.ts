// Nodes that a test may start, and visitors that speak to them frame by frame: the well-mannered part of a device, with
// nothing that keeps it from being rude.
import { format } from 'node:util'
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { makeRouteRecord } from '../../src/dht/index.ts'
import { keyBytes, mailboxOf, makeCertificate, makeProfile, peerKeyFromPeerId } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { createNode, type NodeInit, type PosthouseNode } from '../../src/node/index.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { controlFrame, decodeFrame } from '../../src/wire/frames.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { IDENTIFY_PREFIX, SESSION_PROTOCOL } from '../../src/wire/protocols.ts'
import { SessionFrame } from '../../src/wire/mail.ts'
import { ALL } from '../identity/people.ts'
import type { SigningKey } from '../../src/ports.ts'
import type { Bytes, DeviceCertificate, MailboxId, PeerKey, Profile, RootKey, RouteRecord, ServingTicket } from '../../src/types.ts'
import type { ComponentLogger, Libp2p, Logger, Stream } from '@libp2p/interface'

export const NETWORK = 'node-test'
const WAIT_MS = 8000
let addresses = 0

export interface TestLog extends ComponentLogger { lines: string[] }

/** Keeps what our own components log. */
export function keepLog (): TestLog {
  const lines: string[] = []
  const write = (...given: [unknown, ...unknown[]]): void => { lines.push(format(...given)) }
  const silent: Logger = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => silent })
  const kept: Logger = Object.assign(write, { error: write, trace: () => {}, enabled: true, newScope: () => kept })
  return { lines, forComponent: name => name.startsWith('posthouse:') ? kept : silent }
}

/** Starts nodes and visitors, and stops them all. */
export class TestHouse {
  readonly #nodes: PosthouseNode[] = []
  readonly #visitors: Visitor[] = []

  /** A node in memory, over the memory transport unless the init says otherwise. */
  async node (init: NodeInit = {}): Promise<PosthouseNode> {
    const node = await this.make(init)
    await node.start()
    return node
  }

  /** As `node`, not started. */
  async make (init: NodeInit = {}): Promise<PosthouseNode> {
    const node = await createNode({ listen: [`/memory/node-${addresses++}`], transports: [tcp(), memory()], network: NETWORK, logger: keepLog(), ...init })
    this.#nodes.push(node)
    return node
  }

  async visitor (seed: Uint8Array = systemRandom.bytes(32)): Promise<Visitor> {
    const visitor = await Visitor.arrive(seed)
    this.#visitors.push(visitor)
    return visitor
  }

  /** A user's device that the node serves from now on. */
  async resident (node: PosthouseNode): Promise<{ user: TestUser, visitor: Visitor, session: RawSession, ticket: ServingTicket }> {
    const user = await makeUser()
    const visitor = await this.visitor(user.seed)
    const session = await visitor.call(node)
    const { ticket } = await session.ask({ register: { profile: user.profile.bytes } })
    if (ticket === undefined) throw new Error('the node gave no ticket')
    await session.ask({ attach: { certificate: user.certificate.bytes } })
    return { user, visitor, session, ticket: { node: keyOfNode(node), root: user.root, ...ticket } as ServingTicket }
  }

  async close (): Promise<void> {
    await Promise.all(this.#visitors.splice(0).map(async visitor => { await visitor.host.stop() }))
    await Promise.all(this.#nodes.splice(0).map(async node => { await node.stop() }))
  }
}

/** A libp2p host with a device's key, and nothing else of a client. */
export class Visitor {
  readonly host: Libp2p
  private constructor (host: Libp2p) { this.host = host }

  static async arrive (seed: Uint8Array): Promise<Visitor> {
    return new Visitor(await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', seed),
      transports: [tcp(), memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: 256 * 1024 } })],
      connectionMonitor: { enabled: false },
      services: { identify: identify({ protocolPrefix: IDENTIFY_PREFIX }), ping: ping() }
    }))
  }

  /** Opens a session stream; says Hello unless told not to. anew: over a connection of its own. */
  async call (node: PosthouseNode, { hello = NETWORK, anew = false }: { hello?: string | false, anew?: boolean } = {}): Promise<RawSession> {
    const connection = await this.host.dial(node.addrs.map(address => multiaddr(address)), { force: anew })
    const stream = await connection.newStream(SESSION_PROTOCOL)
    const session = new RawSession(stream)
    if (hello !== false) session.say({ hello: makeHello(hello) })
    return session
  }
}

/** A session stream whose frames and end a test can wait for. */
export class RawSession {
  readonly frames: FrameStream
  readonly received: SessionFrame[] = []
  readonly pushes: Array<{ position: number, envelope: Bytes }> = []
  #requests = 0
  #end: { error: Error | undefined } | undefined
  /** Those who wait look again whenever something has come. */
  readonly #waiting = new Set<() => void>()

  constructor (stream: Stream) {
    this.frames = new FrameStream(stream, {
      onFrame: bytes => {
        const frame = decodeFrame(bytes)
        if (frame.kind === 'control') this.received.push(SessionFrame.decode(frame.body))
        else if (frame.kind === 'push') this.pushes.push(frame)
        this.#wake()
      },
      onEnd: error => {
        this.#end = { error }
        this.#wake()
      }
    })
  }

  get isOver (): boolean { return this.#end !== undefined }

  say (frame: Partial<SessionFrame>): boolean {
    return this.frames.send(...controlFrame(SessionFrame.encode(frame)))
  }

  /** Asks and waits for the answer. */
  async ask (question: Partial<SessionFrame>): Promise<SessionFrame> {
    const request = ++this.#requests
    if (!this.say({ ...question, request })) throw new Error('the stream takes nothing')
    return await this.next(frame => frame.request === request)
  }

  /** The first frame received so far, or from now on, that fits. */
  async next (fits: (frame: SessionFrame) => boolean): Promise<SessionFrame> {
    await this.#when('a frame', () => this.received.some(fits) || this.isOver)
    const found = this.received.find(fits)
    if (found === undefined) throw new Error('the stream ended before the frame came')
    return found
  }

  /** Resolves when the stream has ended, with the error if there was one. */
  async ended (): Promise<Error | undefined> {
    await this.#when('the end of the stream', () => this.isOver)
    return this.#end?.error
  }

  async #when (what: string, holds: () => boolean): Promise<void> {
    if (holds()) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => { reject(new Error(`waited in vain for ${what}`)) }, WAIT_MS)
      const look = (): void => {
        if (!holds()) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #wake (): void { for (const look of this.#waiting) look() }
}

export interface TestUser {
  root: RootKey
  rootKey: SigningKey
  mailbox: MailboxId
  seed: Bytes
  device: SigningKey
  certificate: DeviceCertificate
  profile: Profile
}

/** A new user with one device and a profile, by today's clock. */
export async function makeUser ({ epoch = 1 } = {}): Promise<TestUser> {
  const rootKey = await crypto.signingKey(systemRandom.bytes(32))
  const root = rootKey.publicKey as string as RootKey
  const seed = systemRandom.bytes(32)
  const device = await crypto.signingKey(seed)
  const certificate = await makeCertificate({ root, device: device.publicKey, epoch, capabilities: ALL, issuedAt: systemClock.now() }, { key: rootKey }, { crypto })
  const user = { root, rootKey, mailbox: mailboxOf(root, crypto), seed, device, certificate }
  return { ...user, profile: await makeProfileOf(user) }
}

/** A profile of the user signed by its root: of these devices, the user's own by default. */
export async function makeProfileOf (user: Pick<TestUser, 'root' | 'rootKey' | 'certificate'>, { epoch = user.certificate.epoch, seq = systemClock.now(), devices = [user.certificate] } = {}): Promise<Profile> {
  return await makeProfile({ root: user.root, epoch, seq, devices, sealingKeys: [] }, { key: user.rootKey }, { crypto })
}

/** A route record of the user over these tickets. */
export async function makeRouteOf (user: TestUser, tickets: ServingTicket[], { epoch = 1, seq = systemClock.now() } = {}): Promise<RouteRecord> {
  const signer = epoch === user.certificate.epoch ? { key: user.device, certificate: user.certificate } : { key: user.rootKey }
  return await makeRouteRecord({ root: user.root, epoch, seq, profile: user.profile.order, entries: tickets.map(ticket => ({ ticket })) }, signer, { crypto })
}

/** The node's key, as its peer id says. */
export function keyOfNode (node: PosthouseNode): PeerKey {
  return peerKeyFromPeerId(peerIdFromString(node.peerId))
}

export function rootBytes (user: Pick<TestUser, 'root'>): Bytes {
  return keyBytes(user.root)
}
