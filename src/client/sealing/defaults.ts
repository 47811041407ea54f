/** Bounds on what strangers can make a client keep while a message's pieces come in. */
const MIB = 1024 * 1024

export const SEALING_DEFAULTS = Object.freeze({
  /** Messages of which some pieces are still out. Text needs one or two pieces; only a group's bigger commits have more. */
  incompleteMessages: 256,
  /** Bytes of their pieces: sixteen of the longest messages. */
  incompleteBytes: 16 * MIB,
  /** Pieces of one message that contradict another of its pieces; all combinations (at most 2^4) are tried. */
  contradictions: 4
})
