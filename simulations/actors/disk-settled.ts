/**
 * Collections that change nothing when they come again, as all do at each comparison of two nodes: every id of theirs is
 * known, and marked or gone already. Looking up all their ids each time took a tenth of the time of a day's second half.
 */
import { TABLE } from './disk-tables.ts'
import type { StoreWork } from './disk-work.ts'
import type { Disk } from '../world/disk.ts'
import type { Collection } from '../../src/types.ts'

/** Of one opened store. */
export class SettledCollections {
  readonly #disk: Pick<Disk, 'wasDamaged'>
  readonly #settled = new Set<Collection>()

  constructor (disk: Pick<Disk, 'wasDamaged'>) { this.#disk = disk }

  /** Those of the works that may change something. What is damaged or taken out of the index may be marked anew. */
  news (works: StoreWork[]): StoreWork[] {
    if (this.#disk.wasDamaged(TABLE.index) || works.some(mayTakeOut)) this.forget()
    return works.filter(({ collect }) => collect === undefined || !this.#settled.has(collect.collection))
  }

  /** A commit of the works is on the disk; of these collections all ids were known, and taking them in again changed nothing. */
  add (collections: Iterable<Collection>, works: StoreWork[]): void {
    if (works.some(mayTakeOut)) return
    for (const collection of collections) this.#settled.add(collection)
  }

  forget (): void { this.#settled.clear() }
}

function mayTakeOut ({ decide, leaves }: StoreWork): boolean { return decide !== undefined && leaves === 0 }
