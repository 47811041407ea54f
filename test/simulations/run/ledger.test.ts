// What became of messages, as far as the director must know it.
import assert from 'node:assert/strict'
import { Ledger } from '../../../simulations/run/ledger.ts'
import { messageIdOf, rootKeyOf } from '../../../simulations/actors/values.ts'
import type { Message, MessageState } from '../../../src/types.ts'

const [ann, bob, eve] = ['ann', 'bob', 'eve'].map(rootKeyOf) as [ReturnType<typeof rootKeyOf>, ReturnType<typeof rootKeyOf>, ReturnType<typeof rootKeyOf>]

class Story {
  readonly ledger = new Ledger()
  at = 0
  writes (name: string, from: typeof ann, to: typeof ann): void {
    this.ledger.written({ at: ++this.at, message: { id: messageIdOf(name), from, conversation: to } as Message, expiry: Infinity })
  }

  hears (name: string, state: MessageState): void {
    this.ledger.state({ at: ++this.at, id: messageIdOf(name), state, copies: 0, w: 1, envelopes: [], nodes: [], problem: undefined })
  }

  shows (name: string): void {
    this.ledger.shown({ at: ++this.at, reader: bob, device: 'd' as never, message: { id: messageIdOf(name) } as Message, missing: [], late: false })
  }
}

describe('the ledger', () => {
  it('waits until a message is shown and its sender knows', () => {
    const story = new Story()
    story.writes('m1', ann, bob)
    assert.deepEqual(story.ledger.waiting, ['m1'])
    story.hears('m1', 'stored')
    story.shows('m1')
    assert.deepEqual(story.ledger.waiting, ['m1'])
    story.hears('m1', 'delivered')
    assert.deepEqual(story.ledger.waiting, [])
    assert.equal(story.ledger.movedAt, story.at)
  })

  it('does not wait for whom nobody can reach any more', () => {
    const story = new Story()
    story.writes('to-gone', ann, bob)
    story.writes('stored', eve, ann)
    story.writes('unstored', eve, ann)
    story.hears('stored', 'stored')
    story.ledger.leave(bob)
    story.ledger.leave(eve)
    assert.deepEqual(story.ledger.waiting, ['stored'])
    story.shows('stored')
    assert.deepEqual(story.ledger.waiting, [])
  })

  it('knows when a sender has nothing left that is not stored', () => {
    const story = new Story()
    const told: string[] = []
    story.ledger.onAllStored = root => { told.push(root) }
    assert.ok(!story.ledger.isAllStored(ann), 'who has not written')
    story.writes('m1', ann, bob)
    story.writes('m2', ann, bob)
    story.hears('m1', 'accepted')
    story.hears('m1', 'stored')
    story.hears('m1', 'delivered')
    assert.deepEqual([told, story.ledger.isAllStored(ann)], [[], false])
    story.ledger.ended({ at: 9, id: messageIdOf('m2'), reason: 'expired' })
    assert.deepEqual([told, story.ledger.isAllStored(ann)], [[ann], true])
  })
})
