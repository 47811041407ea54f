/** The key that backups are sealed to: it comes from the recovery phrase, and devices keep its public half only. */
import { SEALING_SUITE } from '../../types.ts'
import { sealingKeyFromSeed, type SealingKeyPair } from '../sealing/index.ts'

const NEVER = 0xffff_ffff

/** seed: identity's `backupSeedFromPhrase`. */
export async function backupKeyPair (seed: Uint8Array): Promise<SealingKeyPair> {
  return await sealingKeyFromSeed(seed, { suite: SEALING_SUITE.backup, keyEpoch: 0, notAfter: NEVER })
}
