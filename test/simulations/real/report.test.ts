import assert from 'node:assert/strict'
import { Counting } from '../../../simulations/real/counts.ts'
import { isKept, reportOf, tableOf } from '../../../simulations/real/report.ts'
import type { RealRun } from '../../../simulations/real/run.ts'
import type { Message, MessageId, PeerKey } from '../../../src/types.ts'

const [READER, AWAY] = ['reader', 'away'] as PeerKey[] as [PeerKey, PeerKey]
const message = (id: string): Message => ({ id: id as MessageId }) as Message

/** Four letters: to a reader who is there, to the same again, to one who was away, and one that is lost. */
function count (): Counting {
  const counting = new Counting()
  const show = (at: number, device: PeerKey, id: string): void => { counting.shown({ at, reader: 'somebody' as never, device, message: message(id), missing: [], late: false }) }
  const store = (id: string): void => { counting.state({ at: 0, id: id as MessageId, state: 'stored', copies: 2, w: 2, envelopes: [], nodes: [], problem: undefined }) }
  counting.process({ at: 0, actor: 'node', isNode: true, up: true, left: false })
  counting.process({ at: 0, actor: READER, isNode: false, up: true, left: false })
  for (const id of ['1', '2', '3', '4']) counting.written({ at: 100, message: message(id), expiry: 1e9 })
  for (const id of ['1', '2', '4']) store(id)
  show(110, READER, '1')
  show(120, READER, '2')
  show(130, READER, '2')
  counting.process({ at: 5_000, actor: AWAY, isNode: false, up: true, left: false })
  show(5_100, AWAY, '3')
  counting.looked(true, 40)
  counting.looked(false, 9_000)
  return counting
}

const scale = { nodes: 32, users: 3, minutes: 1, seed: 'x' }

function runOf (counting: Counting, kept: boolean): RealRun {
  const check = { name: 'shown-once', kept, figure: kept ? 0 : 1, of: 4, unit: 'messages shown again', examples: kept ? [] : ['device reader showed message 2 again'] }
  return { ...counting.counts(), counting, nodesUpMin: 1, seconds: 61.24, checks: [check] }
}

describe('simulations/real report', () => {
  it('tells what became of messages and lookups', () => {
    const report = reportOf(runOf(count(), true), scale)
    const { messages, stored, delivered, lost, shownTwice, lookups, lookupSuccess, lookupMsP50, deliveryMsP50, deliveryAllMsP50, seconds } = report
    assert.deepEqual({ messages, stored, delivered, lost, shownTwice }, { messages: 4, stored: 3, delivered: 3, lost: 1, shownTwice: 1 })
    assert.deepEqual({ lookups, lookupSuccess, lookupMsP50 }, { lookups: 2, lookupSuccess: 0.5, lookupMsP50: 40 })
    assert.deepEqual({ deliveryMsP50, deliveryAllMsP50, seconds }, { deliveryMsP50: 15, deliveryAllMsP50: 20, seconds: 61.2 })
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report)
  })

  it('says what was broken, with examples, and nothing of what nothing happened for', () => {
    assert.equal(isKept(reportOf(runOf(count(), true), scale)), true)
    const broken = reportOf(runOf(new Counting(), false), scale)
    assert.equal(isKept(broken), false)
    assert.match(tableOf(broken), /✗ shown-once +1 of 4 messages shown again\n +device reader showed message 2 again/)
    assert.match(tableOf(broken), /0, 0\.0 % found, p50 –/)
    assert.equal(broken.lookupMsP50, null)
  })
})
