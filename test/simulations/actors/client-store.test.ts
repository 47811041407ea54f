import assert from 'node:assert/strict'
import { ClientStore } from '../../../simulations/actors/client-store.ts'
import { envelopeIdOf, messageIdOf, peerKeyOf, rootKeyOf, storeIdOf } from '../../../simulations/actors/values.ts'
import { Disk } from '../../../simulations/world/disk.ts'
import { World } from '../../../simulations/world/world.ts'
import type { InboxFact } from '../../../src/client/inbox/events.core.ts'
import type { Message } from '../../../src/types.ts'

const ALICE = rootKeyOf('alice')
const BOB = rootKeyOf('bob')
const NODE = peerKeyOf('n1')
const MESSAGE: Message = {
  id: messageIdOf('m1'), from: ALICE, device: peerKeyOf('alice'), conversation: BOB, sentAt: 1, stamp: 1, parents: [], content: { type: 'text', text: '', mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
}
const SHOWN: InboxFact = { type: 'shown', conversation: ALICE, position: 7, message: MESSAGE, missing: [], late: false }
const FACT: InboxFact = { type: 'envelope', envelope: envelopeIdOf('e1'), forgetAt: 1, collected: false }

describe('a client’s store in a simulation', () => {
  let world: World
  let disk: Disk
  let store: ClientStore
  let damaged: string[]
  let seed = 0
  const cursor = (position: number): { storeId: ReturnType<typeof storeIdOf>, position: number } => ({ storeId: storeIdOf('s1'), position })
  const reopen = (): void => { store = new ClientStore(disk, (table, key) => { damaged.push(`${table} ${key}`) }) }
  const pass = async (ms = 1000): Promise<void> => { await world.run(world.now() + ms) }
  beforeEach(() => {
    world = new World({ seed: ++seed })
    disk = new Disk(world, world.chance.split('disk'))
    damaged = []
    reopen()
  })

  it('says that a batch is written when it is on disk, in the order of the calls', async () => {
    const done: number[] = []
    for (const position of [1, 2, 3]) store.write([store.putCursor(NODE, cursor(position))], () => { done.push(position) })
    assert.deepEqual(done, [])
    await pass()
    assert.deepEqual(done, [1, 2, 3])
    assert.deepEqual([...store.cursors()], [[NODE, cursor(3)]])
  })

  it('writes together what came while a batch was being written', async () => {
    disk.conditions = { ...disk.conditions, fsyncMs: 10, fsyncMsMin: 10 }
    const at: number[] = []
    const begun = world.now()
    for (let call = 0; call < 4; call++) store.write([store.putCursor(NODE, cursor(call))], () => { at.push(world.now() - begun) })
    await pass()
    assert.deepEqual(at, [10, 20, 20, 20])
  })

  it('writes what a finished batch asks for after the batch that waits already', async () => {
    disk.conditions = { ...disk.conditions, fsyncMs: 10, fsyncMsMin: 10 }
    let writtenAt = 0
    const begun = world.now()
    store.write([store.putCursor(NODE, cursor(1))], () => {
      store.write([store.putCursor(NODE, cursor(3))], () => { writtenAt = world.now() - begun })
    })
    store.write([store.putCursor(NODE, cursor(2))], () => {})
    await pass()
    assert.equal(writtenAt, 30)
    assert.deepEqual([...store.cursors()], [[NODE, cursor(3)]])
  })

  it('is idle only when everything is on disk, with what that led to', async () => {
    let idleAt: number | undefined
    store.write([store.putCursor(NODE, cursor(1))], () => { store.write([store.putCursor(NODE, cursor(2))], () => {}) })
    store.whenIdle(() => {
      idleAt = world.now()
      assert.deepEqual([...store.cursors()], [[NODE, cursor(2)]])
    })
    await pass()
    assert.notEqual(idleAt, undefined)
  })

  it('knows after a crash which messages were shown and at which line the history ends', async () => {
    store.write([...store.putFact(SHOWN), ...store.putFact(FACT)], () => {})
    await pass()
    disk.powerCut()
    reopen()
    assert.equal(store.lastPosition(), 7)
    assert.ok(store.isShown(MESSAGE.id, ALICE) && !store.isShown(MESSAGE.id, BOB))
    assert.deepEqual(store.facts(), [FACT])
  })

  it('leaves out what is damaged, and tells of it', async () => {
    store.write([store.putCursor(NODE, cursor(1)), store.putContact(ALICE, { record: undefined, introduced: 'x', usedAt: 1 })], () => {})
    await pass()
    disk.flipBits('cursor', 1)
    disk.flipBits('contact', 1)
    assert.deepEqual([...store.cursors()], [])
    assert.equal(store.contact(ALICE), undefined)
    assert.deepEqual(damaged, [`cursor ${NODE}`, `contact ${ALICE}`])
  })

  it('says why a full disk took nothing', async () => {
    disk.conditions = { ...disk.conditions, capacityBytes: 10 }
    let failure: string | undefined
    store.write([store.putCursor(NODE, cursor(1))], why => { failure = why })
    await pass()
    assert.match(failure ?? '', /space/)
    assert.deepEqual([...store.cursors()], [])
  })
})
