/**
 * Profiles across nodes: a small request and its answer on a stream of its own, since lookups of strangers are rare.
 * A node answers for the users that it serves and asks other users' nodes on behalf of its devices.
 */
import { messageStreamToDuplex } from '@libp2p/utils'
import * as lp from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import { fromString } from 'uint8arrays/from-string'
import { MalformedError } from '../errors.ts'
import { openRouteRecord } from '../dht/index.ts'
import { compareOrder, openProfile } from '../identity/index.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { LIMITS } from '../wire/limits.ts'
import { ProfileFrame } from '../wire/mail.ts'
import { PROFILE_PROTOCOL } from '../wire/protocols.ts'
import { REFUSAL } from '../types.ts'
import { controlFrame, decodeFrame } from '../wire/frames.ts'
import { rootKeyFromBytes } from '../identity/index.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Clock, Crypto, Network } from '../ports.ts'
import type { Bytes, Profile, RootKey, RouteRecord } from '../types.ts'
import type { Users } from './users.ts'
import type { Logger, Stream } from '@libp2p/interface'

export interface ProfilesComponents { network: Network, users: Users, crypto: Crypto, clock: Clock, networkId: string, log: Logger }

/** What is known of a user: each the newest that was met. */
export interface Known { profile: Profile | undefined, record: RouteRecord | undefined }

/** A frame of this protocol: a profile, a record and their lead. */
const FRAME_BYTES_MAX = LIMITS.profileBytes + LIMITS.routeRecordBytes + 1024

export class Profiles {
  readonly #components: ProfilesComponents

  constructor (components: ProfilesComponents) { this.#components = components }

  async start (): Promise<void> {
    await this.#components.network.handle(PROFILE_PROTOCOL, stream => {
      this.#answer(stream).catch(error => {
        this.#components.log('a profile request ended: %s', error.message)
        stream.abort(error)
      })
    })
  }

  async stop (): Promise<void> {
    await this.#components.network.unhandle(PROFILE_PROTOCOL)
  }

  /** Own users at once; others by asking up to two of their nodes in parallel and keeping the newest of each. */
  async find (root: RootKey, route: RouteRecord | undefined): Promise<Known> {
    const own = this.#components.users.profile(root)
    if (own !== undefined || route === undefined) return { profile: own, record: route }
    const asked: Array<Promise<Known>> = []
    const known: Known = { profile: undefined, record: route }
    for (let at = 0; at < route.entries.length && known.profile === undefined; at += NODE_DEFAULTS.profileAsked) {
      asked.length = 0
      for (const entry of route.entries.slice(at, at + NODE_DEFAULTS.profileAsked)) {
        asked.push(this.#ask(entry.node, entry.addressHint, root))
      }
      for (const answer of await Promise.allSettled(asked)) {
        if (answer.status === 'fulfilled') keepNewest(known, answer.value)
        else this.#components.log('a profile could not be had: %s', answer.reason.message)
      }
    }
    return known
  }

  async #ask (node: RouteRecord['entries'][number]['node'], hint: string | undefined, root: RootKey): Promise<Known> {
    const { network, crypto, clock, networkId } = this.#components
    const signal = AbortSignal.timeout(NODE_DEFAULTS.profileTimeoutMs)
    const stream = await network.open(node, hint === undefined ? [] : [hint], PROFILE_PROTOCOL, { signal })
    signal.addEventListener('abort', () => { stream.abort(new MalformedError('the profile answer took too long')) }, { once: true })
    const frames = [encode({ hello: makeHello(networkId) }), encode({ root: fromString(root, 'base16') })]
    const answer = await pipe(frames, source => lp.encode(source), messageStreamToDuplex(stream), decodeFrames, async source => {
      for await (const frame of source) {
        if (frame.answer !== undefined) return frame.answer
        if (frame.refusal !== undefined) return undefined
      }
      return undefined
    })
    await stream.close({ signal })
    const options = { crypto, now: clock.now() }
    return {
      profile: answer === undefined || answer.profile.byteLength === 0 ? undefined : ofRoot(await openProfile(answer.profile, options), root),
      record: answer === undefined || answer.record.byteLength === 0 ? undefined : ofRoot(await openRouteRecord(answer.record, options), root)
    }
  }

  async #answer (stream: Stream): Promise<void> {
    const signal = AbortSignal.timeout(NODE_DEFAULTS.profileTimeoutMs)
    signal.addEventListener('abort', () => { if (stream.status === 'open') stream.abort(new MalformedError('the profile request took too long')) }, { once: true })
    const duplex = messageStreamToDuplex(stream)
    const reply = this.#reply.bind(this)
    await pipe(duplex, decodeFrames, reply, source => lp.encode(source), duplex)
  }

  async * #reply (source: AsyncIterable<ProfileFrame>): AsyncGenerator<Uint8Array> {
    const { networkId, users } = this.#components
    yield encode({ hello: makeHello(networkId) })
    for await (const frame of source) {
      const refusal = frame.hello === undefined ? undefined : refuseHello(frame.hello, networkId)
      if (refusal !== undefined) {
        yield encode({ refusal })
        return
      }
      if (frame.root === undefined) continue
      const profile = users.profile(rootKeyFromBytes(frame.root))
      if (profile === undefined) yield encode({ refusal: { code: REFUSAL.notFound, retryAfterSeconds: 0 } })
      else yield encode({ answer: { profile: profile.bytes, record: users.routeOf(profile.root)?.bytes ?? new Uint8Array(0) } })
      return
    }
  }
}

function keepNewest (known: Known, answer: Known): void {
  if (answer.profile !== undefined && (known.profile === undefined || compareOrder(answer.profile.order, known.profile.order) > 0)) known.profile = answer.profile
  if (answer.record !== undefined && (known.record === undefined || compareOrder(answer.record.order, known.record.order) > 0)) known.record = answer.record
}

function ofRoot<T extends { root: RootKey }> (value: T, root: RootKey): T {
  if (value.root !== root) throw new MalformedError('the answer is about another user')
  return value
}

function encode (frame: Partial<ProfileFrame>): Uint8Array {
  const [kind, body] = controlFrame(ProfileFrame.encode(frame)) as [Uint8Array, Uint8Array]
  const bytes = new Uint8Array(kind.byteLength + body.byteLength)
  bytes.set(kind)
  bytes.set(body, kind.byteLength)
  return bytes
}

async function * decodeFrames (source: AsyncIterable<Uint8Array | { subarray: () => Uint8Array }>): AsyncGenerator<ProfileFrame> {
  for await (const bytes of lp.decode(source as AsyncIterable<Uint8Array>, { maxDataLength: FRAME_BYTES_MAX })) {
    const frame = decodeFrame(bytes.subarray() as Bytes)
    if (frame.kind !== 'control') throw new MalformedError('a profile stream carries control frames only')
    yield ProfileFrame.decode(frame.body)
  }
}
