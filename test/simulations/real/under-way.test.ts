import assert from 'node:assert/strict'
import { RunClock } from '../../../simulations/real/clock.ts'
import { UnderWay } from '../../../simulations/real/under-way.ts'

describe('simulations/real, what is under way', () => {
  it('ends when all has ended', async () => {
    const under = new UnderWay(new RunClock(), 1000)
    const { promise, resolve } = Promise.withResolvers<void>()
    under.begin('one', promise)
    under.begin('another', Promise.resolve())
    const ended = under.ended()
    resolve()
    await ended
    assert.equal(under.failed.aborted, false)
  })

  it('names what does not end', async () => {
    const under = new UnderWay(new RunClock(), 20)
    under.begin('stopping node 1', new Promise(() => {}))
    under.begin('stopping node 2', Promise.resolve())
    await assert.rejects(under.ended(), { message: 'this did not end within 0.02 s: stopping node 1' })
  })

  it('fails with the first that failed', async () => {
    const under = new UnderWay(new RunClock(), 1000)
    under.begin('starting node 1', Promise.reject(new Error('the disk is full')))
    under.begin('starting node 2', Promise.reject(new Error('later')))
    await assert.rejects(under.ended(), { message: 'starting node 1 failed: the disk is full' })
    assert.ok(under.failed.aborted)
  })
})
