/** How a run goes when its scenario does not say, and where each number comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export const RUN_DEFAULTS = Object.freeze({
  // Warm-up
  /** By then every process that was started is there, and routing tables are made for all of them as if they had been up for long: longer than a node's start-up. */
  startUpMs: 2 * SECOND,
  /** Within this all users begin to register; a registration takes seconds. */
  registrationMs: 10 * MINUTE,
  /** Then devices take up their own course, one after another, not all at once. */
  unfoldingMs: 10 * MINUTE,

  // Traffic
  /** Of the messages: they answer what was just shown. Every one of them is a chance to show an answer before its question. */
  answersShare: 0.3,
  /** Of the messages: their author goes on to the same person, perhaps through another node by now. */
  followUpsShare: 0.2,
  /** Messages just shown that somebody may still answer. */
  answerableMax: 64,
  /** Persons that are asked for a message before its moment passes: devices that are on may not be registered yet. */
  writersAsked: 8,
  /** When senders who leave for good stop writing: between these shares of the hours. */
  leavingFrom: 0.25,
  leavingUntil: 0.75,

  // Faults
  /** After a power cut the machine is back within these: a breaker that is put back in, a boot, a file system check. */
  powerBackMsMin: MINUTE,
  powerBackMsMax: 5 * MINUTE,
  /** A disk is replaced within this. */
  diskReplacedMs: 10 * MINUTE,
  /** A flash crowd's members leave within this of each other. */
  crowdLeavesMs: 10 * MINUTE,

  // Watching
  /** Between two looks at progress, and at whether everything is settled. */
  lookMs: MINUTE,
  /** Of so many looks, one is at every actor's sizes: queues that fill up stay full for longer, and all looks took 3 % of a run. */
  sampledLooks: 5,
  /** Steps of a run's plots: enough to see a fault of minutes in a run of a day. */
  stepsMax: 144,

  // Epilogue
  /** A run is settled when all that can arrive has, and nothing has moved for this long: longer than the longest round of drains (CLIENT_DEFAULTS.drainIntervalMsMax). */
  settledMs: 20 * MINUTE,
  /** An epilogue is given up after this: an outbox sends again after at most 6 h (OUTBOX_DEFAULTS.resendMsMax), and may need to do so twice. */
  epilogueMsMax: 13 * HOUR,
  /** How long the network is watched for being quiet. */
  quietMs: 30 * MINUTE
})
