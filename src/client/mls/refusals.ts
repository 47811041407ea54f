/**
 * What the library throws, said in our words. It has been pinned, so its sentences can be told apart; a test meets
 * each of them. Whatever else it throws came from what a stranger sent, and means that it did not verify.
 */
import { MalformedError, NotAuthenticError, TooLargeError } from '../../errors.ts'
import * as errors from './errors.ts'

const OURS: Array<new (...args: never[]) => Error> = [...Object.values(errors), MalformedError, NotAuthenticError, TooLargeError]

/** Runs a step of the library on what others sent. Throws named errors only. */
export async function inOurWords<T> (step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (err) {
    throw OURS.some((kind) => err instanceof kind) ? err : translate(err)
  }
}

function translate (cause: unknown): Error {
  const { name, message } = cause instanceof Error ? cause : { name: '', message: '' }
  if (message === 'Desired gen in the past') return new errors.AlreadyReadError('the message was read before, or its key was given up', { cause })
  if (message === 'Desired generation too far in the future') return new errors.TooFarAheadError('too many messages are missing before this one', { cause })
  if (message === 'Could not decode group secrets') return new errors.NotInvitedError('the Welcome is not for this key package', { cause })
  if (name === 'ValidationError') return new errors.NotAllowedError(`the commit breaks a rule of MLS: ${message}`, { cause })
  return new NotAuthenticError('what came for the group does not decrypt, or does not verify', { cause })
}
