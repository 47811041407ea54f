/**
 * What the rest of the client knows of MLS (RFC 9420): a group of devices whose members share keys that change with
 * every commit. Nothing of the library behind it shows here, so that it can be replaced.
 *
 * A state is an immutable value: every operation gives the next one and leaves the old one usable, so that a caller
 * can write state, outbox and plaintext in one batch, send after, and go back when the write failed. Only then `wipe`.
 *
 * Proposals are messages of ours, never MLS proposals by reference: a member that has seen one of those may not send
 * anything (RFC 9420, section 12.4) until somebody commits, which in a chat of people who come and go takes days.
 */
import type { Brand, Bytes, DeviceCertificate, Millis, PeerKey, Seconds } from '../../types.ts'

/** Numbers as on the wire. X-Wing has none of IANA's yet; ours is the library's. */
export const MLS_SUITE = Object.freeze({
  /** MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 */
  x25519: 1,
  /** MLS_256_XWING_AES256GCM_SHA512_Ed25519: post-quantum confidentiality. */
  xWing: 83
})
export type MlsSuite = typeof MLS_SUITE[keyof typeof MLS_SUITE]

/** Random bytes in hex, 16 of them in groups that we make. */
export type GroupId = Brand<string, 'GroupId'>
/** RFC 9420's KeyPackageRef in hex: under which a device keeps a package's private half. */
export type KeyPackageRef = Brand<string, 'KeyPackageRef'>

export interface Member { device: PeerKey, certificate: DeviceCertificate }

/** One device's view of a group; the secrets are inside and never shown. */
export type GroupState = Brand<{
  readonly groupId: GroupId
  readonly suite: MlsSuite
  readonly epoch: number
  readonly self: PeerKey
  /** In the order of their leaves. */
  readonly members: readonly Member[]
  /** False once a commit removed this device: it still reads late messages of the epochs it has, and does nothing else. */
  readonly active: boolean
}, 'GroupState'>

/** A key package whose form, signatures, certificate and times were checked. */
export type KeyPackage = Brand<{ ref: KeyPackageRef, suite: MlsSuite, member: Member, notAfter: Seconds, bytes: Bytes }, 'KeyPackage'>

/** A package of this device: `bytes` is for everybody, `secrets` for this device's disk only, until it was used or ran out. */
export interface OwnKeyPackage { ref: KeyPackageRef, suite: MlsSuite, notAfter: Seconds, bytes: Bytes, secrets: Bytes }

/**
 * What a commit does to the group; nothing of it: it renews the committer's keys. A device in both lists is replaced:
 * it gets a new leaf and fresh keys, which heals it although another one commits.
 */
export interface Change {
  add?: KeyPackage[]
  remove?: PeerKey[]
  /** Carried in the clear, authenticated. */
  authenticatedData?: Uint8Array
}

/** A wish of a member that does not commit itself. add: key packages as carried, still to be opened. */
export interface Proposal { add: Bytes[], remove: PeerKey[] }

/** wipe: overwrites the secrets that the step used up, the old state's too. To be called once the new state is on disk. */
export interface Step { state: GroupState, wipe: () => void }
export interface Sealed extends Step { message: Bytes }
/** welcome: for every added device, the same for all; undefined when none was added. */
export interface Committed extends Sealed { welcome: Bytes | undefined }
/** inviter: who made the commit that added us. */
export interface Joined extends Step { inviter: Member }

export type Received = Step & {
  sender: Member
  /** Of the message, perhaps an earlier one than the state's. */
  epoch: number
  authenticatedData: Bytes
} & (
  | { type: 'content', content: Bytes }
  | { type: 'proposal', proposal: Proposal }
  /** A replaced device stands in both lists. */
  | { type: 'commit', added: Member[], removed: Member[] }
  /** The commit removed this device. */
  | { type: 'removed' }
)

export interface MessageHeader { groupId: GroupId, epoch: number, type: 'application' | 'commit' }

/**
 * What of a state is new on disk: the whole, or within an epoch only the ratchets that moved, each replacing what
 * was kept under its name. A whole state supersedes all ratchets.
 */
export type StateChange =
  | { type: 'whole', bytes: Bytes }
  | { type: 'ratchets', ratchets: Ratchet[] }
/** name: epoch and leaf, in an order that sorts. */
export interface Ratchet { name: string, bytes: Bytes }

/**
 * added: a new leaf. committing: who changes the group. present: found in a group that we are added to.
 * All clients must answer alike, or the group falls apart: answer from what is signed, not from clocks.
 */
export interface Admission { groupId: GroupId, certificate: DeviceCertificate, standing: 'added' | 'committing' | 'present' }

export interface Mls {
  /** A fresh package, for others to add this device by. */
  keyPackage: (suite: MlsSuite, now: Millis) => Promise<OwnKeyPackage>
  /** Throws MalformedError, NotAuthenticError, CredentialRefusedError or KeyPackageUnusableError. */
  openKeyPackage: (bytes: Uint8Array, now: Millis) => Promise<KeyPackage>
  /** A group of this device alone. */
  create: (groupId: GroupId, suite: MlsSuite, now: Millis) => Promise<Step>
  /** Throws NotAMemberError, GroupFullError, KeyPackageUnusableError, CredentialRefusedError or NotAllowedError. */
  commit: (state: GroupState, change: Change, now: Millis) => Promise<Committed>
  /** Throws NotAMemberError. */
  seal: (state: GroupState, content: Uint8Array, authenticatedData?: Uint8Array) => Promise<Sealed>
  /** Throws NotAMemberError or NotAllowedError. */
  propose: (state: GroupState, proposal: Proposal) => Promise<Sealed>
  /** Throws any of errors.ts, MalformedError or NotAuthenticError; never anything else, whatever came. */
  receive: (state: GroupState, message: Uint8Array) => Promise<Received>
  /**
   * previous: this device's former state of the same group, when it was replaced or comes back: its epochs stay readable.
   * Throws NotInvitedError, WrongGroupError, CredentialRefusedError, NotAllowedError, MalformedError or NotAuthenticError.
   */
  join: (welcome: Uint8Array, own: OwnKeyPackage, previous?: GroupState) => Promise<Joined>
  /** RFC 9420, section 8.5. */
  exportSecret: (state: GroupState, label: string, context: Uint8Array, length: number) => Promise<Bytes>
  /** What to write after a step from `previous` to `next`. */
  changeOf: (previous: GroupState | undefined, next: GroupState) => StateChange
  /** A state as it was written: the last whole one and the ratchets since. Throws MalformedError or StoreDamagedError. */
  restore: (whole: Uint8Array, ratchets: Ratchet[]) => Promise<GroupState>
}
