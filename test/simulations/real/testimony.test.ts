import assert from 'node:assert/strict'
import { Histories } from '../../../simulations/real/histories.ts'
import { Testimony } from '../../../simulations/real/testimony.ts'
import { witnesses } from '../../../simulations/checks/witness.ts'
import type { Message, MessageId, PeerKey } from '../../../src/types.ts'

const [FIRST, SECOND] = ['1', '2'] as MessageId[] as [MessageId, MessageId]
const DEVICE = 'device' as PeerKey
const message = (id: MessageId): Message => ({ id }) as Message

describe('simulations/real testimony', () => {
  it('holds back what is said of a message until it was told as written', () => {
    const heard: string[] = []
    const testimony = new Testimony(witnesses([{
      written: ({ message: { id } }) => { heard.push(`written ${id}`) },
      shown: ({ message: { id } }) => { heard.push(`shown ${id}`) }
    }]))
    const show = (id: MessageId): void => {
      testimony.about(id, () => { testimony.witness.shown({ at: 0, reader: 'somebody' as never, device: DEVICE, message: message(id), missing: [], late: false }) })
    }
    show(FIRST)
    show(SECOND)
    assert.deepEqual([heard, testimony.unwritten], [[], 2])
    testimony.written({ at: 0, message: message(FIRST), expiry: 1 })
    assert.deepEqual(heard, ['written 1', 'shown 1'])
    show(FIRST)
    assert.deepEqual(heard, ['written 1', 'shown 1', 'shown 1'])
    assert.equal(testimony.unwritten, 1)
  })

  it('compares histories with what was shown', () => {
    const compared = (shown: MessageId[], history: MessageId[]): boolean => {
      const histories = new Histories()
      for (const id of shown) histories.shown({ at: 0, reader: 'somebody' as never, device: DEVICE, message: message(id), missing: [], late: false })
      histories.compare(0, DEVICE, history)
      return histories.verdict().kept
    }
    assert.ok(compared([FIRST, SECOND], [FIRST, SECOND]))
    assert.ok(!compared([FIRST, SECOND], [SECOND, FIRST]))
    assert.ok(!compared([FIRST, FIRST], [FIRST]))
    assert.ok(!compared([FIRST], [FIRST, SECOND]))
    assert.ok(!compared([FIRST], []))
  })
})
