// What somebody can do who has the library, a state and no respect for our rules.
import { createCommit, processPrivateMessage, emptyPskIndex, encodeMlsMessage, type CiphersuiteImpl, type ClientState, type Proposal } from 'ts-mls'
import { Suites } from '../../../src/client/mls/suite.ts'
import { insideOf } from '../../../src/client/mls/state.ts'
import { openMessage } from '../../../src/client/mls/frames.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import type { MlsSuite } from '../../../src/client/mls/index.ts'
import type { SigningKey } from '../../../src/ports.ts'
import type { Seat } from './people.ts'

/** The library's suite with our signatures, and its own key derivation: nothing of ours in the way. */
export async function rawSuite (suite: MlsSuite, signer: SigningKey): Promise<CiphersuiteImpl> {
  return await new Suites(crypto, signer).get(suite)
}

/** A state whose owner believes everything. */
export function gullible (seat: Seat): ClientState {
  const inside = insideOf(seat.state)
  return { ...inside, clientConfig: { ...inside.clientConfig, authService: { validateCredential: async () => true } } }
}

/** A commit as the library makes it, without any of our checks. */
export async function rawCommit (seat: Seat, signer: SigningKey, extraProposals: Proposal[], state = gullible(seat)) {
  const cipherSuite = await rawSuite(seat.state.suite, signer)
  const made = await createCommit({ state, cipherSuite }, { extraProposals, ratchetTreeExtension: true })
  return { message: encodeMlsMessage(made.commit), welcome: made.welcome, next: made.newState }
}

/** Whether the library alone opens a message with a state. */
export async function opens (state: ClientState, message: Uint8Array, suite: CiphersuiteImpl): Promise<boolean> {
  try {
    return (await processPrivateMessage(state, openMessage(message).message, emptyPskIndex, suite)).kind === 'applicationMessage'
  } catch {
    // Any failure is what we hope for.
    return false
  }
}
