import assert from 'node:assert/strict'
import { World, WORLD_BEGINS_AT } from '../../../simulations/world/world.ts'

describe('the simulated world', () => {
  it('calls back in the order of time, and of asking within a millisecond', async () => {
    const world = new World({ seed: 1 })
    const order: string[] = []
    world.after(20, () => { order.push('late') })
    world.after(10, () => { order.push('first') })
    world.after(10, () => {
      order.push('second')
      world.after(0, () => { order.push('third') })
    })
    await world.run(WORLD_BEGINS_AT + 30)
    assert.deepEqual(order, ['first', 'second', 'third', 'late'])
    assert.equal(world.now(), WORLD_BEGINS_AT + 30)
  })

  it('goes no further than asked, and takes back what was taken back', async () => {
    const world = new World({ seed: 1 })
    const rung: string[] = []
    const cancel = world.after(5, () => { rung.push('cancelled') })
    world.after(11, () => { rung.push('too late') })
    cancel()
    await world.run(WORLD_BEGINS_AT + 10)
    assert.deepEqual(rung, [])
    await world.run(WORLD_BEGINS_AT + 11)
    assert.deepEqual(rung, ['too late'])
  })

  it('lets promises that can go on do so before the next event', async () => {
    const world = new World({ seed: 1 })
    const order: string[] = []
    const opened = Promise.withResolvers<void>()
    void (async () => {
      await opened.promise
      await Promise.resolve()
      order.push('continued')
      world.after(0, () => { order.push('what it asked for') })
    })()
    world.after(1, () => {
      opened.resolve()
      world.awaited()
    })
    world.after(2, () => { order.push('next event') })
    await world.run(WORLD_BEGINS_AT + 5)
    assert.deepEqual(order, ['continued', 'what it asked for', 'next event'])
  })

  it('hashes what happened: the same for the same, another for anything else', async () => {
    const hashOf = async (seed: number, extra = ''): Promise<string> => {
      const world = new World({ seed })
      world.after(1, () => { world.note('actor', `draws ${world.chance.split('actor').fraction()}${extra}`) })
      await world.run(WORLD_BEGINS_AT + 2)
      return world.trace.hash()
    }
    assert.equal(await hashOf(1), await hashOf(1))
    assert.notEqual(await hashOf(1), await hashOf(2))
    assert.notEqual(await hashOf(1), await hashOf(1, '!'))
  })
})
