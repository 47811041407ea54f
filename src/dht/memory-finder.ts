/**
 * The RouteFinder port, and the sweep, without a network: the finders of one board, in one process, find what any of them published.
 * For tests and programs that run a whole network in one process.
 */
import { RefusedError } from '../errors.ts'
import { compareOrder } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import type { RouteSweeper } from './sweeper.ts'
import type { Abortable, Clock, PublishResult, RouteFinder } from '../ports.ts'
import type { RootKey, RouteRecord } from '../types.ts'

/** A user lies where their root key says: there is no network in which somebody could lie in wait. */
const ROOT_BITS = 256

/** Holds the newest record of each user for the finders that share it. */
export class RouteBoard {
  readonly #clock: Pick<Clock, 'now'>
  readonly #records = new Map<RootKey, RouteRecord>()
  #finders = 0

  constructor (clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** One more peer of the board. */
  join (): RouteFinder & RouteSweeper {
    this.#finders++
    return {
      bits: ROOT_BITS,
      placesOf: root => [BigInt(`0x${root}`)],
      // Everybody holds everything: no key is far from another.
      sweep: async ({ keys }, { signal } = {}) => {
        signal?.throwIfAborted()
        const refreshed = keys.map(({ record, salt }) => ({ record, salt, copies: this.#republish(record) }))
        return { refreshed, walks: 1, puts: refreshed.reduce((sum, { copies }) => sum + copies, 0), asked: this.#finders > 1 }
      },
      publish: async (record, options) => this.#publish(record, options),
      find: async (root, options) => this.#find(root, options)
    }
  }

  #publish (record: RouteRecord, { signal }: Abortable = {}): PublishResult {
    signal?.throwIfAborted()
    const known = this.#find(record.root)
    if (known !== undefined && compareOrder(record.order, known.order) < 0) {
      throw new RefusedError('a newer route of this user is known', { code: REFUSAL.stale, retryAfterSeconds: 0 })
    }
    this.#records.set(record.root, record)
    return { copies: this.#finders - 1 }
  }

  #republish (record: RouteRecord): number {
    try {
      return this.#publish(record).copies
    } catch {
      // A newer one is known: nobody takes it.
      return 0
    }
  }

  #find (root: RootKey, { signal }: Abortable = {}): RouteRecord | undefined {
    signal?.throwIfAborted()
    const record = this.#records.get(root)
    if (record === undefined || record.notAfter * 1000 > this.#clock.now()) return record
    this.#records.delete(root)
    return undefined
  }
}
