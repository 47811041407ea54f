// A tree in memory whose writes go through a gate, which a test opens and closes.
import { openTree, type Tree } from './mail.ts'
import type { Database } from '../../src/store/database.ts'

export interface Gate { write: (keys: string[], options: object) => Promise<void> }

export interface Gated { tree: Tree, database: Database, gate: Gate }

/** A new tree, or another database over one that is there. */
export async function openGated (tree?: Tree): Promise<Gated> {
  const kept = tree ?? await openTree()
  const gate: Gate = { write: async () => {} }
  const database: Database = {
    get: async key => await kept.get(key),
    getMany: async keys => await kept.getMany(keys),
    iterator: options => kept.iterator(options),
    close: async () => { if (tree === undefined) await kept.close() },
    batch: () => {
      const batch = kept.batch()
      const keys: string[] = []
      return {
        get length () { return batch.length },
        put: (key, value) => {
          keys.push(Buffer.from(key).toString('hex'))
          return batch.put(key, value)
        },
        del: key => batch.del(key),
        close: async () => { await batch.close() },
        write: async options => {
          await gate.write(keys, options)
          await batch.write()
        }
      }
    }
  }
  return { tree: kept, database, gate }
}
