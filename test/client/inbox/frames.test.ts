// What of a conversation is no line: amendments, signals, commits, frames that wait, and gaps that are asked for.
import assert from 'node:assert/strict'
import { INBOX_DEFAULTS } from '../../../src/client/inbox/defaults.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { BOB, ME, messageId, MY_DEVICE, Reader, seal, START, text } from './reader.ts'
import type { Message, MessageContent, PeerKey } from '../../../src/types.ts'

const { batchMs, parentWaitMs, repairAgainMs, repairsMax, gapsMax, stampAheadMsMax } = INBOX_DEFAULTS
const OTHER_DEVICE = '0e'.repeat(32) as PeerKey

describe('client/inbox frames', () => {
  describe('of a conversation’s keys', () => {
    it('are taken, collected and marked to their author', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'taken')
      reader.advance(batchMs)
      assert.deepEqual([...reader.marked], [`${BOB}/${messageId(1)}`])
      assert.equal(reader.collected.size, 1)
      assert.equal(reader.history.length, 0)
    })

    it('of our own devices are marked to nobody', () => {
      const reader = new Reader()
      reader.frame(messageId(1), ME, 'taken')
      reader.advance(batchMs)
      assert.deepEqual([reader.marked.size, reader.collected.size], [0, 1])
    })

    it('that come again are known by their hint, and marked again', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'taken')
      reader.frame(messageId(1), BOB, 'taken')
      reader.advance(2 * batchMs)
      assert.equal(reader.effects('decrypt').length, 1)
      assert.equal(reader.effects('markDelivered').length, 2)
      assert.equal(reader.collected.size, 2)
    })

    it('are collected when they are forged, and say nothing of a true one with their id', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'unreadable')
      reader.frames.clear()
      reader.read(text(BOB, 1))
      reader.advance(batchMs)
      assert.equal(reader.history.length, 1)
      assert.equal(reader.collected.size, 2)
    })
  })

  describe('that wait for another', () => {
    it('are collected and not marked until they are something', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'waiting')
      reader.advance(batchMs)
      assert.deepEqual([reader.collected.size, reader.marked.size, reader.history.length], [1, 0, 0])
      reader.handle({ type: 'message', envelopes: [], message: text(BOB, 1) })
      reader.advance(batchMs)
      assert.deepEqual([reader.marked.size, reader.history.length], [1, 1])
      assert.ok(reader.released.has(messageId(1)))
    })

    it('become something after a restart, too, and only once', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'waiting')
      reader.crash()
      const again = (): void => {
        reader.handle({ type: 'message', envelopes: [], message: text(BOB, 1) })
        reader.finish()
      }
      again()
      again()
      assert.equal(reader.history.length, 1)
    })

    it('are decrypted when they come again, sealed for a group that is here', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'waiting')
      reader.frames.clear()
      reader.read(text(BOB, 1))
      assert.equal(reader.effects('decrypt').length, 2)
      assert.equal(reader.history.length, 1)
    })

    it('are not shown again when another device’s history has brought them', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'waiting')
      reader.transfer(text(BOB, 1))
      reader.handle({ type: 'message', envelopes: [], message: text(BOB, 1) })
      reader.advance(batchMs)
      assert.deepEqual([reader.history.length, reader.effects('show').length], [1, 0])
      assert.deepEqual([reader.marked.has(`${BOB}/${messageId(1)}`), reader.released.has(messageId(1))], [true, true])
    })

    it('become a commit, whose author is told then', () => {
      const reader = new Reader()
      reader.frame(messageId(1), BOB, 'waiting')
      reader.handle({ type: 'taken', envelopes: [], id: messageId(1), from: BOB })
      reader.advance(batchMs)
      assert.deepEqual([...reader.marked], [`${BOB}/${messageId(1)}`])
    })
  })

  it('takes two copies that come while the first is decrypted as one', () => {
    const reader = new Reader({}, () => 0)
    reader.know(text(BOB, 1))
    for (const mail of [...seal(text(BOB, 1)), ...seal(text(BOB, 1))]) reader.arrive(mail)
    reader.advance(batchMs)
    assert.equal(reader.effects('decrypt').length, 1)
    assert.equal(reader.history.length, 1)
    assert.equal(reader.collected.size, 2)
  })

  describe('lines of our own other devices', () => {
    it('are shown in the conversation with the other side, and marked to nobody', () => {
      const reader = new Reader()
      reader.read(text(BOB, 1), { ...text(ME, 2, [1]), device: OTHER_DEVICE })
      reader.advance(batchMs)
      assert.deepEqual(reader.effects('show').map(({ conversation, message }) => [conversation, message.from]), [[BOB, BOB], [BOB, ME]])
      assert.deepEqual([...reader.marked], [`${BOB}/${messageId(1)}`])
      assert.deepEqual(reader.core.heads(BOB), [messageId(2)])
    })

    it('of this device are known when they come back', () => {
      const reader = new Reader()
      reader.handle({ type: 'sent', message: { ...text(ME, 1), device: MY_DEVICE } })
      reader.read({ ...text(ME, 1), device: MY_DEVICE })
      reader.advance(batchMs)
      assert.deepEqual([reader.history.length, reader.effects('show').length, reader.effects('decrypt').length, reader.marked.size], [1, 0, 0, 0])
      assert.equal(reader.collected.size, 1)
    })
  })

  describe('amendments', () => {
    const edit = (name: number, target: number): Message => ({ ...text(BOB, name), stamp: START + name, content: { type: 'edit', target: messageId(target), text: 'better', mentions: [] } })

    it('wait for nothing, are told when they are durable, and marked', () => {
      const reader = new Reader()
      reader.know(edit(2, 1))
      for (const mail of seal(edit(2, 1))) reader.arrive(mail)
      for (let steps = 0; steps < 3; steps++) reader.step() // open, unprotect, decrypt
      assert.equal(reader.effects('amend').length, 0)
      reader.advance(batchMs)
      assert.deepEqual(reader.effects('amend').map(({ conversation, message }) => [conversation, message.id]), [[BOB, messageId(2)]])
      assert.equal([...reader.disk.values()].filter(({ type }) => type === 'amendment').length, 1)
      assert.deepEqual([reader.history.length, reader.marked.size], [0, 1])
      assert.deepEqual(reader.core.heads(BOB), [], 'nothing answers an amendment')
    })

    it('raise the stamp of what is said next, over a restart', () => {
      const reader = new Reader()
      reader.read({ ...edit(2, 1), stamp: START + 60_000 })
      reader.crash()
      assert.equal(reader.core.nextStamp(BOB, START), START + 60_001)
      assert.equal(reader.core.nextStamp(BOB, START + 90_000), START + 90_000)
    })
  })

  it('stamps at most a day ahead of the clock, whatever others say', () => {
    const reader = new Reader()
    reader.read({ ...text(BOB, 1), stamp: START + 100 * stampAheadMsMax })
    assert.equal(reader.core.nextStamp(BOB, START), START + stampAheadMsMax)
  })

  describe('signals', () => {
    const signal = (name: number, content: MessageContent): Message => ({ ...text(BOB, name), content })

    it('are heeded before they are collected, shown and marked to nobody', () => {
      const reader = new Reader()
      const read = signal(1, { type: 'read', ids: [messageId(9)] })
      reader.know(read)
      for (const mail of seal(read)) reader.arrive(mail)
      for (let steps = 0; steps < 3; steps++) reader.step() // open, unprotect, decrypt
      assert.deepEqual(reader.effects('signal').map(({ message }) => message), [read])
      assert.equal(reader.effects('persist').length, 0)
      assert.equal(reader.core.idle, false)
      reader.advance(batchMs)
      assert.deepEqual([reader.history.length, reader.marked.size, reader.collected.size], [0, 0, 1])
      assert.ok(reader.released.has(messageId(1)))
    })

    it('that nobody understands are taken and forgotten', () => {
      const reader = new Reader()
      reader.read(signal(1, { type: 'unknown', fallback: '' }))
      reader.advance(batchMs)
      assert.deepEqual([reader.history.length, reader.marked.size, reader.collected.size], [0, 0, 1])
      reader.read(signal(2, { type: 'unknown', fallback: 'a poll' }))
      assert.equal(reader.history.length, 1)
    })
  })

  describe('gaps', () => {
    const withGap = (): Reader => {
      const reader = new Reader()
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 2, [1]))
      reader.advance(parentWaitMs + 1000)
      return reader
    }

    it('are asked for when the wait is over, a few times, over restarts', () => {
      const reader = withGap()
      assert.deepEqual(reader.effects('repair'), [{ type: 'repair', conversation: BOB, ids: [messageId(1)] }])
      reader.crash()
      reader.advance(10 * repairAgainMs)
      assert.equal(reader.effects('repair').length, repairsMax)
      assert.ok(![...reader.disk.keys()].some(key => key.startsWith('gap/')))
    })

    it('are not asked for any more when what was missing came', () => {
      const reader = withGap()
      reader.read(text(BOB, 1))
      reader.advance(2 * repairAgainMs)
      assert.equal(reader.effects('repair').length, 1)
      assert.ok(![...reader.disk.keys()].some(key => key.startsWith('gap/')))
    })

    it('of one conversation are asked for together, at most so many ids at once', () => {
      const reader = new Reader({ heldMax: 10_000, missedMax: 10_000 })
      reader.handle({ type: 'drained' })
      const parents = Array.from({ length: LIMITS.messageMarks + 1 }, (_, at) => 1000 + at)
      for (let at = 0; at < parents.length; at += 16) reader.read(text(BOB, 100_000 + at, parents.slice(at, at + 16)))
      reader.advance(parentWaitMs + 1000)
      assert.deepEqual(reader.effects('repair').map(({ ids }) => ids.length), [LIMITS.messageMarks, 1])
    })

    it('are bounded: the first found go first', () => {
      const reader = new Reader({ gapsMax: 2 })
      reader.handle({ type: 'drained' })
      reader.read(text(BOB, 9, [1, 2, 3]))
      reader.advance(parentWaitMs + 1000)
      assert.deepEqual(reader.effects('repair').map(({ ids }) => ids), [[messageId(2), messageId(3)]])
      assert.ok(gapsMax > LIMITS.messageMarks)
    })
  })
})
