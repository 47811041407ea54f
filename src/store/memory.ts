/** The store without a disk: for tests, simulations and demonstrations. Everything else is the shipped code. */
import { MemoryLevel } from 'memory-level'
import { openStore, type NodeStore, type StoreComponents } from './node-store.ts'
import type { StoreInit } from './defaults.ts'

/** A new store whose content ends with it. */
export async function openMemoryStore (components: StoreComponents, init: Partial<StoreInit> = {}): Promise<NodeStore> {
  const database = new MemoryLevel<Uint8Array, Uint8Array>({ storeEncoding: 'view', keyEncoding: 'view', valueEncoding: 'view' })
  await database.open()
  return await openStore(database, components, init)
}
