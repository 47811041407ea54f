// Tables that are filled when somebody first looks: looking must not disturb the counting.
import assert from 'node:assert/strict'
import { peerKeyOf } from '../../../simulations/actors/values.ts'
import { RoutingModel } from '../../../simulations/routing/model.ts'
import { World } from '../../../simulations/world/world.ts'

describe('routing tables', () => {
  it('count their contacts while they are filled', () => {
    const world = new World({ seed: 1 })
    const model = new RoutingModel({ world, chance: world.chance, witness: { sent: () => {} }, latencyMs: 40, upkeep: false })
    const shelf = { get: async () => undefined, put: async () => {}, delete: async () => {}, entries: async function * () {} }
    const nodes = 300
    for (let number = 0; number < nodes; number++) model.join(peerKeyOf(`n${number}`), { server: true, lies: false, shelf })
    model.settle()
    for (let owner = 0; owner < nodes; owner++) {
      const size = model.tables.size(owner)
      assert.ok(size > 0.95 * nodes && size < nodes, `table ${owner} has ${size} contacts`)
      assert.equal([...model.tables.contacts(owner)].length, size)
    }
  })
})
