/** A stream on which this node pulls from another, mailbox after mailbox: performs what puller.core.ts decides. */
import { ConnectionLostError, MalformedError, RefusedError, StoreFailedError, TimedOutError } from '../../errors.ts'
import { openCollection, openProfile } from '../../identity/index.ts'
import { REFUSAL } from '../../types.ts'
import { openEnvelope } from '../../wire/envelope.ts'
import { makeHello, refuseHello } from '../../wire/hello.ts'
import { SyncFrames, type SyncWord } from '../sync-frames.ts'
import { RECONCILE_DEFAULTS } from './defaults.ts'
import { decodeIds, encodeAsked } from './wire.ts'
import type { KnownCollections } from './known-collections.ts'
import type { Kept } from './own-deposits.ts'
import type { PullerCore, PullerEffect } from './puller.core.ts'
import type { PullOutcome } from './pulls.core.ts'
import type { Answered } from './words.core.ts'
import type { Clock, Crypto, EnvelopeStore } from '../../ports.ts'
import type { Bytes, Collection, Envelope, MailboxId, Profile, RefusalCode, RouteRecord } from '../../types.ts'
import type { Stream } from '@libp2p/interface'

/** What this node knows of the users that it serves, and how it learns more. */
export interface ServedProfiles {
  /** Of a user that is served here. */
  profile: (mailbox: MailboxId) => Profile | undefined
  /** Takes it when it is newer. */
  learnProfile: (profile: Profile) => Promise<void>
  /** Serves the user again for whom the record has a ticket of this node. False when there is no room, or no such promise. */
  adopt: (record: RouteRecord, profile: Profile) => Promise<boolean>
}

export interface PullComponents {
  networkId: string
  envelopes: Pick<EnvelopeStore, 'storeId' | 'missing'>
  profiles: ServedProfiles
  learnRoute: (bytes: Bytes) => Promise<RouteRecord>
  /** Takes a verified collection in; one of a device that is not (any more) in the profile is left out. */
  collect: (collection: Collection) => Promise<void>
  known: KnownCollections
  deposit: (envelopes: Envelope[]) => Promise<Kept>
  crypto: Crypto
  clock: Clock
}

export class PullStream {
  readonly #frames: SyncFrames
  readonly #components: PullComponents
  #isGreeted = false

  constructor (stream: Stream, components: PullComponents) {
    this.#components = components
    this.#frames = new SyncFrames(stream, components.clock)
    this.#frames.send({ hello: makeHello(components.networkId, components.envelopes.storeId) })
  }

  get open (): boolean { return this.#frames.open }

  close (): void { this.#frames.close() }

  abort (error: Error): void { this.#frames.abort(error) }

  /** One pull to its end. Rejects when the stream has ended, and ends it when the other side does not keep to the protocol. */
  async pull (core: PullerCore<Profile>): Promise<PullOutcome> {
    const cancel = this.#components.clock.after(RECONCILE_DEFAULTS.pullMs, () => { this.abort(new TimedOutError('a pull took too long')) })
    try {
      let outcome = await this.#perform(core, core.handle({ type: 'begin' }))
      while (outcome === undefined) {
        const word = await this.#open(await this.#frames.next())
        if (word !== undefined) outcome = await this.#perform(core, core.handle({ type: 'answered', word }))
      }
      return outcome
    } catch (error) {
      this.abort(error instanceof Error ? error : new ConnectionLostError('a pull could not go on'))
      throw error
    } finally {
      cancel()
    }
  }

  /** One after the other; the outcome, when one of them is the end. */
  async #perform (core: PullerCore<Profile>, effects: Array<PullerEffect<Profile>>): Promise<PullOutcome | undefined> {
    const { envelopes, profiles, deposit } = this.#components
    let outcome: PullOutcome | undefined
    const goOn = async (event: Parameters<PullerCore<Profile>['handle']>[0]): Promise<void> => { outcome = await this.#perform(core, core.handle(event)) ?? outcome }
    for (const effect of effects) {
      switch (effect.type) {
        case 'ask': this.#frames.send(encodeAsked(effect.word)); break
        case 'learn': await profiles.learnProfile(effect.profile); break
        case 'adopt': await goOn({ type: 'adopted', isServed: await profiles.adopt(effect.record, effect.profile) }); break
        case 'collect': await goOn({ type: 'collected', isFull: await this.#collect(effect.collections) }); break
        case 'lacking': await goOn({ type: 'lacking', ids: await envelopes.missing(core.mailbox, effect.ids) }); break
        case 'deposit': await goOn({ type: 'deposited', ...await deposit(effect.envelopes) }); break
        case 'end': outcome = effect.outcome; break
        case 'lie': throw new MalformedError(effect.why)
      }
    }
    return outcome
  }

  /** Side by side, so that one commit takes them in. True when our disk did not take all. */
  async #collect (collections: Collection[]): Promise<boolean> {
    const { collect, known } = this.#components
    let isFull = false
    await Promise.all(collections.map(async collection => {
      try {
        await collect(collection)
        known.note(collection.bytes)
      } catch (error) {
        if (!(error instanceof RefusedError) && !(error instanceof StoreFailedError)) throw error
        // That of a device which was taken out is nobody’s fault.
        isFull ||= error instanceof StoreFailedError || error.refusal.code !== REFUSAL.notServed
      }
    }))
    return isFull
  }

  /** What is signed is verified here; undefined: nothing that concerns the pull. */
  async #open (frame: SyncWord): Promise<Answered<Profile> | undefined> {
    const { crypto, clock, learnRoute, networkId } = this.#components
    if (frame.kind === 'push') return { kind: 'envelope', envelope: openEnvelope(frame.envelope, crypto) }
    const { hello, route, profile, collections, ids, given, refusal } = frame.control
    const context = { crypto, now: clock.now() }
    if (!this.#isGreeted) {
      if (hello === undefined || refuseHello(hello, networkId) !== undefined) throw new MalformedError('the node did not begin with a Hello that fits ours')
      this.#isGreeted = true
      return undefined
    }
    if (refusal !== undefined) return { kind: 'refusal', refusal: { code: refusal.code as RefusalCode, retryAfterSeconds: refusal.retryAfterSeconds } }
    if (route !== undefined) return { kind: 'route', record: await learnRoute(route) }
    if (profile !== undefined) return { kind: 'profile', profile: await openProfile(profile, context) }
    if (collections !== undefined) {
      const unknown = collections.collections.filter(bytes => !this.#components.known.has(bytes))
      return { kind: 'collections', collections: await Promise.all(unknown.map(async bytes => await openCollection(bytes as Bytes, context))) }
    }
    if (ids !== undefined) return { kind: 'ids', ids: decodeIds(ids.ids as Bytes), more: ids.more }
    if (given !== undefined) return { kind: 'given' }
    throw new MalformedError('a pull was answered by what does not belong there')
  }
}
