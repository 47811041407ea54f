/** What reconciliation does unless told otherwise, and where each number comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND

export const RECONCILE_DEFAULTS = Object.freeze({
  /** Between two rounds of digests to one node, with `roundJitter`: what a lost stream or a full queue left out is found within minutes. */
  roundMs: 5 * MINUTE,
  /** A round comes this share of its interval earlier or later, so that nodes do not fall into step. */
  roundJitter: 0.5,
  /** A node that is back is told within this, at a moment of chance: many learn at once that it is. */
  soonMs: 5 * SECOND,
  /** A node whose stream ended is asked after within this: one that was killed is started again in seconds, perhaps with an empty disk. */
  lostMs: 30 * SECOND,
  /** From the start on, every node that shares mailboxes with us is told soon; those met later, in the next round. */
  startMs: MINUTE,
  /** A node that lacks something is told at most this often beside its rounds: mail on its way differs for a moment. */
  answerAgainMs: MINUTE,
  /** After an unclean end nobody is told anything before all of the disk has been read; when it could not be, this is how soon that is tried again. */
  scrubAgainMs: MINUTE,
  /** Between two frames of one round, and between two looks at what is due. */
  paceMs: SECOND,
  /** Digests that one look gives out: a node of 10,000 users with five nodes each owes 133 a second. */
  digestsPerLook: 1024,
  /** Mailboxes whose record is looked at in one go, so that the start of a node with many users holds nobody up. */
  looksPerGo: 512,

  /** A digest that differs is pulled for after this, if it still does: most of what is on its way has arrived by then. */
  settleMs: 2 * SECOND,
  /** Pulls that run at once, each from another node: each holds a page (256 KiB) and a frame or two. */
  pullsMax: 8,
  /** Of these, for mailboxes that are not served here. */
  pullsUnservedMax: 4,
  /** Mailboxes that wait to be pulled, of all nodes; what is beyond is heard of again in the next round. */
  queueMax: 16_384,
  /** Of these, mailboxes that are not served here: whoever tells of such keeps ours from nothing. */
  queueUnservedMax: 4096,
  /** And what one node has told of. */
  queueNodeMax: 4096,
  /** Pairs of digests from which a pull brought nothing; the oldest forgotten first. 200 B each. */
  memosMax: 65_536,
  /** A node that told of a mailbox which was not ours is not asked about such for this long. */
  strangeMs: 60 * MINUTE,
  /** Nodes of which that is remembered. */
  strangeMax: 1024,

  /** A pull's stream opens within this, as any. */
  openMs: 3 * SECOND,
  /** One pull takes no longer: 64 MiB, the most that a mailbox holds, at 250 kB/s. */
  pullMs: 5 * MINUTE,
  /** Pages of ids of one mailbox: a million, more than 64 MiB of the smallest envelopes. */
  idPagesMax: 1024,
  /** Collections of one mailbox in one pull: a store keeps 16 MiB of them, of 260 bytes at least. */
  collectionsMax: 65_536,
  /** Collections that were taken in and are not verified again; 100 B each. */
  collectionsKnownMax: 65_536,
  /** Envelopes that the answering side reads at once: at most half a MiB. */
  readStep: 8,

  /** After an unclean start a node counts as compared when it was told and has kept silent for this long … */
  verifyMs: 30 * SECOND,
  /** … and the whole is over after this, whoever is missing. */
  verifyMaxMs: 15 * MINUTE
})
