import assert from 'node:assert/strict'
import { TABLE } from '../../../simulations/actors/disk-tables.ts'
import { Shelves } from '../../../simulations/actors/node-shelves.ts'
import { SimProcess } from '../../../simulations/actors/process.ts'
import { Disk, DISK_CONDITIONS } from '../../../simulations/world/disk.ts'
import { World } from '../../../simulations/world/world.ts'
import { StoreFailedError } from '../../../src/errors.ts'
import { shelfContract } from '../../contracts/shelf.ts'
import { NOW } from '../../identity/people.ts'
import { pumpedWorld } from './pumped.ts'
import type { Shelf } from '../../../src/ports.ts'

/** The port closes; a simulated process only ends. */
function closable (shelf: Shelf, isClosed: () => boolean): Shelf {
  const orThrow = (): void => { if (isClosed()) throw new StoreFailedError('the store is closed') }
  return {
    get: async key => { orThrow(); return await shelf.get(key) },
    put: async (key, value) => { orThrow(); await shelf.put(key, value) },
    delete: async key => { orThrow(); await shelf.delete(key) },
    entries: () => shelf.entries()
  }
}

shelfContract('the shelves of a simulated node', async () => {
  const { world, stop } = pumpedWorld(1, NOW)
  const disk = new Disk(world, world.chance.split('disk'), { ...DISK_CONDITIONS, fsyncMs: 0, fsyncMsMin: 0 })
  const shelves = new Shelves(new SimProcess(world, 'n1'), disk)
  let isClosed = false
  return {
    shelf: name => closable(shelves.shelf(name), () => isClosed),
    close: async () => {
      isClosed = true
      await stop()
    }
  }
})

describe('the shelves of a simulated node', () => {
  it('are durable when they say so, and leave out what is damaged', async () => {
    const world = new World({ seed: 'shelves' })
    const disk = new Disk(world, world.chance.split('disk'))
    const shelves = new Shelves(new SimProcess(world, 'n1'), disk)
    const done: unknown[] = []
    for (const key of ['a', 'b']) shelves.write({ table: TABLE.routes, key, value: key, bytes: 1 }, failure => { done.push(failure) })
    assert.equal(shelves.isQuiet, false)
    await world.run(world.now() + 1000)
    assert.deepEqual(done, [undefined, undefined])
    assert.ok(shelves.isQuiet)
    disk.powerCut()
    const [damaged] = disk.flipBits(TABLE.routes, 1)
    assert.deepEqual([...shelves.entries(TABLE.routes)].map(([key]) => key), ['a', 'b'].filter(key => key !== damaged))
  })
})
