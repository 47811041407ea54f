/**
 * MLS groups of devices, behind an interface of ours: nothing of the library shows.
 */
/** The groups of one device. */
export { createMls } from './mls.ts'
/** What this needs of the device. */
export type { MlsComponents } from './engine.ts'
/** Whether a device may be where it is. */
export type { Admit } from './leaves.ts'
/** Cipher suites, states, steps and what came. */
export { MLS_SUITE, type Admission, type Change, type Committed, type GroupId, type GroupState, type Joined, type KeyPackage, type KeyPackageRef, type Member, type MessageHeader, type Mls, type MlsSuite, type OwnKeyPackage, type Proposal, type Ratchet, type Received, type Sealed, type StateChange, type Step } from './port.ts'
/** What can be seen without keys. */
export { isWelcome, readHeader, readWelcome } from './frames.ts'
/** The numbers. */
export { MLS_DEFAULTS } from './defaults.ts'
/** Why something was refused. */
export { AlreadyReadError, CredentialRefusedError, EpochAheadError, EpochOverError, GroupFullError, KeyPackageUnusableError, NotAllowedError, NotAMemberError, NotInvitedError, OwnCommitError, TooFarAheadError, WrongGroupError } from './errors.ts'
