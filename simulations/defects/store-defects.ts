/** Mistakes of stores: other performers of what a node's replica asks for. */
import { Lanes } from '../../src/client/outbox/lanes.core.ts'
import { openDiskStore } from '../actors/disk-store.ts'
import { overlay, replaceMethod } from './patch.ts'
import { away, blackouts, replacedDisks } from './worlds.ts'
import type { PeerKey, StoreId } from '../../src/types.ts'
import type { Defect } from './defect.ts'

const NOTHING_TO_UNDO = (): void => {}

export const skipFsync: Defect = {
  name: 'skip-fsync',
  about: 'a store acknowledges what it has handed to the system and not yet to the disk',
  caughtBy: ['receipts-imply-bytes'],
  scenario: blackouts,
  plant: () => ({
    undo: NOTHING_TO_UNDO,
    parts: {
      openStore: parts => {
        const { disk } = parts
        return openDiskStore({ ...parts, disk: overlay(disk, { write: (writes, _, done) => { disk.write(writes, { sync: false }, done) } }) })
      }
    }
  })
}

/** Whoever passes a collection on is believed that the device has everything that came before it, too. */
export const deleteOnANodesWord: Defect = {
  name: 'delete-on-a-nodes-word',
  about: 'a replica deletes all mail of a mailbox because another node says that its device has it, without the device’s signature for each',
  caughtBy: ['deleted-only-by-collection-or-expiry'],
  scenario: away,
  plant: () => ({
    undo: NOTHING_TO_UNDO,
    parts: {
      openStore: parts => {
        const store = openDiskStore(parts)
        return overlay(store, {
          collect: (collection, devices, done) => {
            const all = store.page(collection.mailbox, 0, Infinity).envelopes.map(({ envelope }) => envelope.id)
            store.collect({ ...collection, ids: [...new Set([...collection.ids, ...all])] }, devices, done)
          }
        })
      }
    }
  })
}

/** Senders who send again heal it, by pushing past the cursor: here all are as good as gone once their message is stored. */
export const cursorOverWipedStore: Defect = {
  name: 'cursor-over-wiped-store',
  about: 'a node whose disk was replaced goes on under the old store id, and devices pass over what it is given anew',
  caughtBy: ['stored-is-shown'],
  scenario: replacedDisks,
  circumstance: () => replaceMethod(Lanes.prototype, 'enter', shipped => function (piece, phase, at) {
    if (piece.phase !== 'settled' || phase !== 'ready') shipped.call(this, piece, phase, at)
  }),
  plant: () => {
    const storeIds = new Map<PeerKey, StoreId>()
    return {
      undo: NOTHING_TO_UNDO,
      parts: {
        openStore: parts => {
          const store = openDiskStore(parts)
          const storeId = storeIds.get(parts.node) ?? store.storeId
          storeIds.set(parts.node, storeId)
          return overlay(store, { storeId })
        }
      }
    }
  }
}
