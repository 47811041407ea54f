import assert from 'node:assert/strict'
import { HISTORY_DEFAULTS } from '../../../src/client/history/index.ts'
import { ALICE, all, amendment, BOB, id, line, Story, text } from './story.ts'
import type { AmendmentContent, MessageId } from '../../../src/types.ts'

describe('client/history, what disappears', () => {
  let story: Story
  let erased: string[]
  const failures: Error[] = []
  const begin = async (): Promise<void> => {
    await story.history.start({ erased: (_conversation, message) => { erased.push(message) }, failed: error => { failures.push(error) } })
  }
  /** Until everything that timers started is on disk. */
  const advance = async (ms: number): Promise<void> => {
    await story.clock.advance(ms)
    await story.history.sweep(0)
  }

  beforeEach(async () => {
    story = await Story.begin()
    erased = []
    await begin()
  })

  afterEach(async () => {
    await story.history.stop()
    await story.store.close()
    assert.deepEqual(failures, [])
  })

  it('goes so long after it was read, not before, and leaves its place', async () => {
    await story.show(line(1, { content: text('a secret', 60) }))
    await story.amend(amendment(10, { type: 'edit', target: id(1), text: 'another secret', mentions: [] }))
    await advance(120_000)
    assert.deepEqual(await story.texts(BOB), ['another secret'])
    assert.equal((await story.history.message(id(1)))?.expiresAt, undefined)
    await story.read(BOB, [id(1)])
    assert.equal((await story.history.message(id(1)))?.expiresAt, story.clock.now() + 60_000)
    await advance(59_000)
    assert.deepEqual([await story.texts(BOB), erased], [['another secret'], []])
    await advance(1000)
    assert.deepEqual([await story.texts(BOB), erased], [[], [id(1)]])
    assert.equal(await story.history.message(id(1)), undefined)
    assert.equal(await story.history.written(id(1)), undefined)
    assert.equal(await story.history.written(id(10)), undefined)
    assert(await story.history.has(id(1), BOB), 'nothing that names it misses it')
    assert.deepEqual((await all(story.history.items())).map(({ type }) => type), ['gone'])
    await story.amend(amendment(11, { type: 'edit', target: id(1), text: 'too late', mentions: [] }))
    assert.equal(await story.history.written(id(11)), undefined, 'nor is kept what is said about it later')
    await story.show(line(2))
    assert.deepEqual((await story.history.page(BOB, { after: id(1) })).map(({ message }) => message.id), [id(2)], 'its place in the order is known')
  })

  it('goes so long after it was sent, of one’s own', async () => {
    const sentAt = story.clock.now()
    await story.show({ ...line(1, { from: ALICE, content: text('a secret', 60) }), sentAt })
    await story.show({ ...line(2, { from: ALICE, content: text('by a clock that is ahead', 60) }), sentAt: sentAt + 1_000_000 })
    await advance(59_999)
    assert.equal((await story.texts(BOB)).length, 2)
    await advance(1)
    assert.deepEqual([await story.texts(BOB), erased], [[], [id(1), id(2)]])
  })

  it('goes by the first reading, on whichever device, and also when that was heard of first', async () => {
    await story.read(BOB, [id(1)], story.clock.now())
    await advance(30_000)
    await story.show(line(1, { content: text('a secret', 60) }))
    await story.read(BOB, [id(1)])
    await advance(29_000)
    assert.deepEqual(await story.texts(BOB), ['a secret'])
    await advance(1000)
    assert.deepEqual(await story.texts(BOB), [])
  })

  it('goes after a restart, with what was due meanwhile', async () => {
    await story.show(line(1, { content: text('a secret', 60) }))
    await story.show(line(2, { content: text('a longer one', 600) }))
    await story.read(BOB, [id(1), id(2)])
    await story.history.stop()
    story = await story.again()
    await story.clock.advance(120_000)
    assert.deepEqual(await story.texts(BOB), ['a longer one'], 'not shown, though it is still there')
    await begin()
    await advance(0)
    assert.deepEqual(erased, [id(1)])
    await advance(480_000)
    assert.deepEqual(erased, [id(1), id(2)])
  })

  it('wakes for a far deadline in steps that timers can take', async () => {
    const seconds = 3 * HISTORY_DEFAULTS.sweepIntervalMsMax / 1000
    await story.show(line(1, { content: text('a secret', seconds) }))
    await story.read(BOB, [id(1)])
    await advance(seconds * 1000 - 1)
    assert.deepEqual(erased, [])
    await advance(1)
    assert.deepEqual(erased, [id(1)])
  })

  it('takes the words of a deleted line off the disk, whichever came first', async () => {
    const edit = (target: MessageId): AmendmentContent => ({ type: 'edit', target, text: 'another secret', mentions: [] })
    await story.show(line(1, { content: text('a secret', 60) }))
    await story.amend(amendment(10, edit(id(1))))
    await story.amend(amendment(11, { type: 'delete', target: id(1) }))
    await story.amend(amendment(12, { type: 'delete', target: id(2) }))
    await story.show(line(2, { content: { type: 'custom', kind: 'k', body: Uint8Array.of(1), fallback: 'a secret' } }))
    await story.amend(amendment(13, edit(id(2))))
    await advance(HISTORY_DEFAULTS.sweepDeletedMs)
    const kept = JSON.stringify(await all(story.history.items()))
    assert(!kept.includes('secret'), kept)
    assert.deepEqual((await story.history.page(BOB)).map(({ become }) => become.isDeleted), [true, true])
    assert.deepEqual(erased, [], 'both are still shown, as deleted')
    await story.read(BOB, [id(1)])
    await advance(60_000)
    assert.deepEqual(erased, [id(1)], 'and disappears in its turn')
  })

  it('erases more than one step of lines', async () => {
    const count = HISTORY_DEFAULTS.sweepLines + 10
    const numbers = Array.from({ length: count }, (_, at) => at + 1)
    await Promise.all(numbers.map(async number => { await story.show(line(number, { content: text('a secret', 60) })) }))
    await story.read(BOB, numbers.map(id))
    await advance(60_000)
    assert.equal(erased.length, count)
    assert.deepEqual(await story.store.shelf('line-due', { encode: value => value, decode: value => value }).keys(), [])
  })
})
