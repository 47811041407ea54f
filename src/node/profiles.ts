/**
 * Profiles and key packages between nodes (docs/protocol.md, "Profile"): a small question and its answer on a stream of
 * its own, since strangers are looked up rarely. A node answers for the users that it serves.
 */
import { messageStreamToDuplex } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import * as lp from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { MalformedError, RefusedError, TimedOutError } from '../errors.ts'
import { mailboxOf, openProfile, peerKeyFromBytes, rootKeyFromBytes } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { decodeProfileFrame } from '../wire/control.ts'
import { controlFrame, decodeFrame } from '../wire/frames.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { LIMITS } from '../wire/limits.ts'
import { ProfileFrame } from '../wire/mail.ts'
import { PROFILE_PROTOCOL } from '../wire/protocols.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { placeOf } from './reach.ts'
import type { KeyPackageRequests } from './key-package-requests.ts'
import type { ProfileAnswer } from './profile-search.ts'
import type { Users } from './users.ts'
import type { Clock, Crypto, Network } from '../ports.ts'
import type { Bytes, PeerKey, RefusalCode, RootKey, RouteEntry, RouteRecord } from '../types.ts'
import type { DevicePackage } from '../wire/mail.ts'
import type { Logger, Stream } from '@libp2p/interface'

export interface ProfilesComponents {
  network: Network
  users: Users
  keyPackages: Pick<KeyPackageRequests, 'handOut'>
  crypto: Crypto
  openRoute: (bytes: Bytes) => Promise<RouteRecord>
  clock: Clock
  networkId: string
  log: Logger
}

export class Profiles {
  readonly #components: ProfilesComponents

