import assert from 'node:assert/strict'
import { ROUTE_DEFAULTS } from '../../../src/dht/defaults.ts'
import { keyOf, Population, routeOf } from '../../../simulations/calibration/population.ts'
import { measureWalks } from '../../../simulations/calibration/sizes.ts'
import { rootKeyOf } from '../../../simulations/actors/values.ts'
import { mapShelf } from '../../dht/network.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('RoutingModel', () => {
  it('the same seed gives the same network, and another one another', async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map(history))
    assert.deepEqual(one, same)
    assert.notDeepEqual(one, other)
  })

  it('processes that join come to know each other by themselves', async () => {
    const population = new Population()
    population.join(30)
    await population.world.run(population.world.now() + 15 * MINUTE)
    for (const number of population.model.peers.servers) assert.ok(population.model.tables.size(number) > 20)
    await population.wait(population.at(3).finder.publish(routeOf('user', population.world)))
    for (const { finder } of population.peers) assert.ok(await population.wait(finder.find(rootKeyOf('user'))) !== undefined)
  })

  it('who serves no questions is not learnt and holds nothing, and finds all the same', async () => {
    const population = new Population()
    population.join(20)
    const client = population.join(1, { server: false })
    const clientNumber = population.model.peers.numberOf(keyOf(20))
    await population.world.run(population.world.now() + 6 * MINUTE)
    const { copies } = await population.wait(client.finder.publish(routeOf('user', population.world)))
    assert.ok(copies >= 19)
    assert.ok(await population.wait(population.at(0).finder.find(rootKeyOf('user'))) !== undefined)
    for (const number of population.model.peers.servers) assert.ok(![...population.model.tables.contacts(number)].includes(clientNumber))
  })

  it('holders forget a record that nobody publishes again within a day', async () => {
    const population = settled(50)
    await population.wait(population.at(0).finder.publish(routeOf('user', population.world)))
    await population.world.run(population.world.now() + ROUTE_DEFAULTS.holdMs - MINUTE)
    assert.ok(await population.wait(population.at(1).finder.find(rootKeyOf('user'))) !== undefined)
    await population.world.run(population.world.now() + MINUTE)
    assert.equal(await population.wait(population.at(2).finder.find(rootKeyOf('user'))), undefined)
    for (const { memory: { held } } of population.peers) held.sweep()
    assert.equal(population.peers.reduce((sum, { memory: { held } }) => sum + held.size, 0), 0)
  })

  it('what a process holds is gone with it; the orders that it has seen are on its shelf', async () => {
    const population = new Population({ upkeep: false })
    population.join(10)
    const shelf = mapShelf()
    const seer = population.join(1, { shelf })
    population.model.settle()
    const older = routeOf('user', population.world, { seq: population.world.now() - 1000 })
    await population.wait(population.at(0).finder.publish(routeOf('user', population.world)))
    assert.ok(await population.wait(seer.finder.find(rootKeyOf('user'))) !== undefined)
    assert.equal(shelf.map.size, 1)
    for (const { leave } of population.peers) leave()
    const again = population.model.join(keyOf(10), { server: true, lies: false, shelf })
    assert.equal(await population.wait(again.finder.find(rootKeyOf('user'))), undefined)
    assert.equal(again.memory.held.size, 0)
    await assert.rejects(population.wait(again.finder.publish(older)), { name: 'RefusedError' })
  })

  it('nobody is told that a process is gone: it is asked, in vain, for as long as its peers wait', async () => {
    for (const [isSilent, msMin, msMax] of [[true, ROUTE_DEFAULTS.answerTimeoutMinMs, Infinity], [false, 0, ROUTE_DEFAULTS.answerTimeoutMinMs]] as const) {
      const population = settled(40, { isSilent: () => isSilent })
      for (let gone = 1; gone < 40; gone++) population.at(gone).leave()
      const askedAt = population.world.now()
      assert.equal(await population.wait(population.at(0).finder.find(rootKeyOf('user'), { fresh: true })), undefined)
      const ms = population.world.now() - askedAt
      assert.ok(ms >= msMin && ms <= msMax, `${isSilent ? 'silent' : 'refusing'}: ${ms} ms`)
    }
  })

  it('an hour after it went a peer is named no longer, and nobody waits for it', async () => {
    const population = settled(40)
    for (let gone = 20; gone < 40; gone++) population.at(gone).leave()
    const { totals } = population.model
    const messagesOf = (): { ms: number, failures: number, heard: number } => {
      const before = { ...totals }
      const { ms } = population.model.reach(0, 42)
      return { ms, failures: totals.failures - before.failures, heard: totals.bytes - before.bytes }
    }
    const at = messagesOf()
    await population.world.run(population.world.now() + HOUR)
    const later = messagesOf()
    assert.ok(at.failures > 0 && later.failures > 0, 'the dead stay in tables')
    assert.ok(at.ms >= ROUTE_DEFAULTS.answerTimeoutMinMs && later.ms < ROUTE_DEFAULTS.answerTimeoutMinMs, `${at.ms} and then ${later.ms} ms`)
    assert.ok(later.heard < 0.75 * at.heard)
  })

  it('what a process waited for never comes once it is gone', async () => {
    const population = settled(20)
    const { finder, leave } = population.at(0)
    let isOver = false
    finder.find(rootKeyOf('user')).finally(() => { isOver = true }).catch(() => {})
    await population.world.run(population.world.now() + 1)
    leave()
    await population.world.run(population.world.now() + HOUR)
    assert.equal(isOver, false)
    assert.throws(() => population.model.join(keyOf(1), { server: true, lies: false, shelf: mapShelf() }), /runs already/)
  })

  it('who is cut off finds nothing and publishes to nobody, until the cut is healed', async () => {
    let isCut = true
    const population = settled(30, { isCut: from => isCut && from === keyOf(0) })
    await population.wait(population.at(1).finder.publish(routeOf('user', population.world)))
    const { finder } = population.at(0)
    assert.equal(await population.wait(finder.find(rootKeyOf('user'))), undefined)
    assert.deepEqual(await population.wait(finder.publish(routeOf('other', population.world))), { copies: 0 })
    isCut = false
    assert.ok(await population.wait(finder.find(rootKeyOf('user'))) !== undefined)
  })

  it('refuses more finds and publications than it has room for, by name', async () => {
    const population = settled(20, { init: { findsMax: 1, findQueueMax: 2, publicationsMax: 1, publishQueueMax: 2 } })
    const { finder } = population.at(0)
    const names = ['a', 'b', 'c']
    const asked = await Promise.all([
      population.wait(Promise.allSettled(names.map(async name => await finder.find(rootKeyOf(name))))),
      population.wait(Promise.allSettled(names.map(async name => await finder.publish(routeOf(name, population.world)))))
    ])
    for (const results of asked) {
      assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected'])
      assert.equal(results[2]?.status === 'rejected' && results[2].reason.name, 'RefusedError')
    }
  })

  it('who asks the same while it is under way shares the answer, and may give up alone', async () => {
    const population = settled(20)
    const { finder } = population.at(0)
    const impatient = new AbortController()
    const { walks } = population.model.totals
    const gone = finder.find(rootKeyOf('user'), { signal: impatient.signal })
    const stays = finder.find(rootKeyOf('user'))
    await population.world.run(population.world.now() + 1)
    impatient.abort(new Error('enough'))
    await assert.rejects(gone, /enough/)
    assert.equal(await population.wait(stays), undefined)
    assert.equal(population.model.totals.walks - walks, 3)
  })

  it('walks tell the witness what they cost, and who asked', async () => {
    const events: Array<{ from: string, kind: string, messages: number, bytes: number }> = []
    const population = settled(100, { witness: { sent: event => { events.push(event) } } })
    population.model.reach(7, 42)
    const [{ from, kind, messages, bytes }] = events as [typeof events[number]]
    assert.deepEqual([from, kind, messages], [keyOf(7), 'kad', 40])
    assert.ok(bytes > 20 * 20 * 60, 'twenty answers of twenty peers')
    assert.equal(population.model.totals.bytes, bytes)
  })

  it('hops grow like the logarithm of the size, with tables that hold little of it', async () => {
    const hops = []
    for (const nodes of [100, 1000, 10_000]) hops.push((await measureWalks({ nodes, walks: 40, kad: { prefixBits: 2 }, seed: 'hops' })).hops)
    const [small, middle, large] = hops as [number, number, number]
    assert.ok(small < middle && middle < large, hops.join(' '))
    assert.ok(large <= Math.log2(10_000) / 2, hops.join(' '))
  })

  it('finds the k nearest there are as long as tables know their neighbourhoods, and every record beyond', async () => {
    const { nearestMet, found } = await measureWalks({ nodes: 1000, walks: 50, seed: 'nearest' })
    assert.ok(nearestMet >= 0.98, `${nearestMet} of the nearest`)
    assert.equal(found, 1)
  })
})

function settled (nodes: number, init: ConstructorParameters<typeof Population>[0] = {}): Population {
  const population = new Population({ upkeep: false, ...init })
  population.join(nodes)
  population.model.settle()
  return population
}

/** What comes of a little life under a seed. */
async function history (seed: number): Promise<unknown> {
  const population = new Population({ seed })
  population.join(25)
  await population.world.run(population.world.now() + 11 * MINUTE)
  const published = await population.wait(population.at(4).finder.publish(routeOf('user', population.world)))
  population.at(5).leave()
  await population.wait(population.at(6).finder.find(rootKeyOf('user')))
  return [published, { ...population.model.totals }, population.world.now(), population.model.peers.servers.map(number => population.model.tables.size(number))]
}
