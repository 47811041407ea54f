import assert from 'node:assert/strict'
import fc from 'fast-check'
import { diverse, type Met } from '../../src/dht/diverse.core.ts'
import { Neighbourhood } from '../../src/dht/neighbourhood.core.ts'
import { Sweep, type Placed } from '../../src/dht/sweep.core.ts'

const BITS = 32
const BUCKET_PEERS = 20
const INIT = { bits: BITS, bucketPeers: BUCKET_PEERS, groupPeers: 2 }

interface Network { peers: Array<Met<number>>, walk: (target: bigint) => Array<Met<number>>, nearest: (place: bigint) => string[] }

/** Peers all over the key space, and walks that end with the k nearest, and with a few that were met on the way. */
function network (count: number, seed: number, groupOf: (at: number) => string | undefined = () => undefined): Network {
  const places = scatter(count, seed)
  const peers = places.map((place, at) => ({ peer: at, id: String(at), place, group: groupOf(at) }))
  const ordered = (place: bigint): Array<Met<number>> => [...peers].sort((a, b) => (a.place ^ place) < (b.place ^ place) ? -1 : 1)
  return {
    peers,
    walk: target => {
      const all = ordered(target)
      const far = all.filter(({ peer }) => peer % 17 === 0)
      const nearest = diverse(all, BUCKET_PEERS, INIT.groupPeers)
      const last = nearest.reduce((most, { place }) => (place ^ target) > most ? place ^ target : most, 0n)
      return [...new Set([...all.filter(({ place }) => (place ^ target) <= last), ...far])]
    },
    nearest: place => diverse(ordered(place), BUCKET_PEERS, INIT.groupPeers).map(({ id }) => id)
  }
}

describe('Neighbourhood', () => {
  it('knows the nearest of whatever was walked to', () => {
    const { walk, nearest } = network(300, 1)
    const around = new Neighbourhood<number>(INIT)
    around.learn(7n, walk(7n))
    assert.deepEqual(around.nearest(7n).peers.map(({ id }) => id), nearest(7n))
    assert.equal(around.nearest(7n).gap, undefined)
  })

  it('knows everybody’s nearest when there are fewer than k', () => {
    const { walk, nearest } = network(15, 2)
    const around = new Neighbourhood<number>(INIT)
    assert.equal(around.learn(7n, walk(7n)).shift, BITS, 'one walk is enough for the whole key space')
    for (const place of scatter(50, 3)) {
      assert.equal(around.nearest(place).gap, undefined)
      assert.deepEqual(around.nearest(place).peers.map(({ id }) => id), nearest(place))
    }
  })

  it('names the gap where nobody has looked', () => {
    const { walk } = network(300, 4)
    const around = new Neighbourhood<number>(INIT)
    around.learn(7n, walk(7n))
    assert.ok(around.nearest(1n << 31n).gap !== undefined, 'the other half of the key space')
  })

  it('believes a walk that was cut short for its target only', () => {
    const { walk } = network(15, 5)
    const around = new Neighbourhood<number>(INIT)
    assert.equal(around.learn(7n, walk(7n), { cut: true }).shift, 0)
    assert.equal(around.nearest(7n).gap, undefined)
    assert.ok(around.nearest(8n).gap !== undefined)
  })
})

