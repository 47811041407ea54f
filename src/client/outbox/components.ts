/** What the outbox needs of the rest of the client, and how it is told what to send. */
import type { Clock, Random } from '../../ports.ts'
import type { RootKey } from '../../types.ts'
import type { Links } from '../session/service.ts'
import type { OutgoingWords } from '../store/schemas.ts'
import type { Write } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { Address, OutboxEntry, OutboxKind } from './events.core.ts'
import type { SealerComponents } from './sealer.ts'
import type { SentStatus } from './status.ts'
import type { Logger } from '@libp2p/interface'

export interface OutboxComponents extends SealerComponents {
  store: ClientStore
  links: Links
  clock: Clock
  random: Random
  log: Logger
  /** A text changed its state; all else is our own affair. */
  told: (status: SentStatus) => void
  /** The disk refuses, or what else nobody expected. */
  failed: (error: Error) => void
}

/** What is to be sent to whom. */
export interface Queued extends Address { kind: OutboxKind, words: OutgoingWords }

export interface QueueInit {
  /** Whoever will be among them. */
  recipients: RootKey[]
  expiry: OutboxEntry['expiry']
  /** Called when its turn has come; nothing comes between it and `write`. */
  entries: () => Queued[]
  /** Writes these in one batch, with whatever belongs to them. */
  write: (writes: Write[]) => Promise<void>
}
