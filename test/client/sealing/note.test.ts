import assert from 'node:assert/strict'
import fc from 'fast-check'
import { deviceNotes, type NoteContent, type NoteDraft, type Notes, type OpenedNote } from '../../../src/client/sealing/note.ts'
import { keyBytes, makeCertificate, makeSigned, type Signer } from '../../../src/identity/index.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { Note } from '../../../src/wire/message.ts'
import { DOMAIN } from '../../../src/wire/protocols.ts'
import type { DeviceCertificate, Introduction, MessageId, RootKey } from '../../../src/types.ts'

interface Person { root: RootKey, rootSigner: Signer, device: Signer & { certificate: DeviceCertificate }, notes: Notes }

const KIND = { name: 'the note', domain: DOMAIN.note, bytesMax: LIMITS.messageBytes }

describe('client/sealing note', () => {
  let alice: Person
  let bob: Person
  let carol: Person

  before(async () => { [alice, bob, carol] = [await makePerson(1), await makePerson(2), await makePerson(3)] })

  const draft = (content: NoteContent = { type: 'delivered', ids: [id('01')] }): NoteDraft => ({ id: id('0a'), to: bob.root, sentAt: 1_800_000_000_000, content })
  const open = async (whole: Uint8Array): Promise<OpenedNote> => await bob.notes.open(whole, id('0a'))

  /** A body as a hostile client could sign it. */
  async function signed (change: Partial<Note>, signer: Signer = alice.device): Promise<Uint8Array> {
    return await makeSigned(KIND, Note.encode({
      id: new Uint8Array(16).fill(0x0a), from: keyBytes(alice.root), to: keyBytes(bob.root), sentAt: 1n, delivered: { ids: [new Uint8Array(16)] }, ...change
    }), signer)
  }

  it('comes out as it went in, with its author', async () => {
    const introduction: Introduction = { record: new Uint8Array(9), profile: new Uint8Array(8), presenceKey: new Uint8Array(32) }
    for (const [content, told] of [
      [{ type: 'delivered', ids: [id('03')] }, undefined],
      [{ type: 'delivered', ids: Array.from({ length: LIMITS.messageMarks }, () => id('04')) }, introduction],
      [{ type: 'lost', ids: [id('05')], device: alice.device.key.publicKey, keyPackage: new Uint8Array(LIMITS.keyPackageBytes) }, undefined]
    ] as Array<[NoteContent, Introduction | undefined]>) {
      const opened = await open(await alice.notes.sign(draft(content), told))
      assert.deepEqual(opened, { from: alice.root, device: alice.device.key.publicKey, epoch: 1, content, introduction: told })
    }
  })

  it('refuses to make what nobody would open', async () => {
    const marks = (count: number): MessageId[] => Array.from({ length: count }, () => id('01'))
    const device = alice.device.key.publicKey
    for (const [content, name, sentence] of [
      [{ type: 'delivered', ids: [] }, 'MalformedError', 'the note names no frame'],
      [{ type: 'delivered', ids: marks(LIMITS.messageMarks + 1) }, 'TooLargeError', 'the note names 1025 frames, more than 1024'],
      [{ type: 'lost', ids: marks(1), device, keyPackage: new Uint8Array(0) }, 'MalformedError', 'the note brings no key package'],
      [{ type: 'lost', ids: marks(1), device, keyPackage: new Uint8Array(LIMITS.keyPackageBytes + 1) }, 'TooLargeError', 'the note brings a key package of 8193 bytes, more than 8192']
    ] as Array<[NoteContent, string, string]>) {
      await assert.rejects(alice.notes.sign(draft(content), undefined), { name, message: sentence })
    }
    const tooLong = { record: new Uint8Array(LIMITS.routeRecordBytes + 1), profile: new Uint8Array(), presenceKey: new Uint8Array() }
    await assert.rejects(alice.notes.sign(draft(), tooLong), { name: 'TooLargeError' })
  })

  it('opens only what was written to us, under the id of its seal', async () => {
    const whole = await alice.notes.sign(draft(), undefined)
    await assert.rejects(bob.notes.open(whole, id('0b')), { name: 'MalformedError' })
    await assert.rejects(carol.notes.open(whole, id('0a')), { name: 'NotAuthenticError' })
  })

  it('opens nothing in another’s name', async () => {
    await open(await signed({}))
    await assert.rejects(open(await signed({}, carol.device)), { name: 'NotAuthenticError' }, 'Carol’s device, Alice’s name')
    await assert.rejects(open(await signed({}, { key: carol.device.key, certificate: alice.device.certificate })), { name: 'NotAuthenticError' }, 'Carol’s signature, Alice’s certificate')
    await assert.rejects(open(await signed({}, alice.rootSigner)), { name: 'NotAuthenticError' }, 'a note comes from a device')
  })

  it('refuses bodies that are over a limit or lack a part', async () => {
    const mark = new Uint8Array(16)
    const lost = { ids: [mark], device: keyBytes(alice.root), keyPackage: mark }
    for (const change of [
      { id: new Uint8Array(15) }, { from: new Uint8Array(31) }, { to: new Uint8Array() }, { sentAt: 0n },
      { delivered: undefined }, { delivered: { ids: [] } }, { delivered: { ids: [new Uint8Array(3)] } },
      { delivered: { ids: Array.from({ length: LIMITS.messageMarks + 1 }, () => mark) } },
      { delivered: undefined, lost: { ...lost, ids: [] } }, { delivered: undefined, lost: { ...lost, device: mark } }, { delivered: undefined, lost: { ...lost, keyPackage: new Uint8Array(0) } },
      { introduction: { record: new Uint8Array(), profile: new Uint8Array(), presenceKey: new Uint8Array(31) } }
    ] as Array<Partial<Note>>) {
      await assert.rejects(open(await signed(change)), { name: 'MalformedError' }, JSON.stringify(Object.keys(change)))
    }
    const tooLarge = { delivered: undefined, lost: { ...lost, keyPackage: new Uint8Array(LIMITS.keyPackageBytes + 1) } }
    await assert.rejects(open(await signed(tooLarge)), { name: 'TooLargeError' })
    await assert.rejects(open(new Uint8Array(LIMITS.messageBytes + 1)), { name: 'TooLargeError' })
  })

  it('refuses any bytes by name', async () => {
    const whole = await alice.notes.sign(draft(), undefined)
    const changed = fc.tuple(fc.nat(whole.byteLength - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => whole.map((byte, index) => index === at ? byte ^ by : byte))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 600 }), changed), async (bytes) => {
      await assert.rejects(open(bytes), (error: Error) => ['MalformedError', 'NotAuthenticError', 'TooLargeError'].includes(error.name))
    }), { numRuns: 100 })
  })
})

async function makePerson (fill: number): Promise<Person> {
  const rootKey = await nodeCrypto.signingKey(new Uint8Array(32).fill(fill))
  const key = await nodeCrypto.signingKey(new Uint8Array(32).fill(fill + 100))
  const root = rootKey.publicKey as string as RootKey
  const certificate = await makeCertificate({ root, device: key.publicKey, epoch: 1, capabilities: 7, issuedAt: 1 }, { key: rootKey }, { crypto: nodeCrypto })
  const device = { key, certificate }
  return { root, rootSigner: { key: rootKey }, device, notes: deviceNotes(() => device, { crypto: nodeCrypto }) }
}

function id (byte: string): MessageId {
  return byte.repeat(16) as MessageId
}
