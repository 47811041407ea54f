/** Numbers of several devices per person. Each says where it comes from. */
import { LIMITS } from '../../wire/limits.ts'

const MIB = 1024 * 1024
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const DEVICES_DEFAULTS = Object.freeze({
  /** How long a link code is worth something: enough to walk to another room and type a hundred letters. */
  invitationMs: 10 * MINUTE,
  /** Codes that wait at the same time; a further one takes the oldest’s place. */
  invitationsMax: 4,
  /** Answers to one new device, which asks again when the first was lost. */
  answersMax: 8,
  /** Between two looks of a new device at the network: linking should take seconds, and each look is a question to a node. */
  joinLookMs: SECOND,
  /** A new device’s request is put into the mailbox again after this. */
  joinAskAgainMs: 30 * SECOND,
  /** One envelope on its way into a mailbox: dial, write, fsync. */
  postTimeoutMs: 10 * SECOND,
  /** A device that lacks secrets asks its user’s other devices for them at most this often, … */
  askIntervalMs: 5 * MINUTE,
  /** … and each of them answers one device at most this often. */
  answerIntervalMs: MINUTE,
  /** Changes of the account within this go to the other devices as one. */
  tellDelayMs: SECOND,
  /** Contacts that changed within this go to the other devices as one message. */
  syncDelayMs: 2 * SECOND,
  /** Bytes of one sync message: a few dozen contacts; what is more goes in the next. */
  syncBytes: 256 * 1024,
  /** So long after a change, in this run or the next: who adds ten contacts in a row makes one backup. */
  backupDelayMs: 5 * MINUTE,
  /** Without changes: mail lives 30 d, so that four of them are there at any time. */
  backupIntervalMs: 7 * DAY,
  /** Bytes of contacts’ names, records and profiles in a backup, which must fit one message of 960 KiB beside the rest; of those beyond only the user id and the presence key. */
  backupFullBytes: 448 * 1024,
  /** Contacts of a backup in all, and conversations: 80 and 40 bytes each beyond the full ones, 480 KiB. */
  backupContactsMax: 4096,
  /** A backup that could not be stored is tried again after this. */
  backupRetryMs: 15 * MINUTE,
  /** Envelopes of earlier backups that are remembered, to be let go of. */
  backupEnvelopesMax: 4 * LIMITS.fragments,
  /** A device later in the profile renews the sealing keys so much later, so that they do not all do it at once. */
  renewStaggerMs: 6 * HOUR,
  /** Contacts that are told of a restore or a revocation at once: what an outbox takes beside messages. All others hear with the next message. */
  introductionsMax: 256,
  /** A node that failed so often is not waited for when a person comes back from the phrase. */
  restoreFailuresMax: 3,
  /** Bytes of messages that a device gives another one for one question; it is asked again for what is beyond. */
  backfillBytes: 4 * MIB,
  /** Pieces of history under way to a new device. */
  transferWindow: 4,
  /** Bytes of one such piece. */
  transferPieceBytes: 128 * 1024,
  /** A new device that nothing comes to asks again, another device if there is one: longer than a message takes to a device that is there. */
  transferRetryMs: 2 * MINUTE,
  /** A transfer whose other side says nothing for so long is given up. */
  transferSilenceMs: 10 * MINUTE
})
