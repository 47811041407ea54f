/** Who is known here and by which name, without opening a record or profile: for lists. */
import { userIdOf } from '../identity/index.ts'
import { unlockName } from './petnames.ts'
import type { Millis, RootKey } from '../types.ts'
import type { ContactSummary } from './api.ts'
import type { StoredContact } from './store/schemas.ts'
import type { Shelf } from './store/shelf.ts'
import type { Vault } from './store/vault.ts'

/** What cannot be read is no name. */
export class ContactList {
  readonly #contacts: Pick<Shelf<StoredContact>, 'get' | 'entries'>
  readonly #vault: Vault

  constructor ({ contacts }: { contacts: Pick<Shelf<StoredContact>, 'get' | 'entries'> }, vault: Vault) {
    this.#contacts = contacts
    this.#vault = vault
  }

  async get (root: RootKey): Promise<string> {
    return await this.#read(root, await this.#contacts.get(root))
  }

  /** Everybody who is known: those with a name first, in its order, then the last used. */
  async all (): Promise<ContactSummary[]> {
    const found: Array<ContactSummary & { usedAt: Millis }> = []
    for await (const [root, stored] of this.#contacts.entries()) {
      found.push({ userId: userIdOf(root as RootKey), name: await this.#read(root as RootKey, stored), usedAt: stored.usedAt })
    }
    return found.sort(byName).map(({ userId, name }) => ({ userId, name }))
  }

  async #read (root: RootKey, stored: StoredContact | undefined): Promise<string> {
    // Whoever loads the contact says that its name is damaged.
    return stored === undefined ? '' : await unlockName(this.#vault, root, stored.name).catch(() => '')
  }
}

function byName (a: ContactSummary & { usedAt: Millis }, b: ContactSummary & { usedAt: Millis }): number {
  if ((a.name === '') !== (b.name === '')) return a.name === '' ? 1 : -1
  return a.name.localeCompare(b.name) || b.usedAt - a.usedAt || (a.userId < b.userId ? -1 : 1)
}
