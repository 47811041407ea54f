/**
 * Conversations as MLS groups of devices: what the outbox and the inbox know of them. Behind it: which group a
 * conversation has now, who is in it, when keys are renewed, and what happens when somebody cannot open something.
 *
 * A group can be replaced by either side at any time; what was sealed for an old one stays readable, and whoever
 * cannot open something says so and gets it again. So no message depends on a commit that somebody else must make.
 */
import type { Abortable } from '../../ports.ts'
import type { Bytes, ConversationId, Message, MessageId, Millis, PeerKey, RootKey } from '../../types.ts'
import type { Write } from '../store/shelf.ts'

/** A message before it has an author. */
export type Draft = Omit<Message, 'from' | 'device'>

/** What a frame came to. Whatever it says is durable. */
export type OpenedFrame =
  /** Kept here, decrypted, until `release`: the ratchet has moved on, and nobody can decrypt it again. */
  | { type: 'message', message: Message }
  /** A commit, a Welcome, a proposal or one of our own: nothing to show. */
  | { type: 'taken', from: RootKey }
  /** Its commit or Welcome has not come yet, or it is asked for. It is kept here; `opened` tells when it has become something. */
  | { type: 'waiting' }
  /** Forged, out of form, of a device that is none (any more), or from before this device was there. */
  | { type: 'unreadable', reason: string }

/** The generation of a conversation's newest group. */
export interface Generation { conversation: ConversationId, generation: number }

/** A device cannot open what another sent to its user, and says so in a device-signed note. */
export interface Lost {
  /** Of the frames. */
  ids: MessageId[]
  /** A fresh key package of the device that says so. */
  keyPackage: Bytes
}

/** The part of a session with a node that key packages need. */
export interface KeyPackageNode {
  readonly node: PeerKey
  putKeyPackages: (packages: Uint8Array[], lastResort: Uint8Array | undefined, options?: Abortable) => Promise<{ oneTime: number, lastResort: boolean }>
  keyPackagesLeft: (options?: Abortable) => Promise<{ oneTime: number, lastResort: boolean }>
}

export interface Groups {
  /** Messages that have come and wait for what opens them. */
  readonly unopened: number
  /** Nothing is being done, and nothing that came waits for the commit or Welcome that should be on its way too. */
  readonly isSettled: boolean
  /** Reads what is known, and gives back by `opened` what was opened in an earlier run and never released. */
  start: () => Promise<void>
  stop: () => Promise<void>
  /**
   * What goes under the outer seal, the same bytes for every user that the message is for; on disk together with the
   * ratchet's step. The same id gives the same bytes while the group and its epoch are the newest, and until `forget`.
   * Undefined: not now (nobody knows a key package, or nobody can be asked); `ready` tells when to ask again, or the
   * outbox asks by itself.
   */
  protect: (draft: Draft) => Promise<Bytes | undefined>
  /** Nobody needs the protected bytes of these any more. */
  forget: (ids: MessageId[]) => Promise<void>
  /** Of everything sealed as format 2, whose id is known to be new. forgetAt: until when the frame can come again. */
  open: (id: MessageId, whole: Uint8Array, forgetAt: Millis) => Promise<OpenedFrame>
  /** The inbox has these on disk itself: keys to be deleted in the same batch. */
  releaseWrites: (ids: MessageId[]) => Write[]
  /** Another's device cannot open what this device sent. The note's signature and certificate have been verified. */
  lost: (from: RootKey, device: PeerKey, lost: Lost) => Promise<void>
  /** Another own device could open what waits here; durable when it resolves. Nothing happens when nothing waits for it. */
  given: (message: Message) => Promise<void>
  /** A note of this device came, whatever it says: it is alive. */
  heard: (from: RootKey, device: PeerKey) => void
  /** The user's profile has changed: devices came or went. Ourselves, too. */
  profileChanged: (root: RootKey) => void
  /** A node is there to take key packages of this device; also when it says that it has few. Resolves when it has them, or did not take them. */
  attached: (node: KeyPackageNode) => Promise<void>
  /** Of each conversation, how often its group was replaced: what a restored device must know so that its groups count. */
  generations: () => Promise<Generation[]>
  /** The user is back from a backup: new groups are of later generations than these. */
  restored: (generations: Generation[]) => Promise<void>
  /** A secret that the members of the conversation's newest group share in this epoch; undefined when there is none. */
  exportSecret: (conversation: ConversationId, label: string, length: number) => Promise<Bytes | undefined>
}
