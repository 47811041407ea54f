/** What frames weigh, against the vectors of docs/protocol.md. */
import assert from 'node:assert/strict'
import { deviceFrame, nodeFrame, relayFrame, syncFrame } from '../../../simulations/actors/frames.ts'
import { envelopeIdOf, mailboxOf, makeCollection, makeEnvelope, makeRoute, peerKeyOf, rootKeyOf, storeIdOf } from '../../../simulations/actors/values.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { REFUSAL } from '../../../src/types.ts'
import { readVectors } from '../../vectors.ts'

interface Vectors { deposit: { bytes: string }, push: { bytes: string }, hello: { session: string }, ping: { session: string }, refused: { session: string, relay: string }, receipts: { session: string } }

const root = rootKeyOf('alice')
const mailbox = mailboxOf(root)
const HASH_FIELD_BYTES = 34

describe('simulated frames', () => {
  const frames = readVectors<Vectors>('frames')
  const size = (hex: string): number => hex.length / 2
  // The envelope of the vectors: a header and 16 bytes.
  const envelope = makeEnvelope({ id: 'e1', mailbox, expiry: 1_769_817_600, bytes: 92 })

  it('weigh what the vectors weigh', () => {
    assert.equal(deviceFrame.deposit({ ticket: 7, routeEpoch: 1, routeSeq: 1_767_225_600_004, envelope }).bytes, size(frames.deposit.bytes))
    assert.equal(nodeFrame.push(envelope).bytes, size(frames.push.bytes))
    assert.equal(nodeFrame.hello(storeIdOf('s1')).bytes, size(frames.hello.session))
    assert.equal(deviceFrame.ping().bytes, size(frames.ping.session))
    const refused = { tickets: [7, 300], refusal: { code: REFUSAL.busy, retryAfterSeconds: 2 } }
    assert.equal(nodeFrame.refused(refused).bytes, size(frames.refused.session))
    assert.equal(relayFrame.refused(refused).bytes, size(frames.refused.relay))
    const receipts = [7, 8, 9].map(ticket => ({ ticket, envelope: envelopeIdOf(`e${ticket}`) }))
    const said = { node: peerKeyOf('n1'), storeId: storeIdOf('s1'), time: 1_760_000_000_000, receipts }
    assert.equal(nodeFrame.receipts(said).bytes, size(frames.receipts.session) - 2 * HASH_FIELD_BYTES, 'but for the two hashes of its proof')
  })

  it('stay within the bounds of the wire', () => {
    const nodes = Array.from({ length: LIMITS.routeEntries }, (_, n) => ({ node: peerKeyOf(`n${n}`), expiry: 2_000_000_000 }))
    assert.ok(makeRoute({ root, seq: 1, nodes, notAfter: 1_900_000_000 }).bytes.byteLength <= LIMITS.routeRecordBytes)
    const ids = Array.from({ length: LIMITS.collectionIds }, (_, n) => envelopeIdOf(`e${n}`))
    const collection = makeCollection({ root, mailbox, device: peerKeyOf('d1'), ids, time: 1 })
    assert.ok(deviceFrame.collect({ request: 1, collection }).bytes <= LIMITS.frameBytes)
    const full = makeEnvelope({ id: 'e2', mailbox, expiry: 1, bytes: LIMITS.envelopeBytes })
    assert.ok(deviceFrame.deposit({ ticket: 2 ** 32 - 1, routeEpoch: 1, routeSeq: 1, envelope: full }).bytes <= LIMITS.frameBytes)
  })

  it('weigh a page as its pushes and its end', () => {
    const page = syncFrame.page({ storeId: storeIdOf('s1'), envelopes: [{ position: 1, envelope }, { position: 2, envelope }], position: 2, last: true })
    const empty = syncFrame.page({ storeId: storeIdOf('s1'), envelopes: [], position: 0, last: true })
    assert.equal(page.bytes, empty.bytes + 2 * nodeFrame.push(envelope).bytes)
  })
})
