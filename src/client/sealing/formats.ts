/** What stands inside the outer seal, as the fragment header numbers it (docs/protocol.md, "Inside the seal"). */
export const FORMAT = Object.freeze({
  /** A word between clients, signed by a device (note.ts). */
  note: 1,
  /** An MLS message of a conversation (client/groups). */
  group: 2,
  /** A word that is never stored (client/whispers.ts). */
  whisper: 3
})
