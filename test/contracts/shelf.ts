// The contract of the Shelf port, run on every implementation.
import assert from 'node:assert/strict'
import { all } from '../store/mail.ts'
import type { Shelf } from '../../src/ports.ts'

export interface Shelves { shelf: (name: string) => Shelf, close: () => Promise<void> }

/** `make` opens new shelves; the contract closes them. */
export function shelfContract (name: string, make: () => Promise<Shelves>): void {
  describe(`${name}: Shelf`, () => {
    let shelves: Shelves

    beforeEach(async () => { shelves = await make() })
    afterEach(async () => { await shelves.close() })

    it('gives back what was put last', async () => {
      const shelf = shelves.shelf('routes')
      await shelf.put('a1', Uint8Array.of(1, 2, 3))
      assert.deepEqual(plain(await shelf.get('a1')), [1, 2, 3])
      await shelf.put('a1', Uint8Array.of(4))
      assert.deepEqual(plain(await shelf.get('a1')), [4])
      await shelf.put('empty', new Uint8Array())
      assert.deepEqual(plain(await shelf.get('empty')), [])
      assert.equal(await shelf.get('a2'), undefined)
    })

    it('forgets what was deleted, known or not', async () => {
      const shelf = shelves.shelf('routes')
      await shelf.put('a1', Uint8Array.of(1))
      await Promise.all([shelf.delete('a1'), shelf.delete('never')])
      assert.equal(await shelf.get('a1'), undefined)
      assert.deepEqual(await all(shelf.entries()), [])
    })

    it('keeps the order of writes that nobody waited for', async () => {
      const shelf = shelves.shelf('routes')
      await Promise.all([shelf.put('k', Uint8Array.of(1)), shelf.delete('k'), shelf.put('k', Uint8Array.of(2))])
      assert.deepEqual(plain(await shelf.get('k')), [2])
    })

    it('walks over its own entries in the order of keys', async () => {
      const shelf = shelves.shelf('a')
      const keys = Array.from({ length: 3000 }, (_, n) => n.toString(16).padStart(6, '0'))
      await Promise.all([
        ...keys.map(async (key, n) => { await shelf.put(key, Uint8Array.of(n & 0xff)) }),
        shelves.shelf('aa').put('x', Uint8Array.of(9)),
        shelves.shelf('b').put('y', Uint8Array.of(9))
      ])
      const entries = await all(shelf.entries())
      assert.deepEqual(entries.map(([key]) => key), keys)
      assert.deepEqual(entries.map(([, value]) => plain(value)), keys.map((_, n) => [n & 0xff]))
    })

    it('can be left in the middle of its entries', async () => {
      const shelf = shelves.shelf('a')
      await shelf.put('1', Uint8Array.of(1))
      await shelf.put('2', Uint8Array.of(2))
      const entries = shelf.entries()[Symbol.asyncIterator]()
      assert.equal((await entries.next()).value?.[0], '1')
      await entries.return?.()
    })

    it('refuses writes when it is closed', async () => {
      const shelf = shelves.shelf('a')
      await shelves.close()
      await assert.rejects(shelf.put('1', Uint8Array.of(1)), { name: 'StoreFailedError' })
      await assert.rejects(shelf.get('1'), { name: 'StoreFailedError' })
    })
  })
}

function plain (bytes: Uint8Array | undefined): number[] {
  return bytes === undefined ? assert.fail('nothing there') : [...bytes]
}
