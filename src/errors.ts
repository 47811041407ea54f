/**
 * Errors are named for what went wrong and matched by `name`. An expected refusal is a value (types.ts, Refusal).
 * Every message is one plain sentence that can be shown to a person as it stands.
 */
import type { Refusal } from './types.ts'

/** A value from wire, disk, config or command line does not have the form that it must have. */
export class MalformedError extends Error { override readonly name = 'MalformedError' }
/** A signature, certificate chain or key does not fit what it claims. */
export class NotAuthenticError extends Error { override readonly name = 'NotAuthenticError' }
/** A signed value is past its time, or too far ahead of ours. */
export class ExpiredError extends Error { override readonly name = 'ExpiredError' }
/** A value is larger than its named limit. */
export class TooLargeError extends Error { override readonly name = 'TooLargeError' }
/** The value needs a feature or version that we do not have. */
export class UnsupportedError extends Error { override readonly name = 'UnsupportedError' }
/** Nobody on the network has a valid route for the user. */
export class UserNotRoutedError extends Error { override readonly name = 'UserNotRoutedError' }
/** An address that a node should listen on cannot be had. */
export class ListenFailedError extends Error { override readonly name = 'ListenFailedError' }
/** None of the nodes that we know could be reached. */
export class UnreachableError extends Error { override readonly name = 'UnreachableError' }
/** The other side said no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  constructor (message: string, readonly refusal: Refusal) { super(message) }
}
/** The disk refused a read or a write; nothing is acknowledged after it. */
export class StoreFailedError extends Error { override readonly name = 'StoreFailedError' }
/** Another process has the store open. */
export class StoreLockedError extends Error { override readonly name = 'StoreLockedError' }
/** The store was written by an earlier version of the program, which kept things in another way. */
export class StoreTooOldError extends Error { override readonly name = 'StoreTooOldError' }
/** The store was written by a newer version of the program. */
export class StoreTooNewError extends Error { override readonly name = 'StoreTooNewError' }
/** The store does not hold what it must hold; it is left as it was found. */
export class StoreDamagedError extends Error { override readonly name = 'StoreDamagedError' }
/** The stream or connection ended before the answer came. */
export class ConnectionLostError extends Error { override readonly name = 'ConnectionLostError' }
/** It took longer than its named limit. */
export class TimedOutError extends Error { override readonly name = 'TimedOutError' }
/** The key file needs a passphrase, or this one does not open it. */
export class PassphraseError extends Error { override readonly name = 'PassphraseError' }
/** This device was taken out of its user's profile: no node serves it, and nothing that it has will go out. */
export class RevokedError extends Error {
  override readonly name = 'RevokedError'
  constructor (message = 'this device does not belong to you any more: it was taken away on another one of yours, or you came back from the phrase') { super(message) }
}
/** There is no identity, or there is one already, in the data directory. */
export class IdentityError extends Error { override readonly name = 'IdentityError' }
