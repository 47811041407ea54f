/** A shelf for a node that never starts again. */
import type { Shelf } from '../../src/ports.ts'
import type { Bytes } from '../../src/types.ts'

export function emptyShelf (): Shelf {
  const map = new Map<string, Bytes>()
  return {
    get: async key => map.get(key),
    put: async (key, value) => { map.set(key, new Uint8Array(value)) },
    delete: async key => { map.delete(key) },
    async * entries () { yield * map }
  }
}
