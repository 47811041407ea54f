/**
 * Sealing: from what a person says to envelopes, and back.
 */
/** The outer seal, to a key of the recipient's profile. */
export { openSealed, sealMessage, type Opening, type SealInit } from './seal.ts'
/** A user's sealing keys. */
export { chooseSealingKey, newSealingKeys, type SealingKeyPair } from './keys.ts'
/** Pieces of a message and their reassembly. */
export { FragmentsCore, type Fragment } from './fragments.core.ts'
/** The seam where MLS comes in, and its first form. */
export { deviceSigned, type MessageDraft, type MessageProtection } from './message.ts'
