/** Keeping envelopes, and what else a node remembers, on one disk. */
export { openLevelStore } from './level.ts'
export { openMemoryStore } from './memory.ts'
export { openStore, type NodeStore, type StoreComponents } from './node-store.ts'
export { STORE_DEFAULTS, type StoreInit } from './defaults.ts'
