import assert from 'node:assert/strict'
import fc from 'fast-check'
import { deviceSigned, FORMAT_SIGNED, type MessageDraft, type MessageProtection } from '../../../src/client/sealing/message.ts'
import { keyBytes, makeCertificate, makeSigned, type Signer } from '../../../src/identity/index.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { MessageBody } from '../../../src/wire/message.ts'
import { DOMAIN } from '../../../src/wire/protocols.ts'
import type { DeviceCertificate, Message, MessageId, RootKey } from '../../../src/types.ts'

interface Person { root: RootKey, rootSigner: Signer, device: Signer & { certificate: DeviceCertificate }, protection: MessageProtection }

const KIND = { name: 'the message', domain: DOMAIN.message, bytesMax: LIMITS.messageBytes }

describe('client/sealing message', () => {
  let alice: Person
  let bob: Person
  let carol: Person

  before(async () => { [alice, bob, carol] = [await makePerson(1), await makePerson(2), await makePerson(3)] })

  const draft = (change: Partial<MessageDraft> = {}): MessageDraft => ({
    id: id('0a'), to: bob.root, sentAt: 1_800_000_000_000, parents: [], introduction: undefined, content: { type: 'text', text: 'hello' }, ...change
  })

  async function pass (sent: MessageDraft): Promise<Message> {
    const { format, whole } = await alice.protection.protect(sent)
    return await bob.protection.open(format, whole, sent.id)
  }

  /** A body as a hostile client could sign it. */
  async function signed (change: Partial<MessageBody>, signer: Signer = alice.device): Promise<Uint8Array> {
    return await makeSigned(KIND, MessageBody.encode({
      id: new Uint8Array(16).fill(0x0a), from: keyBytes(alice.root), to: keyBytes(bob.root), sentAt: 1n, parents: [], text: { text: 'hello' }, ...change
    }), signer)
  }

  it('comes out as it went in, with its author', async () => {
    const introduction = { record: new Uint8Array(9), profile: new Uint8Array(8), presenceKey: new Uint8Array(32) }
    for (const sent of [
      draft(),
      draft({ parents: [id('01'), id('02')], introduction, content: { type: 'text', text: 'grüß dich 🐴' } }),
      draft({ content: { type: 'delivered', ids: [id('03')] } }),
      draft({ content: { type: 'read', ids: Array.from({ length: LIMITS.messageMarks }, () => id('04')) } }),
      draft({ content: { type: 'text', text: 'x'.repeat(LIMITS.messageTextBytes) }, parents: Array.from({ length: LIMITS.messageParents }, () => id('05')) })
    ]) {
      const { from, device, epoch, ...rest } = await pass(sent)
      assert.deepEqual({ from, device, epoch }, { from: alice.root, device: alice.device.key.publicKey, epoch: 1 })
      assert.deepEqual(rest, sent)
    }
  })

  it('refuses to make what nobody would open', async () => {
    for (const [change, sentence] of [
      [{ content: { type: 'text', text: 'x'.repeat(LIMITS.messageTextBytes + 1) } }, 'the text has 65537 bytes, more than the 65536 of one message'],
      [{ content: { type: 'text', text: 'ü'.repeat(LIMITS.messageTextBytes) } }, 'the text has 131072 bytes, more than the 65536 of one message'],
      [{ content: { type: 'delivered', ids: Array.from({ length: LIMITS.messageMarks + 1 }, () => id('01')) } }, 'the mark names 1025 messages, more than 1024'],
      [{ parents: Array.from({ length: LIMITS.messageParents + 1 }, () => id('01')) }, 'the message names 17 parents, more than 16'],
      [{ introduction: { record: new Uint8Array(LIMITS.routeRecordBytes + 1), profile: new Uint8Array(), presenceKey: new Uint8Array() } }, 'the introduction’s route record has 2049 bytes, more than 2048'],
      [{ introduction: { record: new Uint8Array(), profile: new Uint8Array(LIMITS.profileBytes + 1), presenceKey: new Uint8Array() } }, 'the introduction’s profile has 32769 bytes, more than 32768']
    ] as Array<[Partial<MessageDraft>, string]>) {
      await assert.rejects(alice.protection.protect(draft(change)), { name: 'TooLargeError', message: sentence })
    }
  })

  it('opens only what was written to us, under the id of its seal and in a known format', async () => {
    const { whole } = await alice.protection.protect(draft())
    await assert.rejects(bob.protection.open(FORMAT_SIGNED, whole, id('0b')), { name: 'MalformedError' })
    await assert.rejects(bob.protection.open(2, whole, id('0a')), { name: 'UnsupportedError' })
    await assert.rejects(carol.protection.open(FORMAT_SIGNED, whole, id('0a')), { name: 'NotAuthenticError' })
  })

  it('opens nothing in another’s name', async () => {
    const open = async (whole: Uint8Array): Promise<Message> => await bob.protection.open(FORMAT_SIGNED, whole, id('0a'))
    await open(await signed({}))
    await assert.rejects(open(await signed({}, carol.device)), { name: 'NotAuthenticError' }, 'Carol’s device, Alice’s name')
    await assert.rejects(open(await signed({}, { key: carol.device.key, certificate: alice.device.certificate })), { name: 'NotAuthenticError' }, 'Carol’s signature, Alice’s certificate')
    await assert.rejects(open(await signed({}, alice.rootSigner)), { name: 'NotAuthenticError' }, 'a message comes from a device')
  })

  it('refuses bodies that are over a limit or lack a part', async () => {
    const mark = new Uint8Array(16)
    for (const change of [
      { id: new Uint8Array(15) }, { from: new Uint8Array(31) }, { to: new Uint8Array() }, { sentAt: 0n },
      { text: undefined }, { text: undefined, delivered: { ids: [] } }, { text: undefined, read: { ids: [new Uint8Array(3)] } },
      { parents: [new Uint8Array(17)] }, { parents: Array.from({ length: LIMITS.messageParents + 1 }, () => mark) },
      { text: undefined, delivered: { ids: Array.from({ length: LIMITS.messageMarks + 1 }, () => mark) } },
      { introduction: { record: new Uint8Array(), profile: new Uint8Array(), presenceKey: new Uint8Array(31) } }
    ] as Array<Partial<MessageBody>>) {
      await assert.rejects(bob.protection.open(FORMAT_SIGNED, await signed(change), id('0a')), { name: 'MalformedError' }, JSON.stringify(Object.keys(change)))
    }
    await assert.rejects(bob.protection.open(FORMAT_SIGNED, await signed({ text: { text: 'x'.repeat(LIMITS.messageTextBytes + 1) } }), id('0a')), { name: 'TooLargeError' })
    await assert.rejects(bob.protection.open(FORMAT_SIGNED, new Uint8Array(LIMITS.messageBytes + 1), id('0a')), { name: 'TooLargeError' })
  })

  it('refuses any bytes by name', async () => {
    const { whole } = await alice.protection.protect(draft())
    const changed = fc.tuple(fc.nat(whole.byteLength - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => whole.map((byte, index) => index === at ? byte ^ by : byte))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 600 }), changed), async (bytes) => {
      await assert.rejects(bob.protection.open(FORMAT_SIGNED, bytes, id('0a')), (error: Error) => ['MalformedError', 'NotAuthenticError', 'TooLargeError'].includes(error.name))
    }), { numRuns: 100 })
  })
})

async function makePerson (fill: number): Promise<Person> {
  const rootKey = await nodeCrypto.signingKey(new Uint8Array(32).fill(fill))
  const key = await nodeCrypto.signingKey(new Uint8Array(32).fill(fill + 100))
  const root = rootKey.publicKey as string as RootKey
  const certificate = await makeCertificate({ root, device: key.publicKey, epoch: 1, capabilities: 7, issuedAt: 1 }, { key: rootKey }, { crypto: nodeCrypto })
  const device = { key, certificate }
  return { root, rootSigner: { key: rootKey }, device, protection: deviceSigned(device, { crypto: nodeCrypto }) }
}

function id (byte: string): MessageId {
  return byte.repeat(16) as MessageId
}
