import assert from 'node:assert/strict'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { isSameKey, lacksSecrets, missingIn, placeIn } from '../../../src/client/devices/own-profile.ts'
import { makeProfile } from '../../../src/identity/index.ts'
import { SEALING_SUITE } from '../../../src/types.ts'
import { linkDevice, makePerson, NOW, type Person } from '../../identity/people.ts'
import type { DeviceCertificate, Profile, SealingKey } from '../../../src/types.ts'

describe('one profile of several devices', () => {
  let person: Person
  let second: DeviceCertificate
  let third: DeviceCertificate

  beforeEach(async () => {
    person = await makePerson(1)
    second = (await linkDevice(person, 2, person.signer)).certificate
    third = (await linkDevice(person, 3, person.signer)).certificate
  })

  const key = (keyEpoch: number, fill = 0, notAfter = NOW / 1000 + 1000): SealingKey => ({ suite: SEALING_SUITE.x25519, keyEpoch, publicKey: new Uint8Array(32).fill(fill), notAfter })
  const profile = async (seq: number, devices: DeviceCertificate[], sealingKeys = [key(0)]): Promise<Profile> =>
    await makeProfile({ root: person.rootKey, epoch: 1, seq: NOW + seq, devices, sealingKeys }, person.signer, { crypto })

  it('lacks what another device added at the same time, and then lacks nothing', async () => {
    const mine = await profile(1, [person.certificate, second])
    const theirs = await profile(2, [person.certificate, third])
    const union = missingIn(theirs, mine, NOW)
    assert.deepEqual(union?.devices.map(({ device }) => device), [person.certificate, third, second].map(({ device }) => device))
    const merged = await profile(3, union?.devices ?? [])
    assert.equal(missingIn(merged, mine, NOW), undefined)
    assert.equal(missingIn(merged, theirs, NOW), undefined)
    assert.equal(missingIn(mine, theirs, NOW), undefined, 'an older one takes nobody’s place')
  })

  it('keeps keys that are as new, and lets go of those that a rotation replaced or that have run out', async () => {
    const mine = await profile(1, [person.certificate], [key(5)])
    assert.deepEqual(missingIn(await profile(2, [person.certificate], [key(4)]), mine, NOW)?.sealingKeys.map(({ keyEpoch }) => keyEpoch), [5, 4])
    assert.equal(missingIn(await profile(2, [person.certificate], [key(6)]), mine, NOW), undefined)
    assert.equal(missingIn(await profile(2, [person.certificate], [key(4)]), mine, NOW + 2_000_000), undefined)
  })

  it('takes nothing over from an earlier epoch: what it leaves out was taken away', async () => {
    const before = await profile(1, [person.certificate, second])
    const later = await makePerson(1, { epoch: 2 })
    const after = await makeProfile({ root: person.rootKey, epoch: 2, seq: NOW, devices: [later.certificate], sealingKeys: [key(1)] }, later.signer, { crypto })
    assert.equal(missingIn(after, before, NOW), undefined)
  })

  it('knows whose secrets are missing, and who stands where', async () => {
    const mine = await profile(1, [person.certificate, second], [key(0, 1)])
    assert.equal(lacksSecrets(mine, [key(0, 1)]), false)
    assert.equal(lacksSecrets(mine, [key(0, 2)]), true, 'another key of the same number')
    assert.equal(lacksSecrets(mine, []), true)
    assert.equal(isSameKey(key(0, 1), key(1, 1)), false)
    assert.deepEqual([placeIn(mine, second.device), placeIn(mine, third.device)], [1, -1])
  })
})
