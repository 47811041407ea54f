/** Numbers of the command line and of its control sockets, and where each comes from. */
import { CLIENT_DEFAULTS } from '../client/defaults.ts'

const KIB = 1024
const MIB = 1024 * KIB
const SECOND = 1000

export const CLI_DEFAULTS = Object.freeze({
  /** `send` gives up waiting after this, as scripts expect; the message stays queued. */
  sendTimeoutSeconds: 30,
  /** The longest wait that `--timeout` takes: a day. Longer is a task for `chat` or `inbox --follow`. */
  sendTimeoutSecondsMax: 86_400,
  /** A one-shot `inbox` gives its nodes up when they have handed over nothing for this long. */
  settleTimeoutMs: 15 * SECOND,
  /** Read marks that a one-shot `inbox` made get this long to leave before the process ends; they are on disk anyway. */
  marksTimeoutMs: 2 * SECOND,
  /** Read marks are gathered for so long: each telling is a message to everybody in the conversation. A person does not see the difference. */
  marksGatherMs: 250,
  /** Registering with nodes and publishing the route; a user is watching. */
  registerTimeoutMs: 60 * SECOND,
  /** `route`: a first contact asks the DHT under three salts. */
  routeTimeoutMs: 20 * SECOND,
  /** A new process tries this long to reach the store's owner or to become it, while the one before it ends. */
  attachTimeoutMs: 10 * SECOND,
  /** Between two tries to attach; a closing owner takes 50–200 ms. */
  attachRetryMs: 50,
  /** Calls that are in flight when an owner ends get this long to finish. */
  closeGraceMs: 2 * SECOND,
  /** Whatever takes longer shows that it goes on. */
  progressAfterMs: SECOND,
  /** Text of one message, from the command line or from standard input. */
  textBytes: CLIENT_DEFAULTS.textBytes,
  /** A recovery phrase or a passphrase on standard input or in a file. */
  secretBytes: 4 * KIB,
  /** Lines of history that `chat` begins with on a pipe. */
  chatHistoryLines: 20,
  /** Lines that `chat` loads at a time: two tall screens. */
  chatPageLines: 100,
  /** Lines of one conversation that `chat` keeps in memory: more are loaded again when one pages back. */
  chatLinesMax: 1000,
  /** Things that happened and wait for a watcher that does not read; beyond it is told only to look anew. */
  happeningsMax: 1000,
  /** A piece of an export or import on its way through the control socket: as base64 256 KiB, half of a frame. */
  pieceBytes: 192 * KIB,
  pieceCharacters: 256 * KIB,
  /** An import gives up when its next piece, or whoever is to take it, does not come for so long. */
  pieceTimeoutMs: 60 * SECOND,
  /** History that does not begin to move within this is not waited for: it comes by itself while both devices run. */
  moveStartMs: 60 * SECOND,
  /** … and neither is one that does not go on. */
  moveSilenceMs: 60 * SECOND,
  /** Imports that may be under way at the same time in one process. */
  importsMax: 4
})

export const CONTROL_DEFAULTS = Object.freeze({
  /** One line: a text of 64 KiB takes six times as much when JSON escapes every character. */
  lineBytes: 512 * KIB,
  /** Processes that may be attached at the same time. */
  connections: 64,
  /** Calls that one connection may have open. */
  callsPerConnection: 32,
  /** Bytes that wait for a reader that does not read; beyond it the connection is closed. */
  queueBytes: 4 * MIB,
  /** Longer socket paths than this do not fit sun_path everywhere (104 on macOS, 108 on Linux). */
  socketPathBytes: 100
})

/** The same names with other numbers: tests reach the bounds sooner. */
export type ControlBounds = { readonly [Name in keyof typeof CONTROL_DEFAULTS]: number }
