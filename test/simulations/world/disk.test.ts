import assert from 'node:assert/strict'
import { Disk, DISK_CONDITIONS, type DiskWrite } from '../../../simulations/world/disk.ts'
import { World, WORLD_BEGINS_AT } from '../../../simulations/world/world.ts'

const put = (key: string, value: unknown = key): DiskWrite => ({ table: 'mail', key, value, bytes: 100 })

describe('the simulated disk', () => {
  let world: World
  let disk: Disk
  let seed = 0
  const has = (key: string): boolean => disk.read('mail', key).found
  const pass = async (ms: number): Promise<void> => { await world.run(world.now() + ms) }
  beforeEach(() => {
    world = new World({ seed: ++seed })
    disk = new Disk(world, world.chance.split('disk'))
  })

  it('says that a synced batch is written when it is there, and not before', async () => {
    const done: Array<string | undefined> = []
    disk.write([put('a'), put('b')], { sync: true }, failure => { done.push(failure); assert.ok(has('a') && has('b')) })
    assert.ok(!has('a') && done.length === 0)
    await pass(1000)
    assert.deepEqual(done, [undefined])
    assert.equal(disk.bytes, 200)
  })

  it('keeps what was synced over a power cut, and what was written over a kill', async () => {
    disk.write([put('synced')], { sync: true }, () => {})
    await pass(1000)
    disk.write([put('unsynced')], { sync: false }, () => {})
    disk.processDied()
    assert.ok(has('synced') && has('unsynced'))
    disk.powerCut()
    assert.ok(has('synced'))
  })

  it('loses the last unsynced writes at a power cut, and never one from before another that it keeps', async () => {
    const kept = new Set<number>()
    for (seed = 100; seed < 140; seed++) {
      world = new World({ seed })
      disk = new Disk(world, world.chance.split('disk'))
      for (const key of 'abcde') disk.write([put(key)], { sync: false }, () => {})
      disk.powerCut()
      const there = [...'abcde'].map(has)
      assert.deepEqual(there, there.toSorted().reverse(), 'a prefix')
      kept.add(there.filter(Boolean).length)
    }
    assert.ok(kept.has(0) && kept.has(5) && kept.size > 3, `${[...kept].join()} of 5 were kept`)
  })

  it('tells auditors what a power cut could still take back', async () => {
    disk.write([put('synced')], { sync: true }, () => {})
    disk.write([put('unsynced')], { sync: false }, () => {})
    await pass(1000)
    assert.ok(disk.isSynced('mail', 'synced') && !disk.isSynced('mail', 'unsynced'))
    await pass(DISK_CONDITIONS.writebackMs)
    assert.ok(disk.isSynced('mail', 'unsynced'))
  })

  it('puts back what an unsynced write replaced', async () => {
    disk.write([put('a', 'old')], { sync: true }, () => {})
    await pass(1000)
    for (let turn = 0; turn < 40; turn++) {
      disk.write([put('a', 'new')], { sync: false }, () => {})
      disk.powerCut()
    }
    const read = disk.read('mail', 'a')
    assert.ok(read.found && (read.value === 'old' || read.value === 'new'))
  })

  it('does not lose what the system has written back long ago', async () => {
    disk.write([put('a')], { sync: false }, () => {})
    await pass(DISK_CONDITIONS.writebackMs + 1)
    for (let turn = 0; turn < 20; turn++) disk.powerCut()
    assert.ok(has('a'))
  })

  it('a write that is cut short is there or not, whole, and nobody hears of it', async () => {
    const outcomes = new Set<string>()
    for (seed = 200; seed < 240; seed++) {
      world = new World({ seed })
      disk = new Disk(world, world.chance.split('disk'))
      disk.write([put('a'), put('b')], { sync: true }, () => { assert.fail('the process is dead') })
      disk.powerCut()
      await pass(1000)
      outcomes.add([has('a'), has('b')].join())
    }
    assert.deepEqual([...outcomes].sort(), ['false,false', 'true,true'])
  })

  it('says when it is full, keeps what it has, and lets deletions through', async () => {
    disk.conditions = { ...DISK_CONDITIONS, capacityBytes: 150 }
    const failures: Array<string | undefined> = []
    disk.write([put('a')], { sync: true }, failure => { failures.push(failure) })
    await pass(1000)
    disk.write([put('b')], { sync: true }, failure => { failures.push(failure) })
    await pass(1000)
    disk.write([{ table: 'mail', key: 'a', value: undefined, bytes: 0 }], { sync: true }, failure => { failures.push(failure) })
    await pass(1000)
    assert.deepEqual(failures, [undefined, 'no space is left on the disk', undefined])
    assert.ok(!has('a') && !has('b') && disk.bytes === 0)
  })

  it('damages values, so that whoever reads them can tell', async () => {
    disk.write([put('a'), put('b'), put('c')], { sync: true }, () => {})
    await pass(1000)
    assert.deepEqual([disk.size('mail'), disk.wasDamaged('mail')], [3, false])
    const [key = ''] = disk.flipBits('mail', 1)
    const damaged = [...'abc'].filter(name => { const read = disk.read('mail', name); return read.found && read.damaged })
    assert.deepEqual(damaged, [key])
    disk.write([put(key)], { sync: true }, () => {})
    await pass(1000)
    assert.deepEqual([...disk.entries('mail')].filter(([, , isDamaged]) => isDamaged), [], 'written anew')
    assert.equal(disk.wasDamaged('mail'), true, 'what was done because of it may still show')
  })

  it('damages the values that are meant', async () => {
    disk.write([put('a'), put('b'), put('c')], { sync: true }, () => {})
    await pass(1000)
    assert.deepEqual(disk.damage('mail', value => value === 'b'), ['b'])
    assert.deepEqual([...disk.entries('mail')].map(([, , isDamaged]) => isDamaged), [false, true, false])
  })

  it('a wiped disk has nothing', async () => {
    disk.write([put('a')], { sync: true }, () => {})
    await pass(1000)
    disk.wipe()
    assert.ok(!has('a') && disk.bytes === 0)
    assert.equal(world.now(), WORLD_BEGINS_AT + 1000)
  })
})
