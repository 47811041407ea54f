import assert from 'node:assert/strict'
import { isNewer, newestRoute } from '../../src/relay/newest-route.core.ts'
import type { RouteRecord } from '../../src/types.ts'

const route = (epoch: number, seq: number): RouteRecord => ({ order: { epoch, seq } }) as RouteRecord

describe('relay/newest-route', () => {
  it('goes by the epoch first, then by the sequence number', () => {
    assert.deepEqual([isNewer(route(2, 1), 1, 9), isNewer(route(1, 9), 2, 1), isNewer(route(1, 2), 1, 1), isNewer(route(1, 1), 1, 1)], [true, false, true, false])
  })

  it('takes the only one there is, the newer of two, and the first of equals', () => {
    const [old, young, same] = [route(1, 1), route(1, 2), route(1, 2)]
    assert.equal(newestRoute(undefined, undefined), undefined)
    assert.equal(newestRoute(old, undefined), old)
    assert.equal(newestRoute(undefined, old), old)
    assert.equal(newestRoute(old, young), young)
    assert.equal(newestRoute(young, old), young)
    assert.equal(newestRoute(young, same), young)
  })
})
