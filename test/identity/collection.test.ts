import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { mailboxOf, makeCollection, makeSigned, openCollection, type Signer } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { CollectionBody } from '../../src/wire/identity.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN } from '../../src/wire/protocols.ts'
import { refusesHostileBytes } from './hostile.ts'
import { linkDevice, makePerson, NOW, type Person } from './people.ts'
import type { Collection, EnvelopeId } from '../../src/types.ts'

const BYTES_MAX = 34_048
const MALFORMED = { name: 'MalformedError' }
const NOT_AUTHENTIC = { name: 'NotAuthenticError' }

describe('collections', () => {
  let alice: Person
  let bob: Person
  before(async () => {
    alice = await makePerson(1, { capabilities: 0 })
    bob = await makePerson(2)
  })

  it('tell which device holds what', async () => {
    const made = await make(3)
    const { bytes, ...said } = await openCollection(made.bytes, { crypto, now: NOW })
    assert.deepEqual(said, { root: alice.rootKey, mailbox: mailboxOf(alice.rootKey, crypto), device: alice.device.publicKey, epoch: 1, ids: idList(3), time: NOW })
    assert.deepEqual(bytes, made.bytes)
  })

  it('list 1 to 1,024 ids, whole ones', async () => {
    const full = await make(LIMITS.collectionIds)
    assert.equal(full.ids.length, LIMITS.collectionIds)
    await assert.rejects(make(0), MALFORMED)
    await assert.rejects(make(LIMITS.collectionIds + 1), MALFORMED)
    await assert.rejects(make(2 * LIMITS.collectionIds), { name: 'TooLargeError' })
    await assert.rejects(open(await sign({ ids: new Uint8Array(33) })), MALFORMED)
  })

  it('fit with the longest certificate', async () => {
    const linked = await linkDevice(bob, 3, await linkDevice(bob, 2, bob.signer))
    const made = await makeCollection({ ids: idList(LIMITS.collectionIds), time: NOW }, linked, { crypto })
    assert.ok(made.bytes.byteLength < BYTES_MAX)
  })

  it('are of a device of the mailbox’s user', async () => {
    await assert.rejects(open(await sign({}, bob.signer)), NOT_AUTHENTIC)
    await assert.rejects(open(await sign({}, alice.root)), NOT_AUTHENTIC)
    await assert.rejects(open(await sign({}, { key: bob.device, certificate: alice.certificate })), NOT_AUTHENTIC)
    await assert.rejects(open(await sign({ mailbox: new Uint8Array() })), NOT_AUTHENTIC)
  })

  it('are at most ten minutes ahead, and of some time', async () => {
    const { bytes } = await make(1)
    await openCollection(bytes, { crypto, now: NOW - LIMITS.clockAheadMs })
    await assert.rejects(openCollection(bytes, { crypto, now: NOW - LIMITS.clockAheadMs - 1 }), { name: 'ExpiredError' })
    await assert.rejects(open(await sign({ time: 0n })), MALFORMED)
  })

  describe('from hostile hands', () => {
    let collection: Collection
    before(async () => { collection = await make(3) })
    refusesHostileBytes({ valid: () => collection.bytes, open, bytesMax: BYTES_MAX })
  })

  async function open (bytes: Uint8Array): Promise<Collection> {
    return await openCollection(bytes, { crypto, now: NOW })
  }

  async function make (count: number): Promise<Collection> {
    return await makeCollection({ ids: idList(count), time: NOW }, alice.signer, { crypto })
  }

  async function sign (change: Partial<CollectionBody>, signer: Signer = alice.signer): Promise<Uint8Array> {
    const mailbox = fromString(mailboxOf(alice.rootKey, crypto), 'base16')
    const body = CollectionBody.encode({ mailbox, ids: new Uint8Array(32), time: BigInt(NOW), ...change })
    return await makeSigned({ name: 'the collection', domain: DOMAIN.collection, bytesMax: BYTES_MAX }, body, signer)
  }
})

function idList (count: number): EnvelopeId[] {
  return Array.from({ length: count }, (_, at) => at.toString(16).padStart(64, '0') as EnvelopeId)
}