  constructor (components: ProfilesComponents) { this.#components = components }

  async start (): Promise<void> {
    await this.#components.network.handle(PROFILE_PROTOCOL, (stream, peer, from) => {
      const place = from === undefined ? undefined : placeOf(multiaddr(from))
      this.#serve(stream, place ?? peer).catch((error: Error) => {
        this.#components.log('a profile request of %s… ended: %s', peer.slice(0, 8), error.message)
        stream.abort(error)
      })
    })
  }

  async stop (): Promise<void> {
    await this.#components.network.unhandle(PROFILE_PROTOCOL)
  }

  /** What another node knows of a user that it serves. Rejects with UnreachableError, TimedOutError, RefusedError, or what is wrong with the answer. */
  async ask (entry: RouteEntry, root: RootKey, options: { signal: AbortSignal }): Promise<ProfileAnswer> {
    const { crypto, clock, openRoute } = this.#components
    return await this.#question(entry, { root: fromString(root, 'base16') }, async ({ answer }) => {
      if (answer === undefined) throw new MalformedError('it answered another question')
      const profile = answer.profile.byteLength === 0 ? undefined : ofRoot(await openProfile(answer.profile, { crypto, now: clock.now() }), root)
      const record = answer.record.byteLength === 0 ? undefined : ofRoot(await openRoute(answer.record as Bytes), root)
      return { profile, record }
    }, options)
  }

  /** Key packages of these devices of a user whom another node serves, none of them verified. Rejects as `ask` does. */
  async askKeyPackages (entry: RouteEntry, root: RootKey, devices: PeerKey[], options: { signal: AbortSignal }): Promise<DevicePackage[]> {
    const fetchKeyPackages = { root: fromString(root, 'base16'), devices: devices.map(device => fromString(device, 'base16')) }
    return await this.#question(entry, { fetchKeyPackages }, async ({ keyPackages }) => {
      if (keyPackages === undefined) throw new MalformedError('it answered another question')
      return keyPackages.packages
    }, options)
  }

  /** The stream is cut when `open` rejects. */
  async #question<T> ({ node, addressHint }: RouteEntry, question: Partial<ProfileFrame>, open: (answer: ProfileFrame) => Promise<T>, { signal }: { signal: AbortSignal }): Promise<T> {
    const { network, networkId } = this.#components
    const stream = await network.open(node, addressHint === undefined ? [] : [addressHint], PROFILE_PROTOCOL, { signal })
    const onAbort = (): void => { stream.abort(new TimedOutError('the answer took too long')) }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const opened = await open(await pipe(
        [encode({ hello: makeHello(networkId) }), encode(question)],
        source => lp.encode(source),
        messageStreamToDuplex(stream),
        decodeFrames,
        readAnswer
      ))
      await stream.close({ signal })
      return opened
    } catch (error) {
      stream.abort(error as Error)
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #serve (stream: Stream, asker: string): Promise<void> {
    const cancel = this.#components.clock.after(NODE_DEFAULTS.profileTimeoutMs, () => { stream.abort(new TimedOutError('it took too long')) })
    const duplex = messageStreamToDuplex(stream)
    try {
      await pipe(duplex, decodeFrames, source => this.#reply(source, asker), source => lp.encode(source), duplex)
    } finally {
      cancel()
    }
  }

  async * #reply (source: AsyncIterable<ProfileFrame>, asker: string): AsyncGenerator<Uint8Array> {
    const { networkId } = this.#components
    yield encode({ hello: makeHello(networkId) })
    let greeted = false
    for await (const frame of source) {
      if (!greeted) {
        const refusal = frame.hello === undefined ? { code: REFUSAL.malformed, retryAfterSeconds: 0 } : refuseHello(frame.hello, networkId)
        if (refusal !== undefined) return yield encode({ refusal })
        greeted = true
      } else {
        const answer = await this.#answer(frame, asker)
        if (answer !== undefined) return yield encode(answer)
      }
    }
  }

  /** Undefined: what is asked is of a later version. */
  async #answer ({ root, fetchKeyPackages }: ProfileFrame, asker: string): Promise<Partial<ProfileFrame> | undefined> {
    const { users, keyPackages, crypto } = this.#components
    const asked = root ?? fetchKeyPackages?.root
    if (asked === undefined) return undefined
    const profile = users.profile(rootKeyFromBytes(asked))
    if (profile === undefined) return { refusal: { code: REFUSAL.notFound, retryAfterSeconds: 0 } }
    const mailbox = mailboxOf(profile.root, crypto)
    if (fetchKeyPackages === undefined) return { answer: { profile: profile.bytes, record: users.route(mailbox)?.bytes ?? new Uint8Array(0) } }
    const handedOut = await keyPackages.handOut(asker, mailbox, fetchKeyPackages.devices.map(peerKeyFromBytes))
    return 'refusal' in handedOut ? handedOut : { keyPackages: handedOut }
  }
}

/** The first answer or refusal, behind a Hello. */
async function readAnswer (source: AsyncIterable<ProfileFrame>): Promise<ProfileFrame> {
  for await (const frame of source) {
    const { answer, keyPackages, refusal } = frame
    if (answer !== undefined || keyPackages !== undefined) return frame
    if (refusal !== undefined) throw new RefusedError(refusal.code === REFUSAL.notFound ? 'it does not serve the user' : 'it refused', { code: refusal.code as RefusalCode, retryAfterSeconds: refusal.retryAfterSeconds })
  }
  throw new MalformedError('it ended without an answer')
}

function ofRoot<T extends { root: RootKey }> (value: T, root: RootKey): T {
  if (value.root !== root) throw new MalformedError('the answer is about another user')
  return value
}

function encode (frame: Partial<ProfileFrame>): Uint8Array {
  return concat(controlFrame(ProfileFrame.encode(frame)))
}

async function * decodeFrames (source: AsyncIterable<Uint8Array | { subarray: () => Uint8Array }>): AsyncGenerator<ProfileFrame> {
  let frames = 0
  for await (const bytes of lp.decode(source as AsyncIterable<Uint8Array>, { maxDataLength: LIMITS.frameBytes })) {
    const frame = decodeFrame(bytes.subarray() as Bytes)
    // Hello and one more is all that there is to say.
    if (frame.kind !== 'control' || ++frames > 2) throw new MalformedError('it does not keep to the protocol')
    yield decodeProfileFrame(frame.body)
  }
}
