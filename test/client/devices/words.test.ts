import assert from 'node:assert/strict'
import fc from 'fast-check'
import { deviceSealingKey } from '../../../src/client/account-keys.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makeGrant, makeRequest, openGrant, openRequest, type AccountState } from '../../../src/client/devices/words.ts'
import { newSealingKeys } from '../../../src/client/sealing/index.ts'
import { makeProfile } from '../../../src/identity/index.ts'
import { systemRandom } from '../../../src/system.ts'
import { DeviceGrant, DeviceRequest } from '../../../src/wire/devices.ts'
import { keyOf, linkDevice, makePerson, NOW, type Person } from '../../identity/people.ts'

const secret = new Uint8Array(16).fill(3)
const NAMES = /^(Malformed|NotAuthentic|TooLarge|Expired)Error$/

describe('words between devices', () => {
  let person: Person
  let state: AccountState

  beforeEach(async () => {
    person = await makePerson(1)
    const sealingKeys = await newSealingKeys({ keyEpoch: 3, notAfter: NOW / 1000 + 1000 }, systemRandom)
    const profile = await makeProfile({ root: person.rootKey, epoch: 1, seq: NOW, devices: [person.certificate], sealingKeys: sealingKeys.map(({ privateKey, ...key }) => key) }, person.signer, { crypto })
    state = { profile, record: undefined, sealingKeys, presenceKey: new Uint8Array(32).fill(1), backupKey: undefined, deviceKeys: [] }
  })

  const request = async (init: Partial<Parameters<typeof makeRequest>[0]> = {}): Promise<Uint8Array> => {
    const key = await keyOf('new device', 1)
    const { publicKey } = await deviceSealingKey(key.publicKey, new Uint8Array(32))
    return await makeRequest({ root: person.rootKey, key, sealingKey: publicKey, time: NOW, ...init })
  }

  const grant = async (init: Partial<Parameters<typeof makeGrant>[0]> = {}): Promise<Uint8Array> => {
    const { publicKey } = await keyOf('new device', 1)
    return await makeGrant({ to: { device: publicKey, sealingKey: new Uint8Array(1216) }, signer: person.signer, state, time: NOW, secret, ...init })
  }

  it('a request says which device asks, and proves that it knows the code', async () => {
    const opened = await openRequest(await request({ secret }), { crypto })
    assert.deepEqual([opened.root, opened.device, opened.certificate, opened.time], [person.rootKey, (await keyOf('new device', 1)).publicKey, undefined, NOW])
    assert.equal(await opened.isProven(secret), true)
    assert.equal(await opened.isProven(new Uint8Array(16)), false)
    assert.equal(await (await openRequest(await request(), { crypto })).isProven(secret), false)
  })

  it('a request in another device’s name is refused', async () => {
    const other = await keyOf('new device', 2)
    const forged = DeviceRequest.decode(await request({ secret }) as Uint8Array<ArrayBuffer>)
    const theirs = DeviceRequest.decode(await request({ secret, key: { ...other, publicKey: person.device.publicKey } }) as Uint8Array<ArrayBuffer>)
    await assert.rejects(openRequest(DeviceRequest.encode(theirs), { crypto }), { name: 'NotAuthenticError' })
    forged.request[forged.request.byteLength - 1] = (forged.request.at(-1) ?? 0) ^ 1
    await assert.rejects(openRequest(DeviceRequest.encode(forged), { crypto }), { name: NAMES })
    // With another device's certificate.
    await assert.rejects(openRequest(await request({ certificate: person.certificate }), { crypto }), { name: 'NotAuthenticError' })
  })

  it('a grant brings everything that a device needs', async () => {
    const opened = await openGrant(await grant(), { crypto, now: NOW })
    assert.deepEqual([opened.root, opened.device, opened.giver.device], [person.rootKey, (await keyOf('new device', 1)).publicKey, person.device.publicKey])
    assert.deepEqual(opened.state.sealingKeys, state.sealingKeys)
    assert.deepEqual([opened.state.presenceKey, opened.state.profile.order], [state.presenceKey, state.profile.order])
    assert.equal(await opened.isProven(secret), true)
    assert.equal(await opened.isProven(new Uint8Array(16)), false)
  })

  it('a grant of who is none of the devices is refused', async () => {
    const stranger = await makePerson(2)
    await assert.rejects(openGrant(await grant({ signer: stranger.signer }), { crypto, now: NOW }), { name: 'NotAuthenticError' })
    const unlisted = await linkDevice(person, 1, person.signer)
    await assert.rejects(openGrant(await grant({ signer: unlisted }), { crypto, now: NOW }), { name: 'NotAuthenticError' })
    const earlier = await makePerson(1, { epoch: 2 })
    await assert.rejects(openGrant(await grant({ signer: earlier.signer }), { crypto, now: NOW }), { name: 'NotAuthenticError' })
    const mayNotLink = await linkDevice(person, 2, person.signer, { capabilities: 1 })
    await assert.rejects(openGrant(await grant({ signer: mayNotLink }), { crypto, now: NOW }), { name: 'NotAuthenticError' })
    const changed = DeviceGrant.decode(await grant() as Uint8Array<ArrayBuffer>)
    changed.grant[40] = (changed.grant[40] ?? 0) ^ 1
    await assert.rejects(openGrant(DeviceGrant.encode(changed), { crypto, now: NOW }), { name: NAMES })
  })

  it('any other bytes are refused by name', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async bytes => {
      await assert.rejects(openRequest(new Uint8Array(bytes), { crypto }), { name: NAMES })
      await assert.rejects(openGrant(new Uint8Array(bytes), { crypto, now: NOW }), { name: NAMES })
    }), { numRuns: 200 })
    for (const whole of [await request({ secret }), await grant()]) {
      const open = whole.byteLength < 2000 ? async (bytes: Uint8Array) => await openRequest(bytes, { crypto }) : async (bytes: Uint8Array) => await openGrant(bytes, { crypto, now: NOW })
      await fc.assert(fc.asyncProperty(fc.nat(whole.byteLength - 1), async length => {
        await open(whole.slice(0, length)).then(opened => { assert.ok(opened) }, (error: Error) => { assert.match(error.name, NAMES) })
      }), { numRuns: 100 })
    }
  })
})
