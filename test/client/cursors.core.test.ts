import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CursorsCore } from '../../src/client/cursors.core.ts'
import type { CursorsEffect } from '../../src/client/cursors.core.ts'
import type { EnvelopeId, PeerKey, StoreId } from '../../src/types.ts'

const node = 'a'.repeat(64) as PeerKey
const storeId = '1'.repeat(32) as StoreId
const otherStore = '2'.repeat(32) as StoreId
const channel = 'session 1'
const ids = Array.from({ length: 20 }, (_, at) => at.toString(16).padStart(64, '0') as EnvelopeId)
const [a, b] = ids as [EnvelopeId, EnvelopeId]

function opened (position = 0): CursorsCore {
  const core = new CursorsCore([[node, { storeId, position }]])
  core.handle({ type: 'opened', channel, node, storeId })
  return core
}

function positions (effects: CursorsEffect[]): number[] {
  return effects.flatMap(effect => effect.type === 'move' ? [effect.cursor.position] : [])
}

describe('cursors core', () => {
  it('moves when everything that came before the word is settled, and not earlier', () => {
    const core = opened()
    core.handle({ type: 'received', channel, id: a })
    assert.deepEqual(core.handle({ type: 'covered', channel, from: 0, to: 1 }), [])
    core.handle({ type: 'received', channel, id: b })
    assert.deepEqual(core.handle({ type: 'settled', ids: [b] }), [], 'the first is not durable yet')
    assert.deepEqual(positions(core.handle({ type: 'settled', ids: [a] })), [1])
    assert.deepEqual(positions(core.handle({ type: 'covered', channel, from: 1, to: 2 })), [2])
    assert.deepEqual(core.cursor(node), { storeId, position: 2 })
  })

  it('begins again when keys have come for what was left in the mailbox', () => {
    const core = opened(7)
    assert.deepEqual(core.handle({ type: 'again' }), [{ type: 'move', node, cursor: { storeId, position: 0 } }, { type: 'drain', node }])
    assert.deepEqual(core.handle({ type: 'covered', channel, from: 7, to: 8 }), [{ type: 'drain', node }], 'a push tells nothing of what is before it')
    core.handle({ type: 'opened', channel: 'drain 1', node, storeId })
    assert.deepEqual(positions(core.handle({ type: 'covered', channel: 'drain 1', from: 0, to: 8 })), [8])
  })

  it('is not held up by what came after the word', () => {
    const core = opened()
    core.handle({ type: 'covered', channel, from: 0, to: 5 })
    core.handle({ type: 'received', channel, id: a })
    assert.equal(core.cursor(node)?.position, 5)
  })

  it('asks for a drain when positions are missing before a word, and does not move', () => {
    const core = opened(3)
    assert.deepEqual(core.handle({ type: 'covered', channel, from: 7, to: 9 }), [{ type: 'drain', node }])
    assert.equal(core.cursor(node)?.position, 3)
    assert.deepEqual(positions(core.handle({ type: 'covered', channel, from: 2, to: 4 })), [4], 'a word may begin before the cursor')
  })

  it('waits for an envelope that was let go until a drain has brought it', () => {
    const core = opened()
    core.handle({ type: 'received', channel, id: a })
    core.handle({ type: 'covered', channel, from: 0, to: 1 })
    core.handle({ type: 'opened', channel: 'drain 2', node, storeId })
    core.handle({ type: 'received', channel: 'drain 2', id: a })
    core.handle({ type: 'covered', channel: 'drain 2', from: 0, to: 1 })
    assert.equal(core.cursor(node)?.position, 0)
    assert.deepEqual(positions(core.handle({ type: 'settled', ids: [a] })), [1])
  })

  it('begins anew at a node that began anew, and believes no stream of the store before', () => {
    const core = opened(9)
    assert.deepEqual(core.handle({ type: 'opened', channel: 'drain 2', node, storeId: otherStore }), [{ type: 'move', node, cursor: { storeId: otherStore, position: 0 } }])
    assert.deepEqual(core.handle({ type: 'covered', channel, from: 9, to: 12 }), [])
    assert.deepEqual(core.cursor(node), { storeId: otherStore, position: 0 })
  })

  it('ends a channel that leaves too much unsettled', () => {
    const core = new CursorsCore([], 2)
    core.handle({ type: 'opened', channel, node, storeId })
    const effects = ids.slice(0, 3).flatMap(id => core.handle({ type: 'received', channel, id }))
    assert.deepEqual(effects, [{ type: 'overflow', channel }])
    core.handle({ type: 'closed', channel })
    assert.deepEqual(core.handle({ type: 'covered', channel, from: 0, to: 3 }), [])
  })

  it('never passes an envelope that is not settled', () => {
    // A replica stores ids in order; each is pushed (or let go: also "received") and covered by a word at any later time.
    const step = fc.record({ settle: fc.integer({ min: 0, max: 19 }), cover: fc.boolean(), reconnect: fc.boolean() })
    fc.assert(fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), steps => {
      const core = opened()
      const settled = new Set<EnvelopeId>()
      let name = channel
      let pushed = 0
      let covered = 0
      for (const [at, { settle, cover, reconnect }] of steps.entries()) {
        if (reconnect) {
          core.handle({ type: 'closed', channel: name })
          name = `session ${at + 2}`
          core.handle({ type: 'opened', channel: name, node, storeId })
          // Whatever was pushed before may be lost; the node begins at its end, and the drain is another test.
          pushed = covered = Math.max(covered, core.cursor(node)?.position ?? 0)
        }
        const id = ids[pushed]
        if (id !== undefined) {
          core.handle({ type: 'received', channel: name, id })
          pushed++
        }
        if (cover && pushed > covered) {
          core.handle({ type: 'covered', channel: name, from: covered, to: pushed })
          covered = pushed
        }
        const done = ids[settle] as EnvelopeId
        settled.add(done)
        core.handle({ type: 'settled', ids: [done] })
        const position = core.cursor(node)?.position ?? 0
        const lost = ids.slice(0, position).filter(passed => !settled.has(passed))
        assert.deepEqual(lost, [])
      }
    }))
  })
})
