/**
 * Private keys on disk: PKCS#8 PEM, readable by their owner alone, and wrapped in an armored age file (scrypt) when
 * there is a passphrase. `openssl` and `age` open them too.
 *
 * A key file is written once and whole: it appears under its name when its bytes are on disk, and never takes the
 * place of another.
 */
import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { armor, Decrypter, Encrypter } from 'age-encryption'
import { fromString } from 'uint8arrays/from-string'
import { IdentityError, MalformedError, PassphraseError, StoreFailedError } from '../errors.ts'
import { privateKeyOf } from './crypto.ts'
import type { Bytes } from '../types.ts'

const OWNER_ONLY = 0o600
const ANYONE_ELSE = 0o077
/** A PEM has 119 bytes, its armored age file about 450. */
const KEY_FILE_BYTES_MAX = 16 * 1024
const AGE_HEAD = '-----BEGIN AGE ENCRYPTED FILE-----'
/** age's own default: 2^18 blocks, about a second and 256 MiB for each guess. */
const SCRYPT_LOG_N = 18
/** Windows has neither mode bits nor directories to flush. */
const HAS_UNIX_FILES = process.platform !== 'win32'

export interface KeyFileOptions {
  /** log2 of age's scrypt cost, 18 by default; tests take less. */
  scryptLogN?: number
}

/**
 * The seed of the Ed25519 key in the file. Throws IdentityError when there is none or others may read it,
 * PassphraseError when the passphrase is missing, wrong or superfluous, MalformedError when the file is damaged,
 * StoreFailedError when the disk refuses.
 */
export async function readKeyFile (path: string, passphrase?: string): Promise<Bytes> {
  const text = (await readOwnFile(path)).trim()
  if (!text.startsWith(AGE_HEAD)) {
    // Going on would leave the owner in the belief that the passphrase protects something.
    if (passphrase != null) throw new PassphraseError(`the key file ${path} is not encrypted: leave the passphrase out`)
    return seedFromPem(path, text)
  }
  if (passphrase == null) throw new PassphraseError(`the key file ${path} needs its passphrase`)
  return seedFromPem(path, await decrypt(path, text, passphrase))
}

/** Throws IdentityError when there is a file of that name already, StoreFailedError when the disk refuses. */
export async function writeKeyFile (path: string, seed: Uint8Array, passphrase?: string, { scryptLogN = SCRYPT_LOG_N }: KeyFileOptions = {}): Promise<void> {
  if (passphrase === '') throw new PassphraseError('an empty passphrase protects nothing')
  const pem = privateKeyOf(seed).export({ format: 'pem', type: 'pkcs8' }).toString()
  await writeOnce(path, passphrase == null ? pem : await encrypt(pem, passphrase, scryptLogN))
}

async function readOwnFile (path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new IdentityError(`there is no key file ${path}`)
    throw new StoreFailedError(`the key file ${path} cannot be opened: ${error.message}`, { cause: error })
  })
  try {
    const { mode, size } = await file.stat()
    if (HAS_UNIX_FILES && (mode & ANYONE_ELSE) !== 0) {
      throw new IdentityError(`others may read the key file ${path}: make sure that nobody did, then run chmod 600 on it`)
    }
    if (size > KEY_FILE_BYTES_MAX) throw new MalformedError(`the key file ${path} is damaged: it has ${size} bytes`)
    return await file.readFile('utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw new StoreFailedError(`the key file ${path} cannot be read: ${error.message}`, { cause: error })
  } finally {
    await file.close()
  }
}

function seedFromPem (path: string, pem: string): Bytes {
  const { d } = parsePem(path, pem).export({ format: 'jwk' })
  return fromString(d ?? '', 'base64url')
}

function parsePem (path: string, pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (error) {
    throw new MalformedError(`the key file ${path} is damaged: it holds no private key`, { cause: error })
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new MalformedError(`the key file ${path} holds a key that is not Ed25519`)
  return key
}

async function encrypt (text: string, passphrase: string, scryptLogN: number): Promise<string> {
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(scryptLogN)
  return armor.encode(await encrypter.encrypt(text))
}

async function decrypt (path: string, text: string, passphrase: string): Promise<string> {
  try {
    const decrypter = new Decrypter()
    decrypter.addPassphrase(passphrase)
    return await decrypter.decrypt(armor.decode(text), 'text')
  } catch (error) {
    // The library has one class for all its errors; a test holds it to this sentence.
    if (error instanceof Error && error.message.includes('no identity matched')) throw new PassphraseError(`the passphrase does not open the key file ${path}`)
    throw new MalformedError(`the key file ${path} is damaged`, { cause: error })
  }
}

/** Under another name first; a hard link then gives it its own, which fails when that is taken, where a rename would not. */
async function writeOnce (path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.draft`
  try {
    await writeDurably(draft, text)
    await link(draft, path)
    await unlink(draft)
    await syncFolder(dirname(path))
  } catch (error) {
    // Whatever went wrong, no second copy of the key stays; that the draft is gone already is no fault.
    await unlink(draft).catch(() => {})
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new IdentityError(`there is a key file ${path} already, and it stays as it is`)
    throw new StoreFailedError(`the key file ${path} cannot be written: ${message}`, { cause: error })
  }
}

async function writeDurably (path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A new name is durable when its folder is. */
async function syncFolder (path: string): Promise<void> {
  if (!HAS_UNIX_FILES) return
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
