/**
 * Relay: envelopes on their way. A device's node deposits them with the recipient's replicas, replicas write and push
 * them, and receipts come back. Browser-safe: clients open receipts and drain mailboxes with the same code.
 */
import { RelayService } from './service.ts'
import type { RelayComponents } from './parts.ts'

/** A node's relay: `start`, `stop`, `drain`, `status`, and `attach`, `submit`, `collect` for its sessions. */
export type Relay = RelayService
/** A device's session as the relay sees it. */
export type { DeviceLink } from './service.ts'
/** What a relay needs of its node. */
export type { RelayComponents } from './parts.ts'
/** What a node that leaves has handed over, and how far it is. */
export type { HandoverProgress, HandoverReport } from './handover.events.core.ts'
/** A mailbox read from a node, page by page. */
export { drainMailbox } from './client.ts'
/** What a node signed about its disk, opened and verified. */
export { openReceipts } from './receipt.ts'
/** The public check of one receipt. */
export { verifyReceipt, type ReceiptJson } from './receipt-json.ts'

/** Makes relays: `relay()(components)`. */
export function relay (): (components: RelayComponents) => Relay {
  return components => new RelayService(components)
}
