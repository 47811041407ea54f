import assert from 'node:assert/strict'
import { RunClock } from '../../simulations/real/clock.ts'
import { UnderWay } from '../../simulations/real/under-way.ts'
import { Chance } from '../../simulations/world/chance.ts'
import { Traffic } from '../../soak/traffic.ts'
import type { Person } from '../../simulations/real/person.ts'

const RATE = 500
const USERS = 4

describe('soak traffic', () => {
  it('a user whose client does not keep up writes less, and nothing piles up', async () => {
    const clock = new RunClock()
    const under = new UnderWay(clock, 1_000)
    const open: Array<PromiseWithResolvers<void>> = []
    const pending = new Map<Person, number>()
    let pendingMax = 0
    let to = 0
    const people: Person[] = Array.from({ length: USERS }, () => {
      const person: Person = {
        write: async (reader: Person) => {
          assert.notEqual(reader, person)
          to++
          pending.set(person, (pending.get(person) ?? 0) + 1)
          pendingMax = Math.max(pendingMax, pending.get(person) ?? 0)
          const task = Promise.withResolvers<void>()
          open.push(task)
          await task.promise
          pending.set(person, 0)
        }
      } as unknown as Person
      return person
    })
    const traffic = new Traffic({ people, rate: RATE }, { clock, under, chance: new Chance('traffic') })
    await traffic.go(clock.now() + 100, new AbortController().signal)
    // Nobody's letter was ever on disk: each user wrote one.
    assert.deepEqual({ to, pendingMax, isLess: traffic.skipped > 0 }, { to: USERS, pendingMax: 1, isLess: true })
    for (const { resolve } of open) resolve()
    await under.ended()
    const before = to
    await traffic.go(clock.now() + 50, new AbortController().signal)
    assert.ok(to > before, 'whoever is done writes again')
    for (const { resolve } of open) resolve()
    await under.ended()
  })
})
