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
  /** Skipped messages of one sender whose keys are kept, the newest ones. (The library's own 10 is for chats through one server.) */
  skippedKeys: 256,
  /** How far one message may be ahead of the last one read of its sender: each step costs one HMAC, all of them about 0.2 s. */
  skipAhead: 4096,
  /** Former epochs whose messages can still be read. */
  formerEpochs: 4,
  /** Largest group with the X-Wing suite: a removal then has about 45 kB, at 100 devices 130 kB. */
  xWingDevicesMax: 32,
  /** Largest group at all; beyond it a commit costs seconds. */
  devicesMax: 512,
  /** X-Wing packages have 2.9 kB with the longest certificate 3.6. */
  keyPackageBytes: 8 * KIB,
  /** Adds and removes in one commit, and in one proposal. */
  changesMax: 64,
  /** Opened certificates that are remembered, so that each is verified once. */
  certificatesRemembered: 2048
})
