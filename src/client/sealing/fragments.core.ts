import type { MessageId } from '../../types.ts'

/** One opened piece of a message (docs/protocol.md, "Inside the seal"). */
export interface Fragment {
  /** How the whole is protected: 1 signed by a device; 2 is reserved for MLS. */
  format: number
  messageId: MessageId
  index: number
  count: number
  /** SHA-256 of the whole, 64 hex digits. */
  wholeHash: string
  chunk: Uint8Array
}
