/**
 * A store as a simulated node uses it: the EnvelopeStore port with callbacks for promises. disk-store.ts is the honest
 * one; whoever lies about what it keeps, or has a planted defect, is another.
 */
import type { Disk } from '../world/disk.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { Witness } from '../checks/witness.ts'
import type { AppendOutcome, MailboxDigest, MailboxUsage, Page, StoredEnvelope } from '../../src/ports.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, Millis, PeerKey, StoreId } from '../../src/types.ts'

/** What became of an append: an outcome for each envelope, in order, and the time of the commit. */
export interface Written { outcomes: AppendOutcome[], time: Millis }

export interface StorePerformer {
  readonly storeId: StoreId
  /** Bytes accepted by `append` and not yet on disk. */
  readonly queuedBytes: number
  /** Set while the disk refuses writes: nothing is acknowledged until it has room again. */
  readonly failure?: Error | undefined
  /** done: undefined when the disk refused. */
  append: (envelopes: Envelope[], done: (written: Written | undefined) => void) => void
  page: (mailbox: MailboxId, after: number, maxBytes: number, forDevice?: PeerKey) => Page
  /** devices: all of the mailbox's user. done: whether it is durable. */
  collect: (collection: Collection, devices: PeerKey[], done: (taken: boolean) => void) => void
  sweep: (now: Millis) => void
  usage: (mailbox: MailboxId) => MailboxUsage
  /** Those that are kept to be passed on. */
  collectionsOf: (mailbox: MailboxId) => readonly Collection[]
  digest: (mailbox: MailboxId) => MailboxDigest
  ids: (mailbox: MailboxId, most: number, after?: EnvelopeId) => { ids: EnvelopeId[], last: boolean }
  missing: (mailbox: MailboxId, ids: EnvelopeId[]) => EnvelopeId[]
  /** Those that are what they were; the others are let go of, and `done` is called when that is over. */
  read: (mailbox: MailboxId, ids: EnvelopeId[], done?: () => void) => StoredEnvelope[]
  /** done: how many were here; undefined when the disk refused. */
  release: (mailbox: MailboxId, ids: EnvelopeId[], done: (released: number | undefined) => void) => void
  /** done: undefined when the disk refused. */
  scrub: (done: (found: { checked: number, damaged: number } | undefined) => void) => void
  lastPosition: (mailbox: MailboxId) => number
}

/** world: calls back no more once the process is over. */
export interface StoreParts { node: PeerKey, world: Pick<World, 'now' | 'after'>, disk: Disk, witness: Pick<Witness, 'dropped'>, chance: Chance }

/** Called at each start of the process; reads the disk. */
export type OpenStore = (parts: StoreParts) => StorePerformer
