import assert from 'node:assert/strict'
import { REAL_DEFAULTS } from '../../../simulations/real/defaults.ts'
import { makePlan, type PlannedEvent } from '../../../simulations/real/plan.ts'

const INIT = { seed: 'a', nodes: 32, users: 8, durationMs: 10 * 60_000, messages: 500 }

describe('simulations/real plan', () => {
  const plan = makePlan(INIT)
  const of = <Type extends PlannedEvent['type']>(type: Type): Array<PlannedEvent & { type: Type }> => plan.events.filter(event => event.type === type) as Array<PlannedEvent & { type: Type }>

  it('comes from the seed, all of it', () => {
    assert.deepEqual(makePlan(INIT), plan)
    assert.notDeepEqual(makePlan({ ...INIT, seed: 'b' }).events, plan.events)
    assert.deepEqual(plan.events.map(({ at }) => at), plan.events.map(({ at }) => at).sort((a, b) => a - b))
    assert.ok(plan.events.every(({ at }) => at >= 0 && at < INIT.durationMs))
  })

  it('kills only who runs and brings back only who was killed, but never who left for good', () => {
    const up = new Set(Array.from({ length: plan.nodesAtFirst }, (_, node) => node))
    const gone = new Set<number>()
    let newcomers = 0
    for (const event of plan.events) {
      if (event.type === 'leave') {
        assert.ok(up.delete(event.node), `node ${event.node} was not up`)
        if (event.forGood) gone.add(event.node)
      } else if (event.type === 'arrive') {
        assert.ok(!up.has(event.node) && !gone.has(event.node))
        if (event.node >= plan.nodesAtFirst) newcomers++
        up.add(event.node)
      }
    }
    assert.ok(of('leave').length > 60, `${of('leave').length} leaves in ten minutes`)
    assert.ok(gone.size > 0 && newcomers > 0)
    assert.ok([...gone].every(node => node >= REAL_DEFAULTS.bootstrapNodes))
    assert.ok(plan.nodes > plan.nodesAtFirst)
  })

  it('keeps nearly all places filled', () => {
    let up = plan.nodesAtFirst
    let upMs = 0
    let last = 0
    for (const { at, type } of plan.events) {
      upMs += up * (at - last)
      last = at
      if (type === 'leave') up--
      else if (type === 'arrive') up++
    }
    const mean = upMs / last
    assert.ok(mean > 28 && mean < 32, `${mean} of 32 nodes up on average`)
  })

  it('lets those write who are on, to those who have joined', () => {
    const on = new Set(Array.from({ length: plan.usersAtFirst }, (_, user) => user))
    const joined = new Set(on)
    for (const event of plan.events) {
      switch (event.type) {
        case 'on': on.add(event.user); joined.add(event.user); break
        case 'off': assert.ok(on.delete(event.user)); break
        case 'renew': assert.ok(on.has(event.user)); break
        case 'write': assert.ok(on.has(event.from) && joined.has(event.to) && event.from !== event.to); break
        default: break
      }
    }
    assert.equal(joined.size, INIT.users)
    assert.equal(of('write').length, INIT.messages)
    assert.ok(of('off').length > 0 && of('renew').length > 0)
  })
})
