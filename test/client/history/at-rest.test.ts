import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { HISTORY_DEFAULTS } from '../../../src/client/history/index.ts'
import { ALICE, all, amendment, BOB, id, line, Story, text } from './story.ts'
import type { OutboxEntry } from '../../../src/client/outbox/events.core.ts'
import type { OutgoingWords } from '../../../src/client/store/schemas.ts'

const SENTENCE = 'the wolf is in the fold'

describe('client/history at rest', () => {
  let story: Story

  beforeEach(async () => { story = await Story.begin() })
  afterEach(async () => { await story.store.close() })

  /** Every key and value of the database, and what base64 in it says. */
  async function everything (): Promise<string> {
    const entries = await story.database.iterator<string | Uint8Array, string | Uint8Array>({ keyEncoding: 'utf8', valueEncoding: 'utf8' }).all()
    const raw = entries.flat().map(String).join('\n')
    const decoded = raw.match(/[A-Za-z0-9+/]{16,}={0,2}/g)?.map(found => Buffer.from(found, 'base64').toString('latin1')) ?? []
    return [raw, ...decoded].join('\n')
  }

  it('shows nobody who copies it what was said', async () => {
    const { history, store } = story
    const custom = { type: 'custom', kind: SENTENCE, body: fromString(SENTENCE), fallback: SENTENCE } as const
    await story.show(line(1, { content: text(SENTENCE, 60) }))
    await story.show(line(2, { content: custom, from: ALICE }))
    await story.show(line(3, { content: { type: 'unknown', fallback: SENTENCE } }))
    await story.amend(amendment(10, { type: 'edit', target: id(1), text: SENTENCE, mentions: [] }))
    await story.amend(amendment(11, { type: 'edit', target: id(9), text: SENTENCE, mentions: [] }))
    await story.amend(amendment(12, { type: 'reaction', target: id(1), emoji: SENTENCE, isRemoved: false }))
    await story.read(BOB, [id(1)])
    await store.write(history.writesFor({ type: 'held', conversation: BOB, message: line(4, { content: text(SENTENCE) }), since: 1 }))
    const { from, device, ...draft } = line(5, { from: ALICE, content: text(SENTENCE) })
    const entry: OutboxEntry = { id: id(5), recipient: BOB, kind: 'text', queuedAt: 1, expiry: 2, route: undefined, envelopes: [], state: 'queued', receipts: [] }
    const words: OutgoingWords = { type: 'chat', draft }
    await store.write([store.outgoing.put(`${id(5)}/${BOB}`, { entry, words })])

    const found = await everything()
    assert(found.includes(BOB))
    assert(!found.includes(SENTENCE))
    await store.write([store.envelopes.put(id(6), fromString(SENTENCE))])
    assert((await everything()).includes(SENTENCE), 'the search finds what is there')
    assert.equal((await all(history.items())).length, 7)
    assert.equal((await history.inboxFacts()).length, 1)
    assert.deepEqual(JSON.parse(JSON.stringify((await store.outgoing.get(`${id(5)}/${BOB}`))?.words)), JSON.parse(JSON.stringify(words)))
  })

  it('leaves out, and tells, a line that was changed or put elsewhere', async () => {
    for (const number of [1, 2, 3]) await story.show(line(number))
    const lines = story.database.sublevel<string, { conversation: string, sealed: string }>('line', { valueEncoding: 'json' })
    const [[, first], [second, record]] = await lines.iterator().all() as [[string, { sealed: string }], [string, { conversation: string, sealed: string }]]
    await lines.put(second, { ...record, sealed: first.sealed })
    assert.deepEqual(await story.texts(BOB), ['line 1', 'line 3'])
    await lines.put(second, { ...record, conversation: ALICE })
    assert.deepEqual(await story.texts(BOB), ['line 1', 'line 3'])
    await lines.put(second, { ...record, conversation: 'nobody' })
    assert.deepEqual(await story.texts(BOB), ['line 1', 'line 3'])
    assert.equal(story.damaged.length, 1)
    assert.equal((await all(story.history.items())).length, 2)
  })

  it('opens only what it shows', async () => {
    const count = 2000
    await story.store.write(Array.from({ length: count }, (_, at) => at + 1).flatMap(number => story.history.writesFor({ type: 'shown', conversation: BOB, position: number, message: line(number), missing: [], late: false })))
    story = await story.again()
    const calls = await countCalls(async () => {
      assert.equal((await story.texts(BOB, { before: id(1000), limit: 20 }))[0], 'line 980')
      assert.equal((await story.texts(BOB, { after: id(1000), limit: 20 }))[0], 'line 1001')
    })
    assert.deepEqual(calls, { decrypt: 40, importKey: new Set([980, 999, 1001, 1020].map(position => Math.floor(position / HISTORY_DEFAULTS.segmentLines))).size })
    assert.deepEqual(await countCalls(async () => { await story.history.message(id(10)) }), { decrypt: 1, importKey: 1 })
    assert.deepEqual(await countCalls(async () => { await story.history.unread(BOB); await story.history.conversations(); await story.history.has(id(3), BOB) }), { decrypt: 0, importKey: 0 })
  })
})

/** How often the platform was asked to open something, and to take in a key. */
async function countCalls (task: () => Promise<void>): Promise<{ decrypt: number, importKey: number }> {
  const { subtle } = globalThis.crypto
  const calls = { decrypt: 0, importKey: 0 }
  for (const name of ['decrypt', 'importKey'] as const) {
    const original = (subtle[name] as (...args: unknown[]) => unknown).bind(subtle)
    Object.defineProperty(subtle, name, { configurable: true, value: (...args: unknown[]) => { calls[name]++; return original(...args) } })
  }
  try {
    await task()
  } finally {
    for (const name of ['decrypt', 'importKey'] as const) delete (subtle as Partial<SubtleCrypto>)[name]
  }
  return calls
}
