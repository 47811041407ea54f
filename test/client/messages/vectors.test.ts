import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { decodeChat, decodeGroupFrame, encodeChat, encodeGroupFrame, isLine, type ChatWords } from '../../../src/client/messages/index.ts'
import { readVectors } from '../../vectors.ts'
import type { MessageContent, PeerKey, RootKey } from '../../../src/types.ts'

/** Bytes are hexadecimal digits. */
interface ChatVectors extends Omit<ChatWords, 'content'> {
  introduction: { record: string, profile: string, presenceKey: string }
  author: RootKey
  device: PeerKey
  messages: Array<{ content: MessageContent | { type: 'custom' | 'sync', body: string }, bytes: string }>
  mls: string
  groupFrame: string
}

describe('client/messages as documented', () => {
  const { id, sentAt, stamp, parents, introduction, author, device, messages, mls, groupFrame } = readVectors<ChatVectors>('chat')

  for (const [at, { content: documented, bytes }] of messages.entries()) {
    it(`${documented.type} is written and read as documented`, () => {
      const content = ('body' in documented ? { ...documented, body: fromHex(documented.body as string) } : documented) as MessageContent
      const words = { id, sentAt, stamp, parents: isLine(content) ? parents : [], content }
      const introduced = at > 0 ? undefined : { record: fromHex(introduction.record), profile: fromHex(introduction.profile), presenceKey: fromHex(introduction.presenceKey) }
      assert.equal(toString(encodeChat(words, introduced), 'base16'), bytes)
      assert.deepEqual(decodeChat(fromHex(bytes)), { ...words, introduction: introduced })
    })
  }

  it('has every kind', () => {
    assert.deepEqual(messages.map(({ content }) => content.type), ['text', 'reaction', 'edit', 'delete', 'timer', 'custom', 'read', 'repair', 'sync', 'unknown'])
  })

  it('a group frame is written and read as documented', () => {
    const frame = { from: author, device, mls: fromHex(mls) }
    assert.equal(toString(encodeGroupFrame(frame), 'base16'), groupFrame)
    assert.deepEqual(decodeGroupFrame(fromHex(groupFrame)), frame)
  })
})

function fromHex (digits: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(fromString(digits, 'base16'))
}
