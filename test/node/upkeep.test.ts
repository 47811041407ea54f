// What a node does for its store now and then.
import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { keepUp } from '../../src/node/upkeep.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import type { Closer } from '../../src/node/closing.ts'
import type { EnvelopeStore } from '../../src/ports.ts'

const { sweepIntervalMs, scrubIntervalMs } = NODE_DEFAULTS

describe('upkeep', () => {
  let clock: VirtualClock
  let closers: Closer[]
  let done: string[]
  /** What the next scrub does. */
  let scrub: EnvelopeStore['scrub']

  beforeEach(() => {
    clock = new VirtualClock()
    closers = []
    done = []
    scrub = async () => ({ checked: 3, damaged: 1 })
    const envelopes = {
      sweep: async () => { done.push('mail'); return 0 },
      scrub: async (options: Parameters<typeof scrub>[0]) => { done.push('scrub'); return await scrub(options) }
    } as unknown as EnvelopeStore
    const random = { bytes: () => new Uint8Array(), fraction: () => 0.5 }
    keepUp({ clock, random, logger: defaultLogger() }, { store: { envelopes }, users: { sweep: async () => { done.push('users'); return 0 } } }, closers)
  })

  const pass = async (ms: number): Promise<void> => { await clock.advance(ms) }
  const count = (what: string): number => done.filter(one => one === what).length

  it('lets go of what has run out, mail before its users', async () => {
    await pass(3 * sweepIntervalMs)
    assert.deepEqual(done, ['mail', 'users', 'mail', 'users', 'mail', 'users'])
  })

  it('reads everything once an hour, and goes on when that failed', async () => {
    scrub = async () => { throw new Error('the disk is gone') }
    await pass(scrubIntervalMs)
    assert.equal(count('scrub'), 1)
    await pass(scrubIntervalMs)
    assert.equal(count('scrub'), 2)
  })

  it('ends at once, and waits for what is under way', async () => {
    let stopped = false
    scrub = async ({ signal } = {}) => await new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => { stopped = true; reject(new Error('stopped')) })
    })
    await pass(scrubIntervalMs)
    await Promise.all(closers.map(async ({ close }) => { await close() }))
    assert.equal(stopped, true)
    await pass(2 * scrubIntervalMs)
    assert.equal(count('scrub'), 1)
  })
})
