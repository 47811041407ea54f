// What nodes take envelopes for: a store in memory that notes with what right each was stored.
import { openMemoryStore, type NodeStore, type StoreComponents } from '../src/store/index.ts'
import type { Admission } from '../src/ports.ts'

export class Judged {
  /** Of every envelope that a node appended, in the order in which they came. */
  admissions: Admission[] = []

  /** Those without repetition. */
  get kinds (): Admission[] { return [...new Set(this.admissions)].sort() }

  readonly openStore = async (components: StoreComponents): Promise<NodeStore> => {
    const store = await openMemoryStore(components)
    const { envelopes } = store
    const append = envelopes.append.bind(envelopes)
    envelopes.append = async (given, admissions) => {
      this.admissions.push(...given.map((_, at) => admissions?.[at] ?? 'admitted'))
      return await append(given, admissions)
    }
    return store
  }
}
