/**
 * What an archive holds, and what of it comes back: contacts with what they signed, the history with all that was said
 * about it, the keys that the user's devices share. Not the device's own key: an archive that is read elsewhere makes no
 * second device of this one. Importing twice does no harm, and never replaces what is newer here.
 */
import { IdentityError } from '../../../errors.ts'
import { ARCHIVE_VERSION, type ArchivedContact, type ArchiveEntry } from './forms.ts'
import { readArchive, writeArchive, type ArchiveOptions } from './file.ts'
import type { Clock } from '../../../ports.ts'
import type { Account } from '../../account.ts'
import type { TransferProgress } from '../../api.ts'
import type { Contacts } from '../../contacts.ts'
import type { History, HistoryItem } from '../../history/index.ts'
import type { ClientStore } from '../../store/store.ts'

export interface ArchiveComponents {
  account: Account
  contacts: Contacts
  history: Pick<History, 'items' | 'take' | 'count'>
  store: ClientStore
  clock: Clock
}

/** Told of every so many entries. */
const PROGRESS_ENTRIES = 100

export async function exportArchive (components: ArchiveComponents, write: (piece: Uint8Array) => Promise<void>, passphrase: string, progress: (progress: TransferProgress) => void = () => {}, options?: ArchiveOptions): Promise<void> {
  await writeArchive(entriesOf(components, { withKeys: true, progress }), write, passphrase, options)
}

/** Throws what `readArchive` throws, and IdentityError when it is another user's; what was read before is kept. */
export async function importArchive (components: ArchiveComponents, pieces: AsyncIterable<Uint8Array>, passphrase: string, progress: (progress: TransferProgress) => void = () => {}): Promise<{ contacts: number, messages: number }> {
  return await takeEntries(components, readArchive(pieces, passphrase), progress)
}

/** Takes in what `entriesOf` gave, the whole of it or a part. */
export async function takeEntries (components: ArchiveComponents, entries: AsyncIterable<ArchiveEntry>, progress: (progress: TransferProgress) => void = () => {}): Promise<{ contacts: number, messages: number }> {
  const reading = new Reading(components, progress)
  const messages = await components.history.take(reading.items(entries))
  return { contacts: reading.contacts, messages }
}

/** A contact as an archive, a backup or another own device is told of it. */
export async function * contactsOf (contacts: Contacts): AsyncGenerator<ArchivedContact> {
  const none = new Uint8Array(0)
  for await (const [root, { record, profile, presenceKey, usedAt, name, namedAt }] of contacts.all()) {
    yield { root, record: record?.bytes ?? none, profile: profile?.bytes ?? none, presenceKey: presenceKey ?? none, usedAt, name, namedAt }
  }
}

/** Everything between head and end. A new device has the keys already. */
export async function * entriesOf (components: ArchiveComponents, { withKeys, progress = () => {} }: { withKeys: boolean, progress?: (progress: TransferProgress) => void }): AsyncGenerator<ArchiveEntry> {
  const { account, contacts, history, store, clock } = components
  const total = await countOf(components)
  let done = 0
  const told = <Entry extends ArchiveEntry>(entry: Entry): Entry => {
    if (++done % PROGRESS_ENTRIES === 0) progress({ done: Math.min(done, total), total })
    return entry
  }
  yield { type: 'head', version: ARCHIVE_VERSION, root: account.root, made: clock.now(), total }
  const { sealingKeys, presenceKey, backupKey = new Uint8Array(0) } = account
  if (withKeys) yield told({ type: 'keys', sealingKeys: [...sealingKeys], presenceKey, backupKey })
  for await (const contact of contactsOf(contacts)) yield told({ type: 'contact', ...contact })
  for await (const [id, { to, state }] of store.sent.entries()) yield told({ type: 'sent', id: id as Extract<ArchiveEntry, { type: 'sent' }>['id'], to, state })
  for await (const item of history.items()) yield told(item)
  yield { type: 'end' }
  progress({ done: total, total })
}

async function countOf ({ contacts, history, store }: ArchiveComponents): Promise<number> {
  let count = 1 + await history.count()
  for await (const contact of contacts.all()) count += contact.length / 2
  for await (const sent of store.sent.entries()) count += sent.length / 2
  return count
}

/** One import: history goes on to whoever asked for it, the rest is taken in on the way. */
class Reading {
  readonly #components: ArchiveComponents
  readonly #progress: (progress: TransferProgress) => void
  contacts = 0
  #done = 0
  #total = 0

  constructor (components: ArchiveComponents, progress: (progress: TransferProgress) => void) {
    this.#components = components
    this.#progress = progress
  }

  async * items (entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<HistoryItem> {
    for await (const entry of entries) {
      if (++this.#done % PROGRESS_ENTRIES === 0) this.#progress({ done: Math.min(this.#done, this.#total), total: this.#total })
      switch (entry.type) {
        case 'read':
        case 'amendment':
        case 'line':
        case 'gone':
          yield entry
          break
        default: await this.#take(entry)
      }
    }
    this.#progress({ done: this.#total, total: this.#total })
  }

  async #take (entry: Exclude<ArchiveEntry, HistoryItem>): Promise<void> {
    const { account, contacts, store } = this.#components
    switch (entry.type) {
      case 'head':
        if (entry.root !== account.root) throw new IdentityError('the archive is another user’s')
        this.#total = entry.total
        return
      case 'keys': return await account.become({ sealingKeys: entry.sealingKeys }, { isOurs: false })
      case 'contact': {
        const isNew = await store.contacts.get(entry.root) === undefined
        await contacts.learn(entry.root, entry, entry.usedAt, entry)
        if (isNew && await store.contacts.get(entry.root) !== undefined) this.contacts++
        return
      }
      case 'sent':
        // What this device knows by itself has its evidence.
        if (await store.sent.get(entry.id) === undefined) await store.write([store.sent.put(entry.id, { to: entry.to, state: entry.state, copies: 0, w: 0, receipts: [] })])
        break
      case 'end':
    }
  }
}
