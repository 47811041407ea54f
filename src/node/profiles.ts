/**
 * Profiles between nodes (docs/protocol.md, "Profile"): a small question and its answer on a stream of its own, since
 * strangers are looked up rarely. A node answers for the users that it serves.
 */
import { messageStreamToDuplex } from '@libp2p/utils'
import * as lp from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { MalformedError, RefusedError, TimedOutError } from '../errors.ts'
import { mailboxOf, openProfile, rootKeyFromBytes } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { decodeProfileFrame } from '../wire/control.ts'
import { controlFrame, decodeFrame } from '../wire/frames.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { LIMITS } from '../wire/limits.ts'
import { ProfileFrame } from '../wire/mail.ts'
import { PROFILE_PROTOCOL } from '../wire/protocols.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { ProfileAnswer } from './profile-search.ts'
import type { Users } from './users.ts'
import type { Clock, Crypto, Network } from '../ports.ts'
import type { Bytes, RefusalCode, RootKey, RouteEntry, RouteRecord } from '../types.ts'
import type { Logger, Stream } from '@libp2p/interface'

export interface ProfilesComponents {
  network: Network
  users: Users
  crypto: Crypto
  openRoute: (bytes: Bytes) => Promise<RouteRecord>
  clock: Clock
  networkId: string
  log: Logger
}

/** A frame of this protocol: a profile, a record and their lead. */
const FRAME_BYTES_MAX = LIMITS.profileBytes + LIMITS.routeRecordBytes + 1024

export class Profiles {
  readonly #components: ProfilesComponents

  constructor (components: ProfilesComponents) { this.#components = components }

  async start (): Promise<void> {
    await this.#components.network.handle(PROFILE_PROTOCOL, (stream, peer) => {
      this.#serve(stream).catch((error: Error) => {
        this.#components.log('a profile request of %s… ended: %s', peer.slice(0, 8), error.message)
        stream.abort(error)
      })
    })
  }

  async stop (): Promise<void> {
    await this.#components.network.unhandle(PROFILE_PROTOCOL)
  }

  /** What another node knows of a user that it serves. Rejects with UnreachableError, TimedOutError, RefusedError, or what is wrong with the answer. */
  async ask ({ node, addressHint }: RouteEntry, root: RootKey, { signal }: { signal: AbortSignal }): Promise<ProfileAnswer> {
    const { network, networkId, crypto, clock, openRoute } = this.#components
    const stream = await network.open(node, addressHint === undefined ? [] : [addressHint], PROFILE_PROTOCOL, { signal })
    const onAbort = (): void => { stream.abort(new TimedOutError('the answer took too long')) }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const answer = await pipe(
        [encode({ hello: makeHello(networkId) }), encode({ root: fromString(root, 'base16') })],
        source => lp.encode(source),
        messageStreamToDuplex(stream),
        decodeFrames,
        readAnswer
      )
      const profile = answer.profile.byteLength === 0 ? undefined : ofRoot(await openProfile(answer.profile, { crypto, now: clock.now() }), root)
      const record = answer.record.byteLength === 0 ? undefined : ofRoot(await openRoute(answer.record as Bytes), root)
      await stream.close({ signal })
      return { profile, record }
    } catch (error) {
      stream.abort(error as Error)
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #serve (stream: Stream): Promise<void> {
    const cancel = this.#components.clock.after(NODE_DEFAULTS.profileTimeoutMs, () => { stream.abort(new TimedOutError('it took too long')) })
    const duplex = messageStreamToDuplex(stream)
    const reply = this.#reply.bind(this)
    try {
      await pipe(duplex, decodeFrames, reply, source => lp.encode(source), duplex)
    } finally {
      cancel()
    }
  }

  async * #reply (source: AsyncIterable<ProfileFrame>): AsyncGenerator<Uint8Array> {
    const { networkId, users, crypto } = this.#components
    yield encode({ hello: makeHello(networkId) })
    let greeted = false
    for await (const frame of source) {
      if (!greeted) {
        const refusal = frame.hello === undefined ? { code: REFUSAL.malformed, retryAfterSeconds: 0 } : refuseHello(frame.hello, networkId)
        if (refusal !== undefined) return yield encode({ refusal })
        greeted = true
      } else if (frame.root !== undefined) {
        const profile = users.profile(rootKeyFromBytes(frame.root))
        const answer = profile === undefined ? undefined : { profile: profile.bytes, record: users.route(mailboxOf(profile.root, crypto))?.bytes ?? new Uint8Array(0) }
        return yield encode(answer === undefined ? { refusal: { code: REFUSAL.notFound, retryAfterSeconds: 0 } } : { answer })
      }
    }
  }
}

/** The first answer or refusal, behind a Hello. */
async function readAnswer (source: AsyncIterable<ProfileFrame>): Promise<NonNullable<ProfileFrame['answer']>> {
  for await (const { answer, refusal } of source) {
    if (answer !== undefined) return answer
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
  for await (const bytes of lp.decode(source as AsyncIterable<Uint8Array>, { maxDataLength: FRAME_BYTES_MAX })) {
    const frame = decodeFrame(bytes.subarray() as Bytes)
    // Hello and one more is all that there is to say.
    if (frame.kind !== 'control' || ++frames > 2) throw new MalformedError('it does not keep to the protocol')
    yield decodeProfileFrame(frame.body)
  }
}
