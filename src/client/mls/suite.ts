/**
 * The cipher suites as the library wants them, with two parts of our own: signatures are made by the device's key,
 * which therefore never stands in a state or on disk beside it, and keys kept for skipped messages are read (kept-keys.ts).
 */
import { getCiphersuiteFromName, getCiphersuiteImpl, type CiphersuiteImpl, type CiphersuiteName } from 'ts-mls'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../../errors.ts'
import { withKeptKeys } from './kept-keys.ts'
import { MLS_SUITE, type MlsSuite } from './port.ts'
import type { Crypto, SigningKey } from '../../ports.ts'
import type { PeerKey } from '../../types.ts'

const NAMES: Record<MlsSuite, CiphersuiteName> = {
  [MLS_SUITE.x25519]: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
  [MLS_SUITE.xWing]: 'MLS_256_XWING_AES256GCM_SHA512_Ed25519'
}

/** Where the library asks for a private key: the signer needs none. */
export const NO_PRIVATE_KEY = new Uint8Array(0)

export const SUITE_NAMES: readonly CiphersuiteName[] = Object.freeze([NAMES[MLS_SUITE.xWing], NAMES[MLS_SUITE.x25519]])

/** Throws MalformedError for a suite that is not ours. */
export function suiteOf (name: CiphersuiteName): MlsSuite {
  if (name === NAMES[MLS_SUITE.xWing]) return MLS_SUITE.xWing
  if (name === NAMES[MLS_SUITE.x25519]) return MLS_SUITE.x25519
  throw new MalformedError(`we do not use the cipher suite ${name}`)
}

/** Each suite is made once, when it is first needed: X-Wing's code is loaded with it. */
export class Suites {
  readonly #made = new Map<MlsSuite, Promise<CiphersuiteImpl>>()
  readonly #crypto: Pick<Crypto, 'verify'>
  readonly #signer: SigningKey

  constructor (crypto: Pick<Crypto, 'verify'>, signer: SigningKey) {
    this.#crypto = crypto
    this.#signer = signer
  }

  async get (suite: MlsSuite): Promise<CiphersuiteImpl> {
    let made = this.#made.get(suite)
    if (made == null) {
      made = this.#make(suite)
      this.#made.set(suite, made)
    }
    return await made
  }

  async #make (suite: MlsSuite): Promise<CiphersuiteImpl> {
    const impl = await getCiphersuiteImpl(getCiphersuiteFromName(NAMES[suite]))
    return {
      ...impl,
      kdf: withKeptKeys(impl),
      signature: {
        sign: async (_key, message) => await this.#signer.sign(message),
        verify: async (key, message, signature) => await this.#crypto.verify(toString(key, 'base16') as PeerKey, message, signature),
        keygen: impl.signature.keygen
      }
    }
  }
}
