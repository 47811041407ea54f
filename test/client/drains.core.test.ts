import assert from 'node:assert/strict'
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'
import { DrainsCore } from '../../src/client/drains.core.ts'
import type { DrainsEffect } from '../../src/client/drains.core.ts'
import type { PeerKey } from '../../src/types.ts'

const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(64) as PeerKey) as [PeerKey, PeerKey, PeerKey]
const T = 1_000_000
const MINUTE = 60_000

function started (): DrainsCore {
  const core = new DrainsCore()
  core.handle({ type: 'nodes', nodes: [a, b, c] }, T)
  return core
}

function drains (effects: DrainsEffect[]): PeerKey[] {
  return effects.flatMap(effect => effect.type === 'drain' ? [effect.node] : [])
}

describe('drains core', () => {
  it('drains every listed replica once when the device comes back, two at a time', () => {
    const core = started()
    assert.deepEqual(core.handle({ type: 'attached', node: a }, T), [{ type: 'draining' }, { type: 'drain', node: a }, { type: 'drain', node: b }])
    assert.equal(core.isCaughtUp, false)
    assert.deepEqual(drains(core.handle({ type: 'ended', node: b, failed: false, brought: false }, T)), [c])
    core.handle({ type: 'ended', node: c, failed: false, brought: false }, T)
    const last = core.handle({ type: 'ended', node: a, failed: false, brought: false }, T)
    assert.deepEqual(last, [{ type: 'drained' }, { type: 'wakeAt', at: T + MINUTE }])
    assert.equal(core.isCaughtUp, true)
  })

  it('drains nodes without a session again after a minute, and one that attaches at once', () => {
    const core = started()
    core.handle({ type: 'attached', node: a }, T)
    for (const node of [a, b, c]) core.handle({ type: 'ended', node, failed: false, brought: false }, T)
    assert.deepEqual(drains(core.handle({ type: 'tick' }, T + MINUTE - 1)), [])
    assert.deepEqual(drains(core.handle({ type: 'attached', node: b }, T + 1000)), [b])
    core.handle({ type: 'ended', node: b, failed: false, brought: false }, T + 1000)
    assert.deepEqual(drains(core.handle({ type: 'tick' }, T + MINUTE)), [c], 'who has a session is not drained again')
    core.handle({ type: 'ended', node: c, failed: false, brought: false }, T + MINUTE)
    assert.deepEqual(drains(core.handle({ type: 'tick' }, T + 3 * MINUTE)), [c])
  })

  it('drains nodes that left the list a few times a day, and waits for none of them', () => {
    const core = started()
    core.handle({ type: 'nodes', nodes: [a, b], former: [c] }, T)
    core.handle({ type: 'attached', node: a }, T)
    for (const node of [a, b]) core.handle({ type: 'ended', node, failed: false, brought: false }, T)
    assert.equal(core.isCaughtUp, true)
    let now = T
    const waits = Array.from({ length: 9 }, () => {
      const before = now
      core.handle({ type: 'ended', node: c, failed: true, brought: false }, now)
      for (let isDrained = false; !isDrained; now += MINUTE) {
        const due = drains(core.handle({ type: 'tick' }, now + MINUTE))
        isDrained = due.includes(c)
        if (due.includes(b)) core.handle({ type: 'ended', node: b, failed: false, brought: false }, now + MINUTE)
      }
      return (now - before) / MINUTE
    })
    assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 360, 360, 360])
    core.handle({ type: 'nodes', nodes: [a, b] }, now)
    assert.equal(drains(core.handle({ type: 'tick' }, now + 24 * 60 * MINUTE)).includes(c), false, 'it is let go of')
  })

  it('drains one that comes back to the list at once, however rarely it was drained before', () => {
    const core = started()
    core.handle({ type: 'attached', node: a }, T)
    for (const node of [a, b, c]) core.handle({ type: 'ended', node, failed: false, brought: false }, T)
    core.handle({ type: 'nodes', nodes: [a, b], former: [c] }, T)
    const times: number[] = []
    for (let now = T; now < T + 24 * 60 * MINUTE; now += MINUTE) {
      for (const node of drains(core.handle({ type: 'tick' }, now))) {
        core.handle({ type: 'ended', node, failed: node === c, brought: false }, now)
        if (node === c) times.push(now)
      }
    }
    assert.ok(times.length < 12, 'a former node that fails is drained ever more rarely')
    assert.deepEqual(drains(core.handle({ type: 'nodes', nodes: [a, b, c] }, T + 24 * 60 * MINUTE)), [c])
  })

  it('drains one that has nothing ever more rarely, until it has something or its session ends', () => {
    const core = started()
    for (const node of [a, b]) core.handle({ type: 'attached', node }, T)
    for (const node of [a, b]) core.handle({ type: 'ended', node, failed: false, brought: true }, T)
    let now = T
    const waitAfter = (brought: boolean): number => {
      const before = now
      core.handle({ type: 'ended', node: c, failed: false, brought }, now)
      while (drains(core.handle({ type: 'tick' }, now)).length === 0) now += MINUTE
      return (now - before) / MINUTE
    }
    assert.deepEqual([false, false, false, false, false].map(waitAfter), [1, 2, 4, 5, 5])
    assert.equal(CLIENT_DEFAULTS.drainEmptyMsMax, 5 * MINUTE)
    assert.deepEqual([true, false, false].map(waitAfter), [1, 1, 2])
    core.handle({ type: 'ended', node: c, failed: false, brought: false }, now)
    assert.deepEqual(drains(core.handle({ type: 'attached', node: c }, now)), [c])
    core.handle({ type: 'ended', node: c, failed: false, brought: false }, now)
    core.handle({ type: 'detached', node: c }, now)
    assert.deepEqual(drains(core.handle({ type: 'tick' }, now + MINUTE)), [c])
  })

  it('tries one that fails ever more rarely, and counts it as settled', () => {
    const core = started()
    core.handle({ type: 'attached', node: a }, T)
    core.handle({ type: 'attached', node: b }, T)
    for (const node of [a, b, a, b]) core.handle({ type: 'ended', node, failed: false, brought: false }, T)
    let now = T
    const waits = Array.from({ length: 7 }, () => {
      const effects = core.handle({ type: 'ended', node: c, failed: true, brought: false }, now)
      assert.equal(core.isCaughtUp, true)
      const before = now
      while (drains(core.handle({ type: 'tick' }, now)).length === 0) now += MINUTE
      assert.ok(effects.some(({ type }) => type === 'wakeAt'))
      return (now - before) / MINUTE
    })
    assert.deepEqual(waits, [1, 2, 4, 8, 15, 15, 15])
    assert.equal(CLIENT_DEFAULTS.drainFailedMsMax, 15 * MINUTE)
  })

  it('drains whoever says that there is more, also while it is being drained', () => {
    const core = started()
    core.handle({ type: 'attached', node: a }, T)
    core.handle({ type: 'more', node: a, later: false }, T)
    assert.equal(core.isCaughtUp, false)
    assert.deepEqual(drains(core.handle({ type: 'ended', node: a, failed: false, brought: false }, T)), [a])
    core.handle({ type: 'ended', node: a, failed: false, brought: false }, T)
    core.handle({ type: 'ended', node: b, failed: false, brought: false }, T)
    core.handle({ type: 'ended', node: c, failed: false, brought: false }, T)
    const later = core.handle({ type: 'more', node: a, later: true }, T)
    assert.deepEqual(later, [{ type: 'wakeAt', at: T + CLIENT_DEFAULTS.drainAgainMs }])
    assert.deepEqual(drains(core.handle({ type: 'tick' }, T + CLIENT_DEFAULTS.drainAgainMs)), [a])
  })

  it('drains nobody while no node serves us, and all when one does again', () => {
    const core = started()
    core.handle({ type: 'attached', node: a }, T)
    for (const node of [a, b, c]) core.handle({ type: 'ended', node, failed: false, brought: false }, T)
    core.handle({ type: 'detached', node: a }, T)
    assert.deepEqual(core.handle({ type: 'tick' }, T + 10 * MINUTE), [])
    assert.equal(drains(core.handle({ type: 'attached', node: b }, T + 11 * MINUTE)).length, 2)
    assert.equal(core.isCaughtUp, false)
  })
})
