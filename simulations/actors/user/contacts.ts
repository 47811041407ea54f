/**
 * What is known of other users: their routes, as src/client/contacts.ts keeps them. On disk, and only ever replaced by
 * what the owner signed later. Profiles and presence keys have no part in a simulation.
 */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { compareOrder } from '../../../src/identity/order.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import type { ClientStore, StoredContact } from '../client-store.ts'
import type { DeviceProcess } from './process.ts'
import type { Ask } from './enquiry.ts'
import type { Question } from './visit.ts'
import type { Millis, Order, RootKey, RouteRecord } from '../../../src/types.ts'

export interface ContactsComponents {
  store: ClientStore
  process: DeviceProcess
  /** Asks whichever node answers. */
  ask: Ask
  /** The contact's route is newer than before. */
  rerouted: (record: RouteRecord) => void
  /** The book answered, or learned. ms: how long it took. */
  resolved: (root: RootKey, order: Order | undefined, ms: number) => void
}

const NOTHING: StoredContact = Object.freeze({ record: undefined, introduced: '', usedAt: 0 })

export class Contacts {
  readonly #components: ContactsComponents
  /** Least recently used first. */
  readonly #cached = new Map<RootKey, StoredContact>()
  readonly #resolvedAt = new Map<RootKey, Millis>()

  constructor (components: ContactsComponents) { this.#components = components }

  get (root: RootKey): StoredContact {
    const known = this.#cached.get(root) ?? this.#load(root)
    return this.#remember(root, known)
  }

  /** As new as the network has it; what was asked lately is not asked again. done: undefined when nobody could be asked. */
  resolve (root: RootKey, fresh: boolean, done: (contact: StoredContact | undefined) => void): void {
    const { process, ask, resolved } = this.#components
    const known = this.get(root)
    const askedAt = process.now()
    const isRecent = askedAt - (this.#resolvedAt.get(root) ?? 0) < CLIENT_DEFAULTS.routeFreshMs
    const answer = (): void => {
      const contact = this.get(root)
      resolved(root, contact.record?.order, process.now() - askedAt)
      done(contact)
    }
    if (!fresh && known.record !== undefined && isRecent) return answer()
    const find: Question = (session, asked) => {
      session.find(root, fresh, outcome => { asked(outcome.type === 'answered' && outcome.answer.record === undefined ? { type: 'notRouted' } : outcome) })
    }
    ask(find, outcome => {
      if (outcome.type !== 'answered' && outcome.type !== 'notRouted') return done(undefined)
      this.#takeRecord(outcome.type === 'answered' ? outcome.answer.record : undefined, root, () => {
        this.#resolvedAt.delete(root)
        this.#resolvedAt.set(root, process.now())
        trim(this.#resolvedAt)
        answer()
      })
    })
  }

  /** A record that came unasked: in a message of its owner, or from a node that knows better. */
  learn (record: RouteRecord, root: RootKey, done: () => void): void {
    const before = this.get(root).record
    this.#takeRecord(record, root, () => {
      const { record: now } = this.get(root)
      if (now !== before) this.#components.resolved(root, now?.order, 0)
      done()
    })
  }

  setIntroduced (root: RootKey, introduced: string, done: () => void): void {
    this.#change(root, known => known.introduced === introduced ? undefined : { introduced }, done)
  }

  /** Somebody wrote. */
  touch (root: RootKey, done: () => void): void {
    const now = this.#components.process.now()
    this.#change(root, known => now - known.usedAt < CLIENT_DEFAULTS.routeFreshMs ? undefined : { usedAt: now }, done)
  }

  /** What does not hold, is another user's, or is older, is left out. */
  #takeRecord (record: RouteRecord | undefined, root: RootKey, done: () => void): void {
    if (record === undefined || record.root !== root || !this.#holds(record)) return done()
    this.#change(root, known => known.record === undefined || compareOrder(record.order, known.record.order) > 0 ? { record } : undefined, done)
  }

  /** A disk that refuses: what waits for the change waits for ever, as it does in the client. */
  #change (root: RootKey, decide: (known: StoredContact) => Partial<StoredContact> | undefined, done: () => void): void {
    const { store, process, rerouted } = this.#components
    const before = this.get(root)
    const change = decide(before)
    if (change === undefined) return done()
    const contact = this.#remember(root, { ...before, ...change })
    store.write([store.putContact(root, contact)], failure => {
      if (failure !== undefined) return process.note(`contact not written: ${failure}`)
      if (contact.record !== undefined && contact.record !== before.record) rerouted(contact.record)
      done()
    })
  }

  #load (root: RootKey): StoredContact {
    const stored = this.#components.store.contact(root) ?? NOTHING
    return stored.record === undefined || this.#holds(stored.record) ? stored : { ...stored, record: undefined }
  }

  /** The times that opening a record checks (src/dht/record.ts). */
  #holds ({ notAfter, order }: RouteRecord): boolean {
    const now = this.#components.process.now()
    return now < notAfter * 1000 && order.seq <= now + LIMITS.clockAheadMs
  }

  #remember (root: RootKey, contact: StoredContact): StoredContact {
    this.#cached.delete(root)
    this.#cached.set(root, contact)
    trim(this.#cached)
    return contact
  }
}

/** The longest unused go. */
function trim (kept: Map<RootKey, unknown>): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= CLIENT_DEFAULTS.cachedContacts) break
    kept.delete(oldest)
  }
}
