import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { readKeyFile, writeKeyFile } from '../../src/node/key-file.ts'

const SEED = new Uint8Array(32).map((_, at) => at)
const PASSPHRASE = 'correct horse battery staple'
const QUICK = { scryptLogN: 4 }
const MALFORMED = { name: 'MalformedError' }
const PASSPHRASE_ERROR = { name: 'PassphraseError' }
const IDENTITY_ERROR = { name: 'IdentityError' }

describe('key files', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-key-'))
    path = join(folder, 'key.pem')
  })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  it('give back the seed, as PKCS#8 that others can read too', async () => {
    await writeKeyFile(path, SEED)
    assert.deepEqual(await readKeyFile(path), SEED)
    const { x } = createPublicKey(await readFile(path)).export({ format: 'jwk' })
    assert.equal(Buffer.from(x ?? '', 'base64url').toString('hex'), (await nodeCrypto.signingKey(SEED)).publicKey)
  })

  it('are their owner’s alone, and leave no second copy', async () => {
    await writeKeyFile(path, SEED)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(folder), ['key.pem'])
  })

  it('are refused when others may read them', async () => {
    await writeKeyFile(path, SEED)
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(path, mode)
      await assert.rejects(readKeyFile(path), { ...IDENTITY_ERROR, message: /others may read/ })
    }
  })

  it('are never written over', async () => {
    await writeKeyFile(path, SEED)
    await assert.rejects(writeKeyFile(path, new Uint8Array(32)), IDENTITY_ERROR)
    assert.deepEqual(await readKeyFile(path), SEED)
    assert.deepEqual(await readdir(folder), ['key.pem'])
  })

  it('are written once when two write at the same time', async () => {
    const seeds = Array.from({ length: 5 }, (_, at) => new Uint8Array(32).fill(at))
    const outcomes = await Promise.allSettled(seeds.map(async (seed) => { await writeKeyFile(path, seed) }))
    const won = outcomes.findIndex(({ status }) => status === 'fulfilled')
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await readKeyFile(path), seeds[won])
    assert.deepEqual(await readdir(folder), ['key.pem'])
  })

  it('that are not there say so', async () => {
    await assert.rejects(readKeyFile(path), IDENTITY_ERROR)
    await assert.rejects(readKeyFile(folder), { name: /IdentityError|StoreFailedError/ })
  })

  it('say when the disk refuses', async () => {
    await assert.rejects(writeKeyFile(join(folder, 'missing', 'key.pem'), SEED), { name: 'StoreFailedError' })
  })

  it('hold seeds of 32 bytes', async () => {
    await assert.rejects(writeKeyFile(path, new Uint8Array(31)), MALFORMED)
    assert.deepEqual(await readdir(folder), [])
  })

  describe('with a passphrase', () => {
    it('give back the seed to whoever has it', async () => {
      await writeKeyFile(path, SEED, PASSPHRASE, QUICK)
      const text = await readFile(path, 'utf8')
      assert.match(text, /^-----BEGIN AGE ENCRYPTED FILE-----\n/)
      assert.doesNotMatch(text, /PRIVATE KEY/)
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      assert.deepEqual(await readKeyFile(path, PASSPHRASE), SEED)
    })

    it('refuse a missing, wrong, empty or superfluous one', async () => {
      await writeKeyFile(path, SEED, PASSPHRASE, QUICK)
      await assert.rejects(readKeyFile(path), PASSPHRASE_ERROR)
      await assert.rejects(readKeyFile(path, `${PASSPHRASE}r`), PASSPHRASE_ERROR)
      await assert.rejects(readKeyFile(path, ''), PASSPHRASE_ERROR)
      const plain = join(folder, 'plain.pem')
      await assert.rejects(writeKeyFile(plain, SEED, ''), PASSPHRASE_ERROR)
      await writeKeyFile(plain, SEED)
      await assert.rejects(readKeyFile(plain, PASSPHRASE), PASSPHRASE_ERROR)
    })

    it('cost a guesser age’s full price', async () => {
      await writeKeyFile(path, SEED, PASSPHRASE)
      const [, ...lines] = (await readFile(path, 'utf8')).split('\n')
      assert.match(Buffer.from(lines.slice(0, -2).join(''), 'base64').toString('latin1'), /-> scrypt \S+ 18\n/)
    })

    it('that are damaged are refused', async () => {
      await writeKeyFile(path, SEED, PASSPHRASE, QUICK)
      const text = await readFile(path, 'utf8')
      await fc.assert(fc.asyncProperty(fc.nat(), fc.constantFrom('A', 'z', '0', '\n', ' ', '='), async (place, character) => {
        const at = place % (text.length - 1)
        const changed = text.slice(0, at) + character + text.slice(at + 1)
        fc.pre(changed.trim() !== text.trim())
        await replace(changed)
        await assert.rejects(readKeyFile(path, PASSPHRASE), ({ name }) => name === 'MalformedError' || name === 'PassphraseError')
      }), { numRuns: 40 })
      await replace(text.slice(0, -60))
      await assert.rejects(readKeyFile(path, PASSPHRASE), MALFORMED)
    })
  })

  describe('that are damaged', () => {
    it('are refused by name', async () => {
      const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' })
      const x25519 = generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
      for (const text of ['', 'hello', '-----BEGIN PRIVATE KEY-----', String(rsa), String(x25519), '\0'.repeat(100)]) {
        await replace(text)
        await assert.rejects(readKeyFile(path), MALFORMED)
      }
    })

    it('are read no further than 16 KiB', async () => {
      await replace(' '.repeat(16 * 1024 + 1))
      await assert.rejects(readKeyFile(path), { ...MALFORMED, message: /has 16385 bytes/ })
    })

    it('never crash the reader', async () => {
      await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 500 })), async (content) => {
        await replace(content)
        await assert.rejects(readKeyFile(path), MALFORMED)
      }), { numRuns: 50 })
    })
  })

  async function replace (content: string | Uint8Array): Promise<void> {
    await rm(path, { force: true })
    await writeFile(path, content, { mode: 0o600 })
  }
})
