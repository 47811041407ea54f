// The contract of the RouteFinder port: a small network of finders that share one truth.
import assert from 'node:assert/strict'
import { makeRoute } from '../dht/network.ts'
import { makePerson } from '../identity/people.ts'
import type { RouteFinder } from '../../src/ports.ts'

export interface FinderNetwork {
  /** At least three, connected. */
  finders: RouteFinder[]
  /** Moves the finders' clock ahead. */
  advance: (ms: number) => void
  stop: () => Promise<void>
}

/** `make` starts a network; `alone` one finder that knows nobody. */
export function routeFinderContract (name: string, make: () => Promise<FinderNetwork>, alone: () => Promise<FinderNetwork>): void {
  describe(`${name}: the RouteFinder contract`, () => {
    let network: FinderNetwork
    let person = 1000
    const at = (index: number): RouteFinder => network.finders[index] as RouteFinder
    before(async () => { network = await make() })
    after(async () => { await network.stop() })

    it('finds what another one published, byte for byte', async () => {
      const record = await makeRoute(await makePerson(person++))
      const { copies } = await at(0).publish(record)
      assert.ok(copies >= 1 && copies < network.finders.length, `${copies} other peers hold it`)
      for (const finder of network.finders) assert.deepEqual((await finder.find(record.root))?.bytes, record.bytes)
    })

    it('finds nothing of a user who has published nothing', async () => {
      const { rootKey } = await makePerson(person++)
      assert.equal(await at(1).find(rootKey), undefined)
      assert.equal(await at(1).find(rootKey, { fresh: true }), undefined)
    })

    it('finds the newest, also where an older one was found before', async () => {
      const author = await makePerson(person++)
      const older = await makeRoute(author, { seq: Date.now() - 1000 })
      const newer = await makeRoute(author)
      await at(0).publish(older)
      assert.deepEqual((await at(2).find(author.rootKey))?.order, older.order)
      assert.ok((await at(1).publish(newer)).copies >= 1)
      for (const finder of network.finders) assert.deepEqual((await finder.find(author.rootKey, { fresh: true }))?.order, newer.order)
    })

    it('takes the same record again, as holders forget', async () => {
      const record = await makeRoute(await makePerson(person++))
      const first = await at(0).publish(record)
      assert.deepEqual(await at(0).publish(record), first)
      assert.deepEqual(await at(1).publish(record), first)
    })

    it('lets an older record replace nothing, and tells its publisher', async () => {
      const author = await makePerson(person++)
      const older = await makeRoute(author, { seq: Date.now() - 1000 })
      const newer = await makeRoute(author)
      await at(0).publish(newer)
      await assert.rejects(at(0).publish(older), { name: 'RefusedError' }, 'who has seen the newer one does not even try')
      const told = await at(1).publish(older).catch((error: Error) => error)
      if (told instanceof Error) assert.equal(told.name, 'RefusedError')
      else assert.equal(told.copies, 0)
      for (const finder of network.finders) assert.deepEqual((await finder.find(author.rootKey, { fresh: true }))?.order, newer.order)
    })

    it('answers no record that has expired', async () => {
      const record = await makeRoute(await makePerson(person++), { notAfter: Math.floor(Date.now() / 1000) + 3600 })
      await at(0).publish(record)
      await at(1).find(record.root)
      network.advance(3600_000)
      for (const finder of network.finders) assert.equal(await finder.find(record.root), undefined)
    })

    it('ends when its caller gives up', async () => {
      const signal = AbortSignal.abort(new Error('enough'))
      const record = await makeRoute(await makePerson(person++))
      await assert.rejects(at(0).find(record.root, { signal }), /enough/)
      await assert.rejects(at(0).publish(record, { signal }), /enough/)
    })

    it('answers many at once', async () => {
      const records = await Promise.all(Array.from({ length: 5 }, async () => await makeRoute(await makePerson(person++))))
      await Promise.all(records.map(async (record, index) => await at(index % 3).publish(record)))
      const finds = records.flatMap(record => [1, 2, 1].map(async index => (await at(index).find(record.root))?.order.hash === record.order.hash))
      assert.deepEqual(new Set(await Promise.all(finds)), new Set([true]))
    })
  })

  describe(`${name}: a finder that knows nobody`, () => {
    it('publishes to nobody, and says so', async () => {
      const { finders: [finder], stop } = await alone()
      assert.ok(finder !== undefined)
      try {
        const record = await makeRoute(await makePerson(1900))
        assert.deepEqual(await finder.publish(record), { copies: 0 })
        assert.deepEqual((await finder.find(record.root))?.order, record.order)
        assert.equal(await finder.find((await makePerson(1901)).rootKey), undefined)
      } finally {
        await stop()
      }
    })
  })
}
