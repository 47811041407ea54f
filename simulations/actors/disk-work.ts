/** A caller's part of a commit of the simulated store. */
import type { CommitWork } from './disk-commits.ts'
import type { DropReason } from '../checks/witness.ts'
import type { DiskWrite } from '../world/disk.ts'
import type { Commit } from '../../src/ports.ts'
import type { CommitPlan } from '../../src/store/core.ts'
import type { Collection, EnvelopeId, MailboxId, PeerKey } from '../../src/types.ts'

/** Names an envelope in the index. */
export interface IndexedId { mailbox: MailboxId, id: EnvelopeId }

/** A caller's part of a commit, as writer.ts has it. */
export interface StoreWork extends CommitWork {
  lookUps: readonly IndexedId[]
  /** Ids that are known may be promised again: their bytes are read. */
  promises?: boolean
  decide?: (plan: CommitPlan, commit: Commit) => void
  /** Decided in front of `decide`; its ids are looked up besides. */
  collect?: { collection: Collection, devices: readonly PeerKey[] }
  /** Why envelopes go that it drops; left out when their bytes are replaced. */
  reason?: DropReason
  writes?: DiskWrite[]
}
