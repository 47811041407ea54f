import assert from 'node:assert/strict'
import { ALICE, all, amendment, BOB, CAROL, id, line, Story, text } from './story.ts'
import type { InboxFact } from '../../../src/client/inbox/events.core.ts'
import type { HistoryItem } from '../../../src/client/history/index.ts'

describe('client/history', () => {
  let story: Story

  beforeEach(async () => { story = await Story.begin() })
  afterEach(async () => { await story.store.close() })

  it('gives a conversation back by stamp and id, whatever the order of arrival', async () => {
    for (const [number, stamp] of [[1, 30], [2, 10], [4, 20], [3, 20]] as const) await story.show(line(number, { stamp }))
    await story.show(line(9, { conversation: CAROL, from: CAROL }))
    assert.deepEqual(await story.texts(BOB), ['line 2', 'line 3', 'line 4', 'line 1'])
    assert.deepEqual(await story.texts(BOB, { limit: 2 }), ['line 4', 'line 1'], 'the last ones')
    assert.deepEqual(await story.texts(BOB, { before: id(4), limit: 1 }), ['line 3'])
    assert.deepEqual(await story.texts(BOB, { after: id(2), limit: 2 }), ['line 3', 'line 4'])
    assert.deepEqual(await story.texts(BOB, { after: id(2), before: id(1) }), ['line 3', 'line 4'])
    assert.deepEqual(await story.texts(BOB, { after: id(1) }), [])
    assert.deepEqual(await story.texts(ALICE), [])
    await assert.rejects(story.history.page(BOB, { before: id(9) }), { name: 'MalformedError', message: `there is no message ${id(9)}` })
    assert.deepEqual((await story.history.conversations()).map(({ conversation, stamp }) => [conversation, stamp]), [[BOB, 30], [CAROL, 9]])
  })

  it('gives everything back in the order of arrival, from a message on, also after a restart', async () => {
    for (const [number, stamp] of [[1, 30], [2, 10]] as const) await story.show(line(number, { stamp }))
    story = await story.again()
    assert.equal(story.history.lastPosition, 2)
    await story.show(line(3, { stamp: 1 }))
    await story.show(line(3, { stamp: 1 }))
    const arrived = async (after?: number): Promise<string[]> => (await all(story.history.arrivals(after))).map(({ become }) => become.text)
    assert.deepEqual(await arrived(), ['line 1', 'line 2', 'line 3'])
    assert.deepEqual(await arrived(await story.history.position(id(1))), ['line 2', 'line 3'])
    assert.equal(await story.history.position(id(7)), undefined)
    assert.equal((await story.history.message(id(3)))?.become.text, 'line 3')
    assert.equal(await story.history.message(id(3), CAROL), undefined)
    assert(await story.history.has(id(3), BOB))
    assert(!await story.history.has(id(3), CAROL))
  })

  it('shows what a line has become, also by what came before it', async () => {
    await story.amend(amendment(10, { type: 'edit', target: id(1), text: 'better', mentions: [] }))
    await story.amend(amendment(11, { type: 'reaction', target: id(1), emoji: '👍', isRemoved: false }, { from: ALICE }))
    await story.show(line(1), { missing: [id(5)], late: true })
    const [shown] = await story.history.page(BOB)
    assert.deepEqual(shown?.become, { text: 'better', mentions: [], replyTo: undefined, reactions: [{ emoji: '👍', from: [ALICE] }], isEdited: true, isDeleted: false, custom: undefined })
    assert.deepEqual([shown?.missing, shown?.late, shown?.position], [[id(5)], true, 1])
    await story.amend(amendment(12, { type: 'edit', target: id(1), text: 'of another conversation', mentions: [] }, { conversation: CAROL }))
    assert.deepEqual(await story.texts(BOB), ['better'])
  })

  it('shows no gap where what was missing has come meanwhile', async () => {
    await story.show(line(2, { stamp: 20, parents: [id(1), id(7)] }), { missing: [id(1), id(7)] })
    await story.show(line(1, { stamp: 10 }), { late: true })
    assert.deepEqual((await story.history.page(BOB)).map(({ missing }) => missing), [[], [id(7)]])
  })

  it('gives lines and amendments back as they were written, to be sent again', async () => {
    const edit = amendment(10, { type: 'edit', target: id(1), text: 'better', mentions: [] })
    await story.show(line(1))
    await story.amend(edit)
    assert.deepEqual((await story.history.written(id(1)))?.content, { type: 'text', text: 'line 1', mentions: [], expiresAfterSeconds: 0 })
    assert.deepEqual(await story.history.written(id(10)), edit)
    assert.deepEqual(await story.history.written(id(10), BOB), edit)
    assert.equal(await story.history.written(id(10), CAROL), undefined)
    await story.amend(amendment(11, { type: 'delete', target: id(1) }))
    assert.equal(await story.history.written(id(1)), undefined)
  })

  it('counts what nobody has read, over restarts, whichever came first', async () => {
    for (const number of [1, 2, 3, 4]) await story.show(line(number))
    await story.show(line(5, { from: ALICE }))
    assert.equal(await story.history.unread(BOB), 4)
    await story.read(BOB, [id(1), id(6)])
    await story.show(line(6))
    story = await story.again()
    assert.equal(await story.history.unread(BOB), 3)
    assert.deepEqual(await story.history.unreadOf(BOB, [id(1), id(2), id(2), id(5), id(6), id(9)]), [id(2)])
    assert.deepEqual((await story.history.page(BOB)).map(({ isRead }) => isRead), [true, false, false, false, true, true])
    await story.amend(amendment(10, { type: 'delete', target: id(2) }, { from: CAROL }))
    assert.equal(await story.history.unread(BOB), 3, 'only its author deletes a line')
    await story.amend(amendment(11, { type: 'delete', target: id(2) }))
    assert.equal(await story.history.unread(BOB), 2)
  })

  it('counts right when everything is on its way to the disk at once', async () => {
    await Promise.all([
      story.show(line(1)), story.read(BOB, [id(1)]), story.read(BOB, [id(2)]), story.show(line(2)),
      story.show(line(3)), story.amend(amendment(10, { type: 'delete', target: id(3) })),
      story.amend(amendment(11, { type: 'delete', target: id(4) })), story.show(line(4)), story.show(line(4))
    ])
    assert.equal(await story.history.unread(BOB), 0)
    assert.deepEqual(await story.texts(BOB), ['line 1', 'line 2', '', ''])
    assert.equal((await all(story.history.arrivals())).length, 4)
  })

  it('knows the last timer', async () => {
    assert.equal(await story.history.timer(BOB), 0)
    await story.show(line(1, { stamp: 20, content: { type: 'timer', seconds: 60 } }))
    await story.show(line(2, { stamp: 10, content: { type: 'timer', seconds: 30 } }))
    assert.equal(await story.history.timer(BOB), 60)
    assert.equal(await story.history.timer(CAROL), 0)
  })

  it('keeps what waits, and gives it back', async () => {
    const held = { type: 'held', conversation: BOB, message: line(1), since: 5 } as const
    const heads: InboxFact = { type: 'heads', conversation: BOB, ids: [id(2)], stamp: 2 }
    await story.store.write([...story.history.writesFor(held), ...story.history.writesFor(heads)])
    story = await story.again()
    const facts = await story.history.inboxFacts()
    assert.deepEqual(JSON.parse(JSON.stringify(facts)), JSON.parse(JSON.stringify([heads, held])))
    await story.store.write([story.store.facts.del(`held/${BOB}/${id(1)}`)])
    assert.deepEqual(await story.history.inboxFacts(), [heads])
  })

  it('moves into another store as it is, once, and beside what arrives', async () => {
    for (const number of [1, 2, 3]) await story.show(line(number, { stamp: 10 - number }))
    await story.show(line(4, { from: ALICE, content: text('soon gone', 1) }))
    await story.read(BOB, [id(1)], 7)
    await story.amend(amendment(10, { type: 'edit', target: id(2), text: 'better', mentions: [] }))
    await story.amend(amendment(11, { type: 'delete', target: id(3) }))
    await story.history.sweep(story.clock.now() + 2000)
    const other = await Story.begin({ seed: 2 })
    await other.show(line(3, { stamp: 7 }))
    await other.show(line(8, { stamp: 100 }))
    const items = await all(story.history.items())
    assert.equal(items.length, await story.history.count())
    assert.equal(await other.history.take(items), 2)
    assert.equal(await other.history.take(story.history.items()), 0, 'once')
    assert.deepEqual(await other.texts(BOB), ['', 'better', 'line 1', 'line 8'])
    assert.equal(await other.history.unread(BOB), 2)
    assert(await other.history.has(id(4), BOB), 'what has disappeared is not missing')
    assert.equal(await other.history.message(id(4)), undefined)
    await other.history.sweep(other.clock.now() + 2000)
    const again = await all(other.history.items())
    const withoutOwn = again.filter(item => item.type !== 'line' || item.message.id !== id(8))
    assert.deepEqual(sorted(withoutOwn), sorted(items))
    await other.store.close()
  })
})

function sorted (items: HistoryItem[]): string[] {
  return items.map(item => JSON.stringify(item)).sort()
}
