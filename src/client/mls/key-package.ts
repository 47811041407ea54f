/**
 * Key packages: by one of them a device is added to a group while it is away. Secrets on disk: u8 version ‖ u16 length
 * ‖ init key ‖ leaf key.
 */
import { generateKeyPackageWithKey, type KeyPackage as LibraryKeyPackage, type PrivateKeyPackage } from 'ts-mls'
import { makeKeyPackageRef, verifyKeyPackage } from 'ts-mls/keyPackage.js'
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { NotAuthenticError, StoreDamagedError } from '../../errors.ts'
import { keyBytes } from '../../identity/index.ts'
import { MLS_DEFAULTS } from './defaults.ts'
import { KeyPackageUnusableError, NotAllowedError } from './errors.ts'
import { encodeFrame, openKeyPackageFrame } from './frames.ts'
import { inOurWords } from './refusals.ts'
import { NO_PRIVATE_KEY, SUITE_NAMES, suiteOf } from './suite.ts'
import type { Bytes, Millis, Seconds } from '../../types.ts'
import type { Engine } from './engine.ts'
import type { KeyPackage, KeyPackageRef, MlsSuite, OwnKeyPackage } from './port.ts'

const VERSION = 1
const LEAD_BYTES = 3

const insides = new WeakMap<KeyPackage, LibraryKeyPackage>()

export interface MadeKeyPackage { publicPackage: LibraryKeyPackage, privatePackage: PrivateKeyPackage, notAfter: Seconds }

/** Both halves, as the library has them. */
export async function generate ({ suites, signer, certificate }: Engine, suite: MlsSuite, now: Millis): Promise<MadeKeyPackage> {
  const nowS = Math.floor(now / 1000)
  const notAfter = nowS + MLS_DEFAULTS.keyPackageLifeS
  const made = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: certificate().bytes },
    { versions: ['mls10'], ciphersuites: [...SUITE_NAMES], extensions: [], proposals: [], credentials: ['basic'] },
    { notBefore: BigInt(nowS - MLS_DEFAULTS.clockSlackS), notAfter: BigInt(notAfter) },
    [],
    { signKey: NO_PRIVATE_KEY, publicKey: keyBytes(signer.publicKey) },
    await suites.get(suite)
  )
  return { ...made, notAfter }
}

export async function makeKeyPackage (engine: Engine, suite: MlsSuite, now: Millis): Promise<OwnKeyPackage> {
  const { publicPackage, privatePackage, notAfter } = await generate(engine, suite, now)
  return {
    ref: await refOf(engine, suite, publicPackage),
    suite,
    notAfter,
    bytes: encodeFrame({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage }),
    secrets: encodeSecrets(privatePackage)
  }
}

/** Checks everything that does not depend on a group. */
export async function openKeyPackage (engine: Engine, bytes: Uint8Array, now: Millis): Promise<KeyPackage> {
  const inside = openKeyPackageFrame(bytes)
  const suite = suiteOf(inside.cipherSuite)
  const impl = await engine.suites.get(suite)
  const { leafNode } = inside
  if (inside.extensions.length > 0 || leafNode.extensions.length > 0) throw new NotAllowedError('key packages of our groups have no extensions')
  const member = await engine.leaves.open(leafNode.credential, leafNode.signaturePublicKey)
  await inOurWords(async () => {
    if (!await verifyLeafNodeSignatureKeyPackage(leafNode, impl.signature) || !await verifyKeyPackage(inside, impl.signature)) {
      throw new NotAuthenticError('the key package was not signed by the device that it names')
    }
    await impl.hpke.importPublicKey(inside.initKey)
    await impl.hpke.importPublicKey(leafNode.hpkePublicKey)
  })
  if (equals(inside.initKey, leafNode.hpkePublicKey)) throw new NotAllowedError('the key package has one key for two uses')
  const keyPackage = Object.freeze({
    ref: await refOf(engine, suite, inside),
    suite,
    member,
    notAfter: readNotAfter(inside),
    bytes: withArrayBuffer(bytes.slice())
  }) as unknown as KeyPackage
  insides.set(keyPackage, inside)
  checkTimes(keyPackage, now)
  return keyPackage
}

/** Once more when it is used: it may have lain. Throws KeyPackageUnusableError. */
export function checkTimes (keyPackage: KeyPackage, now: Millis): void {
  const { notBefore, notAfter } = insideOfPackage(keyPackage).leafNode.lifetime
  const nowS = BigInt(Math.floor(now / 1000))
  if (notAfter - notBefore > BigInt(MLS_DEFAULTS.keyPackageLifeS + MLS_DEFAULTS.clockSlackS)) throw new KeyPackageUnusableError('the key package claims to live longer than key packages do')
  if (notBefore > nowS) throw new KeyPackageUnusableError('the key package is not valid yet')
  if (notAfter - nowS < BigInt(MLS_DEFAULTS.keyPackageLeftS)) throw new KeyPackageUnusableError('the key package is too old: mail that uses it might not come in time')
}

export function insideOfPackage (keyPackage: KeyPackage): LibraryKeyPackage {
  const inside = insides.get(keyPackage)
  if (inside == null) throw new TypeError('a key package comes from openKeyPackage only')
  return inside
}

/** Both halves of our own package, as it was kept. Throws StoreDamagedError or MalformedError. */
export function readOwn (own: OwnKeyPackage): { publicPackage: LibraryKeyPackage, privatePackage: PrivateKeyPackage } {
  const { secrets } = own
  const initLength = (secrets[1] ?? 0) << 8 | (secrets[2] ?? 0)
  if (secrets[0] !== VERSION || secrets.byteLength <= LEAD_BYTES + initLength) throw new StoreDamagedError('the stored key package cannot be read')
  return {
    publicPackage: openKeyPackageFrame(own.bytes),
    privatePackage: {
      initPrivateKey: secrets.slice(LEAD_BYTES, LEAD_BYTES + initLength),
      hpkePrivateKey: secrets.slice(LEAD_BYTES + initLength),
      signaturePrivateKey: NO_PRIVATE_KEY
    }
  }
}

function encodeSecrets ({ initPrivateKey, hpkePrivateKey }: PrivateKeyPackage): Bytes {
  return withArrayBuffer(concat([Uint8Array.of(VERSION, initPrivateKey.byteLength >>> 8, initPrivateKey.byteLength), initPrivateKey, hpkePrivateKey]))
}

async function refOf ({ suites }: Engine, suite: MlsSuite, inside: LibraryKeyPackage): Promise<KeyPackageRef> {
  return toString(await makeKeyPackageRef(inside, (await suites.get(suite)).hash), 'base16') as KeyPackageRef
}

/** Seconds that no clock of ours reaches are cut: such a package is refused for its life anyway. */
function readNotAfter ({ leafNode }: LibraryKeyPackage): Seconds {
  const { notAfter } = leafNode.lifetime
  return notAfter > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(notAfter)
}
