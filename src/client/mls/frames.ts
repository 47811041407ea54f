/** From bytes that came to what the library speaks of, the whole and nothing behind it, each kind where it belongs. */
import { decodeMlsMessage, encodeMlsMessage, type KeyPackage, type MLSMessage, type PrivateMessage, type Welcome } from 'ts-mls'
import { toString } from 'uint8arrays/to-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { MalformedError, TooLargeError } from '../../errors.ts'
import { LIMITS } from '../../wire/limits.ts'
import { MLS_DEFAULTS } from './defaults.ts'
import { NotAllowedError } from './errors.ts'
import { epochFrom, groupIdFrom } from './state.ts'
import { suiteOf } from './suite.ts'
import type { Bytes } from '../../types.ts'
import type { KeyPackageRef, MessageHeader, MlsSuite } from './port.ts'

const WIRE_FORMAT_AT = 2
const WIRE_FORMAT_WELCOME = 3

export interface OpenedFrame { header: MessageHeader, message: PrivateMessage }

/** Of a message for a group, what can be seen without its keys: nothing here is proven. Throws as `openMessage`. */
export function readHeader (bytes: Uint8Array): MessageHeader {
  return openMessage(bytes).header
}

/** Whether an MLSMessage says that it is a Welcome (RFC 9420, section 6: version u16, wire format u16). */
export function isWelcome (bytes: Uint8Array): boolean {
  return bytes[WIRE_FORMAT_AT] === 0 && bytes[WIRE_FORMAT_AT + 1] === WIRE_FORMAT_WELCOME
}

/** For which packages a Welcome is. Throws MalformedError, TooLargeError or NotAllowedError. */
export function readWelcome (bytes: Uint8Array): { suite: MlsSuite, refs: KeyPackageRef[] } {
  const welcome = openWelcome(bytes)
  return { suite: suiteOf(welcome.cipherSuite), refs: welcome.secrets.map(({ newMember }) => toString(newMember, 'base16') as KeyPackageRef) }
}

/**
 * A private message. Whatever stands outside encryption is refused: with it outsiders would join by external commit
 * or propose themselves. Throws MalformedError, TooLargeError or NotAllowedError.
 */
export function openMessage (bytes: Uint8Array): OpenedFrame {
  const frame = decodeFrame(bytes, LIMITS.messageBytes)
  if (frame.wireformat !== 'mls_private_message') throw new NotAllowedError('messages of our groups are private ones: nobody joins or proposes from outside')
  const { privateMessage: message } = frame
  if (message.contentType === 'proposal') throw new NotAllowedError('proposals by reference are not used in our groups')
  return { header: { groupId: groupIdFrom(message.groupId), epoch: epochFrom(message.epoch), type: message.contentType }, message }
}

export function openWelcome (bytes: Uint8Array): Welcome {
  const frame = decodeFrame(bytes, LIMITS.messageBytes)
  if (frame.wireformat !== 'mls_welcome') throw new MalformedError('this is no Welcome to a group')
  return frame.welcome
}

export function openKeyPackageFrame (bytes: Uint8Array): KeyPackage {
  const frame = decodeFrame(bytes, MLS_DEFAULTS.keyPackageBytes)
  if (frame.wireformat !== 'mls_key_package') throw new MalformedError('this is no key package')
  return frame.keyPackage
}

export function encodeFrame (frame: MLSMessage): Bytes {
  return withArrayBuffer(encodeMlsMessage(frame))
}

/** What the library gives are views: of a copy, so that the caller may use its memory again. */
function decodeFrame (bytes: Uint8Array, bytesMax: number): MLSMessage {
  if (bytes.byteLength > bytesMax) throw new TooLargeError(`what came for a group has ${bytes.byteLength} bytes, more than ${bytesMax}`)
  let decoded: [MLSMessage, number] | undefined
  try {
    decoded = decodeMlsMessage(bytes.slice(), 0)
  } catch (cause) {
    throw new MalformedError('what came for a group does not have the form of MLS', { cause })
  }
  if (decoded == null || decoded[1] !== bytes.byteLength) throw new MalformedError('what came for a group does not have the form of MLS')
  return decoded[0]
}
