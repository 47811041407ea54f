/**
 * Taking a device away. It holds every key that the user's devices share, so all of them change: the root key, which is
 * nowhere but in the phrase, begins a new epoch, in which nothing that the device signs counts, with new sealing keys and
 * a new presence key that it never sees.
 */
import { IdentityError, MalformedError } from '../../errors.ts'
import { backupSeedFromPhrase, makeCertificate, makeProfile, rootSeedFromPhrase } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import { publicHalves, sealingKeyEnd } from '../account-keys.ts'
import { newSealingKeys } from '../sealing/index.ts'
import { backupKeyPair } from './phrase-key.ts'
import { placeIn } from './own-profile.ts'
import type { Clock, Crypto, Random } from '../../ports.ts'
import type { PeerKey } from '../../types.ts'
import type { Account, AccountChange } from '../account.ts'

const KEY_EPOCHS = 256

export interface RevokingComponents { account: Account, crypto: Crypto, clock: Clock, random: Random }

/**
 * The account without `device`. Throws MalformedError when it is none of ours, or the phrase is mistyped; IdentityError
 * when the phrase is another user's, or the device is this one.
 */
export async function without (device: PeerKey, phrase: string, { account, crypto, clock, random }: RevokingComponents): Promise<AccountChange> {
  const root = await crypto.signingKey(rootSeedFromPhrase(phrase))
  if (root.publicKey as string !== account.root) throw new IdentityError('the recovery phrase is another user’s')
  if (device === account.device.publicKey) throw new IdentityError('that is the device you are using: take it away from another one of yours')
  if (placeIn(account.profile, device) < 0) throw new MalformedError('you have no such device')
  const now = clock.now()
  const epoch = account.epoch + 1
  const remaining = account.profile.devices.filter(certificate => certificate.device !== device)
  // Signed by the root, they can all let others in again, whoever let them in.
  const devices = await Promise.all(remaining.map(async ({ device, capabilities, issuedAt }) => await makeCertificate({ root: account.root, device, epoch, capabilities, issuedAt }, { key: root }, { crypto })))
  const keyEpoch = (Math.max(-1, ...account.profile.sealingKeys.map(key => key.keyEpoch)) + 1) % KEY_EPOCHS
  const sealingKeys = await newSealingKeys({ keyEpoch, notAfter: sealingKeyEnd(now) }, random)
  const { requests } = account.profile
  return {
    profile: await makeProfile({ root: account.root, epoch, seq: account.nextSeq(), devices, sealingKeys: publicHalves(sealingKeys), requests }, { key: root }, { crypto }),
    sealingKeys,
    presenceKey: random.bytes(LIMITS.presenceKeyBytes),
    backupKey: (await backupKeyPair(backupSeedFromPhrase(phrase))).publicKey
  }
}
