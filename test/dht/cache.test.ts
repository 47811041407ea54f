import assert from 'node:assert/strict'
import { RouteCache } from '../../src/dht/cache.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { makePerson, NOW, NOW_S } from '../identity/people.ts'
import { makeRoute } from './network.ts'

describe('RouteCache', () => {
  it('answers for ten minutes', async () => {
    const cache = new RouteCache()
    const record = await makeRoute(await makePerson(1), { seq: NOW })
    cache.put(record, NOW)
    assert.equal(cache.get(record.root, NOW + ROUTE_DEFAULTS.cacheMs - 1), record)
    assert.equal(cache.get(record.root, NOW + ROUTE_DEFAULTS.cacheMs), undefined)
    assert.equal(cache.size, 0)
  })

  it('answers nothing that has expired', async () => {
    const cache = new RouteCache()
    const record = await makeRoute(await makePerson(1), { seq: NOW, notAfter: NOW_S + 60 })
    cache.put(record, NOW)
    assert.equal(cache.get(record.root, NOW + 59_999), record)
    assert.equal(cache.get(record.root, NOW + 60_000), undefined)
  })

  it('holds a named number of records, the latest found', async () => {
    const cache = new RouteCache({ entriesMax: 2 })
    const records = await Promise.all([1, 2, 3].map(async number => await makeRoute(await makePerson(number), { seq: NOW })))
    for (const record of records) cache.put(record, NOW)
    assert.deepEqual(records.map(({ root }) => cache.get(root, NOW) !== undefined), [false, true, true])
    assert.equal(cache.size, 2)
  })
})
