/**
 * Why something of a group was refused. Each leaves the state as it was. What does not have its form is a
 * MalformedError, what does not decrypt or verify a NotAuthenticError (src/errors.ts): a message that was tampered
 * with, and one by somebody who is not a member, look alike, because neither knows the epoch's keys.
 */

/** The message or Welcome belongs to another group. */
export class WrongGroupError extends Error { override readonly name = 'WrongGroupError' }
/** Of an epoch that is over: a commit for one that already ended, or a message older than what is kept. */
export class EpochOverError extends Error { override readonly name = 'EpochOverError' }
/** Of an epoch that has not begun here: a commit is still missing. Hold the message and try again after it. */
export class EpochAheadError extends Error { override readonly name = 'EpochAheadError' }
/** Read before (a replay, or our own), or skipped for so long that its key was given up. */
export class AlreadyReadError extends Error { override readonly name = 'AlreadyReadError' }
/** More than MLS_DEFAULTS.skipAhead messages of its sender are missing before it. */
export class TooFarAheadError extends Error { override readonly name = 'TooFarAheadError' }
/** Our own commit came back; the state that it led to was given when it was made. */
export class OwnCommitError extends Error { override readonly name = 'OwnCommitError' }
/** A leaf's certificate does not open, names another device, or is not admitted to this group. */
export class CredentialRefusedError extends Error { override readonly name = 'CredentialRefusedError' }
/** Well formed, but our groups do not do that: external joins, pre-shared keys, extensions, proposals by reference … */
export class NotAllowedError extends Error { override readonly name = 'NotAllowedError' }
/** The key package has run out, is about to, or is not for this group. */
export class KeyPackageUnusableError extends Error { override readonly name = 'KeyPackageUnusableError' }
/** The Welcome is for none of the key packages that we have. */
export class NotInvitedError extends Error { override readonly name = 'NotInvitedError' }
/** The device is no member of the group (any more). */
export class NotAMemberError extends Error { override readonly name = 'NotAMemberError' }
/** The group would have more devices than its suite carries. */
export class GroupFullError extends Error { override readonly name = 'GroupFullError' }
