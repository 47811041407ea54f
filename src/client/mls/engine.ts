/** What every operation on groups works with: this device, its keys, who may be where. */
import { defaultKeyPackageEqualityConfig, type ClientConfig } from 'ts-mls'
import { MLS_DEFAULTS } from './defaults.ts'
import { NotAllowedError } from './errors.ts'
import { Leaves, type Admit } from './leaves.ts'
import { Suites } from './suite.ts'
import type { Crypto, SigningKey } from '../../ports.ts'
import type { DeviceCertificate } from '../../types.ts'
import type { PskIndex } from 'ts-mls'

export interface MlsComponents {
  crypto: Pick<Crypto, 'verify'>
  /** The device's own key, which signs its leaves and messages. */
  signer: SigningKey
  /** The credential of this device's next key packages and groups: asked each time, because revocations renew it. */
  certificate: () => DeviceCertificate
  admit: Admit
}

export interface Engine {
  signer: SigningKey
  certificate: () => DeviceCertificate
  suites: Suites
  leaves: Leaves
  /** What the library looks up in a state. */
  config: ClientConfig
}

/** We have no pre-shared keys; the library asks before it asks whether the proposal is allowed. */
export const NO_PRE_SHARED_KEYS: PskIndex = Object.freeze({
  findPsk: () => { throw new NotAllowedError('pre-shared keys are not used in our groups') }
})

export function makeEngine ({ crypto, signer, certificate, admit }: MlsComponents): Engine {
  const leaves = new Leaves(crypto, admit)
  return {
    signer,
    certificate,
    suites: new Suites(crypto, signer),
    leaves,
    config: {
      keyRetentionConfig: {
        retainKeysForGenerations: MLS_DEFAULTS.skippedKeys,
        retainKeysForEpochs: MLS_DEFAULTS.formerEpochs,
        maximumForwardRatchetSteps: MLS_DEFAULTS.skipAhead
      },
      // Only the device that adds looks at the clock: a commit may lie for weeks, and all must judge it alike.
      lifetimeConfig: { maximumTotalLifetime: BigInt(MLS_DEFAULTS.keyPackageLifeS + MLS_DEFAULTS.clockSlackS), validateLifetimeOnReceive: false },
      keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
      // The envelope around is padded already.
      paddingConfig: { kind: 'alwaysPad', paddingLength: 0 },
      authService: {
        validateCredential: async (credential, key) => {
          await leaves.open(credential, key)
          return true
        }
      }
    }
  }
}
