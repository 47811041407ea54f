import assert from 'node:assert/strict'
import fc from 'fast-check'
import { SESSION_DEFAULTS } from '../../../src/client/session/defaults.ts'
import { LinksCore } from '../../../src/client/session/links.core.ts'
import { stampede, worstSecond, type StampedeInit } from '../../../bench/failover/stampede.ts'
import { Chance } from '../../../simulations/world/chance.ts'
import type { LinksEffect } from '../../../src/client/session/links.core.ts'
import type { PeerKey } from '../../../src/types.ts'

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(letter => letter.repeat(64) as PeerKey) as [PeerKey, PeerKey, PeerKey, PeerKey]
const T = 1_000_000

describe('links core', () => {
  it('dials the first two on the list and no more', () => {
    const core = new LinksCore()
    assert.deepEqual(dialled(core.handle({ type: 'nodes', nodes: [a, b, c] }, T)), [a, b])
    assert.deepEqual(core.handle({ type: 'attached', node: a }, T), [])
    assert.deepEqual(core.handle({ type: 'attached', node: b }, T), [])
    assert.deepEqual(core.attached, [a, b])
  })

  it('takes the next on the list when one fails, and gives the place back when it returns', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a, b, c] }, T)
    core.handle({ type: 'attached', node: b }, T)
    const failed = core.handle({ type: 'lost', node: a, fraction: 0.5 }, T)
    assert.deepEqual(failed, [{ type: 'dial', node: c }, { type: 'wake', at: T + 1000 }])
    core.handle({ type: 'attached', node: c }, T)
    assert.deepEqual(core.attached, [b, c])
    assert.deepEqual(core.handle({ type: 'wake' }, T + 1000), [{ type: 'dial', node: a }])
    assert.deepEqual(core.handle({ type: 'attached', node: a }, T + 1100), [{ type: 'close', node: c }], 'only now is the stand-in let go')
    assert.deepEqual(core.attached, [a, b])
  })

  it('backs off 2, 2, 4, 4, 8, 8 … 120 s with full jitter', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a] }, T)
    const waits = Array.from({ length: 16 }, () => {
      const [wake] = core.handle({ type: 'lost', node: a, fraction: 0.999_999 }, T)
      assert.equal(wake?.type, 'wake')
      assert.deepEqual(dialled(core.handle({ type: 'wake' }, wake.at)), [a])
      return Math.round((wake.at - T) / 1000)
    })
    assert.deepEqual(waits, [2, 2, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64, 120, 120, 120, 120])
    assert.deepEqual(dialled(core.handle({ type: 'lost', node: a, fraction: 0 }, T)), [a], 'the jitter is full: it may be nothing')
  })

  it('starts again from 2 s only after a good frame', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a] }, T)
    for (let failure = 0; failure < 6; failure++) core.handle({ type: 'lost', node: a, fraction: 0 }, T)
    core.handle({ type: 'attached', node: a }, T)
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0.5 }, T), [{ type: 'wake', at: T + 8000 }], 'a mere connection proves nothing')
    core.handle({ type: 'wake' }, T + 8000)
    core.handle({ type: 'attached', node: a }, T + 8000)
    core.handle({ type: 'good', node: a }, T + 8000)
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0.5 }, T + 8000), [{ type: 'wake', at: T + 9000 }])
  })

  it('is in no hurry while another link stands, and in all hurry when that one is lost too', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a, b] }, T)
    for (const node of [a, b]) {
      core.handle({ type: 'attached', node }, T)
      core.handle({ type: 'good', node }, T)
    }
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0.999_999 }, T), [{ type: 'wake', at: T + SESSION_DEFAULTS.backoffCalmMs - 1 }])
    assert.deepEqual(core.handle({ type: 'lost', node: b, fraction: 0.5 }, T + 1000), [{ type: 'dial', node: a }, { type: 'wake', at: T + 2000 }])
  })

  it('brings a thousand clients of a node that restarts back over some time', () => {
    for (let seed = 0; seed < 3; seed++) {
      const run = (init: Omit<StampedeInit, 'clients' | 'chance'>): number => worstSecond(stampede({ clients: 1000, ...init, chance: new Chance(`stampede/${seed}`) }))
      assert.ok(run({ awayMs: 5000 }) < 500, 'of those who have nobody else, fewer than half in one second')
      assert.ok(run({ awayMs: 5000, others: true }) < 120)
      assert.ok(run({ awayMs: 60_000 }) < 100)
      assert.ok(run({ awayMs: 5000, retryAfterMs: 30_000 }) < 120, 'who was told the same time does not come at it')
    }
  })

  it('gives a node the time that it asks for, and tries at once when somebody waits', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a] }, T)
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0.1, retryAfterMs: 60_000 }, T), [{ type: 'wake', at: T + 63_000 }], 'and up to half as long again')
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0, retryAfterMs: 4e12 }, T), [{ type: 'wake', at: T + SESSION_DEFAULTS.retryAfterMsMax }], 'within reason')
    assert.deepEqual(core.handle({ type: 'hurry' }, T + 1), [{ type: 'dial', node: a }])
  })

  it('opens other links when a node leaves, and lets go of it when they are there', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a, b, c] }, T)
    core.handle({ type: 'attached', node: a }, T)
    core.handle({ type: 'attached', node: b }, T)
    assert.deepEqual(core.handle({ type: 'leaving', node: a, fraction: 0, retryAfterMs: 60_000 }, T), [{ type: 'dial', node: c }])
    assert.deepEqual(core.attached, [b, a], 'questions go to the others first')
    assert.deepEqual(core.handle({ type: 'attached', node: c }, T + 10), [{ type: 'close', node: a }])
    assert.deepEqual(core.handle({ type: 'lost', node: b, fraction: 0.5 }, T + 20), [{ type: 'wake', at: T + 8020 }], 'it is not tried before its time')
    assert.deepEqual(core.handle({ type: 'wake' }, T + 60_000), [{ type: 'dial', node: a }, { type: 'dial', node: b }])
  })

  it('stays with a node that leaves as long as there is no other, and comes back when it said', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a, b] }, T)
    core.handle({ type: 'attached', node: a }, T)
    core.handle({ type: 'lost', node: b, fraction: 0.5 }, T)
    assert.deepEqual(core.handle({ type: 'leaving', node: a, fraction: 0, retryAfterMs: 60_000 }, T), [{ type: 'wake', at: T + 1000 }])
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0 }, T + 500), [{ type: 'wake', at: T + 1000 }])
    core.handle({ type: 'wake' }, T + 1000)
    assert.deepEqual(core.handle({ type: 'attached', node: b }, T + 1000), [{ type: 'wake', at: T + 60_000 }])
    assert.deepEqual(core.handle({ type: 'wake' }, T + 60_000), [{ type: 'dial', node: a }])
    const alone = new LinksCore()
    alone.handle({ type: 'nodes', nodes: [a, b] }, T)
    alone.handle({ type: 'attached', node: a }, T)
    alone.handle({ type: 'leaving', node: a, fraction: 0, retryAfterMs: 60_000 }, T)
    assert.deepEqual(alone.handle({ type: 'attached', node: b }, T), [{ type: 'close', node: a }, { type: 'wake', at: T + 60_000 }])
  })

  it('closes links to nodes that are no longer listed', () => {
    const core = new LinksCore()
    core.handle({ type: 'nodes', nodes: [a, b] }, T)
    core.handle({ type: 'attached', node: a }, T)
    const effects = core.handle({ type: 'nodes', nodes: [c, d] }, T)
    assert.deepEqual(effects, [{ type: 'close', node: a }, { type: 'close', node: b }, { type: 'dial', node: c }, { type: 'dial', node: d }])
    assert.deepEqual(core.handle({ type: 'attached', node: b }, T), [{ type: 'close', node: b }], 'a dial that had succeeded too late')
    assert.deepEqual(core.handle({ type: 'lost', node: a, fraction: 0 }, T), [])
  })

  it('never has more than two links for long, nor dials in a back-off', () => {
    const step = fc.record({ node: fc.constantFrom(a, b, c, d), up: fc.boolean(), good: fc.boolean(), leaves: fc.boolean(), ms: fc.integer({ min: 0, max: 5000 }), fraction: fc.double({ min: 0, max: 0.999, noNaN: true }) })
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const core = new LinksCore()
      const state = new Map<PeerKey, 'dialling' | 'attached'>()
      const leaving = new Set<PeerKey>()
      let now = T
      const perform = (effects: LinksEffect[]): void => {
        for (const effect of effects) {
          if (effect.type === 'dial') {
            assert.equal(state.has(effect.node), false, 'dials only what is not there')
            state.set(effect.node, 'dialling')
          } else if (effect.type === 'close') {
            state.delete(effect.node)
            leaving.delete(effect.node)
          } else assert.ok(effect.at > now, 'a wake lies ahead')
        }
        const attached = [...state.values()].filter(value => value === 'attached').length
        assert.ok(attached <= SESSION_DEFAULTS.linksWanted + leaving.size)
        assert.ok([a, b, c, d].filter(node => !state.has(node)).length < 4 || effects.some(effect => effect.type === 'wake'), 'there is always a way on')
      }
      perform(core.handle({ type: 'nodes', nodes: [a, b, c, d] }, now))
      for (const { node, up, good, leaves, ms, fraction } of steps) {
        now += ms
        perform(core.handle({ type: 'wake' }, now))
        if (!state.has(node)) continue
        if (up && state.get(node) === 'dialling') {
          state.set(node, 'attached')
          perform(core.handle({ type: 'attached', node }, now))
        } else if (good) core.handle({ type: 'good', node }, now)
        else if (leaves && state.get(node) === 'attached') {
          leaving.add(node)
          perform(core.handle({ type: 'leaving', node, fraction, retryAfterMs: 3000 }, now))
        } else {
          state.delete(node)
          leaving.delete(node)
          perform(core.handle({ type: 'lost', node, fraction }, now))
        }
      }
    }))
  })
})

function dialled (effects: LinksEffect[]): PeerKey[] {
  return effects.flatMap(effect => effect.type === 'dial' ? [effect.node] : [])
}
