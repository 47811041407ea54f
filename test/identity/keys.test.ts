import assert from 'node:assert/strict'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import fc from 'fast-check'
import {
  keyBytes, mailboxOf, parseUserId, peerIdFromPeerKey, peerKeyFromBytes, peerKeyFromPeerId, privateKeyFromSeed, rootKeyFromBytes, userIdOf
} from '../../src/identity/index.ts'
import { webCrypto } from '../../src/client/crypto.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { readVectors } from '../vectors.ts'
import { keyOf } from './people.ts'
import type { PeerKey, RootKey } from '../../src/types.ts'

const { user, node } = readVectors<{
  user: { rootKey: RootKey, userId: string, mailbox: string }
  node: { publicKey: PeerKey, peerId: string }
}>('identity')
const MALFORMED = { name: 'MalformedError' }
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('a host’s private key', () => {
  it('is the one that libp2p makes of the seed', async () => {
    for (const byte of [0, 1, 0x80, 0xff]) {
      const seed = new Uint8Array(32).fill(byte)
      const theirs = await generateKeyPairFromSeed('Ed25519', seed)
      for (const port of [crypto, webCrypto]) {
        const ours = await privateKeyFromSeed(seed, port)
        assert.ok(ours.equals(theirs) && ours.publicKey.equals(theirs.publicKey))
      }
    }
  })
})

describe('user ids', () => {
  it('spell the root key as the protocol says', () => {
    assert.equal(userIdOf(user.rootKey), user.userId)
    assert.equal(parseUserId(user.userId), user.rootKey)
    assert.equal(mailboxOf(user.rootKey, crypto), user.mailbox)
  })

  it('come back as the key that they were made of', () => {
    fc.assert(fc.property(anyKey, (bytes) => {
      const root = rootKeyFromBytes(bytes)
      assert.equal(parseUserId(userIdOf(root)), root)
      assert.match(userIdOf(root), /^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/)
    }))
  })

  it('of other keys, methods and spellings are refused', () => {
    const id = user.userId
    const wrong = [
      '', 'did:key:', id.slice(0, -1), `${id}1`, ` ${id}`, id.toUpperCase(), id.replace('did:key:', 'did:web:'), id.replace('z6Mk', 'm6Mk'),
      id.slice(0, -1) + '0', id.slice(0, -1) + 'é',
      // X25519, as in the did:key specification.
      'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc',
      `did:key:z6Mk${'z'.repeat(44)}`,
      'z'.repeat(1_000_000)
    ]
    for (const text of wrong) assert.throws(() => parseUserId(text), MALFORMED, text.slice(0, 80))
  })

  it('are refused or spelled back exactly, whatever is typed', () => {
    const typed = fc.oneof(fc.string(), fc.string({ minLength: 44, maxLength: 44 }).map((tail) => `did:key:z6Mk${tail}`))
    fc.assert(fc.property(typed, (text) => {
      let root: RootKey
      try {
        root = parseUserId(text)
      } catch (error) {
        assert.equal((error as Error).name, 'MalformedError')
        return
      }
      assert.equal(userIdOf(root), text)
    }))
  })
})

describe('peer keys', () => {
  it('spell peer ids as libp2p does', async () => {
    assert.equal(peerIdFromPeerKey(node.publicKey).toString(), node.peerId)
    assert.equal(peerKeyFromPeerId(peerIdFromString(node.peerId)), node.publicKey)
    const own = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    assert.ok(peerIdFromPeerKey(peerKeyFromPeerId(own)).equals(own))
  })

  it('are Ed25519 keys only', async () => {
    const other = peerIdFromPrivateKey(await generateKeyPair('secp256k1'))
    assert.throws(() => peerKeyFromPeerId(other), MALFORMED)
  })

  it('have 32 bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }).filter(({ byteLength }) => byteLength !== 32), (bytes) => {
      assert.throws(() => peerKeyFromBytes(bytes), MALFORMED)
    }))
    fc.assert(fc.property(anyKey, (bytes) => { assert.deepEqual(keyBytes(peerKeyFromBytes(bytes)), bytes) }))
  })

  it('are no points of small order, with which anyone can sign', async () => {
    const neutral = new Uint8Array(32)
    neutral[0] = 1
    assert.throws(() => peerKeyFromBytes(neutral), MALFORMED)
    assert.throws(() => rootKeyFromBytes(new Uint8Array(32)), MALFORMED)
    neutral[31] = 0x80
    assert.throws(() => peerKeyFromBytes(neutral), MALFORMED)
    assert.equal(peerKeyFromBytes(keyBytes((await keyOf('node', 0)).publicKey)).length, 64)
  })
})
