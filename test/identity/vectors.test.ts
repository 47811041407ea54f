// Makes every value of the protocol's vectors again, and opens it: bytes are a promise to other implementations.
import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { webCrypto } from '../../src/client/crypto.ts'
import { makeRouteRecord, openRouteRecord } from '../../src/dht/record.ts'
import {
  makeCertificate, makeCollection, makeProfile, makeTicket, openCertificate, openCollection, openProfile, parseUserId, rootSeedFromPhrase
} from '../../src/identity/index.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { readVectors } from '../vectors.ts'
import type { Crypto, SigningKey } from '../../src/ports.ts'
import type { Bytes, DeviceCertificate, EnvelopeId, Profile, ServingTicket } from '../../src/types.ts'

interface Keyed { seed: string, publicKey: string }
interface Certified { epoch: number, capabilities: number, issuedAt: number, bytes: string }
interface IdentityVectors {
  now: number
  phrase: { words: string }
  user: { userId: string }
  device: Keyed
  linkedDevice: Keyed
  node: Keyed
  certificate: Certified
  linkedCertificate: Certified
  profile: { epoch: number, seq: number, sealingKey: { suite: number, keyEpoch: number, publicKey: string, notAfter: number }, hash: string, bytes: string }
  ticket: { expiry: number, signature: string }
  collection: { time: number, ids: string[], bytes: string }
}
interface RouteVectors {
  secondNode: Keyed
  record: { epoch: number, seq: number, notAfter: number, n: number, w: number, addressHints: Array<string | null>, hash: string, bytes: string }
}

const { now, ...values } = readVectors<IdentityVectors>('identity')
const { record, secondNode } = readVectors<RouteVectors>('route')
const root = parseUserId(values.user.userId)

for (const [name, crypto] of Object.entries({ nodeCrypto, webCrypto })) {
  describe(`the vectors of docs/protocol.md, with ${name}`, () => {
    let rootKey: SigningKey
    let device: { key: SigningKey, certificate: DeviceCertificate }
    let linked: { key: SigningKey, certificate: DeviceCertificate }
    let profile: Profile
    let tickets: ServingTicket[]

    it('certificates', async () => {
      rootKey = await crypto.signingKey(rootSeedFromPhrase(values.phrase.words))
      device = await certify(values.device, values.certificate, { key: rootKey }, crypto)
      linked = await certify(values.linkedDevice, values.linkedCertificate, device, crypto)
      assert.deepEqual(await openCertificate(bytes(values.linkedCertificate.bytes), { crypto }), linked.certificate)
    })

    it('profile', async () => {
      const { epoch, seq, sealingKey, hash } = values.profile
      const sealingKeys = [{ ...sealingKey, publicKey: bytes(sealingKey.publicKey) }]
      profile = await makeProfile({ root, epoch, seq, devices: [device.certificate, linked.certificate], sealingKeys }, device, { crypto })
      assert.equal(hex(profile.bytes), values.profile.bytes)
      assert.equal(profile.order.hash, hash)
      assert.deepEqual(await openProfile(bytes(values.profile.bytes), { crypto, now }), profile)
    })

    it('tickets', async () => {
      const nodes = await Promise.all([values.node, secondNode].map(async ({ seed }) => await crypto.signingKey(bytes(seed))))
      assert.deepEqual(nodes.map(({ publicKey }) => publicKey), [values.node.publicKey, secondNode.publicKey])
      tickets = await Promise.all(nodes.map(async (node) => await makeTicket(node, root, values.ticket.expiry)))
      assert.equal(hex(tickets[0]?.signature ?? new Uint8Array()), values.ticket.signature)
    })

    it('collection', async () => {
      const { ids, time } = values.collection
      const made = await makeCollection({ ids: ids as EnvelopeId[], time }, linked, { crypto })
      assert.equal(hex(made.bytes), values.collection.bytes)
      assert.deepEqual(await openCollection(bytes(values.collection.bytes), { crypto, now }), made)
    })

    it('route record', async () => {
      const { epoch, seq, notAfter, n, w, addressHints } = record
      const entries = tickets.map((ticket, at) => ({ ticket, addressHint: addressHints[at] ?? undefined }))
      const made = await makeRouteRecord({ root, epoch, seq, notAfter, profile: profile.order, entries }, linked, { crypto })
      assert.equal(hex(made.bytes), record.bytes)
      assert.deepEqual({ n: made.n, w: made.w, hash: made.order.hash }, { n, w, hash: record.hash })
      assert.deepEqual(await openRouteRecord(bytes(record.bytes), { crypto, now }), made)
    })
  })
}

async function certify (keyed: Keyed, said: Certified, issuer: { key: SigningKey, certificate?: DeviceCertificate }, crypto: Crypto): Promise<{ key: SigningKey, certificate: DeviceCertificate }> {
  const key = await crypto.signingKey(bytes(keyed.seed))
  assert.equal(key.publicKey, keyed.publicKey)
  const { epoch, capabilities, issuedAt } = said
  const certificate = await makeCertificate({ root, device: key.publicKey, epoch, capabilities, issuedAt }, issuer, { crypto })
  assert.equal(hex(certificate.bytes), said.bytes)
  return { key, certificate }
}

function bytes (text: string): Bytes {
  return fromString(text, 'base16')
}

function hex (bytes: Uint8Array): string {
  return toString(bytes, 'base16')
}
