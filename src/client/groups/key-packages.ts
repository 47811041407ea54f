/**
 * Key packages of this device: by one of them others add it to a group while it is away. Each node of the user keeps
 * one-time packages of its own batch, and one that it hands out when those are used up. The private half is on disk
 * before anybody sees the other one.
 */
import { GROUPS_DEFAULTS } from './defaults.ts'
import { ELSEWHERE, type Turns } from './turns.ts'
import type { Clock } from '../../ports.ts'
import type { PeerKey } from '../../types.ts'
import type { KeyPackageRef, Mls, MlsSuite, OwnKeyPackage } from '../mls/index.ts'
import type { Book } from './book.ts'
import type { KeyPackageNode } from './port.ts'
import type { PackageRecord, PackageUse } from './records.ts'
import type { GroupShelves } from './shelves.ts'
import type { Logger } from '@libp2p/interface'

export interface KeyPackagesInit {
  mls: Pick<Mls, 'keyPackage'>
  suite: MlsSuite
  book: Book
  turns: Turns
  shelves: GroupShelves
  clock: Clock
  log: Logger
}

/** A package, and what remembers it. */
export interface MadePackage { own: OwnKeyPackage, entry: [KeyPackageRef, PackageRecord] }

export class OwnKeyPackages {
  readonly #init: KeyPackagesInit
  /** Nodes that are there, and the last-resort package that each has. */
  readonly #nodes = new Map<PeerKey, { node: KeyPackageNode, lastResort: KeyPackageRef | undefined, publishing: Promise<void> | undefined }>()

  constructor (init: KeyPackagesInit) { this.#init = init }

  /** For a change that the caller writes. */
  async make (use: PackageUse, node?: PeerKey): Promise<MadePackage> {
    const { mls, suite, shelves, clock } = this.#init
    const own = await mls.keyPackage(suite, clock.now())
    return { own, entry: [own.ref, { ...await shelves.lockPackage(own, use), node }] }
  }

  /** The package of ours that a Welcome is for. */
  async find (refs: readonly KeyPackageRef[]): Promise<{ own: OwnKeyPackage, use: PackageUse } | undefined> {
    const { book, shelves } = this.#init
    for (const ref of refs) {
      const record = book.packages.get(ref)
      if (record !== undefined) return { own: await shelves.unlockPackage(ref, record), use: record.use }
    }
    return undefined
  }

  /**
   * What becomes of a package that was used. A last-resort one may be used by others, too, but nodes shall get
   * another: whoever steals it reads the beginning of all groups that it leads to.
   */
  used (ref: KeyPackageRef): [KeyPackageRef, PackageRecord | undefined] {
    const record = this.#init.book.packages.get(ref)
    const isLastResort = record?.use === 'lastResort' || record?.use === 'retired'
    return [ref, isLastResort ? { ...record, use: 'retired' } : undefined]
  }

  /** Fills up what the node has of ours. Never rejects. */
  async attached (node: KeyPackageNode): Promise<void> {
    const known = this.#nodes.get(node.node)
    const entry = { node, lastResort: known?.lastResort, publishing: undefined as Promise<void> | undefined }
    this.#nodes.set(node.node, entry)
    const publishing = (known?.publishing ?? Promise.resolve()).then(async () => { await this.#publish(node) }).catch((error: Error) => {
      if (this.#nodes.get(node.node) === entry) this.#nodes.delete(node.node)
      this.#init.log('node %s did not take key packages: %s', node.node.slice(0, 8), error.message)
    })
    entry.publishing = publishing
    await publishing
  }

  /** Nodes that are there get what they lack: a last-resort package was used. */
  renew (): void {
    for (const { node } of [...this.#nodes.values()]) void this.attached(node)
  }

  async settled (): Promise<void> {
    await Promise.all([...this.#nodes.values()].map(async ({ publishing }) => { await publishing }))
  }

  async #publish (node: KeyPackageNode): Promise<void> {
    const { turns, book, log } = this.#init
    const left = await node.keyPackagesLeft()
    // What the node counts may be too old for others to use.
    const usable = Math.min(left.oneTime, [...book.packages.values()].filter(record => record.use === 'oneTime' && record.node === node.node && this.#isFresh(record)).length)
    const lacking = usable < GROUPS_DEFAULTS.packagesLeftMin ? GROUPS_DEFAULTS.packagesPerNode - usable : 0
    const room = Math.max(0, GROUPS_DEFAULTS.packagesMax - book.packages.size)
    if (lacking > room) log('%d key packages are out, no more are made', book.packages.size)
    const { oneTime, lastResort } = await turns.run(ELSEWHERE, async turn => {
      const made: MadePackage[] = []
      for (let count = 0; count < Math.min(lacking, room); count++) made.push(await this.make('oneTime', node.node))
      const current = this.#lastResort()
      const last = current === undefined ? await this.make('lastResort') : undefined
      const packages = [...made, ...last === undefined ? [] : [last]].map(({ entry }) => entry)
      if (packages.length > 0) await turn.apply({ packages })
      return { oneTime: made.map(({ own }) => own.bytes), lastResort: current ?? last?.entry }
    })
    if (lastResort === undefined) return
    const known = this.#nodes.get(node.node)
    const hasLast = left.lastResort && known?.lastResort === lastResort[0]
    if (oneTime.length === 0 && hasLast) return
    await node.putKeyPackages(oneTime, hasLast ? undefined : lastResort[1].bytes)
    if (known !== undefined) known.lastResort = lastResort[0]
  }

  #lastResort (): [KeyPackageRef, PackageRecord] | undefined {
    return [...this.#init.book.packages].find(([, record]) => record.use === 'lastResort' && this.#isFresh(record))
  }

  /** Others will use it for a while yet. */
  #isFresh ({ suite, notAfter }: PackageRecord): boolean {
    return suite === this.#init.suite && notAfter * 1000 > this.#init.clock.now() + GROUPS_DEFAULTS.packageRenewMs
  }
}
