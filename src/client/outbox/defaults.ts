/** How patient and how pushy an outbox is. */
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export const OUTBOX_DEFAULTS = Object.freeze({
  /** Messages that wait for delivery: at 1.5 kB a sealed text, 15 MB on disk. Beyond it a new one is not taken. */
  entriesMax: 10_000,
  /** Deposits that no node has answered yet: 64 of the largest envelopes fill LIMITS.streamQueueBytes. */
  unansweredMax: 64,
  /** Deposits that are accepted but not settled; half of LIMITS.inFlightDeposits, so that marks still fit beside. */
  openMax: 2048,
  /** An unanswered deposit goes out again on the other link after this, as long as a question waits. */
  requestTimeoutMs: 2 * SECOND,
  /** After `accepted`, for receipts: the node tries up to twelve replicas, most of them at the same time, for 2 s each. */
  receiptTimeoutMs: 15 * SECOND,
  /** Frames of receipts that wait to be verified: three replicas of each deposit that is out, and a third as much again. */
  receiptsVerifiedMax: 8192,
  /** Route records that nodes gave and that wait to be verified. What is let go of comes again with the next deposit. */
  recordsVerifiedMax: 256,
  /** First back-off after a refusal; doubles, with half of it by chance. */
  retryMs: 2 * SECOND,
  /** Longest back-off, and the longest retryAfter that a node is heeded for: a mailbox that fills up empties within minutes of its owner's return. */
  retryMsMax: 5 * MINUTE,
  /** A delivered mark that stays out makes the message go out again; doubles. A phone that sleeps answers within a minute of its next push. */
  resendMs: MINUTE,
  /** Mail that liars dropped is back at most so long after its sender noticed. */
  resendMsMax: 6 * HOUR,
  /** Between two fresh look-ups of a recipient's route, which cost 220 ms of CPU each on the DHT. */
  resolveMs: 5 * SECOND,
  resolveMsMax: 5 * MINUTE,
  /** What the disk did not take is written again after this. */
  writeAgainMs: 2 * SECOND,
  /** Wake-ups are rounded up to this, so that many deadlines share one. */
  wakeGrainMs: 100
})

/** The numbers of OUTBOX_DEFAULTS. */
export type OutboxLimits = Record<keyof typeof OUTBOX_DEFAULTS, number>
