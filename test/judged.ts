// What nodes take envelopes for: stores that tell with what right each envelope came.
import { openMemoryStore, type NodeStore, type StoreComponents } from '../src/store/index.ts'
import type { Admission, EnvelopeStore } from '../src/ports.ts'
import type { Envelope } from '../src/types.ts'

/** The same store, which tells of every envelope before it takes it. */
export function telling (store: EnvelopeStore, tell: (envelope: Envelope, admission: Admission) => void): EnvelopeStore {
  const append = store.append.bind(store)
  store.append = async (given, admissions) => {
    for (const [at, envelope] of given.entries()) tell(envelope, admissions?.[at] ?? 'admitted')
    return await append(given, admissions)
  }
  return store
}

/** For nodes that share one: what all of them were brought. */
export class Judged {
  /** In the order in which the envelopes came. */
  admissions: Admission[] = []

  /** Those without repetition. */
  get kinds (): Admission[] { return [...new Set(this.admissions)].sort() }

  readonly openStore = async (components: StoreComponents): Promise<NodeStore> => {
    const store = await openMemoryStore(components)
    telling(store.envelopes, (_, admission) => { this.admissions.push(admission) })
    return store
  }
}
