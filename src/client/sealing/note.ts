/**
 * Notes: words between the clients of two users, outside of any conversation, each signed by the device that says it.
 * They keep conversations going: what is durable here, what cannot be opened here, and who we are.
 */
import { MalformedError, NotAuthenticError, TooLargeError } from '../../errors.ts'
import { keyBytes, makeSigned, millisFrom, openSigned, peerKeyFromBytes, rootKeyFromBytes, type Signer, type SignedKind } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import { Note as NoteBody } from '../../wire/message.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import { checkIntroduction, idBytes, introductionToBody, messageIdFrom } from '../messages/index.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes, DeviceCertificate, Introduction, MessageId, Millis, PeerKey, RootKey } from '../../types.ts'

/** What a note says. */
export type NoteContent =
  /** These frames are durable here. */
  | { type: 'delivered', ids: MessageId[] }
  /** These frames of this device cannot be opened here: bring us in with the key package, and seal them again. */
  | { type: 'lost', ids: MessageId[], device: PeerKey, keyPackage: Bytes }
  /** Nothing but who we are now: our record or profile is another one, and mail for us should know. */
  | { type: 'introduction' }

/** A note before it is signed. */
export interface NoteDraft { id: MessageId, to: RootKey, sentAt: Millis, content: NoteContent }

/** A note that was opened: who says it has been verified, what it introduces has not. */
export interface OpenedNote {
  from: RootKey
  device: PeerKey
  /** Of the certificate that it was signed under. */
  epoch: number
  content: NoteContent
  introduction: Introduction | undefined
}

export interface Notes {
  /** Throws TooLargeError or MalformedError for what nobody would read. */
  sign: (note: NoteDraft, introduction: Introduction | undefined) => Promise<Bytes>
  /** What came under this id. Throws MalformedError, NotAuthenticError or TooLargeError; then it was not for us, or not from whom it says. */
  open: (whole: Uint8Array, id: MessageId) => Promise<OpenedNote>
}

const NAME = 'the note'

const KIND: SignedKind<NoteBody> = Object.freeze({
  name: NAME,
  domain: DOMAIN.note,
  bytesMax: LIMITS.messageBytes,
  capability: 0,
  decode: (bytes: Uint8Array) => NoteBody.decode(bytes, { limits: { delivered: { ids: LIMITS.messageMarks }, lost: { ids: LIMITS.messageMarks } } }),
  claims: ({ from }: NoteBody) => ({ root: rootKeyFromBytes(from) })
})

/** Notes of this device, in its user's name. */
export function deviceNotes (signer: () => Signer & { certificate: DeviceCertificate }, { crypto }: { crypto: Crypto }): Notes {
  return {
    async sign ({ id, to, sentAt, content }, introduction) {
      const own = signer()
      if (introduction !== undefined) checkIntroduction(introduction)
      const body = NoteBody.encode({
        id: idBytes(id),
        from: keyBytes(own.certificate.root),
        to: keyBytes(to),
        sentAt: BigInt(sentAt),
        ...introduction === undefined ? {} : { introduction: introductionToBody(introduction) },
        ...encodeContent(content)
      })
      return await makeSigned(KIND, body, own)
    },
    async open (whole, id) {
      const { body, certificate, root } = await openSigned(KIND, whole, { crypto })
      if (certificate == null) throw new NotAuthenticError(`${NAME} was not signed by a device`)
      if (messageIdFrom(body.id) !== id) throw new MalformedError(`${NAME} has another id inside than on its seal`)
      if (rootKeyFromBytes(body.to) !== signer().certificate.root) throw new NotAuthenticError(`${NAME} was written to somebody else`)
      millisFrom(NAME, body.sentAt)
      if (body.introduction !== undefined) checkIntroduction(body.introduction)
      return { from: root, device: certificate.device, epoch: certificate.epoch, content: readContent(body), introduction: body.introduction }
    }
  }
}

function encodeContent (content: NoteContent): Pick<NoteBody, 'delivered' | 'lost'> {
  if (content.type === 'introduction') return {}
  checkIds(content.ids)
  const ids = content.ids.map(idBytes)
  if (content.type === 'delivered') return { delivered: { ids } }
  checkKeyPackage(content.keyPackage)
  return { lost: { ids, device: keyBytes(content.device), keyPackage: content.keyPackage } }
}

function readContent ({ delivered, lost, introduction }: NoteBody): NoteContent {
  if (delivered === undefined && lost === undefined && introduction !== undefined) return { type: 'introduction' }
  const { ids } = lost ?? delivered ?? { ids: [] }
  checkIds(ids)
  if (lost === undefined) return { type: 'delivered', ids: ids.map(messageIdFrom) }
  checkKeyPackage(lost.keyPackage)
  return { type: 'lost', ids: ids.map(messageIdFrom), device: peerKeyFromBytes(lost.device), keyPackage: lost.keyPackage.slice() }
}

function checkIds ({ length }: unknown[]): void {
  if (length === 0) throw new MalformedError(`${NAME} names no frame`)
  if (length > LIMITS.messageMarks) throw new TooLargeError(`${NAME} names ${length} frames, more than ${LIMITS.messageMarks}`)
}

function checkKeyPackage ({ byteLength }: Uint8Array): void {
  if (byteLength === 0) throw new MalformedError(`${NAME} brings no key package`)
  if (byteLength > LIMITS.keyPackageBytes) throw new TooLargeError(`${NAME} brings a key package of ${byteLength} bytes, more than ${LIMITS.keyPackageBytes}`)
}
