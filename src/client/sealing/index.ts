/**
 * Sealing: from what a person says to envelopes, and back.
 */
/** The outer seal, to a key of the recipient's profile. */
export { openSealed, sealMessage } from './seal.ts'
/** A user's sealing keys. */
export { chooseSealingKey, newSealingKeys, sealingKeyFromSeed, type SealingKeyPair } from './keys.ts'
/** The seam where MLS comes in, and its first form. */
export { deviceSigned, type MessageDraft, type MessageProtection } from './message.ts'
