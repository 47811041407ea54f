import assert from 'node:assert/strict'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { RouteBoard, routeKeeper, type RouteKeeper, type RouteSweeper } from '../../src/dht/index.ts'
import { settled, VirtualClock } from '../client/virtual-clock.ts'
import { DAY_MS, DAY_S, keyOf, makePerson, makeTickets, NOW, NOW_S } from '../identity/people.ts'
import { collectLogs, makeRoute } from './network.ts'
import type { RouteFinder } from '../../src/ports.ts'
import type { PeerKey, RouteRecord } from '../../src/types.ts'

const HOUR = 3600_000

describe('RouteKeeper', () => {
  it('publishes what it keeps, every 4 hours, until the record ends', async () => {
    const { keeper, clock, published, board } = await make()
    const record = await route(1)
    keeper.start()
    keeper.keep(record)
    await settled()
    assert.deepEqual((await board.find(record.root))?.order, record.order)
    await clock.advance(24 * HOUR)
    assert.ok(published().length === 1 + 24 / 4 || published().length === 1 + 1 + 24 / 4, `${published().length}: once for being new, then whenever the hand passes`)
    await clock.advance(60 * DAY_MS)
    assert.equal(keeper.size, 0)
    const ended = published().length
    await clock.advance(DAY_MS)
    assert.equal(published().length, ended)
    await keeper.stop()
  })

  it('publishes at once what a device brings, tells how many took it, and does not publish it twice', async () => {
    const { keeper, clock, published } = await make()
    keeper.start()
    const record = await route(1)
    assert.deepEqual(await keeper.publish(record), { copies: 20 })
    keeper.keep(record)
    await clock.advance(HOUR - 1)
    assert.equal(published().length, 1)
    await clock.advance(4 * HOUR)
    assert.equal(published().length, 2)
    await keeper.stop()
  })

  it('publishes a record of other nodes for a device, but does not keep it', async () => {
    const { keeper, clock, published } = await make({ self: (await keyOf('node', 9)).publicKey })
    keeper.start()
    await keeper.publish(await route(1))
    await clock.advance(DAY_MS)
    assert.equal(published().length, 1)
    assert.equal(keeper.size, 0)
    await keeper.stop()
  })

  it('answers own users without the network, and with it on first contact', async () => {
    const { keeper, asked } = await make()
    const record = await route(1)
    keeper.keep(record)
    assert.equal(await keeper.find(record.root), record)
    assert.equal(asked(), 0)
    assert.equal(await keeper.find(record.root, { fresh: true }), record)
    assert.equal(asked(), 1)
    assert.equal(await keeper.find((await makePerson(2)).rootKey), undefined)
  })

  it('ignores an older record, and ends for one that does not list this node', async () => {
    const { keeper } = await make()
    const [older, newer] = [await route(1, NOW - 1), await route(1)]
    keeper.keep(newer)
    keeper.keep(older)
    assert.equal(await keeper.find(newer.root), newer)
    const elsewhere = await make({ self: (await keyOf('node', 2)).publicKey })
    elsewhere.keeper.keep(newer)
    elsewhere.keeper.keep(await route(1, NOW + 1, 2))
    assert.equal(elsewhere.keeper.size, 0)
  })

  it('does not publish what was dropped', async () => {
    const { keeper, clock, published } = await make()
    keeper.start()
    const record = await route(1)
    keeper.keep(record)
    await settled()
    keeper.drop(record.root)
    await clock.advance(DAY_MS)
    assert.equal(published().length, 1)
    await keeper.stop()
  })

  it('tries again soon when nobody takes the record', async () => {
    const { keeper, clock, published, fail } = await make()
    fail(async () => ({ copies: 0 }))
    keeper.start()
    keeper.keep(await route(1))
    await settled()
    await clock.advance(ROUTE_DEFAULTS.retryMs)
    assert.equal(published().length, 2)
    fail(async () => { throw new Error('no network') })
    await clock.advance(2 * ROUTE_DEFAULTS.retryMs)
    assert.equal(published().length, 3)
    fail(undefined)
    await clock.advance(4 * ROUTE_DEFAULTS.retryMs)
    assert.equal(published().length, 4)
    await clock.advance(HOUR - 1)
    assert.equal(published().length, 4)
    await keeper.stop()
  })

  it('sweeps many users together, and has every one of them published in time', async () => {
    const { keeper, clock, published, strokes } = await make()
    keeper.start()
    const records = await Promise.all(Array.from({ length: 40 }, async (_, number) => await route(number)))
    for (const record of records) keeper.keep(record)
    await settled()
    assert.equal(published().length, 40)
    await clock.advance(5 * HOUR)
    assert.deepEqual(new Set(published().slice(40)), new Set(records))
    assert.ok(strokes() <= 5 * 16 / 4, `${strokes()} strokes, a sixteenth of the key space each`)
    await keeper.stop()
  })

  it('learns from a refusal in a sweep too that its user has moved', async () => {
    const { keeper, clock, board, newer: met } = await make({ self: (await keyOf('node', 2)).publicKey })
    keeper.start()
    keeper.keep(await route(1, NOW - 1))
    await settled()
    const moved = await route(1, NOW, 2)
    await board.publish(moved)
    await clock.advance(6 * 4 * HOUR)
    assert.deepEqual(met, [moved])
    assert.equal(keeper.size, 0)
    await keeper.stop()
  })

  it('learns from a refusal that its user has moved', async () => {
    const { keeper, clock, board, published, newer: met } = await make({ self: (await keyOf('node', 2)).publicKey })
    const [old, moved] = [await route(1, NOW - 1), await route(1, NOW, 2)]
    await board.publish(moved)
    keeper.start()
    keeper.keep(old)
    await settled()
    assert.deepEqual(met, [moved])
    assert.equal(keeper.size, 0, 'which does not list this node any more')
    await clock.advance(DAY_MS)
    assert.equal(published().length, 1)
    await keeper.stop()
  })

  it('goes over to the newer record when it still lists this node', async () => {
    const { keeper, clock, board, newer: met } = await make()
    const [old, newer] = [await route(1, NOW - 1), await route(1)]
    await board.publish(newer)
    keeper.start()
    keeper.keep(old)
    await clock.advance(HOUR)
    assert.deepEqual(met, [newer])
    assert.equal(await keeper.find(newer.root), newer)
    await keeper.stop()
  })

  it('publishes nothing while stopped, and goes on when it is started again', async () => {
    const { keeper, clock, published } = await make()
    const [first, second] = [await route(1), await route(2)]
    keeper.keep(first)
    await clock.advance(DAY_MS)
    assert.equal(published().length, 0, 'not started yet')
    keeper.start()
    keeper.start()
    await clock.advance(ROUTE_DEFAULTS.restartSpreadMs)
    assert.equal(published().length, 1)
    await keeper.stop()
    keeper.keep(second)
    await clock.advance(DAY_MS)
    assert.equal(published().length, 1)
    keeper.start()
    await clock.advance(ROUTE_DEFAULTS.restartSpreadMs)
    assert.deepEqual(new Set(published().slice(1)), new Set([first, second]))
    await keeper.stop()
  })

  it('waits at stop for the publications that it cuts off', async () => {
    const { keeper, fail } = await make()
    let ended = false
    fail(async (signal) => await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => { ended = true; reject(new Error('cut off')) })
    }))
    keeper.start()
    keeper.keep(await route(1))
    await settled()
    await keeper.stop()
    assert.equal(ended, true)
  })

  it('clears out every hour what has run out', async () => {
    const { keeper, clock, swept } = await make()
    keeper.start()
    await clock.advance(3 * HOUR)
    assert.deepEqual(swept, { held: 3, orders: 3 })
    await keeper.stop()
    await clock.advance(3 * HOUR)
    assert.deepEqual(swept, { held: 3, orders: 3 })
  })
})