describe('Sweep', () => {
  it('gives every key of a region to its k nearest, with as few walks as that takes', () => {
    const { walk, nearest } = network(1000, 6)
    const keys = scatter(30_000, 7).map(place => ({ place }))
    const { walks, placed } = sweepAll(keys, walk, nearest)
    assert.equal(placed, 30_000)
    // 1,000 peers are some 32 regions of 20 to 40.
    assert.ok(walks > 50 && walks < 150, `${walks} walks`)
  }).timeout(60_000)

  it('walks to a key by itself when there is but one in a region', () => {
    const { walk } = network(1000, 8)
    const [first, far] = [{ place: 5n }, { place: 1n << 31n }]
    const sweep = new Sweep<Placed, number>({ keys: [first, far], landmarks: [] }, INIT)
    assert.equal(sweep.nextWalk(), first)
    sweep.walked(first, walk(first.place))
    assert.equal(sweep.nextWalk(), undefined)
    assert.deepEqual(sweep.shares().keys, [first], 'the other one has its own turn')
    assert.equal(sweep.shares().shares.length, BUCKET_PEERS)
  })

  it('never walks more often than there are keys, and places the first whatever the walks bring', () => {
    const walked = fc.record({ cut: fc.boolean(), seed: fc.integer({ min: 1, max: 50 }), peers: fc.integer({ min: 0, max: 120 }), keys: fc.integer({ min: 1, max: 60 }), spread: fc.integer({ min: 0, max: 31 }) })
    fc.assert(fc.property(walked, ({ cut, seed, peers, keys, spread }) => {
      const { walk, nearest } = network(peers, seed)
      const places = scatter(keys, seed + 1).map(place => ({ place: place >> BigInt(spread) })) as [Placed, ...Placed[]]
      const sweep = new Sweep<Placed, number>({ keys: places, landmarks: [] }, INIT)
      let walks = 0
      for (let key = sweep.nextWalk(); key !== undefined; key = sweep.nextWalk()) {
        assert.ok(++walks <= new Set(places.map(({ place }) => place)).size)
        sweep.walked(key, walk(key.place), { cut: cut && walks % 2 === 0 })
      }
      const placed = sweep.shares()
      assert.ok(placed.keys.includes(places[0]))
      if (!cut) for (const key of placed.keys) assert.deepEqual(holdersOf(key, placed), new Set(nearest(key.place)))
    }), { numRuns: 150 })
  })

  it('gives a key to the nearest of different groups when one group sits next to it', () => {
    const crowd = 25
    const base = network(200, 9)
    const key = { place: 0x4000_0000n }
    const crowded = Array.from({ length: crowd }, (_, at) => ({ peer: 1000 + at, id: `crowd ${at}`, place: key.place ^ BigInt(at + 1), group: 'one' }))
    const sweep = new Sweep<Placed, number>({ keys: [key], landmarks: [] }, INIT)
    sweep.walked(sweep.nextWalk() as Placed, [...crowded, ...base.peers])
    assert.equal(sweep.nextWalk(), undefined)
    const holders = holdersOf(key, sweep.shares())
    assert.equal([...holders].filter(id => id.startsWith('crowd')).length, 2)
    assert.equal(holders.size, BUCKET_PEERS)
  })
})

/** Strokes until every key has been placed, each beginning with the first that is left; all shares must be exact. */
function sweepAll (keys: Placed[], walk: Network['walk'], nearest: Network['nearest']): { walks: number, placed: number } {
  let open = [...keys].sort((a, b) => a.place < b.place ? -1 : 1)
  const done = new Set<Placed>()
  const outcome = { walks: 0, placed: 0 }
  while (open.length > 0) {
    const sweep = new Sweep<Placed, number>({ keys: open.slice(0, 2000) as [Placed, ...Placed[]], landmarks: [...open.slice(2000), ...done] }, INIT)
    for (let key = sweep.nextWalk(); key !== undefined; key = sweep.nextWalk()) sweep.walked(key, walk(key.place))
    const placed = sweep.shares()
    for (const key of placed.keys.filter((_, at) => at % 100 === 0)) assert.deepEqual(holdersOf(key, placed), new Set(nearest(key.place)))
    for (const key of placed.keys) done.add(key)
    open = open.filter(key => !done.has(key))
    outcome.walks += sweep.walks
    outcome.placed += placed.keys.length
  }
  return outcome
}

function holdersOf (key: Placed, { shares }: ReturnType<Sweep<Placed, number>['shares']>): Set<string> {
  return new Set(shares.filter(({ keys }) => keys.includes(key)).map(({ peer }) => peer >= 1000 ? `crowd ${peer - 1000}` : String(peer)))
}

/** Distinct places by a linear congruence; the same for the same seed. */
function scatter (count: number, seed: number): bigint[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return BigInt(Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0)
  })
}
