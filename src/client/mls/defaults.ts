/** The numbers of our MLS groups. Those that members must agree on stand in docs/protocol.md, "MLS groups", too. */
const KIB = 1024
const HOUR_S = 60 * 60
const DAY_S = 24 * HOUR_S

export const MLS_DEFAULTS = Object.freeze({
  /** Life of a key package, s: mail lives 30 d, so a Welcome sealed to one that has the least left still comes in time … */
  keyPackageLifeS: 75 * DAY_S,
  /** … and this is the least: 30 d of retention and 5 d for what is sent again. */
  keyPackageLeftS: 35 * DAY_S,
  /** A package is valid from so long before it was made: for readers whose clock is behind. */
  clockSlackS: HOUR_S,
  /**
   * Skipped messages of one sender whose keys are kept, the newest ones: a word that is pushed while a week's mail is
   * being read comes before all of it. 44 bytes each, in the write of each message until they are read. (The library's
   * own 10 is for chats through one server.)
   */
  skippedKeys: 1024,
  /** How far one message may be ahead of the last one read of its sender: all the steps together cost 1.2 s of CPU. */
  skipAhead: 4096,
  /**
   * Former epochs whose messages can still be read. A reader who was away has a mailbox in which a repaired message may
   * lie behind all commits of a week; each epoch that is kept adds 380 bytes a member to what a commit writes.
   */
  formerEpochs: 16,
  /** Largest group with the X-Wing suite: a commit then has up to 40 kB, and a Welcome 90; a removal from 100 devices has 130. */
  xWingDevicesMax: 32,
  /** Largest group at all; beyond it a commit costs seconds. */
  devicesMax: 512,
  /** An X-Wing package has 2.9 kB, with the longest certificate 3.8. */
  keyPackageBytes: 8 * KIB,
  /** We make ids of 16 bytes, and read what others may make. */
  groupIdBytesMax: 32,
  /** Adds and removes in one commit, and in one proposal. */
  changesMax: 64,
  /** Opened certificates that are remembered, so that each is verified once. */
  certificatesRemembered: 2048
})
