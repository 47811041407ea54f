/** What conversations need of the rest of the client. */
import type { Abortable, Clock, Crypto, Random, SigningKey } from '../../ports.ts'
import type { Bytes, ConversationId, DeviceCertificate, Introduction, MessageId, Millis, PeerKey, Profile, RootKey } from '../../types.ts'
import type { MlsSuite } from '../mls/index.ts'
import type { Shelf, Write } from '../store/shelf.ts'
import type { Schema } from '../store/schemas.ts'
import type { Vault } from '../store/vault.ts'
import type { OpenedFrame } from './port.ts'
import type { Logger } from '@libp2p/interface'

/** The client's store, as far as groups know it: shelves of their own, and batches in the order of the calls. */
export interface GroupsStore {
  shelf: <T>(name: string, schema: Schema<T>) => Shelf<T>
  write: (writes: Write[]) => Promise<void>
}

/** This device and its user, as they are at the moment. */
export interface GroupsAccount {
  readonly root: RootKey
  readonly device: SigningKey
  readonly certificate: DeviceCertificate
  readonly profile: Profile
  readonly vault: Pick<Vault, 'lock' | 'unlock'>
}

/** A commit, a Welcome or a proposal for all devices of a user. whole: what goes under the outer seal, format 2. */
export interface ControlFrame {
  id: MessageId
  to: RootKey
  whole: Bytes
  /** control: to another user, kept until delivered; once: to one's own devices, done when stored. */
  kind: 'control' | 'once'
}

/** What a note `lost` says, and to which device of whom. */
export interface LostNote { device: PeerKey, ids: MessageId[], keyPackage: Bytes }

export interface GroupsComponents {
  store: GroupsStore
  account: GroupsAccount
  contacts: {
    get: (root: RootKey) => Promise<{ profile: Profile | undefined }>
    /** Asks the network, unless that was done lately. Rejects when nobody can be asked. */
    resolve: (root: RootKey, options?: Abortable & { fresh?: boolean }) => Promise<unknown>
  }
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  /** The disk refuses, or what else nobody expected. */
  failed: (error: Error) => void
  /** Key packages of these devices, at most one of each, as carried. Rejects when nobody can be asked. */
  fetchKeyPackages: (root: RootKey, devices: PeerKey[], options: Abortable) => Promise<Bytes[]>
  /** Everything that nodes keep for this device has been read; never while it is offline. */
  isCaughtUp: () => boolean
  /** Puts frames into the outbox, in one batch with `writes`. Rejects when nothing of it was written. */
  send: (frames: ControlFrame[], writes: Write[]) => Promise<void>
  /** Puts a note into the outbox. */
  say: (to: RootKey, note: LostNote) => Promise<void>
  /** The user's other devices may have been able to open these: those that were give them. Resolves with those that the history has already. */
  askOwn: (ids: MessageId[]) => Promise<MessageId[]>
  /** A device of the user lacks these messages: they are to be protected and sealed again; durable when it resolves. */
  resend: (to: RootKey, ids: MessageId[]) => Promise<void>
  /** A frame that waited has become something; or one that was opened in an earlier run was never released. May come twice. */
  opened: (id: MessageId, frame: OpenedFrame, forgetAt: Millis) => void
  /** What stood in the way of sealing for this conversation may be over. */
  ready: (conversation: ConversationId) => void
  /** For the next message: undefined when the other user has been told all of us. */
  introduction: (conversation: ConversationId) => Promise<Introduction | undefined>
  introduced: (from: RootKey, introduction: Introduction) => Promise<void>
}

/** suite: of new groups and packages; all clients of a network use the same. */
export interface GroupsInit { suite?: MlsSuite }
