/** What finds have met lately, so that the next one needs no DHT. Bounded in entries and in age. */
import { ROUTE_DEFAULTS } from './defaults.ts'
import type { Millis, RootKey, RouteRecord } from '../types.ts'

export class RouteCache {
  readonly #entriesMax: number
  readonly #ageMaxMs: number
  /** Oldest found first. */
  readonly #found = new Map<RootKey, { record: RouteRecord, foundAt: Millis }>()

  constructor ({ entriesMax, ageMaxMs }: { entriesMax?: number, ageMaxMs?: number } = {}) {
    this.#entriesMax = entriesMax ?? ROUTE_DEFAULTS.cacheEntriesMax
    this.#ageMaxMs = ageMaxMs ?? ROUTE_DEFAULTS.cacheMs
  }

  get size (): number { return this.#found.size }

  get (root: RootKey, now: Millis): RouteRecord | undefined {
    const entry = this.#found.get(root)
    if (entry === undefined) return undefined
    if (entry.foundAt + this.#ageMaxMs > now && entry.record.notAfter * 1000 > now) return entry.record
    this.#found.delete(root)
    return undefined
  }

  put (record: RouteRecord, now: Millis): void {
    this.#found.delete(record.root)
    this.#found.set(record.root, { record, foundAt: now })
    for (const oldest of this.#found.keys()) {
      if (this.#found.size <= this.#entriesMax) break
      this.#found.delete(oldest)
    }
  }
}
