/**
 * The first run after the phrase: the key of backups is at hand until every node that may hold one has been asked. Of all
 * that turn up the newest counts that a device of the highest epoch made: one that was taken away could have left
 * another. Contacts come back with what they signed; what only a device had is said to be gone.
 */
import { rootKeyFromBytes } from '../../identity/index.ts'
import { SECRET_NAME } from '../account-keys.ts'
import { backupKeyPair } from './phrase-key.ts'
import { openBackup, type Generation, type OpenedBackup } from './self-envelope.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import { timeOf } from './sync.ts'
import type { Crypto } from '../../ports.ts'
import type { PeerKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Contacts } from '../contacts.ts'
import type { ListedNode } from '../session/service.ts'
import type { ClientStore } from '../store/store.ts'
import type { Logger } from '@libp2p/interface'

export interface RestoringComponents {
  account: Account
  contacts: Pick<Contacts, 'learn' | 'all'>
  store: ClientStore
  crypto: Crypto
  log: Logger
  /** Shows a node that serves us no longer who we are now, so that it hands out what it has. */
  show: (node: ListedNode) => Promise<void>
  /** Groups that the lost devices had: the next ones must come after them. */
  restored: (generations: Generation[]) => Promise<void>
  /** What is back and what is not, in one sentence; then whoever is known should hear of this device. */
  told: (sentence: string) => void
  done: () => Promise<void>
}

export class Restoring {
  readonly #components: RestoringComponents
  #best: Pick<OpenedBackup, 'epoch' | 'time'> | undefined
  #isOn = false
  readonly #asked = new Set<PeerKey>()
  readonly #failures = new Map<PeerKey, number>()

  constructor (components: RestoringComponents) { this.#components = components }

  get isOn (): boolean { return this.#isOn }

  async start (): Promise<void> {
    const { account, store } = this.#components
    const locked = await store.secrets.get(SECRET_NAME.restoring)
    if (locked === undefined) return
    this.#isOn = true
    account.openWith([await backupKeyPair(await account.vault.unlock(SECRET_NAME.restoring, locked))])
    for (const node of account.former) this.#show(node)
  }

  /** On disk when it resolves. Throws what openBackup throws. */
  async take (whole: Uint8Array): Promise<void> {
    const { account, contacts, crypto, restored } = this.#components
    if (!this.#isOn) return
    const backup = await openBackup(whole, { crypto })
    if (backup.root !== account.root) return
    if (this.#best !== undefined && (backup.epoch < this.#best.epoch || (backup.epoch === this.#best.epoch && backup.time < this.#best.time))) return
    this.#best = backup
    for (const { root, record, profile, presenceKey, usedAt, name, namedAt } of backup.contacts) {
      await contacts.learn(rootKeyFromBytes(root), { record, profile, presenceKey }, timeOf(usedAt), { name, namedAt: timeOf(namedAt) })
    }
    await restored(backup.generations)
  }

  /** A drain has ended; when all nodes have handed over what they had, or failed often enough, it is over. */
  async drained (node: PeerKey, failure: Error | undefined): Promise<void> {
    const { account, contacts, store, told, done } = this.#components
    if (!this.#isOn) return
    if (failure === undefined) this.#asked.add(node)
    else this.#failed(node)
    const isOver = (listed: PeerKey): boolean => this.#asked.has(listed) || (this.#failures.get(listed) ?? 0) >= DEVICES_DEFAULTS.restoreFailuresMax
    const nodes = [...account.nodes, ...account.former].map(({ node }) => node)
    if (this.#asked.size === 0 || !nodes.every(isOver)) return
    this.#isOn = false
    account.openWith([])
    await store.write([store.secrets.del(SECRET_NAME.restoring)])
    let count = 0
    for await (const contact of contacts.all()) count += contact.length / 2
    told(this.#best === undefined
      ? 'no backup of yours was found: whom you knew is not known here, and earlier messages are gone unless you import an export of them'
      : `${count === 1 ? '1 contact is' : `${count} contacts are`} back, from a backup of ${new Date(this.#best.time).toISOString().slice(0, 10)}; earlier messages were only on your lost devices, and come back if you import an export of them; what was not delivered yet is sent again by whoever wrote it`)
    await done()
  }

  #failed (node: PeerKey): void {
    this.#failures.set(node, (this.#failures.get(node) ?? 0) + 1)
    const former = this.#components.account.former.find(listed => listed.node === node)
    if (former !== undefined) this.#show(former)
  }

  #show (node: ListedNode): void {
    const { show, log } = this.#components
    show(node).catch((error: Error) => { log('node %s of before does not know us yet: %s', node.node.slice(0, 8), error.message) })
  }
}
