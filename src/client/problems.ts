/** What stands in the way of a message, as one sentence and as the error that it is. */
import { ExpiredError, RefusedError, RevokedError, StoreFailedError, TimedOutError, UnreachableError, UserNotRoutedError } from '../errors.ts'
import { userIdOf } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { refusalSentence } from './refusals.ts'
import type { SentStatus } from './outbox/status.ts'

export interface Surroundings {
  /** Nodes that serve us, and those of them that can be reached. */
  nodes: number
  connected: number
  /** This device is none of ours any more. */
  isRevoked: boolean
  /** Somebody was asked about the recipient, and knew no route. */
  isUnrouted: boolean
}

/** Undefined while nothing is known to be wrong. */
export function problemOf (status: SentStatus, { nodes, connected, isRevoked, isUnrouted }: Surroundings): Error | undefined {
  const { problem, copies, w } = status
  const who = userIdOf(status.to)
  if (status.ended) return new ExpiredError('the message expired before it was delivered')
  if (isRevoked) return new RevokedError()
  if (nodes === 0) return new UnreachableError('no node serves you yet')
  if (connected === 0) return new UnreachableError('none of your nodes can be reached')
  if (problem === undefined) return undefined
  if (problem === 'noRoute') return isUnrouted ? new UserNotRoutedError(`nobody knows which nodes serve ${who}`) : new UnreachableError(`the network could not be asked which nodes serve ${who}`)
  if (problem === 'noKey') return new UnreachableError(`none of the nodes that serve ${who} can be reached and has the keys to write to them`)
  if (problem === 'unwritten') return new StoreFailedError('the store of this device could not be written')
  const refusal = { code: problem.refusal, retryAfterSeconds: 0 }
  if (problem.refusal === REFUSAL.tooFewNodes) {
    // A node that is reached and cannot write, or is about to leave, counts as little as one that is not there.
    return new UnreachableError(copies === 0 ? `none of the nodes that serve ${who} can be reached and keep it` : `too few of the nodes that serve ${who} can be reached and keep it: copies: ${copies}/${w}`)
  }
  if (problem.refusal === REFUSAL.mailboxFull) return new RefusedError(`the mailbox of ${who} is full until one of their devices collects its mail`, refusal)
  if (problem.refusal === REFUSAL.requestsFull) return new RefusedError(`the mailbox of ${who} does not know you yet, and takes no more from strangers until one of their devices collects its mail`, refusal)
  return new RefusedError(refusalSentence(refusal), refusal)
}

/** For whoever waited in vain: the problem, and what becomes of the message. */
export function whileQueued (problem: Error | undefined, { state, copies, w }: SentStatus): Error {
  if (problem instanceof ExpiredError || problem instanceof RevokedError) return problem
  if (problem === undefined) return new TimedOutError(`the message is ${state}${w > 0 ? `, copies: ${copies}/${w}` : ''}, and stays queued`)
  const message = `${problem.message}; the message stays queued and goes out when that changes`
  if (problem instanceof RefusedError) return new RefusedError(message, problem.refusal)
  if (problem instanceof StoreFailedError) return new StoreFailedError(message)
  return problem instanceof UserNotRoutedError ? new UserNotRoutedError(message) : new UnreachableError(message)
}
