/**
 * What stands inside an MLS application message, and the frame around an MLS message (docs/protocol.md, "Inside the
 * seal"). Reading gives values whose every part is within its limit, or throws MalformedError or TooLargeError.
 */
import { MalformedError, TooLargeError } from '../../errors.ts'
import { keyBytes, millisFrom, peerKeyFromBytes, rootKeyFromBytes } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import { ChatBody, GroupFrame } from '../../wire/message.ts'
import { contentFromBody, contentToBody } from './content.ts'
import { idBytes, messageIdFrom } from './ids.ts'
import type { Bytes, Introduction, Message, PeerKey, RootKey } from '../../types.ts'

const NAME = 'the message'

/** What an author's device says of its message itself; author, device and conversation come from the group. */
export type ChatWords = Pick<Message, 'id' | 'sentAt' | 'stamp' | 'parents' | 'content'>

/** An MLS message, and whom to tell what became of it: a hint, nothing more. */
export interface OpenedGroupFrame { from: RootKey, device: PeerKey, mls: Bytes }

/** Throws MalformedError or TooLargeError when nobody would read it. */
export function encodeChat ({ id, sentAt, stamp, parents, content }: ChatWords, introduction: Introduction | undefined): Bytes {
  if (parents.length > LIMITS.messageParents) throw new TooLargeError(`${NAME} names ${parents.length} parents, more than ${LIMITS.messageParents}`)
  if (introduction !== undefined) checkIntroduction(introduction)
  return ChatBody.encode({
    id: idBytes(id),
    sentAt: BigInt(sentAt),
    stamp: BigInt(stamp),
    parents: parents.map(idBytes),
    ...introduction === undefined ? {} : { introduction: introductionToBody(introduction) },
    ...contentToBody(content)
  })
}

/** Throws MalformedError or TooLargeError. The parts of the introduction are still to be verified. */
export function decodeChat (bytes: Uint8Array): ChatWords & { introduction: Introduction | undefined } {
  const body = decode(bytes, () => ChatBody.decode(bytes, { limits: CHAT_LIMITS }))
  if (body.introduction !== undefined) checkIntroduction(body.introduction)
  return {
    id: messageIdFrom(body.id),
    sentAt: millisFrom(NAME, body.sentAt),
    stamp: millisFrom(NAME, body.stamp),
    parents: body.parents.map(messageIdFrom),
    content: contentFromBody(body),
    introduction: body.introduction
  }
}

/** The whole of format 2. Throws TooLargeError. */
export function encodeGroupFrame ({ from, device, mls }: OpenedGroupFrame): Bytes {
  const bytes = GroupFrame.encode({ from: keyBytes(from), device: keyBytes(device), mls })
  checkSize(bytes)
  return bytes
}

/** Throws MalformedError or TooLargeError. */
export function decodeGroupFrame (bytes: Uint8Array): OpenedGroupFrame {
  const { from, device, mls } = decode(bytes, () => GroupFrame.decode(bytes))
  if (mls.byteLength === 0) throw new MalformedError('the group frame has no MLS message')
  return { from: rootKeyFromBytes(from), device: peerKeyFromBytes(device), mls }
}

/** Throws MalformedError or TooLargeError; notes carry introductions, too. */
export function checkIntroduction ({ record, profile, presenceKey }: Introduction): void {
  if (record.byteLength > LIMITS.routeRecordBytes) throw new TooLargeError(`the introduction’s route record has ${record.byteLength} bytes, more than ${LIMITS.routeRecordBytes}`)
  if (profile.byteLength > LIMITS.profileBytes) throw new TooLargeError(`the introduction’s profile has ${profile.byteLength} bytes, more than ${LIMITS.profileBytes}`)
  if (presenceKey.byteLength !== 0 && presenceKey.byteLength !== LIMITS.presenceKeyBytes) {
    throw new MalformedError(`a presence key has ${LIMITS.presenceKeyBytes} bytes, not ${presenceKey.byteLength}`)
  }
}

/** Bytes of our own memory, as protobuf's types ask for. */
export function introductionToBody ({ record, profile, presenceKey }: Introduction): { record: Bytes, profile: Bytes, presenceKey: Bytes } {
  return { record: record.slice(), profile: profile.slice(), presenceKey: presenceKey.slice() }
}

const CHAT_LIMITS = Object.freeze({
  parents: LIMITS.messageParents,
  text: { mentions: LIMITS.messageMentions },
  edit: { mentions: LIMITS.messageMentions },
  read: { ids: LIMITS.messageMarks },
  repair: { ids: LIMITS.messageMarks }
})

function decode<T> (bytes: Uint8Array, read: () => T): T {
  checkSize(bytes)
  try {
    return read()
  } catch (error) {
    throw new MalformedError(`${NAME} does not have the form of one`, { cause: error })
  }
}

function checkSize ({ byteLength }: Uint8Array): void {
  if (byteLength > LIMITS.messageBytes) throw new TooLargeError(`${NAME} has ${byteLength} bytes, more than ${LIMITS.messageBytes}`)
}
