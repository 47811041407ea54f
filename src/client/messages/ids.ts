/** Message ids between the wire's bytes and memory. */
import { MalformedError } from '../../errors.ts'
import { fromHex, toHex } from '../../wire/hex.ts'
import type { Bytes, MessageId } from '../../types.ts'

const MESSAGE_ID_BYTES = 16

/** Throws MalformedError when they are not 16. */
export function messageIdFrom (bytes: Uint8Array): MessageId {
  if (bytes.byteLength !== MESSAGE_ID_BYTES) throw new MalformedError(`a message id has ${MESSAGE_ID_BYTES} bytes, not ${bytes.byteLength}`)
  return toHex(bytes) as MessageId
}

/** Throws MalformedError when it is none. */
export function idBytes (id: MessageId): Bytes {
  const bytes = fromHex(id)
  if (bytes.byteLength !== MESSAGE_ID_BYTES) throw new MalformedError(`a message id has ${MESSAGE_ID_BYTES} bytes, not ${bytes.byteLength}`)
  return bytes
}
