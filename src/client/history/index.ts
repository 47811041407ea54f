/**
 * The history: everything that was said, on this device's disk, encrypted under a key that lies in the vault
 * (docs/client.md tells programs how to read it).
 */
export { HISTORY_DEFAULTS, type HistoryLimits } from './defaults.ts'
export { History } from './history.ts'
export type { HistoryLine } from './reader.ts'
export type { HistoryItem } from './transfer.ts'
