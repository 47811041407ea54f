/** The numbers of conversations as groups. Those that both sides must agree on stand in docs/protocol.md, "MLS groups", too. */
import { LIMITS } from '../../wire/limits.ts'
import { MLS_DEFAULTS } from '../mls/index.ts'

const KIB = 1024
const MIB = 1024 * KIB
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const GROUPS_DEFAULTS = Object.freeze({
  /** Own messages of one key: who steals a state reads at most these. */
  messagesPerKey: 50,
  /** … or these, while there is mail of earlier epochs to read: an evening of writing without a network, ten keys' worth. */
  messagesPerKeyMax: 500,
  /** … and a key's life while its device writes: a day, so that a quiet chat heals as well. */
  keyLifeMs: DAY,
  /** Who must commit was asked, and did not do it for so long: then the group is replaced. As long as a phone may be in a drawer over night. */
  proposalPatienceMs: DAY,
  /** A device that said nothing for so long is left out: it holds the keys of all others back. */
  silentMs: 60 * DAY,
  /** What a device was last heard is written down at most this often. */
  heardGrainMs: DAY,
  /** At most one replacement of a conversation's group within this: each costs a key package of every device. */
  replaceIntervalMs: MINUTE,
  /** After a commit that removed this device its Welcome may be on the way: so long nothing is sealed. Both leave the committer in one batch. */
  rejoinWaitMs: 30 * SECOND,
  /** A frame waits so long for its commit or Welcome before its device is asked: a few rounds of an outbox whose first node is dead (2 s each), or a drain. */
  waitMs: 20 * SECOND,
  /** Who asks whether everything was read waits so long for it: a commit that comes by another node is there after two requests’ time-outs of 2 s. */
  settleWaitMs: 5 * SECOND,
  /** What is still missing after that is asked for again so often, at these intervals. */
  asksMax: 3,
  askAgainMs: HOUR,
  /** What was sent before this device came in is in the history that it is given then; what is not, its user's other devices are asked for after this. */
  earlierWaitMs: 2 * MINUTE,
  /** What will never open here is asked for after this, together with all that is due as soon: rarely one frame alone is lost, and the next note waits a minute. */
  gatherMs: 2 * SECOND,
  /** Notes to one device at most this often; ids are gathered meanwhile. */
  askIntervalMs: MINUTE,
  /** Devices that are told of lost frames within one `askIntervalMs`: hints can be forged, and each costs a lookup. */
  asksAtOnce: 16,
  /** Ids in one note. */
  lostIds: LIMITS.messageMarks,
  /** Frames that wait, in all: half of a full mailbox … */
  waitingMax: 4096,
  waitingBytes: 16 * MIB,
  /** … and of one user as the hint names it, so that a stranger cannot take all places: as many as may be skipped. */
  waitingPerUser: MLS_DEFAULTS.skippedKeys,
  /** Key packages of a device for one node, and when they are filled up again. */
  packagesPerNode: 10,
  packagesLeftMin: 5,
  /** Packages at nodes are renewed when so much is left: ten days before others stop using them. */
  packageRenewMs: (MLS_DEFAULTS.keyPackageLeftS + 10 * 24 * 60 * 60) * SECOND,
  /** Private halves are kept this long past their end: a Welcome may lie for as long as mail lives. */
  packagesKeptMs: LIMITS.retentionMs + DAY,
  /** Packages whose private halves are kept; beyond it no more are made. 12 nodes with 10 each, four times over. */
  packagesMax: 512,
  /** Packages of a device that had none are fetched again after the first, doubling up to the second: one that was just linked puts them there within seconds. */
  fetchAgainMs: 2 * SECOND,
  fetchAgainMsMax: 10 * MINUTE,
  fetchTimeoutMs: 15 * SECOND,
  /** Groups that were replaced, and what is known of sealed frames, are kept as long as their mail may come. */
  formerKeptMs: LIMITS.retentionMs + DAY,
  /** Proposals of one group that wait to be committed. */
  proposalsMax: 16,
  /** Devices that wait to be brought in again, for each conversation. */
  lossesMax: 32,
  /** States that are kept in memory; an X-Wing group of four devices has about 100 KiB. */
  statesCached: 128,
  /** Steps that decide, perform and decide again before something is sealed; more means that they go in a circle. */
  stepsMax: 6,
  /** Groups that were used within this are looked after when a profile changes, others when they are next used. */
  tendedMs: 30 * DAY,
  /** Between two looks for what may be forgotten. */
  sweepIntervalMs: HOUR
})
