/** How long an inbox waits, and how much it keeps in mind. */
const KIB = 1024
const MIB = 1024 * KIB
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export const INBOX_DEFAULTS = Object.freeze({
  /**
   * A message waits so long for its parents once the mailbox is drained: then a parent can only be on its way from a
   * sender's outbox, which asks a second link after 2 s; two such rounds and a second for the way.
   */
  parentWaitMs: 5 * SECOND,
  /** It waits no longer than this in any case, also while nodes are out of reach: 235 X-Wing envelopes open a second, so 70,000 can come in meanwhile. */
  parentWaitMsMax: 5 * MINUTE,
  /** Messages that wait for parents; at LIMITS.messageTextBytes each, 32 MiB. */
  heldMax: 512,
  /** Ids of missing messages of one conversation, to tell a late one by. */
  missedMax: 1024,
  /**
   * Authors' devices are asked for a missing message when the wait is over, and after this again: those that were away
   * have had time to come back …
   */
  repairAgainMs: HOUR,
  /** … but no more often than this: then nobody has it any more. */
  repairsMax: 3,
  /** Missing messages of all conversations that are still asked for. */
  gapsMax: 4096,
  /** A message's stamp is at most so far ahead of our clock, whatever others' clocks said. */
  stampAheadMsMax: 24 * HOUR,
  /** Envelopes between their arrival and their durability here; a drain page of the smallest sealed texts has 680. */
  unsettledMax: 4096,
  /** Collections and delivered marks go out at most this often. */
  batchMs: SECOND,
  /** A collection that nobody took is tried again after this, and one that nobody answered counts as such. */
  collectRetryMs: 10 * SECOND,
  /** What the disk did not take is written again after this. */
  writeAgainMs: 2 * SECOND,
  /** An envelope that comes again after this was not deleted there, and is collected again. */
  recollectMs: MINUTE,
  /** Envelopes and messages that are remembered, each; about 30 MB. Beyond it the first go, whose envelopes were collected long ago. */
  rememberedMax: 100_000,
  /** Envelopes that no key of ours opens and that stay in the mailbox: an eighth of its quota, so that strangers cannot block it with them. */
  asideMax: 1024,
  asideBytes: 4 * MIB,
  /** Between two looks for what may be forgotten. */
  forgetIntervalMs: HOUR,
  /** Wake-ups are rounded up to this. */
  wakeGrainMs: 50
})

/** The numbers of INBOX_DEFAULTS. */
export type InboxLimits = Record<keyof typeof INBOX_DEFAULTS, number>
