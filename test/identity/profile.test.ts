import assert from 'node:assert/strict'
import { makeProfile, makeSigned, openProfile, type ProfileInit, type Signer } from '../../src/identity/index.ts'
import { keyBytes } from '../../src/identity/peer-key.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { CAPABILITY, SEALING_SUITE } from '../../src/types.ts'
import { ProfileBody } from '../../src/wire/identity.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN } from '../../src/wire/protocols.ts'
import { refusesHostileBytes } from './hostile.ts'
import { DAY_S, linkDevice, makePerson, NOW, NOW_S, type Person } from './people.ts'
import type { Profile, SealingKey } from '../../src/types.ts'

const NOT_AUTHENTIC = { name: 'NotAuthenticError' }
const MALFORMED = { name: 'MalformedError' }
const x25519 = sealingKey(SEALING_SUITE.x25519, 0, 32)
const xWing = sealingKey(SEALING_SUITE.xWing, 0, 1216)

describe('profiles', () => {
  let alice: Person
  let bob: Person
  before(async () => {
    alice = await makePerson(1)
    bob = await makePerson(2)
  })

  it('tell devices and sealing keys, newest order first', async () => {
    const second = await linkDevice(alice, 2, alice.signer)
    const made = await make({ devices: [alice.certificate, second.certificate], sealingKeys: [x25519, xWing], requests: 1 })
    const opened = await openProfile(made.bytes, { crypto, now: NOW })
    assert.deepEqual(opened, made)
    assert.deepEqual(opened.devices, [alice.certificate, second.certificate])
    assert.deepEqual(opened.sealingKeys, [x25519, xWing])
    assert.equal(opened.requests, 1)
    assert.deepEqual({ ...opened.order, hash: opened.order.hash.length }, { epoch: 1, seq: NOW, hash: 64 })
  })

  it('are signed by the root or a device that may', async () => {
    await make({}, alice.root)
    await make({}, await linkDevice(alice, 2, alice.signer, { capabilities: CAPABILITY.profile }))
    await assert.rejects(make({}, await linkDevice(alice, 2, alice.signer, { capabilities: CAPABILITY.route | CAPABILITY.link })), NOT_AUTHENTIC)
    await assert.rejects(make({}, bob.signer), NOT_AUTHENTIC)
    await assert.rejects(make({}, bob.root), NOT_AUTHENTIC)
    await assert.rejects(make({}, { key: bob.device, certificate: alice.certificate }), NOT_AUTHENTIC)
  })

  it('of a new epoch are out of reach for devices of an older one', async () => {
    await assert.rejects(make({ epoch: 2, devices: [] }, alice.signer), NOT_AUTHENTIC)
    await assert.rejects(make({ epoch: 2, devices: [alice.certificate] }, alice.root), NOT_AUTHENTIC)
    assert.equal((await make({ epoch: 2, devices: [] }, alice.root)).order.epoch, 2)
  })

  it('list devices of their own user, each once', async () => {
    await assert.rejects(make({ devices: [bob.certificate] }), NOT_AUTHENTIC)
    await assert.rejects(make({ devices: [alice.certificate, alice.certificate] }), MALFORMED)
  })

  it('list at most 16 devices', async () => {
    const linked = await Promise.all(Array.from({ length: LIMITS.profileDevices }, async (_, at) => (await linkDevice(alice, at, alice.signer)).certificate))
    const full = await make({ devices: linked, sealingKeys: Array.from({ length: LIMITS.sealingKeys }, (_, at) => sealingKey(SEALING_SUITE.xWing, at, 1216)) })
    assert.ok(full.bytes.byteLength < LIMITS.profileBytes)
    await assert.rejects(make({ devices: [alice.certificate, ...linked] }), MALFORMED)
  })

  it('list sealing keys that have their form', async () => {
    const wrong = [
      [sealingKey(SEALING_SUITE.x25519, 0, 31)], [sealingKey(SEALING_SUITE.xWing, 0, 32)], [sealingKey(SEALING_SUITE.x25519, 256, 32)], [sealingKey(256, 0, 32)],
      [x25519, { ...x25519, notAfter: NOW_S + 1 }], Array.from({ length: LIMITS.sealingKeys + 1 }, (_, at) => sealingKey(SEALING_SUITE.x25519, at, 32))
    ]
    for (const sealingKeys of wrong) await assert.rejects(make({ sealingKeys }), MALFORMED)
    assert.equal((await make({ sealingKeys: [x25519, sealingKey(9, 0, 77)] })).sealingKeys[1]?.suite, 9, 'one of a later suite is kept')
  })

  it('are at most ten minutes ahead', async () => {
    const { bytes } = await make({})
    await openProfile(bytes, { crypto, now: NOW - LIMITS.clockAheadMs })
    await assert.rejects(openProfile(bytes, { crypto, now: NOW - LIMITS.clockAheadMs - 1 }), { name: 'ExpiredError' })
  })

  it('are not made larger than they may be carried', async () => {
    await assert.rejects(make({ sealingKeys: [sealingKey(9, 0, LIMITS.profileBytes)] }), { name: 'TooLargeError' })
  })

  it('name an epoch and a time', async () => {
    const kind = { name: 'the profile', domain: DOMAIN.profile, bytesMax: LIMITS.profileBytes }
    for (const change of [{ epoch: 0 }, { seq: 0n }, { seq: 2n ** 60n }, { root: new Uint8Array(5) }]) {
      const body = ProfileBody.encode({ root: keyBytes(alice.rootKey), epoch: 1, seq: 1n, ...change })
      await assert.rejects(openProfile(await makeSigned(kind, body, alice.root), { crypto, now: NOW }), MALFORMED)
    }
  })

  describe('from hostile hands', () => {
    let profile: Profile
    before(async () => { profile = await make({ sealingKeys: [x25519] }) })
    refusesHostileBytes({
      valid: () => profile.bytes, open: async (bytes) => await openProfile(bytes, { crypto, now: NOW }), bytesMax: LIMITS.profileBytes
    })
  })

  async function make (change: Partial<ProfileInit>, signer: Signer = alice.signer): Promise<Profile> {
    return await makeProfile({ root: alice.rootKey, epoch: 1, seq: NOW, devices: [alice.certificate], sealingKeys: [], ...change }, signer, { crypto })
  }
})

function sealingKey (suite: number, keyEpoch: number, length: number): SealingKey {
  return { suite, keyEpoch, publicKey: new Uint8Array(length).fill(7), notAfter: NOW_S + 31 * DAY_S }
}
