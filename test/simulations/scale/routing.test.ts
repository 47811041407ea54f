// What one operation costs is sampled; a whole network that keeps its tables by itself must come to the same.
import assert from 'node:assert/strict'
import { ROUTE_DEFAULTS } from '../../../src/dht/defaults.ts'
import { peerKeyOf } from '../../../simulations/actors/values.ts'
import { LAWS, type Law } from '../../../simulations/churn/laws.ts'
import { KAD_MODEL } from '../../../simulations/routing/defaults.ts'
import { RoutingModel } from '../../../simulations/routing/model.ts'
import { EMPTY_SHELF, measureRouting } from '../../../simulations/scale/routing.ts'
import { USERS } from '../../../simulations/scale/assumptions.ts'
import { countPublications } from '../../../simulations/scale/republication.ts'
import { upkeepOf } from '../../../simulations/scale/upkeep.ts'
import { World } from '../../../simulations/world/world.ts'

const HOUR = 3_600_000

describe('what routing costs', () => {
  it('is a publication under every salt to as many holders as there shall be, and one walk for a find', async () => {
    const { contacts, publish, find, walk } = await measureRouting({ nodes: 300, samples: 50, world: new World({ seed: 1 }) })
    assert.ok(contacts > 290 && contacts < 300, `${contacts} contacts`)
    const holders = ROUTE_DEFAULTS.salts * ROUTE_DEFAULTS.bucketPeers
    assert.ok(publish.copies > 0.8 * holders && publish.copies <= holders, `${publish.copies} copies`)
    assert.ok(publish.questions >= holders)
    assert.ok(publish.bytes > 3 * walk.bytes)
    assert.equal(find.found, 1)
  })

  it('is, for upkeep, what a whole network spends that keeps its tables by itself', async () => {
    const nodes = 1000
    const { walk } = await measureRouting({ nodes, samples: 300, world: new World({ seed: 1 }) })
    const world = new World({ seed: 2 })
    const model = new RoutingModel({ world, chance: world.chance, witness: { sent: () => {} }, latencyMs: 40 })
    for (let number = 0; number < nodes; number++) model.join(peerKeyOf(`n${number}`), { server: true, lies: false, shelf: EMPTY_SHELF })
    model.settle()
    await world.run(world.now() + KAD_MODEL.firstSelfQueryMs + KAD_MODEL.upkeepMs - 1)
    const before = { ...model.totals }
    await world.run(world.now() + HOUR)
    const spent = (model.totals.bytes - before.bytes) / nodes
    const sampled = upkeepOf(walk).bytes
    assert.ok(Math.abs(sampled / spent - 1) < 0.1, `${sampled} sampled, ${spent} spent`)
  })

  it('is the same for the same seed', async () => {
    const measure = async (): Promise<unknown> => await measureRouting({ nodes: 200, samples: 20, world: new World({ seed: 1 }) })
    assert.deepEqual(await measure(), await measure())
  })
})

describe('how often a route is published again', () => {
  const count = async (law: string): Promise<number> => {
    const { publications } = await countPublications({ world: new World({ seed: 1 }), law: LAWS[law] as Law, nodes: 8, users: 24, hours: 24 })
    return publications
  }

  it('is once an interval by the first two of a list that stay, and once in three by the others', async () => {
    const { republishIntervalMs, publishersPerRound, lazyRounds } = ROUTE_DEFAULTS
    const publishers = publishersPerRound + (USERS.listed - publishersPerRound) / lazyRounds
    const perHour = publishers / USERS.listed * HOUR / republishIntervalMs
    const counted = await count('steady')
    assert.ok(Math.abs(counted / perHour - 1) < 0.05, `${counted} instead of ${perHour}`)
  })

  it('is once for each start by nodes that restart more often', async () => {
    assert.ok(await count('mail-worst') > 2 * await count('steady'))
  })
})
