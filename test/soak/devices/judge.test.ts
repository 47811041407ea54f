// Every complaint, planted.
import assert from 'node:assert/strict'
import { areEqual, judge, type Evidence } from '../../../soak/devices/judge.ts'
import type { Line } from '../../../soak/devices/line.ts'
import type { MessageId } from '../../../src/types.ts'

const [one, two, three] = ['1', '2', '3'].map(digit => digit.repeat(32)) as [MessageId, MessageId, MessageId]
const line = (id: MessageId, parents: MessageId[] = [], reactions: string[] = []): Line => ({ id, text: 'words', parents, missing: [], reactions })
const history = (): Line[] => [line(one), line(two, [one]), line(three, [two])]

function evidence (other: Line[] = history(), shown: MessageId[] = [one, two]): Evidence {
  return { written: new Set([one, two, three]), shown: new Map([['anna-1', shown], ['ben-1', [three]]]), histories: new Map([['anna-1', history()], ['ben-1', other]]) }
}

const broken = (of: Evidence): string[] => judge(of).filter(({ kept }) => !kept).map(({ name }) => name)

describe('the judge of devices', () => {
  it('has nothing to say when all have the same', () => {
    assert.deepEqual(broken(evidence()), [])
    assert.equal(areEqual(evidence()), true)
  })

  it('sees what a device lacks, also what nobody was told of', () => {
    assert.deepEqual(broken(evidence(history().slice(0, 2))), ['all-have-all'])
    const unsaid = { ...evidence(history().slice(0, 2)), written: new Set<MessageId>() }
    assert.deepEqual(broken(unsaid), ['all-have-all'])
    assert.equal(areEqual(unsaid), false)
  })

  it('sees another order, and what stands before its parent', () => {
    assert.deepEqual(broken(evidence([line(one), line(three, [two]), line(two, [one])])), ['same-order', 'causal-order'])
  })

  it('sees lines that look different', () => {
    assert.deepEqual(broken(evidence([line(one), line(two, [one], ['👍 anna']), line(three, [two])])), ['same-lines'])
  })

  it('sees what stands, or was shown, twice', () => {
    assert.deepEqual(broken(evidence([...history(), line(three, [two])])), ['same-order', 'once-in-history'])
    assert.deepEqual(broken(evidence(history(), [one, two, one])), ['shown-once'])
  })
})
