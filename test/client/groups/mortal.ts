// A database whose process dies while it writes, as often as a test likes.
import type { MemoryLevel } from 'memory-level'
import type { Database } from '../../../src/client/store/shelf.ts'

/** How a process ends: after so many more batches; the last one is on disk or not, and nothing after it is. */
export interface Death { afterBatches: number, written: boolean }

/** Of a process that is not there any more. */
export const GONE: Death = Object.freeze({ afterBatches: -1, written: false })

type Batch = (...args: unknown[]) => Promise<void>

/** The database as one process sees it. death: undefined while it lives for ever. */
export function mortal (database: MemoryLevel<string, string>, death: () => Death | undefined): Database {
  const write = database.batch.bind(database) as unknown as Batch
  const batch: Batch = async (...args) => {
    const now = death()
    if (now !== undefined && now.afterBatches < 0) throw new Error('the process is gone')
    if (now !== undefined && now.afterBatches-- === 0) {
      if (now.written) await write(...args)
      throw new Error('the process was killed')
    }
    await write(...args)
  }
  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'batch') return batch
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  }) as unknown as Database
}
