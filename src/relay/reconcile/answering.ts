/** Answers pulls on a sync stream, one after the other: performs what answer.core.ts decides. */
import { concat } from 'uint8arrays/concat'
import { MalformedError } from '../../errors.ts'
import { openProfile } from '../../identity/index.ts'
import { controlFrame, pushFrame } from '../../wire/frames.ts'
import { LIMITS } from '../../wire/limits.ts'
import { SyncFrame } from '../../wire/mail.ts'
import { AnswerCore, type AnswerEffect, type AnswerEvent } from './answer.core.ts'
import { toldOrder } from './digests.core.ts'
import { decodeIds, decodePull, encodeIds } from './wire.ts'
import type { PullComponents } from './pull-stream.ts'
import type { Answered } from './words.core.ts'
import type { EnvelopeStore, ServedUsers } from '../../ports.ts'
import type { Bytes, MailboxId, PeerKey, Profile } from '../../types.ts'
import type { Pull } from '../../wire/mail.ts'

export interface AnsweringComponents extends Pick<PullComponents, 'profiles' | 'learnRoute' | 'crypto' | 'clock'> {
  envelopes: Pick<EnvelopeStore, 'ids' | 'read' | 'collections'>
  users: ServedUsers
}

/** The stream that a pull came on. */
export interface PullReader {
  peer: PeerKey
  /** The stream's opener keeps a mailbox with us. */
  listed: () => void
  /** What is asked next; undefined when the asker has closed. */
  next: () => Promise<SyncFrame | undefined>
  /** Resolves when what was said has gone out, or rejects when that takes too long. */
  room: () => Promise<void>
}

type Effects = Array<AnswerEffect<Profile>>

/** Frames in parts, each array to be written in one go. Throws when the asker does not keep to the protocol. */
export async function * answerPulls (first: SyncFrame, reader: PullReader, components: AnsweringComponents): AsyncGenerator<Uint8Array[]> {
  const core = new AnswerCore<Profile>(reader.peer)
  for (let frame: SyncFrame | undefined = first; frame !== undefined; frame = await reader.next()) {
    const event = await eventOf(frame, components)
    yield * perform(core, core.handle(event, components.clock.now()), reader, components)
  }
}

async function eventOf ({ pull, want }: SyncFrame, components: AnsweringComponents): Promise<AnswerEvent<Profile>> {
  if (want !== undefined) return { type: 'want', ids: decodeIds(want.ids as Bytes) }
  if (pull === undefined) throw new MalformedError('a pull is followed by what does not belong there')
  const { users, profiles } = components
  const asked = decodePull(pull)
  await learn(pull, asked.mailbox, components)
  const profile = profiles.profile(asked.mailbox)
  return { type: 'pull', word: { kind: 'pull', ...asked, route: undefined, profile: undefined }, route: users.route(asked.mailbox), profile, profileOrder: toldOrder(profile) }
}

/** Of users that are served here only: nobody fills our memory with others. */
async function learn ({ route, profile }: Pull, mailbox: MailboxId, { profiles, learnRoute, crypto, clock, users }: AnsweringComponents): Promise<void> {
  if (users.devices(mailbox) === undefined) return
  if (route.byteLength > 0) await learnRoute(route as Bytes)
  if (profile.byteLength > 0) await profiles.learnProfile(await openProfile(profile, { crypto, now: clock.now() }))
}

async function * perform (core: AnswerCore<Profile>, effects: Effects, reader: PullReader, components: AnsweringComponents): AsyncGenerator<Uint8Array[]> {
  const { envelopes, clock } = components
  const then = (event: AnswerEvent<Profile>): AsyncGenerator<Uint8Array[]> => perform(core, core.handle(event, clock.now()), reader, components)
  for (const effect of effects) {
    switch (effect.type) {
      case 'say': yield encode(effect.word); break
      case 'sayCollections': yield * sayCollections(effect.mailbox, reader, components); break
      case 'readIds': {
        reader.listed()
        await reader.room()
        yield * then({ type: 'ids', ...await envelopes.ids(effect.mailbox, LIMITS.pullIds, effect.after) })
        break
      }
      case 'read': {
        await reader.room()
        const stored = await envelopes.read(effect.mailbox, effect.ids)
        yield * then({ type: 'read', envelopes: stored.map(({ envelope }) => envelope) })
        break
      }
      case 'lie': throw new MalformedError(effect.why)
    }
  }
}

/** As many in a frame as its limits allow. */
async function * sayCollections (mailbox: MailboxId, reader: PullReader, { envelopes }: AnsweringComponents): AsyncGenerator<Uint8Array[]> {
  let collections: Bytes[] = []
  let bytes = 0
  for await (const collection of envelopes.collections(mailbox)) {
    if (collections.length >= LIMITS.pullCollections || (bytes > 0 && bytes + collection.byteLength > LIMITS.pullCollectionBytes)) {
      await reader.room()
      yield control({ collections: { collections } })
      collections = []
      bytes = 0
    }
    collections.push(collection)
    bytes += collection.byteLength
  }
  if (collections.length > 0) yield control({ collections: { collections } })
}

function encode (word: Answered<Profile>): Uint8Array[] {
  switch (word.kind) {
    case 'route': return control({ route: word.record.bytes })
    case 'profile': return control({ profile: word.profile.bytes })
    case 'ids': return control({ ids: { ids: encodeIds(word.ids), more: word.more } })
    case 'envelope': return [concat(pushFrame(0, word.envelope.bytes))]
    case 'given': return control({ given: true })
    case 'refusal': return control({ refusal: word.refusal })
    // Collections are said as they were signed, from the store.
    case 'collections': return []
  }
}

function control (frame: Partial<SyncFrame>): Uint8Array[] { return [concat(controlFrame(SyncFrame.encode(frame)))] }
