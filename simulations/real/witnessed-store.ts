/**
 * A node's store with a witness beside it: what the node is about to sign, and the collections that devices have signed.
 * Both are told when the node has them in hand, before it says a word to anybody.
 */
import type { NodeStore } from '../../src/store/index.ts'
import type { Collection, EnvelopeId, MailboxId } from '../../src/types.ts'

export interface StoreEvents {
  /** The append has resolved: these are promised from now on. */
  kept: (mailbox: MailboxId, envelopes: EnvelopeId[]) => void
  /** A device's signature was verified; nothing was deleted for it yet. */
  collection: (collection: Collection) => void
}

export function witnessed (store: NodeStore, events: StoreEvents): NodeStore {
  const { envelopes } = store
  return {
    wasClean: store.wasClean,
    get failure () { return store.failure },
    get damageMet () { return store.damageMet },
    shelf: name => store.shelf(name),
    close: async () => { await store.close() },
    envelopes: {
      storeId: envelopes.storeId,
      get queuedBytes () { return envelopes.queuedBytes },
      append: async (given, admissions) => {
        const appended = await envelopes.append(given, admissions)
        for (const [at, { mailbox, id }] of given.entries()) {
          if (appended.outcomes[at]?.type === 'stored') events.kept(mailbox, [id])
        }
        return appended
      },
      collect: async (collection, devices) => {
        events.collection(collection)
        await envelopes.collect(collection, devices)
      },
      page: async (...query) => await envelopes.page(...query),
      collections: mailbox => envelopes.collections(mailbox),
      sweep: async now => await envelopes.sweep(now),
      usage: mailbox => envelopes.usage(mailbox),
      digest: async mailbox => await envelopes.digest(mailbox),
      ids: async (...query) => await envelopes.ids(...query),
      missing: async (...query) => await envelopes.missing(...query),
      read: async (...query) => await envelopes.read(...query),
      release: async (...query) => await envelopes.release(...query),
      scrub: async options => await envelopes.scrub(options),
      lastPosition: mailbox => envelopes.lastPosition(mailbox),
      close: async () => { await envelopes.close() }
    }
  }
}
