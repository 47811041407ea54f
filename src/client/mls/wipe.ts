/**
 * Forgetting. What a step used up is overwritten once its outcome is on disk; before that the old state must stay
 * usable for another try. JavaScript may have copied the bytes elsewhere, so this is the best that can be had here,
 * and what counts is that no state that is written holds them.
 */
import { allSecretTreeValues } from 'ts-mls/secretTree.js'
import type { ClientState } from 'ts-mls'

export function wiper (secrets: Uint8Array[]): () => void {
  return () => {
    for (const secret of secrets) secret.fill(0)
  }
}

/** The secrets of former epochs that the newer state does not have any more; the library leaves them where they are. */
export function forgottenEpochs (before: ClientState, after: ClientState): Uint8Array[] {
  return [...before.historicalReceiverData]
    .filter(([epoch]) => !after.historicalReceiverData.has(epoch))
    .flatMap(([, former]) => [...allSecretTreeValues(former.secretTree).filter((secret) => secret != null), former.senderDataSecret])
}