/** Of nodes 0 to nodes − 1. */
async function route (number: number, seq = NOW, nodes = 3): Promise<RouteRecord> {
  const author = await makePerson(number)
  return await makeRoute(author, { seq, tickets: await makeTickets(author.rootKey, nodes, NOW_S + 40 * DAY_S) })
}

type Fault = (signal: AbortSignal) => Promise<{ copies: number }>
interface Made {
  keeper: RouteKeeper
  clock: VirtualClock
  board: RouteFinder
  /** One by one, or in a sweep. */
  published: () => RouteRecord[]
  strokes: () => number
  asked: () => number
  newer: RouteRecord[]
  swept: { held: number, orders: number }
  fail: (fault: Fault | undefined) => void
}

/** A keeper on a board of 21, with a finder that counts and fails when told. */
async function make ({ self = undefined as PeerKey | undefined } = {}): Promise<Made> {
  const clock = new VirtualClock(NOW)
  const shared = new RouteBoard(clock)
  const board = Array.from({ length: 21 }, () => shared.join())[0] as RouteFinder & RouteSweeper
  const published: RouteRecord[] = []
  const newer: RouteRecord[] = []
  const swept = { held: 0, orders: 0 }
  let asked = 0
  let strokes = 0
  let fault: Fault | undefined
  const finder: RouteFinder = {
    publish: async (record, options) => {
      published.push(record)
      return await (fault?.(options?.signal as AbortSignal) ?? board.publish(record, options))
    },
    find: async (root, options) => { asked++; return await board.find(root, options) }
  }
  const sweeper: RouteSweeper = {
    bits: board.bits,
    placesOf: board.placesOf,
    sweep: async (stroke, options) => {
      const { keys } = stroke
      strokes++
      published.push(...keys.map(({ record }) => record))
      if (fault === undefined) return await board.sweep(stroke, options)
      const { copies } = await fault(options?.signal as AbortSignal)
      return { refreshed: keys.map(({ record, salt }) => ({ record, salt, copies })), walks: 1, puts: copies, asked: false }
    }
  }
  const keeper = routeKeeper()({
    self: self ?? (await keyOf('node', 0)).publicKey,
    finder,
    sweeper,
    memory: { held: { sweep: () => { swept.held++; return 0 } }, orders: { sweep: async () => { swept.orders++; return 0 } } },
    onNewer: record => { newer.push(record) },
    clock,
    random: { fraction: () => 0.5 },
    logger: collectLogs()
  })
  return { keeper, clock, board, published: () => published, strokes: () => strokes, asked: () => asked, newer, swept, fail: next => { fault = next } }
}
