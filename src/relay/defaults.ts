/** What the relay does unless told otherwise, and where each number comes from. */
import { LIMITS } from '../wire/limits.ts'

const MIB = 1024 * 1024
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export const RELAY_DEFAULTS = Object.freeze({
  /** A replica that has not answered by then is passed over for the next on the list: a busy disk's fsync takes 5–100 ms, a request to a device's node may take 2 s in all. */
  forwardTimeoutMs: 2 * SECOND,
  /** A node that let a deadline pass is asked after the others for this long, or until it answers: not every envelope waits for it anew. */
  silentMs: 5 * SECOND,
  /** Deadlines of forwarded deposits are looked at no more often than this. */
  tickMs: 250,
  /** How long a receipt that comes after its timeout still finds its way to the device. */
  lateReceiptMs: MINUTE,
  /** Deposits whose late receipts are still waited for; the oldest are forgotten first. 100 B each. */
  lateReceiptsMax: 65_536,

  /** Bytes of one stream's deposits in hand above which it is not read any more; read again below half. Four full muxer windows of 1 MiB. */
  sourceBytesHigh: 4 * MIB,
  /** The same for all streams together. */
  totalBytesHigh: 64 * MIB,
  /** Above this a deposit is refused as busy: what paused streams had already read (≤ 4 MiB each) still comes in. */
  totalBytesMax: 128 * MIB,
  /** What `busy` tells a device to wait. */
  busyRetrySeconds: 2,
  /** What `draining` and `storeFailed` tell: by then the device should be talking to another node. */
  awayRetrySeconds: 60,

  /** Whispers of one session: somebody who types says so every few seconds, to each member of a group of thirty at once. */
  deviceWhispers: Object.freeze({ perSecond: 8, burst: 64, keysMax: 16_384 }),
  /** Whispers of one other node: of a hundred devices that type at once. */
  nodeWhispers: Object.freeze({ perSecond: 256, burst: 1024, keysMax: 4096 }),
  /** Whispers that are shown to one user's devices: more than ten people who type at once is noise. */
  mailboxWhispers: Object.freeze({ perSecond: 8, burst: 64, keysMax: 16_384 }),

  /** Answers of one node that wait to be verified; more hold its stream back. One comes per commit. */
  answersWaitingMax: 256,
  /** How often control frames that found no room are tried again. */
  answersRetryMs: 100,
  /** A peer that leaves no room for control frames this long is cut off. */
  answersStallMs: 30 * SECOND,

  /** A node that does not answer a dial within this is unreachable. */
  dialTimeoutMs: 3 * SECOND,
  /** After a failed dial the node is not dialled for this long, doubling … */
  redialFirstMs: SECOND,
  /** … up to this; a node that calls us is tried again at once. */
  redialMaxMs: 30 * SECOND,
  /** Bytes of deposits that wait for one dial; a deposit beyond that goes to the next node. */
  dialQueueBytes: 4 * MIB,
  /** Collections, digests and audits that wait for one dial; what is beyond that is said again, or reconciled. */
  dialWordsMax: 16,
  /** Nodes that we hold a relay stream with, opened by either side. Beyond that the one that was unused for longest is let go, … */
  peersMax: 1024,
  /** … if it was for so long at least: an answer comes within this, and opening one anew costs a tenth of a second. */
  letGoAfterMs: 10 * SECOND,
  /** Inbound relay streams of one node: one, and one that replaces it before the loss of the old one is noticed. */
  streamsPerPeerMax: 2,
  /** A relay stream with mail on it that is silent for this long is asked whether it lives … */
  heartbeatMs: 30 * SECOND,
  /** … one without mail for the second of these, after the first: digests come every 5 minutes without being asked for … */
  quietAfterMs: 2 * MINUTE,
  quietHeartbeatMs: 5 * MINUTE,
  /** … and either is given up when nothing has come this long after it was asked. */
  pongMs: 45 * SECOND,
  /** A relay stream that carried only heartbeats for this long is closed by the side that opened it. */
  idleCloseMs: 10 * MINUTE,
  /** How long a closing relay stream may take to send what is queued. */
  closeMs: 2 * SECOND,
  /** Nodes whose failed dials are remembered. */
  failuresRemembered: 4096,

  /** A node that could not be reached for this long has gone: the next on the list takes its share of a mailbox. A reboot or an update takes minutes. */
  goneMs: HOUR,
  /** The same for a node whose sessions are short: it is away more often than it is rebooted. */
  goneShortMs: 15 * MINUTE,
  /** Sessions are short when the median of the last ones is below this: half of all newly met IPFS DHT servers are gone after 2 h. */
  shortSessionMs: 2 * HOUR,
  /** Sessions of a node that are remembered. */
  sessionsRemembered: 8,
  /** Nodes of which it is remembered whether they are there: those that share mailboxes with us, and as many senders' nodes again. */
  peersRemembered: 4096,

  /** Between two audits of a node that passed, give or take half: found within days costs next to nothing (≤ 1 MiB read a day and node). */
  auditIntervalMs: 24 * HOUR,
  /** Between two askings for what a node did not show, give or take half: one that was away for days has pulled what came meanwhile, 6 GB at 2.5 MB/s, before the third. */
  auditAgainMs: HOUR,
  /** What we have held for less is not asked for: the node may still be pulling it. */
  auditAgeMs: HOUR,
  /** Our link with the node must have stood for this long, and the node have told of the mailbox within it: two rounds of digests at the longest. */
  auditContactMs: 15 * MINUTE,
  /** Askings in a row for the same envelopes without their being shown, or without any answer, that tell a liar. */
  auditFailuresMax: 3,
  /** How long a node that is caught keeps no mailbox for us. */
  caughtMs: 7 * 24 * HOUR,
  /** Envelopes that devices which their users have no more said to hold: nobody is asked for these. 200 B each. */
  formerCollectedMax: 16_384,
  /** How often it is looked whether an audit is due, and how long one may take; a node that is silent on all else is given up before. */
  auditLookMs: 5 * MINUTE,
  /** Audits that wait for their answer: each answer is compared with up to 1 MiB of our own. */
  auditsOpenMax: 16,
  /** Nodes whose audits are remembered; 1.5 KB each at most. */
  auditedPeersMax: 4096,
  /** A mailbox with more than this is not audited: near their quotas (32 MiB) two honest replicas hold different mail. */
  auditMailboxBytesMax: 16 * MIB,
  /** Audits of one node that are answered within a minute; an honest one asks once in a quarter of an hour. */
  auditAnswersPerMinute: 4,

  /** Collections of one stream that are being taken in; more hold the stream back (devices send ≤ 1 a second). */
  collectionsOpenMax: 16,
  /** Verdicts about other nodes' commit signatures that are kept. */
  commitVerdictsMax: 256,

  /** Drains that run at once; each holds at most one page (256 KiB). */
  drainsMax: 256,
  /** Drain streams of one connection. */
  drainsPerConnectionMax: 4,
  /** A page that its reader does not take within this ends the drain. */
  drainStallMs: 60 * SECOND,
  /** A drain's opener has this long to say what it wants. */
  drainRequestMs: 10 * SECOND,
  /** A draining client waits this long for the next frame: the node may be busy, its disk slow. */
  drainAnswerMs: 15 * SECOND,
  /** Bytes that a draining client holds unread before it stops reading: two pages. */
  drainQueueBytes: 2 * LIMITS.pageBytes,

  // Handing over (handover.core.ts)
  /** Bytes of pages and deposits that a leaving node has in flight: as much as one stream's queue takes. */
  handoverBytes: 4 * MIB,
  /** A page that too few nodes took is read again after this, doubling … */
  handoverRetryFirstMs: SECOND,
  /** … up to this, as dials do … */
  handoverRetryMaxMs: 30 * SECOND,
  /** … and to this when the node stays: a member that is away for long is replaced after 15–60 min. */
  handoverBesideRetryMaxMs: 10 * MINUTE,
  /** A mailbox is given up when no node that could take it was there for this long: a node that restarts is back sooner. */
  handoverAloneMs: 30 * SECOND,
  /** The same when all of them leave too, as when a whole network is stopped, or the record has no more: time for a newer record to come. */
  handoverLeftAloneMs: 5 * SECOND,
  /** A node that said that it takes nothing for a mailbox is asked after the others for this long. */
  handoverDeclinedMs: 30 * SECOND,
  /** How often waiting mailboxes are looked at. */
  handoverTickMs: SECOND,
  /** A leaving node hands over for this long, then it says what lacks holders. */
  handoverMs: 10 * MINUTE,
  /** How often it is looked for users who have moved away: whoever moves is in no hurry to be forgotten. */
  movedLookMs: 10 * MINUTE,
  /** Mailboxes that a report names. */
  handoverLackingMax: 100,

  /** How long `drain` lets what is in flight finish. */
  finishMs: 10 * SECOND
})
