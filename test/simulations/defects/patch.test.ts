/** How defects are put in: shipped classes change for as long as a run lasts, and are what they were afterwards. */
import { deepEqual, equal, throws } from 'node:assert/strict'
import { ClientStore } from '../../../simulations/actors/client-store.ts'
import { PeerStream } from '../../../simulations/actors/node-peer-stream.ts'
import { Registration } from '../../../simulations/actors/user/registration.ts'
import { DEFECTS } from '../../../simulations/defects/index.ts'
import { overlay, replaceGetter, replaceMethod, undoAll } from '../../../simulations/defects/patch.ts'
import { Batches } from '../../../src/client/inbox/batches.core.ts'
import { Conversation } from '../../../src/client/inbox/conversation.core.ts'
import { Memory } from '../../../src/client/inbox/memory.core.ts'
import { Lanes } from '../../../src/client/outbox/lanes.core.ts'
import { OutboxCore } from '../../../src/client/outbox/core.ts'
import { Outgoing } from '../../../src/client/outbox/outgoing.core.ts'
import { HeartbeatCore } from '../../../src/client/session/heartbeat.core.ts'

class Counter {
  #count = 0
  add (by: number): number {
    this.#count += by
    return this.#count
  }

  get count (): number { return this.#count }
}

class Heir extends Counter {}

describe('patches', () => {
  it('replace a method, which may call the shipped one, and put it back', () => {
    const undo = replaceMethod(Counter.prototype, 'add', shipped => function (by) { return shipped.call(this, by * 2) })
    const counter = new Counter()
    equal(counter.add(1), 2)
    undo()
    equal(counter.add(1), 3)
  })

  it('replace a getter and put it back', () => {
    const counter = new Counter()
    const undo = replaceGetter(Counter.prototype, 'count', () => 42)
    equal(counter.count, 42)
    undo()
    equal(counter.count, 0)
  })

  it('undo in the other order', () => {
    const twice = (): (() => void) => replaceMethod(Counter.prototype, 'add', shipped => function (by) { return shipped.call(this, by * 2) })
    const undo = undoAll(twice(), twice())
    equal(new Counter().add(1), 4)
    undo()
    equal(new Counter().add(1), 1)
  })

  it('refuse what the class itself does not have', () => {
    throws(() => replaceMethod(Heir.prototype, 'add', shipped => shipped), /no add/)
  })

  it('overlay one object with private fields, and leave the others alone', () => {
    const counter = new Counter()
    const overlaid = overlay(counter, { add: by => counter.add(by * 10) })
    overlaid.add(1)
    equal(overlaid.count, 10)
    equal(new Counter().add(1), 1)
  })
})

describe('planted defects', () => {
  const REPLACED = [Batches, ClientStore, Conversation, HeartbeatCore, Lanes, Memory, OutboxCore, Outgoing, PeerStream, Registration].map(({ prototype }) => prototype)
  const describeAll = (): unknown[] => REPLACED.map(prototype => Object.getOwnPropertyDescriptors(prototype))

  for (const { name, plant, circumstance } of DEFECTS) {
    it(`${name} leaves nothing behind`, () => {
      const before = describeAll()
      const undoCircumstance = circumstance?.()
      const { undo } = plant()
      undo()
      undoCircumstance?.()
      deepEqual(describeAll(), before)
    })
  }

  it('have names of their own', () => {
    equal(new Set(DEFECTS.map(({ name }) => name)).size, DEFECTS.length)
  })
})
