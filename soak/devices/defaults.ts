/** How long a soak of devices is, and where each number comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND

export interface DevicesScale {
  nodes: number
  /** Of each of the two users. */
  devices: number
  /** Of traffic, goings and comings. */
  minutes: number
  /** Seconds between two devices that go away. */
  leaveEvery: number
  /** Messages that all devices together write in a second. */
  rate: number
}

export const FULL: Readonly<DevicesScale> = Object.freeze({ nodes: 3, devices: 2, minutes: 5, leaveEvery: 1, rate: 4 })
/** For CI: under a minute with what comes before and after. */
export const SHORT: Readonly<DevicesScale> = Object.freeze({ nodes: 3, devices: 2, minutes: 0.3, leaveEvery: 2, rate: 3 })

export const DEVICES_DEFAULTS = Object.freeze({
  /** Of those that go, so many are killed in the middle of what they do; the others say goodbye. */
  killed: 0.75,
  /** A killed device has so long at most since it was told to write: opening, ratchet, disk and seal take 5 to 40 ms. */
  killWithinMs: 40,
  /** A device is away for up to this long, mostly for much less. */
  awayMsMax: 8 * SECOND,
  /** Of all turns, so many are reactions to what stands last. */
  reactions: 0.15,
  textCharactersMax: 400,
  /** Whatever does not end within this hangs. */
  patienceMs: 2 * MINUTE,
  /** After the traffic all are there; the run ends when all histories are equal, or when nothing has moved for so long … */
  stillMs: 90 * SECOND,
  /** … or in any case after this. */
  epilogueMsMax: 6 * MINUTE,
  lookMs: 500
})
