import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeChat, decodeGroupFrame, encodeChat, encodeGroupFrame, isAmendment, isLine, isSignal, type ChatWords } from '../../../src/client/messages/index.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { ChatBody, GroupFrame } from '../../../src/wire/message.ts'
import { messageContent, messageId, peerKey, plain, rootKey } from './arbitraries.ts'
import type { Bytes, MessageContent, MessageId, PeerKey, RootKey } from '../../../src/types.ts'

const USER = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' as RootKey
const REFUSED = (error: Error): boolean => ['MalformedError', 'TooLargeError'].includes(error.name)

const words = (content: MessageContent, change: Partial<ChatWords> = {}): ChatWords => ({ id: id(1), sentAt: 1_800_000_000_000, stamp: 1_800_000_000_001, parents: [], content, ...change })
const text = (change: Partial<Extract<MessageContent, { type: 'text' }>> = {}): MessageContent => ({ type: 'text', text: 'hello', mentions: [], replyTo: undefined, expiresAfterSeconds: 0, ...change })
const many = <T>(value: T, limit: number): T[] => Array.from({ length: limit }, () => value)

describe('client/messages codec', () => {
  it('gives back whatever it was given', () => {
    const chat = plain({ id: messageId, sentAt: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), stamp: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), parents: fc.array(messageId, { maxLength: 16 }), content: messageContent })
    const introduction = fc.option(plain({ record: bytes(9), profile: bytes(9), presenceKey: fc.oneof(fc.constant(new Uint8Array(0)), bytes(32, 32)) }), { nil: undefined })
    fc.assert(fc.property(chat, introduction, (chat, introduction) => {
      assert.deepEqual(decodeChat(encodeChat(chat, introduction)), { ...chat, introduction })
    }))
    fc.assert(fc.property(rootKey, peerKey, bytes(300, undefined, 1), (from, device, mls) => {
      assert.deepEqual(decodeGroupFrame(encodeGroupFrame({ from, device, mls })), { from, device, mls })
    }))
  })

  it('takes every part up to its limit, and refuses to make more', () => {
    for (const [most, more] of [
      [words(text({ text: 'x'.repeat(LIMITS.messageTextBytes) })), words(text({ text: 'x'.repeat(LIMITS.messageTextBytes + 1) }))],
      [words(text({ mentions: many(USER, LIMITS.messageMentions) })), words(text({ mentions: many(USER, LIMITS.messageMentions + 1) }))],
      [words(text({ expiresAfterSeconds: LIMITS.messageExpirySecondsMax })), words(text({ expiresAfterSeconds: LIMITS.messageExpirySecondsMax + 1 }))],
      [words({ type: 'timer', seconds: LIMITS.messageExpirySecondsMax }), words({ type: 'timer', seconds: LIMITS.messageExpirySecondsMax + 1 })],
      [words(text(), { parents: many(id(2), LIMITS.messageParents) }), words(text(), { parents: many(id(2), LIMITS.messageParents + 1) })],
      [words({ type: 'edit', target: id(2), text: 'ü'.repeat(LIMITS.messageTextBytes / 2), mentions: many(USER, LIMITS.messageMentions) }), words({ type: 'edit', target: id(2), text: 'ü'.repeat(LIMITS.messageTextBytes / 2 + 1), mentions: [] })],
      [words({ type: 'reaction', target: id(2), emoji: 'x'.repeat(LIMITS.messageEmojiBytes), isRemoved: true }), words({ type: 'reaction', target: id(2), emoji: 'x'.repeat(LIMITS.messageEmojiBytes + 1), isRemoved: true })],
      [custom('k'.repeat(LIMITS.messageCustomKindBytes), LIMITS.messageCustomBytes), custom('k'.repeat(LIMITS.messageCustomKindBytes + 1), 0)],
      [custom('k', 0), custom('k', LIMITS.messageCustomBytes + 1)],
      [words({ type: 'read', ids: many(id(2), LIMITS.messageMarks) }), words({ type: 'read', ids: many(id(2), LIMITS.messageMarks + 1) })],
      [words({ type: 'repair', ids: many(id(2), LIMITS.messageMarks) }), words({ type: 'repair', ids: many(id(2), LIMITS.messageMarks + 1) })],
      [words({ type: 'sync', body: new Uint8Array(LIMITS.messageSyncBytes) }), words({ type: 'sync', body: new Uint8Array(LIMITS.messageSyncBytes + 1) })],
      [words({ type: 'unknown', fallback: 'x'.repeat(LIMITS.messageTextBytes) }), words({ type: 'unknown', fallback: 'x'.repeat(LIMITS.messageTextBytes + 1) })]
    ] as const) {
      assert.deepEqual(decodeChat(encodeChat(most, undefined)), { ...most, introduction: undefined })
      assert.throws(() => encodeChat(more, undefined), { name: 'TooLargeError' }, more.content.type)
    }
    for (const content of [{ type: 'reaction', target: id(2), emoji: '', isRemoved: false }, { type: 'custom', kind: '', body: new Uint8Array(0), fallback: '' }, { type: 'read', ids: [] }] as MessageContent[]) {
      assert.throws(() => encodeChat(words(content), undefined), { name: 'MalformedError' }, content.type)
    }
    const frame = { from: USER, device: USER as string as PeerKey }
    assert.throws(() => encodeGroupFrame({ ...frame, mls: new Uint8Array(LIMITS.messageBytes) }), { name: 'TooLargeError' })
    assert.throws(() => encodeChat(words(text()), { record: new Uint8Array(LIMITS.routeRecordBytes + 1), profile: new Uint8Array(), presenceKey: new Uint8Array() }), { name: 'TooLargeError' })
  })

  it('refuses what a hostile client could write', () => {
    for (const change of [
      { id: new Uint8Array(15) }, { sentAt: 0n }, { stamp: 0n }, { stamp: 2n ** 53n }, { parents: [new Uint8Array(17)] }, { parents: many(new Uint8Array(16), LIMITS.messageParents + 1) },
      { text: { ...TEXT, mentions: [new Uint8Array(31)] } }, { text: { ...TEXT, mentions: [new Uint8Array(32)] } }, { text: { ...TEXT, mentions: many(new Uint8Array(32).fill(2), LIMITS.messageMentions + 1) } },
      { text: { ...TEXT, replyTo: new Uint8Array(3) } }, { text: { ...TEXT, text: 'x'.repeat(LIMITS.messageTextBytes + 1) } }, { text: { ...TEXT, expiresAfterSeconds: LIMITS.messageExpirySecondsMax + 1 } },
      { fallback: 'x'.repeat(LIMITS.messageTextBytes + 1) }, { reaction: { target: new Uint8Array(0), emoji: 'x', isRemoved: false } }, { reaction: { target: new Uint8Array(16), emoji: '', isRemoved: false } },
      { edit: { target: new Uint8Array(1), text: '', mentions: [] } }, { delete: { target: new Uint8Array(0) } }, { timer: { seconds: 0xffffffff } }, { custom: { kind: '', body: new Uint8Array(0) } },
      { read: { ids: [] } }, { read: { ids: many(new Uint8Array(16), LIMITS.messageMarks + 1) } }, { repair: { ids: [new Uint8Array(15)] } }, { sync: { body: new Uint8Array(LIMITS.messageSyncBytes + 1) } },
      { introduction: { record: new Uint8Array(), profile: new Uint8Array(), presenceKey: new Uint8Array(31) } }
    ] as Array<Partial<ChatBody>>) {
      assert.throws(() => decodeChat(body(change)), REFUSED, JSON.stringify(Object.keys(change)))
    }
    const twice = new Uint8Array([...body({ text: TEXT }), ...ChatBody.encode({ id: new Uint8Array(0), sentAt: 0n, stamp: 0n, parents: [], fallback: '', timer: { seconds: 1 } })])
    assert.deepEqual(decodeChat(twice).content, { type: 'timer', seconds: 1 }, 'as protobuf has it: the last counts')
    assert.throws(() => decodeChat(new Uint8Array(LIMITS.messageBytes + 1)), { name: 'TooLargeError' })
    assert.throws(() => decodeGroupFrame(new Uint8Array(LIMITS.messageBytes + 1)), { name: 'TooLargeError' })
    const key = new Uint8Array(32).fill(2)
    for (const frame of [{ from: key, device: key, mls: new Uint8Array(0) }, { from: key.subarray(1), device: key, mls: key }, { from: key, device: new Uint8Array(32), mls: key }]) {
      assert.throws(() => decodeGroupFrame(GroupFrame.encode(frame)), { name: 'MalformedError' })
    }
  })

  it('refuses any bytes by name', () => {
    const whole = plain({ content: messageContent, parents: fc.array(messageId, { maxLength: 3 }) }).map(({ content, parents }) => encodeChat(words(content, { parents }), undefined))
    const changed = fc.tuple(whole, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([whole, at, by]) => whole.map((byte, index) => index === at % whole.byteLength ? byte ^ by : byte))
    const cut = fc.tuple(whole, fc.nat()).map(([whole, at]) => whole.subarray(0, at % whole.byteLength))
    for (const decode of [decodeChat, decodeGroupFrame]) {
      fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), changed, cut), bytes => {
        try {
          decode(bytes)
        } catch (error) {
          assert(REFUSED(error as Error), String(error))
        }
      }), { numRuns: 1000 })
    }
  })

  it('shows the fallback of what a newer client has written', () => {
    // Field 100 of wire type 2: a kind of a later version, of three bytes.
    const newer = new Uint8Array([...body({ fallback: 'Alice has shared a place' }), 0xa2, 0x06, 3, 1, 2, 3])
    const { content } = decodeChat(newer)
    assert.deepEqual(content, { type: 'unknown', fallback: 'Alice has shared a place' })
    assert(isLine(content))
    const silent = decodeChat(new Uint8Array([...body({}), 0xa2, 0x06, 0])).content
    assert(!isLine(silent) && !isAmendment(silent) && !isSignal(silent))
  })

  it('knows of each kind what it is', () => {
    fc.assert(fc.property(messageContent, content => {
      const standing = [isLine(content), isAmendment(content), isSignal(content)]
      assert.equal(standing.filter(Boolean).length, content.type === 'unknown' && content.fallback === '' ? 0 : 1)
    }))
  })
})

const TEXT = { text: 'hello', mentions: [], replyTo: new Uint8Array(0), expiresAfterSeconds: 0 }

function body (change: Partial<ChatBody>): Bytes {
  return ChatBody.encode({ id: new Uint8Array(16).fill(1), sentAt: 1n, stamp: 1n, parents: [], fallback: '', ...change })
}

function custom (kind: string, bytes: number): ChatWords {
  return words({ type: 'custom', kind, body: new Uint8Array(bytes), fallback: 'a move' })
}

function bytes (maxLength: number, exactly?: number, minLength = 0): fc.Arbitrary<Bytes> {
  return fc.uint8Array(exactly === undefined ? { minLength, maxLength } : { minLength: exactly, maxLength: exactly }).map(bytes => new Uint8Array(bytes))
}

function id (fill: number): MessageId {
  return fill.toString(16).padStart(2, '0').repeat(16) as MessageId
}
