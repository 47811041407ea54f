// So many messages, spread over the hours; many answer what was just shown.
import assert from 'node:assert/strict'
import { RUN_DEFAULTS } from '../../../simulations/run/defaults.ts'
import { Traffic } from '../../../simulations/run/traffic.ts'
import { rootKeyOf } from '../../../simulations/actors/values.ts'
import { World } from '../../../simulations/world/world.ts'
import type { Message, RootKey } from '../../../src/types.ts'

const HOUR = 3_600_000
const PEOPLE = Array.from({ length: 20 }, (_, at) => rootKeyOf(String(at)))

describe('traffic', () => {
  it('is as much as was asked for, over the whole time, and three in ten answer', async () => {
    const world = new World({ seed: 1 })
    const until = world.now() + 10 * HOUR
    const traffic = new Traffic({ world, chance: world.chance.split('traffic'), messages: 2000, until })
    const written: Array<{ at: number, from: RootKey, to: RootKey }> = []
    let answers = 0
    traffic.begin({
      anyone: chance => chance.pick(PEOPLE),
      contactOf: (root, chance) => chance.pick(PEOPLE.filter(other => other !== root)),
      write: (from, to) => {
        const previous = written.at(-1)
        if (previous?.from === to && previous.to === from) answers++
        written.push({ at: world.now(), from, to })
        traffic.shown({ at: world.now(), reader: to, device: 'd' as never, message: { from, content: { type: 'text', text: '' } } as Message, missing: [], late: false })
        return true
      }
    })
    const begunAt = world.now()
    await world.run(until + HOUR)
    assert.equal(written.length, 2000)
    for (let hour = 0; hour < 10; hour++) {
      const inHour = written.filter(({ at }) => Math.floor((at - begunAt) / HOUR) === hour).length
      assert.ok(inHour > 140 && inHour < 260, `${inHour} in hour ${hour}`)
    }
    assert.ok(Math.abs(answers / 2000 - RUN_DEFAULTS.answersShare) < 0.04, String(answers))
  })

  it('asks no more persons for a message than it may', async () => {
    const world = new World({ seed: 1 })
    const traffic = new Traffic({ world, chance: world.chance, messages: 10, until: world.now() + HOUR })
    let asked = 0
    traffic.begin({
      anyone: () => PEOPLE[0],
      contactOf: () => PEOPLE[1] as RootKey,
      write: () => {
        asked++
        return false
      }
    })
    await world.run(world.now() + 2 * HOUR)
    assert.equal(asked, 10 * RUN_DEFAULTS.writersAsked)
  })
})
