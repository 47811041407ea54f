/**
 * Relay: envelopes on their way. A device's node deposits them with the recipient's replicas, replicas write and push
 * them, and receipts come back. Browser-safe: clients open receipts and drain mailboxes with the same code.
 */
/** What a node signed about its disk, opened and verified. */
export { openReceipts } from './receipt.ts'
/** Receipts for scripts, and the public check of one. */
export { receiptToJson, verifyReceipt, type ReceiptJson } from './receipt-json.ts'
