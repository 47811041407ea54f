// A machine's life: it comes and goes by its law, is struck, leaves, or settles; its process follows.
import assert from 'node:assert/strict'
import { drawEnding, ENDINGS, Life, type Ending } from '../../../simulations/churn/life.ts'
import { LAWS, type Law } from '../../../simulations/churn/laws.ts'
import { World } from '../../../simulations/world/world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

class Machine {
  isUp = false
  hasLeft = false
  starts = 0
  readonly endings: Ending[] = []
  start (): void {
    assert.ok(!this.isUp && !this.hasLeft)
    this.isUp = true
    this.starts++
  }

  end (how: Ending): void {
    assert.ok(this.isUp)
    this.isUp = false
    this.endings.push(how)
  }

  leave (): void {
    assert.ok(!this.isUp)
    this.hasLeft = true
  }
}

const lawOf = (name: string): Law => LAWS[name] as Law

describe('a machine’s life', () => {
  it('is up as often as its law says, from the first moment on', async () => {
    const world = new World({ seed: 'equilibrium' })
    const machines = Array.from({ length: 800 }, (_, at) => {
      const machine = new Machine()
      new Life(world, world.chance.split(String(at)), lawOf('mail-worst'), machine).begin()
      return machine
    })
    for (const hours of [0, 1, 4, 8]) {
      await world.run(world.now() + hours * HOUR)
      const up = machines.filter(({ isUp }) => isUp).length / machines.length
      assert.ok(Math.abs(up - 0.735) < 0.05, `${up} after ${hours} more hours`)
    }
    const left = machines.filter(({ hasLeft }) => hasLeft).length / machines.length
    assert.ok(left < 0.02, `${left} left within 13 hours of 90 days on average`)
    const endings = machines.flatMap(({ endings }) => endings)
    for (const how of ['stop', 'crash', 'power'] as const) {
      assert.ok(Math.abs(endings.filter(ending => ending === how).length / endings.length - ENDINGS[how]) < 0.05, how)
    }
  })

  it('is struck, and back after as long as the fault says', async () => {
    const world = new World({ seed: 1 })
    const machine = new Machine()
    const life = new Life(world, world.chance.split('it'), lawOf('steady'), machine)
    life.begin()
    life.strike('power', { afterMs: HOUR })
    assert.deepEqual([machine.isUp, life.isUp, machine.endings], [false, false, ['power']])
    await world.run(world.now() + HOUR - 1)
    assert.ok(!machine.isUp)
    await world.run(world.now() + 1)
    assert.ok(machine.isUp && life.isUp)
  })

  it('stays down for as long as the last of two faults says', async () => {
    const world = new World({ seed: 1 })
    const machine = new Machine()
    const life = new Life(world, world.chance.split('it'), lawOf('steady'), machine)
    life.begin()
    life.strike('power', { afterMs: MINUTE })
    life.strike('power', { afterMs: HOUR })
    await world.run(world.now() + 30 * MINUTE)
    assert.ok(!machine.isUp)
    await world.run(world.now() + HOUR)
    assert.deepEqual([machine.isUp, machine.starts], [true, 2])
  })

  it('never comes back once it has left', async () => {
    const world = new World({ seed: 1 })
    const machine = new Machine()
    const life = new Life(world, world.chance.split('it'), lawOf('mail-worst'), machine)
    life.begin()
    life.strike('crash', 'never')
    life.settle()
    life.begin()
    await world.run(world.now() + 30 * DAY)
    assert.deepEqual([machine.isUp, machine.hasLeft, life.isGone], [false, true, true])
  })

  it('comes up to stay when it settles, and takes its course again afterwards', async () => {
    const world = new World({ seed: 1 })
    const machine = new Machine()
    const life = new Life(world, world.chance.split('it'), lawOf('mail-worst'), machine)
    life.begin()
    life.settle()
    const starts = machine.starts
    life.strike('power', { afterMs: HOUR })
    await world.run(world.now() + 365 * DAY)
    assert.deepEqual([machine.isUp, machine.starts], [true, starts])
    life.begin()
    await world.run(world.now() + 2 * DAY)
    assert.ok(machine.starts > starts)
  })

  it('ends in each of the ways', () => {
    const { chance } = new World({ seed: 1 })
    assert.deepEqual(new Set(Array.from({ length: 100 }, () => drawEnding(chance))), new Set(['stop', 'crash', 'power']))
  })
})
