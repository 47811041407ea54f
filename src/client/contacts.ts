/**
 * What is known of other users: route record, profile, presence key. Everything has been verified, is kept on disk,
 * and is only ever replaced by what its owner signed later: nobody can roll a contact back to keys or nodes of old. Beside
 * it stands what this user calls them.
 */
import { equals } from 'uint8arrays/equals'
import { openRouteRecord } from '../dht/record.ts'
import { UserNotRoutedError } from '../errors.ts'
import { compareOrder, openProfile } from '../identity/index.ts'
import { deliveryKeyOf, type DeliveryKey } from '../wire/admission.ts'
import { chooseSealingKey } from './sealing/index.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { findUser, type Ask } from './enquiry.ts'
import { believed, isLater, isName, lockName, unlockName, type Named } from './petnames.ts'
import type { Abortable, Clock, Crypto } from '../ports.ts'
import type { Bytes, Introduction, Millis, Profile, RootKey, RouteRecord, SealingKey } from '../types.ts'
import type { StoredContact } from './store/schemas.ts'
import type { Operation } from './store/shelf.ts'
import type { ClientStore } from './store/store.ts'
import type { Account } from './account.ts'
import type { Logger } from '@libp2p/interface'

export interface Contact extends Named {
  record: RouteRecord | undefined
  profile: Profile | undefined
  presenceKey: Bytes | undefined
  /** What the contact was last told of us (Account.introductionHash). */
  introduced: string
  usedAt: Millis
}

/** Where a record came from: told by its owner or kept, or as the node says. */
export type RouteSource = 'kept' | 'own' | 'cache' | 'dht'
const SOURCES: readonly RouteSource[] = ['kept', 'own', 'cache', 'dht']

export interface ContactsComponents {
  store: ClientStore
  account: Pick<Account, 'root' | 'record' | 'profile' | 'deliveryKey' | 'vault'>
  crypto: Crypto
  clock: Clock
  log: Logger
  /** Asks whichever node answers. */
  ask: Ask
  /** Something of the contact is newer than before. */
  changed: (root: RootKey, contact: Contact, before: Contact) => void
}

const PRESENCE_KEY_NAME = 'presence key of a contact'
const NOTHING: Contact = Object.freeze({ record: undefined, profile: undefined, presenceKey: undefined, introduced: '', usedAt: 0, name: '', namedAt: 0 })

export class Contacts {
  readonly #components: ContactsComponents
  /** Least recently used first. */
  readonly #cached = new Map<RootKey, Contact>()
  readonly #loading = new Map<RootKey, Promise<Contact>>()
  readonly #resolvedAt = new Map<RootKey, Millis>()

