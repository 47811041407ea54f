/** What is known of conversations' groups on disk, by form. Secrets in it are locked by the vault. */
import * as z from 'zod'
import { bytes, count, hex, schema } from '../store/schemas.ts'
import type { Bytes, ConversationId, MessageId, Millis, PeerKey, RootKey } from '../../types.ts'
import type { GroupId, MlsSuite } from '../mls/index.ts'
import type { Asked, OwnKeys } from './policy.core.ts'
import type { Waiting } from './waiting.core.ts'

/** A wish of another member, to be committed by us. add: as carried. */
export interface KeptProposal { by: PeerKey, add: Bytes[], remove: PeerKey[] }

/** One group, without its secrets. */
export interface GroupRecord {
  conversation: ConversationId
  epoch: number
  active: boolean
  /** When a commit removed this device. */
  inactiveAt: Millis
  usedAt: Millis
  /** Own keys, when they were renewed, and how much was sealed since. */
  keys: OwnKeys
  renewedAt: Millis
  sealed: number
  asked: Asked | undefined
  proposals: KeptProposal[]
  /** Devices that this one has brought in, with the first epoch that they read, and whether it was because of a loss. */
  broughtIn: Array<{ device: PeerKey, epoch: number, again: boolean }>
}

/** A device that cannot read what this one sent: to be brought in again, and then to be sent these once more. */
export interface Loss { root: RootKey, device: PeerKey, keyPackage: Bytes, ids: MessageId[], since: Millis }

/** A conversation beyond its groups. resends: for whose devices that was done, and who has still to get these. */
export interface ChatRecord { generation: number, replacedAt: Millis, losses: Loss[], resends: Array<{ to: RootKey, ids: MessageId[] }> }

/** A frame that this device made. bytes: its MLS message, empty once nobody needs it any more, and of control frames. */
export interface SealedRecord { conversation: ConversationId, group: GroupId, epoch: number, control: boolean, at: Millis, bytes: Bytes }

/** What came and cannot be opened yet, or not at all here. */
export interface WaitingRecord extends Waiting { group: GroupId | undefined, epoch: number, isCommit: boolean, forgetAt: Millis }

/** What was opened and is not in the inbox yet. body: locked; empty for what was taken. */
export interface OpenedRecord { id: MessageId, from: RootKey, device: PeerKey, conversation: ConversationId, body: Bytes, forgetAt: Millis }

/**
 * direct: it never lay with nodes, but was given to the device that should use it · retired: a last-resort one that
 * was used: others may use it too, but nodes get another.
 */
export type PackageUse = 'oneTime' | 'lastResort' | 'direct' | 'retired'

/** A key package of this device. secret: locked. node: which has it, when it is one of a batch. */
export interface PackageRecord { suite: MlsSuite, notAfter: number, bytes: Bytes, secret: Bytes, use: PackageUse, node?: PeerKey | undefined }

const root = hex<RootKey>(64)
const device = hex<PeerKey>(64)
const id = hex<MessageId>(32)
const group = z.custom<GroupId>(value => typeof value === 'string' && /^([0-9a-f]{2}){1,32}$/.test(value))
const suite = z.custom<MlsSuite>(value => typeof value === 'number')

export const GROUP = schema<GroupRecord>(z.object({
  conversation: root,
  epoch: count,
  active: z.boolean(),
  inactiveAt: count,
  usedAt: count,
  keys: z.enum(['founded', 'answered', 'joined', 'renewed']),
  renewedAt: count,
  sealed: count,
  asked: z.optional(z.object({ at: count, add: z.array(device) })),
  proposals: z.array(z.object({ by: device, add: z.array(bytes), remove: z.array(device) })),
  broughtIn: z.array(z.object({ device, epoch: count, again: z.boolean() }))
}))
export const CHAT = schema<ChatRecord>(z.object({
  generation: count.default(0),
  replacedAt: count,
  losses: z.array(z.object({ root, device, keyPackage: bytes, ids: z.array(id), since: count })),
  resends: z.array(z.object({ to: root, ids: z.array(id) }))
}))
export const SEALED = schema<SealedRecord>(z.object({ conversation: root, group, epoch: count, control: z.boolean(), at: count, bytes }))
export const WAITING = schema<WaitingRecord>(z.object({
  id, from: root, device, group: z.optional(group), epoch: count, isCommit: z.boolean().default(false), mls: bytes, forgetAt: count, askAt: count, asks: count
}))
export const OPENED = schema<OpenedRecord>(z.object({ id, from: root, device, conversation: root, body: bytes, forgetAt: count }))
export const PACKAGE = schema<PackageRecord>(z.object({ suite, notAfter: count, bytes, secret: bytes, use: z.enum(['oneTime', 'lastResort', 'direct', 'retired']), node: z.optional(device) }))
