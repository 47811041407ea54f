// The filter in front of the index: it may ask for nothing, and must never fail to ask.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { MetIds } from '../../src/store/met-ids.ts'
import { indexKey } from '../../src/store/layout.ts'
import type { EnvelopeId, MailboxId } from '../../src/types.ts'

const MAILBOX = 'ab'.repeat(32) as MailboxId
const FIRST_LAYER_BYTES = 128 * 1024
/** At 20 bits each. */
const FIRST_LAYER_IDS = 52_428

function key (number: number): Uint8Array {
  return indexKey(MAILBOX, createHash('sha256').update(String(number)).digest('hex') as EnvelopeId)
}

function countKnown (met: MetIds, from: number, to: number): number {
  let known = 0
  for (let number = from; number < to; number++) if (met.mayKnow(key(number))) known++
  return known
}

describe('ids that the index may know', () => {
  it('knows all that were noted and few others, also over several layers', () => {
    const met = new MetIds(5)
    assert.equal(met.mayKnow(key(0)), false)
    for (let number = 0; number < FIRST_LAYER_IDS + 10_000; number++) met.note(key(number))
    assert.equal(met.bytes, FIRST_LAYER_BYTES + 4 * FIRST_LAYER_BYTES)
    assert.equal(countKnown(met, 0, FIRST_LAYER_IDS + 10_000), FIRST_LAYER_IDS + 10_000)
    const strangers = countKnown(met, 1_000_000, 1_020_000)
    assert.ok(strangers < 20_000 / 1000, `${strangers} of 20,000 strangers`)
  })

  it('grows to its limit, and denies nothing that was noted beyond it', () => {
    const met = new MetIds(1)
    const twice = 2 * FIRST_LAYER_IDS
    for (let number = 0; number < twice; number++) met.note(key(number))
    assert.equal(met.bytes, FIRST_LAYER_BYTES)
    assert.equal(countKnown(met, 0, twice), twice)
    const strangers = countKnown(met, 1_000_000, 1_010_000)
    assert.ok(strangers < 10_000 / 20, `${strangers} of 10,000 strangers`)
  })
})