  constructor (components: ContactsComponents) { this.#components = components }

  /** Ourselves as the account has us: what others have of that is not newer. */
  async get (root: RootKey): Promise<Contact> {
    const { account } = this.#components
    if (root === account.root) return { ...NOTHING, record: account.record, profile: account.profile }
    const cached = this.#cached.get(root)
    if (cached !== undefined) return this.#remember(root, cached)
    const loading = this.#loading.get(root) ?? this.#load(root).finally(() => { this.#loading.delete(root) })
    this.#loading.set(root, loading)
    return await loading
  }

  /** Those whose presence we may know, the last used first. */
  async withPresence (limit: number): Promise<Array<[RootKey, Contact]>> {
    const found: Array<[RootKey, Contact]> = []
    for await (const [key, { presenceKey }] of this.#components.store.contacts.entries()) {
      if (presenceKey.byteLength > 0) found.push([key as RootKey, await this.get(key as RootKey)])
    }
    return found.sort(([, a], [, b]) => b.usedAt - a.usedAt).slice(0, limit)
  }

  /**
   * A key to seal to, of a profile that is not older than the route record says; and the delivery key, once the contact has
   * told us its presence key.
   */
  async sealingKey (root: RootKey): Promise<{ key: SealingKey, record: RouteRecord, deliveryKey: DeliveryKey | undefined } | undefined> {
    const { account } = this.#components
    const { record, profile, presenceKey } = await this.get(root)
    if (record === undefined || profile === undefined || compareOrder(profile.order, record.profile) < 0) return undefined
    const key = chooseSealingKey(profile.sealingKeys, this.#components.clock.now())
    if (key === undefined) return undefined
    const told = presenceKey === undefined ? undefined : deliveryKeyOf(presenceKey, profile.order.epoch)
    return { key, record, deliveryKey: root === account.root ? account.deliveryKey : told }
  }

  /**
   * Record and profile, as new as the network has them; what was asked lately is not asked again. The record is
   * undefined when nobody knows one. Rejects with UnreachableError when nobody can be asked.
   */
  async resolve (root: RootKey, { fresh = false, signal }: { fresh?: boolean } & Abortable = {}): Promise<{ contact: Contact, source: RouteSource }> {
    const known = await this.get(root)
    const isRecent = this.#components.clock.now() - (this.#resolvedAt.get(root) ?? 0) < CLIENT_DEFAULTS.routeFreshMs
    if (!fresh && known.record !== undefined && known.profile !== undefined && isRecent) return { contact: known, source: 'kept' }
    const found = await this.#components.ask(async session => await findUser(session, root, fresh, { signal }), { signal }).catch((error: unknown) => {
      if (!(error instanceof UserNotRoutedError)) throw error
    })
    if (found !== undefined) await this.take(root, found)
    this.#resolvedAt.delete(root)
    this.#resolvedAt.set(root, this.#components.clock.now())
    for (const oldest of this.#resolvedAt.keys()) {
      if (this.#resolvedAt.size <= CLIENT_DEFAULTS.cachedContacts) break
      this.#resolvedAt.delete(oldest)
    }
    return { contact: await this.get(root), source: SOURCES[found?.source ?? -1] ?? 'dht' }
  }

  /**
   * Record and profile as carried, from a node or from the contact. What does not verify, or is older, is left out. Resolves
   * with the profile that was carried, if it is one of the user's.
   */
  async take (root: RootKey, carried: { record: Uint8Array, profile: Uint8Array }): Promise<Profile | undefined> {
    const { crypto, clock } = this.#components
    const now = clock.now()
    const profile = carried.profile.byteLength === 0 ? undefined : await this.#open('profile', async () => await openProfile(carried.profile, { crypto, now }))
    const record = carried.record.byteLength === 0 ? undefined : await this.#open('record', async () => await openRouteRecord(carried.record, { crypto, now, root }))
    // The profile first: with the record comes the moment in which a message can be sealed.
    if (profile?.root === root) await this.#takeProfile(profile)
    if (record !== undefined) await this.takeRecord(record)
    return profile?.root === root ? profile : undefined
  }

  async takeRecord (record: RouteRecord): Promise<void> {
    await this.#change(record.root, known => known.record === undefined || compareOrder(record.order, known.record.order) > 0 ? { record } : undefined)
  }

  /** What a contact says of itself in a message of its own. One of an earlier epoch may come late: its presence key is worth nothing any more. */
  async introduce (root: RootKey, introduction: Introduction): Promise<void> {
    const said = await this.take(root, introduction)
    if (introduction.presenceKey.byteLength === 0) return
    const presenceKey = Uint8Array.from(introduction.presenceKey)
    await this.#change(root, known => {
      const isLate = said !== undefined && known.profile !== undefined && said.order.epoch < known.profile.order.epoch
      return isLate || (known.presenceKey !== undefined && equals(known.presenceKey, presenceKey)) ? undefined : { presenceKey }
    })
  }

  /** Everybody who is known here. */
  async * all (): AsyncGenerator<[RootKey, Contact]> {
    for await (const [key] of this.#components.store.contacts.entries()) yield [key as RootKey, await this.get(key as RootKey)]
  }

  /**
   * What another own device, a backup or an archive knows of a contact. Its presence key counts when ours is none, or of an
   * earlier profile; its name when it was given later.
   */
  async learn (root: RootKey, { presenceKey, ...known }: Introduction, usedAt: Millis, named: Named = NOTHING): Promise<void> {
    const { profile: before } = await this.get(root)
    await this.take(root, known)
    const { profile } = await this.get(root)
    const isNewer = profile !== before
    await this.#change(root, contact => {
      const isWanted = presenceKey.byteLength > 0 && (contact.presenceKey === undefined || (isNewer && !equals(contact.presenceKey, presenceKey)))
      const later = this.#laterName(named, contact)
      if (!isWanted && later === undefined && usedAt <= contact.usedAt) return undefined
      return { ...isWanted ? { presenceKey: Uint8Array.from(presenceKey) } : {}, ...later, usedAt: Math.max(usedAt, contact.usedAt) }
    })
  }

  /** What this user calls them from now on; '' takes the name away. The same name once more is said once more. name: as `nameFrom` gives it. */
  async setName (root: RootKey, name: string): Promise<void> {
    const now = this.#components.clock.now()
    await this.#change(root, known => name === '' && known.namedAt === 0 ? undefined : { name, namedAt: Math.max(now, believed(known.namedAt, now) + 1) })
  }

  async setIntroduced (root: RootKey, introduced: string): Promise<void> {
    await this.#change(root, known => known.introduced === introduced ? undefined : { introduced })
  }

  /** Somebody wrote: a place among those whose presence is watched. */
  async touch (root: RootKey): Promise<void> {
    const now = this.#components.clock.now()
    await this.#change(root, known => now - known.usedAt < CLIENT_DEFAULTS.routeFreshMs ? undefined : { usedAt: now })
  }

  /** Whoever begins a new epoch may have come back from the phrase, and have forgotten what we told: it is told again. */
  async #takeProfile (profile: Profile): Promise<void> {
    await this.#change(profile.root, known => {
      if (known.profile === undefined || compareOrder(profile.order, known.profile.order) > 0) {
        return { profile, introduced: known.profile?.order.epoch === profile.order.epoch ? known.introduced : '' }
      }
      return undefined
    })
  }

  /** A name that was told, where it counts; one without the form of a name is refused. */
  #laterName ({ name, namedAt }: Named, held: Named): Named | undefined {
    const { clock, log } = this.#components
    const now = clock.now()
    const told = { name, namedAt: believed(namedAt, now) }
    if (!isLater(told, { name: held.name, namedAt: believed(held.namedAt, now) })) return undefined
    if (isName(name)) return told
    log('a contact’s name was refused: it does not have the form of one')
    return undefined
  }

  /** Decided and made in one step, so that of two changes neither undoes the other. */
  async #change (root: RootKey, decide: (known: Contact) => Partial<Contact> | undefined): Promise<void> {
    const { store, account: { root: own } } = this.#components
    if (root === own) return
    await this.get(root)
    const before = this.#cached.get(root) ?? NOTHING
    const change = decide(before)
    if (change === undefined) return
    const contact = this.#remember(root, { ...before, ...change })
    // The store keeps the order of the calls: of two changes the later one's row stays, however long each takes to encrypt.
    await store.write([this.#row(root, contact)])
    this.#components.changed(root, contact, before)
  }

  async #row (root: RootKey, { record, profile, presenceKey, introduced, usedAt, name, namedAt }: Contact): Promise<Operation[]> {
    const { store, account: { vault } } = this.#components
    const none = new Uint8Array(0)
    const row: StoredContact = {
      record: record?.bytes ?? none,
      profile: profile?.bytes ?? none,
      presenceKey: presenceKey === undefined ? none : await vault.lock(PRESENCE_KEY_NAME, presenceKey),
      introduced,
      usedAt,
      name: await lockName(vault, root, name),
      namedAt
    }
    return [store.contacts.put(root, row)]
  }

  async #load (root: RootKey): Promise<Contact> {
    const { store, account: { vault }, crypto, clock } = this.#components
    const stored = await store.contacts.get(root)
    if (stored === undefined) return this.#remember(root, NOTHING)
    const now = clock.now()
    return this.#remember(root, {
      record: stored.record.byteLength === 0 ? undefined : await this.#open('record', async () => await openRouteRecord(stored.record, { crypto, now, root })),
      profile: stored.profile.byteLength === 0 ? undefined : await this.#open('profile', async () => await openProfile(stored.profile, { crypto, now })),
      presenceKey: stored.presenceKey.byteLength === 0 ? undefined : await this.#open('presence key', async () => await vault.unlock(PRESENCE_KEY_NAME, stored.presenceKey)),
      introduced: stored.introduced,
      usedAt: stored.usedAt,
      name: await this.#open('name', async () => await unlockName(vault, root, stored.name)) ?? '',
      namedAt: stored.namedAt
    })
  }

  #remember (root: RootKey, contact: Contact): Contact {
    this.#cached.delete(root)
    this.#cached.set(root, contact)
    for (const oldest of this.#cached.keys()) {
      if (this.#cached.size <= CLIENT_DEFAULTS.cachedContacts) break
      this.#cached.delete(oldest)
    }
    return contact
  }

  async #open<T> (what: string, open: () => Promise<T>): Promise<T | undefined> {
    try {
      return await open()
    } catch (error) {
      this.#components.log('a contact’s %s was refused: %s', what, (error as Error).message)
      return undefined
    }
  }
}

/** The record names a newer profile than we have: nothing can be sealed until it is here. */
export function isOutdated ({ record, profile }: Contact): boolean {
  return record !== undefined && profile !== undefined && compareOrder(profile.order, record.profile) < 0
}
