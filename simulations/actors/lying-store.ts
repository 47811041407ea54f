/**
 * A store that lies: it says at once that everything is kept, lets its node sign receipts, and keeps nothing. Whoever
 * asks it for mail is told that there is none.
 */
import { EMPTY_DIGEST } from './disk-inventory.ts'
import { readIntact, metaWrite, TABLE } from './disk-tables.ts'
import { storeIdOf } from './values.ts'
import { toHex } from '../../src/wire/hex.ts'
import type { OpenStore, StorePerformer } from './store-performer.ts'
import type { StoreId } from '../../src/types.ts'

const STORE_ID_BYTES = 16

export const openLyingStore: OpenStore = ({ world, disk, chance }): StorePerformer => {
  const known = readIntact<StoreId>(disk, TABLE.meta, 'store-id')
  const storeId = known ?? storeIdOf(toHex(chance.bytes(STORE_ID_BYTES)))
  if (known === undefined) disk.write([metaWrite('store-id', storeId)], { sync: true }, () => {})
  let position = 0
  return {
    storeId,
    queuedBytes: 0,
    // As soon as an honest node could say so at the earliest.
    append: (envelopes, done) => {
      world.after(disk.conditions.fsyncMsMin, () => { done({ outcomes: envelopes.map(() => ({ type: 'stored', position: ++position, known: false })), time: world.now() }) })
    },
    page: (_, after) => ({ envelopes: [], position: after, last: true, damaged: [] }),
    collect: (_, __, done) => { world.after(0, () => { done(true) }) },
    sweep: () => {},
    usage: () => ({ envelopes: 0, bytes: 0, uncollectedBytes: 0 }),
    collectionsOf: () => [],
    digest: () => EMPTY_DIGEST,
    ids: () => ({ ids: [], last: true }),
    // It wants for nothing: what it were given would be gone again.
    missing: () => [],
    read: (_, __, done) => {
      if (done !== undefined) world.after(0, done)
      return []
    },
    release: (_, __, done) => { world.after(0, () => { done(0) }) },
    scrub: done => { world.after(0, () => { done({ checked: 0, damaged: 0 }) }) },
    lastPosition: () => 0
  }
}
