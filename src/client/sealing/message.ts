/**
 * What stands inside the outer seal, behind one narrow seam: `MessageProtection` turns what a person says into
 * protected bytes and back. Here it is a message signed by the sending device, whose certificate names the sender;
 * the conversations' MLS layer takes its place under another format number, and nothing around it changes.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError, NotAuthenticError, TooLargeError, UnsupportedError } from '../../errors.ts'
import { keyBytes, makeSigned, millisFrom, openSigned, rootKeyFromBytes, type Signer, type SignedKind } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import { MessageBody, type Introduction as IntroductionBody } from '../../wire/message.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes, DeviceCertificate, Introduction, Message, MessageContent, MessageId, RootKey } from '../../types.ts'

/** Number of the device-signed form in the fragment header. */
export const FORMAT_SIGNED = 1
const NAME = 'the message'
const MESSAGE_ID_BYTES = 16

/** A message before it has an author: `from`, `device` and `epoch` come from the protection itself. */
export type MessageDraft = Omit<Message, 'from' | 'device' | 'epoch'>

/** Protected bytes and the number of their form. */
export interface ProtectedMessage { format: number, whole: Bytes }

/** The seam between conversations and sealing. */
export interface MessageProtection {
  /** Throws TooLargeError when a part is over its limit. */
  protect: (draft: MessageDraft) => Promise<ProtectedMessage>
  /**
   * Checks and decodes what came under this message id. Throws MalformedError, NotAuthenticError, TooLargeError or
   * UnsupportedError; then it was not for us, or not from whom it says.
   */
  open: (format: number, whole: Uint8Array, id: MessageId) => Promise<Message>
}

/** Messages signed by this device in its user's name. */
export function deviceSigned (signer: Signer & { certificate: DeviceCertificate }, { crypto }: { crypto: Crypto }): MessageProtection {
  const own = signer.certificate.root
  return {
    async protect (draft) {
      return { format: FORMAT_SIGNED, whole: await makeSigned(KIND, encodeBody(draft, own), signer) }
    },
    async open (format, whole, id) {
      if (format !== FORMAT_SIGNED) throw new UnsupportedError(`message format ${format} is not known here`)
      const { body, certificate, root } = await openSigned(KIND, whole, { crypto })
      if (certificate == null) throw new NotAuthenticError(`${NAME} was not signed by a device`)
      const message = readBody(body, { from: root, device: certificate.device, epoch: certificate.epoch })
      if (message.id !== id) throw new MalformedError(`${NAME} has another id inside than on its seal`)
      if (message.to !== own) throw new NotAuthenticError(`${NAME} was written to somebody else`)
      return message
    }
  }
}

const KIND: SignedKind<MessageBody> = Object.freeze({
  name: NAME,
  domain: DOMAIN.message,
  bytesMax: LIMITS.messageBytes,
  capability: 0,
  decode: (bytes: Uint8Array) => MessageBody.decode(bytes, {
    limits: { parents: LIMITS.messageParents, delivered: { ids: LIMITS.messageMarks }, read: { ids: LIMITS.messageMarks } }
  }),
  claims: ({ from }: MessageBody) => ({ root: rootKeyFromBytes(from) })
})

function encodeBody ({ id, to, sentAt, parents, introduction, content }: MessageDraft, from: RootKey): Uint8Array {
  if (parents.length > LIMITS.messageParents) throw new TooLargeError(`${NAME} names ${parents.length} parents, more than ${LIMITS.messageParents}`)
  if (introduction != null) checkIntroduction(introduction)
  return MessageBody.encode({
    id: idBytes(id),
    from: keyBytes(from),
    to: keyBytes(to),
    sentAt: BigInt(sentAt),
    parents: parents.map(idBytes),
    introduction: introduction == null ? undefined : encodeIntroduction(introduction),
    ...encodeContent(content)
  })
}

function encodeContent (content: MessageContent): Pick<MessageBody, 'text' | 'delivered' | 'read'> {
  if (content.type === 'text') {
    checkText(content.text)
    return { text: { text: content.text } }
  }
  checkMarks(content.ids)
  return { [content.type]: { ids: content.ids.map(idBytes) } }
}

function encodeIntroduction ({ record, profile, presenceKey }: Introduction): IntroductionBody {
  return { record: record.slice(), profile: profile.slice(), presenceKey: presenceKey.slice() }
}

function readBody (body: MessageBody, author: Pick<Message, 'from' | 'device' | 'epoch'>): Message {
  if (body.introduction != null) checkIntroduction(body.introduction)
  return {
    id: messageId(body.id),
    ...author,
    to: rootKeyFromBytes(body.to),
    sentAt: millisFrom(NAME, body.sentAt),
    parents: body.parents.map(messageId),
    introduction: body.introduction,
    content: readContent(body)
  }
}

function readContent ({ text, delivered, read }: MessageBody): MessageContent {
  if (text != null) {
    checkText(text.text)
    return { type: 'text', text: text.text }
  }
  const [type, marks] = delivered != null ? ['delivered', delivered] as const : ['read', read] as const
  if (marks == null) throw new MalformedError(`${NAME} has no content that is known here`)
  checkMarks(marks.ids)
  return { type, ids: marks.ids.map(messageId) }
}

function checkText (text: string): void {
  // No character takes less than one byte: a long text is refused before it is encoded to be measured.
  const bytes = text.length > LIMITS.messageTextBytes ? text.length : new TextEncoder().encode(text).byteLength
  if (bytes > LIMITS.messageTextBytes) throw new TooLargeError(`the text has ${bytes} bytes, more than the ${LIMITS.messageTextBytes} of one message`)
}

function checkMarks (ids: unknown[]): void {
  if (ids.length === 0) throw new MalformedError('the mark names no message')
  if (ids.length > LIMITS.messageMarks) throw new TooLargeError(`the mark names ${ids.length} messages, more than ${LIMITS.messageMarks}`)
}

function checkIntroduction ({ record, profile, presenceKey }: Introduction): void {
  if (record.byteLength > LIMITS.routeRecordBytes) throw new TooLargeError(`the introduction’s route record has ${record.byteLength} bytes, more than ${LIMITS.routeRecordBytes}`)
  if (profile.byteLength > LIMITS.profileBytes) throw new TooLargeError(`the introduction’s profile has ${profile.byteLength} bytes, more than ${LIMITS.profileBytes}`)
  if (presenceKey.byteLength !== 0 && presenceKey.byteLength !== LIMITS.presenceKeyBytes) {
    throw new MalformedError(`a presence key has ${LIMITS.presenceKeyBytes} bytes, not ${presenceKey.byteLength}`)
  }
}

function messageId (bytes: Uint8Array): MessageId {
  if (bytes.byteLength !== MESSAGE_ID_BYTES) throw new MalformedError(`a message id has ${MESSAGE_ID_BYTES} bytes, not ${bytes.byteLength}`)
  return toString(bytes, 'base16') as MessageId
}

function idBytes (id: MessageId): Bytes {
  return fromString(id, 'base16')
}
