import assert from 'node:assert/strict'
import { isWhole, openSealed, sealMessage, type Draft } from '../../../simulations/actors/user/sealing.ts'
import { mailboxOf, makeRoute, messageIdOf, peerKeyOf, rootKeyOf } from '../../../simulations/actors/values.ts'
import { FragmentsCore } from '../../../src/client/sealing/fragments.core.ts'
import { createMls, MLS_SUITE, type GroupId } from '../../../src/client/mls/index.ts'
import { encodeChat, encodeGroupFrame } from '../../../src/client/messages/index.ts'
import { FORMAT, sealMessage as shippedSeal } from '../../../src/client/sealing/index.ts'
import { newSealingKeys } from '../../../src/client/sealing/keys.ts'
import { CAPABILITY, type Introduction, type MessageId } from '../../../src/types.ts'
import { makeCertificate, mailboxOf as shippedMailboxOf } from '../../../src/identity/index.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { systemRandom } from '../../../src/system.ts'
import type { RootKey, RouteRecord } from '../../../src/types.ts'

const ALICE = rootKeyOf('alice')
const BOB = rootKeyOf('bob')
const EXPIRY = 1_900_000_000
const NODES = Array.from({ length: 12 }, (_, at) => ({ node: peerKeyOf(`n${at}`), expiry: EXPIRY }))

function draftOf (textBytes: number, parents = 0): Draft {
  return {
    type: 'text',
    message: {
      id: messageIdOf('m1-alice'),
      from: ALICE,
      device: peerKeyOf('alice'),
      conversation: BOB,
      sentAt: 1_800_000_000_000,
      stamp: 1_800_000_000_000,
      parents: Array.from({ length: parents }, (_, at) => messageIdOf(`m${at}-bob`)),
      content: { type: 'text', text: '', mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
    },
    textBytes
  }
}

function seal (draft: Draft, { introduction, sealing = 1 }: { introduction?: RouteRecord, sealing?: number } = {}): ReturnType<typeof sealMessage> {
  return sealMessage({ draft, introduction, mailbox: mailboxOf(BOB), expiry: EXPIRY, sealing })
}

describe('sealing in a simulation', () => {
  it('gives what the shipped core puts together to the same message', () => {
    const fragments = new FragmentsCore(nodeCrypto.sha256)
    const sealed = seal(draftOf(LIMITS.messageTextBytes))
    assert.equal(sealed.length, 2)
    const effects = sealed.flatMap(envelope => fragments.handle({ type: 'fragment', envelope: envelope.id, expiry: EXPIRY, fragment: envelope.inside.fragment }, 0))
    assert.deepEqual(effects.map(({ type }) => type), ['hold', 'whole'])
    const whole = effects.find(effect => effect.type === 'whole')?.whole ?? new Uint8Array(0)
    const inside = openSealed(sealed[0] as typeof sealed[number])
    assert.ok(inside !== undefined && isWhole(whole, inside))
    assert.ok(!isWhole(whole.subarray(1), inside))
  })

  it('gives every sealing envelopes of its own, of the same message', () => {
    const first = seal(draftOf(300))
    const second = seal(draftOf(300), { sealing: 2 })
    assert.notEqual(first[0]?.id, second[0]?.id)
    assert.deepEqual(first[0]?.inside.fragment, second[0]?.inside.fragment)
  })

  it('does not mix pieces of a message that tells something else about its author', () => {
    const introduction = makeRoute({ root: ALICE, seq: 1, nodes: NODES, notAfter: EXPIRY })
    const plain = seal(draftOf(LIMITS.messageTextBytes))
    const introducing = seal(draftOf(LIMITS.messageTextBytes), { introduction })
    assert.notEqual(plain[0]?.inside.fragment.wholeHash, introducing[0]?.inside.fragment.wholeHash)
  })

  it('weighs what a sealed message weighs', async () => {
    for (const [textBytes, parents, isIntroducing] of [[200, 0, false], [900, 1, false], [2000, 16, false], [500, 1, true], [64_000, 1, false]] as const) {
      const introduction = isIntroducing ? makeRoute({ root: ALICE, seq: 1, nodes: NODES.slice(0, 9), notAfter: EXPIRY }) : undefined
      const simulated = seal(draftOf(textBytes, parents), introduction === undefined ? {} : { introduction }).map(({ bytes }) => bytes.byteLength)
      const shipped = await shippedSizes(textBytes, parents, introduction)
      assert.equal(simulated.length, shipped.length)
      // Padding to Padmé sizes steps by a sixteenth at most.
      for (const [at, bytes] of shipped.entries()) assert.ok(Math.abs((simulated[at] ?? 0) - bytes) <= bytes / 16, `${textBytes} bytes of text: ${simulated[at]} for ${bytes}`)
    }
  })
})

/** What the product makes of a message of this form, with real keys. */
async function shippedSizes (textBytes: number, parents: number, introduction: RouteRecord | undefined): Promise<number[]> {
  const random = systemRandom
  const rootKey = await nodeCrypto.signingKey(random.bytes(32))
  const device = await nodeCrypto.signingKey(random.bytes(32))
  const root = rootKey.publicKey as string as RootKey
  const certificate = await makeCertificate({ root, device: device.publicKey, epoch: 1, capabilities: CAPABILITY.route, issuedAt: 1_800_000_000_000 }, { key: rootKey }, { crypto: nodeCrypto })
  const id = (): MessageId => Buffer.from(random.bytes(16)).toString('hex') as MessageId
  const told: Introduction | undefined = introduction === undefined ? undefined : { record: introduction.bytes, profile: new Uint8Array(1700), presenceKey: random.bytes(32) }
  const draft = {
    id: id(),
    conversation: root,
    sentAt: 1_800_000_000_000,
    stamp: 1_800_000_000_000,
    parents: Array.from({ length: parents }, id),
    content: { type: 'text' as const, text: 'x'.repeat(textBytes), mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
  }
  // A message weighs the same however many are in the group.
  const mls = createMls({ crypto: nodeCrypto, signer: device, certificate: () => certificate, admit: () => true })
  const { state } = await mls.create('00000001'.padEnd(32, '0') as GroupId, MLS_SUITE.xWing, 1_800_000_000_000)
  const { message } = await mls.seal(state, encodeChat(draft, told))
  const whole = encodeGroupFrame({ from: root, device: device.publicKey, mls: message })
  const [key] = await newSealingKeys({ keyEpoch: 0, notAfter: EXPIRY }, random)
  assert.ok(key !== undefined)
  const sealed = await shippedSeal(whole, { format: FORMAT.group, messageId: draft.id, key, mailbox: shippedMailboxOf(root, nodeCrypto), expiry: EXPIRY }, nodeCrypto)
  return sealed.map(({ bytes }) => bytes.byteLength)
}
