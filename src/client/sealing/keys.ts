/**
 * Sealing keys: a user's profile offers one of each suite, and its devices hold the private halves under the 1-byte
 * key epoch that an envelope names. HPKE comes from @hpke, on WebCrypto, the same in Node and in browsers.
 */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { XWing } from '@hpke/hybridkem-x-wing'
import { MalformedError } from '../../errors.ts'
import { SEALING_SUITE } from '../../types.ts'
import type { Random } from '../../ports.ts'
import type { Bytes, Millis, SealingKey, Seconds } from '../../types.ts'

/** Both KEMs derive their pair from so many random bytes. */
const PRIVATE_KEY_BYTES = 32
const KEY_EPOCH_MAX = 0xff

/** A sealing key with the half that never leaves the user's devices. */
export interface SealingKeyPair extends SealingKey { publicKey: Bytes, privateKey: Bytes }

const x25519 = new DhkemX25519HkdfSha256()
const xWing = new XWing()

const xWingSuite = new CipherSuite({ kem: xWing, kdf: new HkdfSha256(), aead: new Aes256Gcm() })

/** HPKE suites by their number on the wire. */
const suites = new Map<number, CipherSuite>([
  [SEALING_SUITE.x25519, new CipherSuite({ kem: x25519, kdf: new HkdfSha256(), aead: new Aes256Gcm() })],
  [SEALING_SUITE.xWing, xWingSuite],
  [SEALING_SUITE.device, xWingSuite],
  [SEALING_SUITE.backup, xWingSuite]
])
/** What others may seal to: of a key that stands in a profile. */
const PROFILE_SUITES: readonly number[] = [SEALING_SUITE.x25519, SEALING_SUITE.xWing]

/** The HPKE suite of a number, undefined when it is not known here. */
export function sealingSuite (suite: number): CipherSuite | undefined {
  return suites.get(suite)
}

/** Fresh keys of both suites under one key epoch (0 to 255, so that it fits its byte). */
export async function newSealingKeys ({ keyEpoch, notAfter }: { keyEpoch: number, notAfter: Seconds }, random: Pick<Random, 'bytes'>): Promise<SealingKeyPair[]> {
  if (!Number.isInteger(keyEpoch) || keyEpoch < 0 || keyEpoch > KEY_EPOCH_MAX) throw new MalformedError(`a key epoch is 0 to ${KEY_EPOCH_MAX}, not ${keyEpoch}`)
  const made = [
    { suite: SEALING_SUITE.xWing, kem: xWing, pair: await xWing.generateKeyPairDerand(ownBytes(random.bytes(PRIVATE_KEY_BYTES))) },
    { suite: SEALING_SUITE.x25519, kem: x25519, pair: await x25519.deriveKeyPair(ownBytes(random.bytes(PRIVATE_KEY_BYTES))) }
  ]
  return await Promise.all(made.map(async ({ suite, kem, pair }) => ({
    suite,
    keyEpoch,
    notAfter,
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey))
  })))
}

/** An X-Wing key that stands in no profile, from its 32-byte seed. */
export async function sealingKeyFromSeed (seed: Uint8Array, { suite, keyEpoch, notAfter }: Omit<SealingKey, 'publicKey'>): Promise<SealingKeyPair> {
  const pair = await xWing.generateKeyPairDerand(ownBytes(seed))
  return {
    suite,
    keyEpoch,
    notAfter,
    publicKey: new Uint8Array(await xWing.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await xWing.serializePrivateKey(pair.privateKey))
  }
}

/**
 * Which of a profile's keys to seal to: one that has not run out before one that has (its owner may have been away
 * and not rotated), X-Wing before X25519, the highest key epoch. Undefined when there is none that is known here.
 */
export function chooseSealingKey (keys: readonly SealingKey[], now: Millis): SealingKey | undefined {
  const rank = (key: SealingKey): number[] => [key.notAfter * 1000 > now ? 1 : 0, key.suite === SEALING_SUITE.xWing ? 1 : 0, key.keyEpoch]
  return keys.filter(({ suite }) => PROFILE_SUITES.includes(suite)).sort((a, b) => compareRanks(rank(b), rank(a)))[0]
}

/** @hpke reads `.buffer` of some arguments as a whole, so each gets a buffer of its own. */
export function ownBytes (bytes: Uint8Array): Bytes {
  return bytes.slice() as Bytes
}

function compareRanks (a: number[], b: number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
