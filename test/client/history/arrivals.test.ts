// The same things in other orders, and more of them than there is room for.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ALICE, all, amendment, BOB, id, line, Story, text } from './story.ts'
import type { HistoryLine } from '../../../src/client/history/index.ts'
import type { AmendmentContent, Message, MessageId, RootKey } from '../../../src/types.ts'

type Arrival = { type: 'line' | 'amendment', message: Message } | { type: 'read', ids: MessageId[], at: number }

const LINES = 4
const number = fc.integer({ min: 1, max: LINES })
const author = fc.constantFrom(ALICE, BOB)

const content = number.map(id).chain(target => fc.oneof(
  fc.constantFrom('a', 'b').map((words): AmendmentContent => ({ type: 'edit', target, text: words, mentions: [] })),
  fc.tuple(fc.constantFrom('👍', '❤️'), fc.boolean()).map(([emoji, isRemoved]): AmendmentContent => ({ type: 'reaction', target, emoji, isRemoved })),
  fc.constant<AmendmentContent>({ type: 'delete', target })
))

/** Messages have one author and one place each, as their ids say. */
const things = fc.tuple(
  fc.array(author, { minLength: LINES, maxLength: LINES }),
  fc.array(fc.tuple(author, content), { maxLength: 8 }),
  fc.array(fc.tuple(fc.uniqueArray(number.map(id), { minLength: 1 }), fc.integer({ min: 1, max: 100_000 })), { maxLength: 3 })
).map(([authors, amendments, reads]): Arrival[] => [
  ...authors.map((from: RootKey, at): Arrival => ({ type: 'line', message: line(at + 1, { from, stamp: 10 + at % 2, content: text(`line ${at}`, [60, 2_000_000_000][at] ?? 0) }) })),
  ...amendments.map(([from, content], at): Arrival => ({ type: 'amendment', message: amendment(100 + at, content, { from, stamp: 20 + at % 3 }) })),
  ...reads.map(([ids, at]): Arrival => ({ type: 'read', ids, at }))
])

describe('client/history, whatever the order', () => {
  it('shows the same, however often anything comes, at once or one by one, and over restarts', async () => {
    const runs = things.chain(arrivals => fc.tuple(
      fc.constant(arrivals),
      fc.shuffledSubarray([...arrivals, ...arrivals], { minLength: 0 }).map(again => [...again, ...arrivals]),
      fc.shuffledSubarray(arrivals, { minLength: arrivals.length }),
      fc.nat(20)
    ))
    await fc.assert(fc.asyncProperty(runs, async ([arrivals, repeated, shuffled, restartAt]) => {
      const expected = await shown(arrivals)
      assert.deepEqual(await shown(repeated, { atOnce: true }), expected)
      assert.deepEqual(await shown(shuffled, { restartAt }), expected)
    }), { numRuns: 40 })
  }).timeout(60_000)

  it('shows the newest of what was said about a line, when there is more than anybody says', async () => {
    const story = await Story.begin({ limits: { amendmentsMax: 3 } })
    await story.show(line(1))
    for (const at of [1, 2, 3, 4]) await story.amend(amendment(10 + at, { type: 'reaction', target: id(1), emoji: String(at), isRemoved: false }, { stamp: 10 + at }))
    assert.deepEqual((await story.history.message(id(1)))?.become.reactions.map(({ emoji }) => emoji), ['2', '3', '4'])
    await story.store.close()
  })

  it('counts unread lines up to where nobody reads the number', async () => {
    const story = await Story.begin({ limits: { unreadMax: 3 } })
    for (const at of [1, 2, 3, 4]) await story.show(line(at))
    assert.equal(await story.history.unread(BOB), 3)
    await story.store.close()
  })

  it('remembers what is on its way to the disk for so long only', async () => {
    const story = await Story.begin({ limits: { recentMax: 2 } })
    await Promise.all([1, 2, 3].map(async at => { await story.show(line(at)) }))
    await Promise.all([1, 2, 3].map(async at => { await story.show(line(at)) }))
    assert.equal((await story.texts(BOB)).length, 3, 'what is on the disk is known by that')
    await story.store.close()
  })

  it('walks in steps of its limits', async () => {
    const story = await Story.begin({ limits: { pageLines: 2, segmentLines: 2, importItems: 2, sweepLines: 2 } })
    for (const at of [1, 2, 3, 4, 5]) await story.show(line(at, { content: text(`line ${at}`, at === 3 ? 60 : 0) }))
    await story.read(BOB, [id(3)])
    const texts = [1, 2, 3, 4, 5].map(at => `line ${at}`)
    assert.deepEqual(await story.texts(BOB), texts)
    assert.deepEqual(await story.texts(BOB, { after: id(1) }), texts.slice(1))
    assert.deepEqual((await all(story.history.arrivals())).map(({ become }) => become.text), texts)
    const other = await Story.begin({ limits: { importItems: 2 } })
    assert.equal(await other.history.take(story.history.items()), 5)
    assert.deepEqual(await other.texts(BOB), texts)
    await story.clock.advance(60_000)
    assert.deepEqual(await story.texts(BOB, { limit: 3 }), ['line 2', 'line 4', 'line 5'], 'what has disappeared takes no place of a page')
    await story.store.close()
    await other.store.close()
  })
})

/** What a history shows after these arrivals. */
async function shown (arrivals: Arrival[], { atOnce = false, restartAt = -1 } = {}): Promise<unknown> {
  let story = await Story.begin()
  const under: Array<Promise<void>> = []
  for (const [at, arrival] of arrivals.entries()) {
    if (at === restartAt) story = await story.again()
    const taken = take(arrival, story)
    if (atOnce) under.push(taken)
    else await taken
  }
  await Promise.all(under)
  const lines = (await story.history.page(BOB)).map(({ position, ...seen }: HistoryLine) => seen)
  const unread = await story.history.unread(BOB)
  await story.history.sweep(story.clock.now() + 2000)
  const swept = (await story.history.page(BOB)).map(({ become, isRead }) => ({ become, isRead }))
  // Of amendments that count for nothing, some are not even kept.
  const items = (await all(story.history.items())).filter(({ type }) => type !== 'amendment').map(item => JSON.stringify(item)).sort()
  await story.store.close()
  return { lines: lines.map(({ message: { content, ...message }, ...seen }) => ({ ...seen, message })), unread, swept, items }
}

async function take (arrival: Arrival, story: Story): Promise<void> {
  switch (arrival.type) {
    case 'line': return await story.show(arrival.message)
    case 'amendment': return await story.amend(arrival.message)
    case 'read': return await story.read(BOB, arrival.ids, arrival.at)
  }
}
