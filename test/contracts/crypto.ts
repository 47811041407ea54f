// The contract of the Crypto port: every implementation gives the same bytes, and says no where another one does.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import type { Crypto } from '../../src/ports.ts'
import type { PeerKey } from '../../src/types.ts'

/** RFC 8032, section 7.1, tests 1 to 3. */
const ED25519 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature: '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'
  }
]
/** Order of the group, little-endian: adding it to the second half of a signature makes another one of the same point. */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

export function cryptoContract (name: string, crypto: Crypto): void {
  describe(`${name}: the Crypto contract`, () => {
    it('hashes any number of parts as if they were one', () => {
      const parts = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 })
      fc.assert(fc.property(parts, (parts) => {
        const hash = createHash('sha256')
        for (const part of parts) hash.update(part)
        assert.equal(hex(crypto.sha256(...parts)), hash.digest('hex'))
      }))
    })

    it('gives hashes that later hashes leave alone', () => {
      const first = crypto.sha256(Uint8Array.of(1), Uint8Array.of(2))
      const before = hex(first)
      crypto.sha256(Uint8Array.of(3), Uint8Array.of(4))
      assert.equal(hex(first), before)
      assert.equal(Object.getPrototypeOf(first), Uint8Array.prototype, 'a plain Uint8Array')
    })

    for (const [at, { seed, publicKey, message, signature }] of ED25519.entries()) {
      it(`signs and verifies test ${at + 1} of RFC 8032`, async () => {
        const key = await crypto.signingKey(bytes(seed))
        assert.equal(key.publicKey, publicKey)
        assert.equal(hex(await key.sign(bytes(message))), signature)
        assert.equal(await crypto.verify(key.publicKey, bytes(message), bytes(signature)), true)
      })
    }

    it('refuses a seed that is not 32 bytes long', async () => {
      await assert.rejects(crypto.signingKey(new Uint8Array(31)), { name: 'MalformedError' })
      await assert.rejects(crypto.signingKey(new Uint8Array(64)), { name: 'MalformedError' })
    })

    it('verifies nothing after any bit of message or signature has changed', async () => {
      const key = await crypto.signingKey(new Uint8Array(32).fill(7))
      const message = fc.uint8Array({ minLength: 1, maxLength: 200 })
      await fc.assert(fc.asyncProperty(message, fc.nat(), fc.boolean(), async (message, bit, inMessage) => {
        const signature = await key.sign(message)
        assert.equal(await crypto.verify(key.publicKey, message, signature), true)
        const changed = inMessage ? message : signature
        changed[(bit >> 3) % changed.byteLength]! ^= 1 << (bit & 7)
        assert.equal(await crypto.verify(key.publicKey, message, signature), false)
      }), { numRuns: 50 })
    })

    it('answers false, and never throws, for keys and signatures that are none', async () => {
      const key = await crypto.signingKey(new Uint8Array(32).fill(8))
      const message = Uint8Array.of(1, 2, 3)
      const signature = await key.sign(message)
      const keys = ['', 'zz', 'F'.repeat(64), '0'.repeat(63), 'ff'.repeat(32), '02' + '00'.repeat(31)]
      for (const wrong of keys) assert.equal(await crypto.verify(wrong as PeerKey, message, signature), false, wrong)
      for (const wrong of [new Uint8Array(), new Uint8Array(64), signature.subarray(1), new Uint8Array([...signature, 0])]) {
        assert.equal(await crypto.verify(key.publicKey, message, wrong), false)
      }
    })

    it('takes no second spelling of a signature', async () => {
      const key = await crypto.signingKey(new Uint8Array(32).fill(9))
      const signature = await key.sign(Uint8Array.of(1))
      const scalar = signature.subarray(32)
      let sum = BigInt(`0x${hex(scalar.toReversed())}`) + GROUP_ORDER
      for (let at = 0; at < 32; at++, sum >>= 8n) scalar[at] = Number(sum & 0xffn)
      assert.equal(await crypto.verify(key.publicKey, Uint8Array.of(1), signature), false)
    })
  })
}

function bytes (text: string): Uint8Array<ArrayBuffer> {
  return fromString(text, 'base16')
}

function hex (bytes: Uint8Array): string {
  return toString(bytes, 'base16')
}
