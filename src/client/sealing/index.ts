/**
 * Sealing: from what a person says to envelopes, and back.
 */
/** The outer seal, to a key of the recipient's profile. */
export { openSealed, sealMessage } from './seal.ts'
/** A user's sealing keys. */
export { chooseSealingKey, newSealingKeys, sealingKeyFromSeed, type SealingKeyPair } from './keys.ts'
/** Words between clients, outside of conversations. */
export { deviceNotes, type NoteContent, type NoteDraft, type Notes, type OpenedNote } from './note.ts'
/** Numbers of what stands inside, in the fragment header. */
export { FORMAT } from './formats.ts'
