import assert from 'node:assert/strict'
import { concat } from 'uint8arrays/concat'
import { keyBytes, makeCertificate, openCertificate, type Signer } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { CAPABILITY } from '../../src/types.ts'
import { CertificateBody, Signed } from '../../src/wire/identity.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN } from '../../src/wire/protocols.ts'
import { refusesHostileBytes } from './hostile.ts'
import { ALL, keyOf, linkDevice, makePerson, NOW, type Person } from './people.ts'

const { route, profile, link } = CAPABILITY
const NOT_AUTHENTIC = { name: 'NotAuthenticError' }
const MALFORMED = { name: 'MalformedError' }

describe('device certificates', () => {
  let alice: Person
  let bob: Person
  before(async () => {
    alice = await makePerson(1)
    bob = await makePerson(2)
  })

  it('tell what the root said', async () => {
    const { bytes, ...said } = await openCertificate(alice.certificate.bytes, { crypto })
    assert.deepEqual(said, { root: alice.rootKey, device: alice.device.publicKey, epoch: 1, capabilities: ALL, issuedAt: NOW })
    assert.deepEqual(bytes, alice.certificate.bytes)
  })

  it('go three deep by link devices, and no deeper', async () => {
    const second = await linkDevice(alice, 2, alice.signer)
    const third = await linkDevice(alice, 3, second, { capabilities: route | link })
    assert.equal((await openCertificate(third.certificate.bytes, { crypto })).capabilities, route | link)
    assert.ok(third.certificate.bytes.byteLength < LIMITS.certificateBytes / 2)
    await assert.rejects(linkDevice(alice, 4, third, { capabilities: route }), MALFORMED)
  })

  it('of devices that may not link are refused', async () => {
    const second = await linkDevice(alice, 2, alice.signer, { capabilities: route | profile })
    await assert.rejects(linkDevice(alice, 3, second, { capabilities: route }), NOT_AUTHENTIC)
  })

  it('give no more than the issuer has', async () => {
    const second = await linkDevice(alice, 2, alice.signer, { capabilities: route | link })
    await assert.rejects(linkDevice(alice, 3, second, { capabilities: route | profile }), NOT_AUTHENTIC)
    await assert.rejects(linkDevice(alice, 3, second, { capabilities: 8 }), NOT_AUTHENTIC)
  })

  it('stay with one user and one epoch', async () => {
    await assert.rejects(linkDevice(bob, 3, alice.signer), NOT_AUTHENTIC)
    await assert.rejects(linkDevice(alice, 3, alice.signer, { epoch: 2 }), NOT_AUTHENTIC)
  })

  it('are signed by the key that they name', async () => {
    await assert.rejects(linkDevice(alice, 3, bob.root), NOT_AUTHENTIC)
    await assert.rejects(linkDevice(alice, 3, { key: bob.device, certificate: alice.certificate }), NOT_AUTHENTIC)
    await assert.rejects(linkDevice(alice, 3, { key: alice.device }), NOT_AUTHENTIC)
  })

  it('do not pass for another kind of value', async () => {
    const body = CertificateBody.encode(fields())
    const signature = await alice.root.key.sign(concat([DOMAIN.profile, body]))
    await assert.rejects(openCertificate(Signed.encode({ body, signature }), { crypto }), NOT_AUTHENTIC)
  })

  it('need keys, an epoch and a time', async () => {
    const wrong: Array<Partial<CertificateBody>> = [
      { root: new Uint8Array(31) }, { device: new Uint8Array() }, { device: new Uint8Array(32) }, { epoch: 0 }, { issuedAt: 0n }, { issuedAt: 2n ** 53n }, { issuedAt: 2n ** 64n - 1n }
    ]
    for (const change of wrong) {
      const body = CertificateBody.encode({ ...fields(), ...change })
      const signature = await alice.root.key.sign(concat([DOMAIN.certificate, body]))
      await assert.rejects(openCertificate(Signed.encode({ body, signature }), { crypto }), MALFORMED, Object.keys(change)[0])
    }
  })

  it('skip fields inside the body that they do not know', async () => {
    const body = concat([CertificateBody.encode(fields()), Uint8Array.of(0x7a, 1, 0)])
    const signature = await alice.root.key.sign(concat([DOMAIN.certificate, body]))
    assert.equal((await openCertificate(Signed.encode({ body, signature }), { crypto })).device, alice.device.publicKey)
  })

  it('have one encoding', async () => {
    const { bytes } = alice.certificate
    const { body, signature } = Signed.decode(bytes)
    const others = {
      'other order of fields': concat([Signed.encode({ signature }), Signed.encode({ body })]),
      'unknown field': concat([bytes, Uint8Array.of(0x22, 0)]),
      'empty certificate': concat([bytes, Uint8Array.of(0x1a, 0)]),
      'field twice': concat([Signed.encode({ body }), bytes]),
      'longer varint': concat([bytes.subarray(0, 1), Uint8Array.of(bytes[1]! | 0x80, 0), bytes.subarray(2)]),
      'wrong wire type': concat([Uint8Array.of(bytes[0]! ^ 1), bytes.subarray(1)])
    }
    for (const [what, other] of Object.entries(others)) {
      assert.deepEqual(Signed.decode(other).body, body, `${what}: protobuf takes it`)
      await assert.rejects(openCertificate(other, { crypto }), MALFORMED, what)
    }
  })

  describe('from hostile hands', () => {
    let third: Required<Signer>
    before(async () => { third = await linkDevice(alice, 3, await linkDevice(alice, 2, alice.signer)) })
    refusesHostileBytes({
      valid: () => third.certificate.bytes, open: async (bytes) => await openCertificate(bytes, { crypto }), bytesMax: LIMITS.certificateBytes
    })
  })

  it('cost no signature when their chain is too long', async () => {
    let certificate = alice.certificate.bytes
    for (let depth = 0; depth < 4; depth++) certificate = Signed.encode({ body: CertificateBody.encode(fields()), signature: new Uint8Array(64), certificate })
    const counting = { verify: async () => { throw new Error('verified') } }
    await assert.rejects(openCertificate(certificate, { crypto: counting }), MALFORMED)
  })

  it('can be made with no more than the root’s key', async () => {
    const key = await keyOf('device', 9)
    const made = await makeCertificate({ root: alice.rootKey, device: key.publicKey, epoch: 4_294_967_295, capabilities: 0, issuedAt: 1 }, alice.root, { crypto })
    assert.equal(made.epoch, 4_294_967_295)
  })

  function fields (): CertificateBody {
    return { root: keyBytes(alice.rootKey), device: keyBytes(alice.device.publicKey), epoch: 1, capabilities: ALL, issuedAt: BigInt(NOW) }
  }
})
