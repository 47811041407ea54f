import assert from 'node:assert/strict'
import { attack } from '../../../simulations/calibration/attacks.ts'
import { Population, routeOf } from '../../../simulations/calibration/population.ts'
import { rootKeyOf } from '../../../simulations/actors/values.ts'

const USERS = 20

describe('liars in routing', () => {
  for (const liarShare of [0.1, 0.4]) {
    it(`${100 * liarShare} % of all peers hide nothing`, async () => {
      assert.equal((await attack({ nodes: 500, liarShare, users: USERS, seed: 'liars' })).found, USERS)
    })
  }

  it('nor do tables poisoned to 80 %', async () => {
    assert.equal((await attack({ nodes: 500, liarShare: 0.2, poisonedTables: 0.8, users: USERS, seed: 'liars' })).found, USERS)
  })

  it('ids ground next to one of the keys do not, since there are three', async () => {
    assert.equal((await attack({ nodes: 500, ground: { peers: 25, keys: 1 }, users: USERS, seed: 'liars' })).found, USERS)
  })

  it('nor do forty next to all of them, as long as they are of few address prefixes', async () => {
    for (const prefixes of [1, 4]) {
      assert.equal((await attack({ nodes: 500, ground: { peers: 40, keys: 3, prefixes }, users: USERS, seed: 'liars' })).found, USERS, `${prefixes}`)
    }
  })

  it('ids ground next to all of the keys hide a user entirely where nobody looks at prefixes, or each has its own', async () => {
    // Only who published, and keeps a copy, may be met on the way.
    const { found } = await attack({ nodes: 500, ground: { peers: 25, keys: 3 }, users: USERS, seed: 'liars' })
    assert.ok(found <= 0.1 * USERS, `${found} found`)
  })

  it('answer with the oldest that they were given, which deceives nobody who hears of the newer', async () => {
    const population = new Population({ upkeep: false })
    population.join(20, { lies: true })
    population.join(80)
    population.model.settle()
    const older = routeOf('user', population.world, { seq: population.world.now() - 1000 })
    const newer = routeOf('user', population.world)
    for (const record of [older, newer]) await population.wait(population.at(50).finder.publish(record))
    const [key = 0] = population.model.keysOf(older.root)
    const answers = population.model.peers.servers.map(number => ({ lies: population.model.peers.lies[number] === 1, order: population.model.recordAt(number, key)?.order }))
    assert.ok(answers.some(({ lies, order }) => lies && order?.seq === older.order.seq))
    assert.ok(!answers.some(({ lies, order }) => !lies && order?.seq === older.order.seq))
    for (const reader of [60, 70, 80]) assert.deepEqual((await population.wait(population.at(reader).finder.find(rootKeyOf('user'))))?.order, newer.order)
  })
})
