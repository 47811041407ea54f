// What a device has written down to be sent, and the node that keeps its key packages.
import * as z from 'zod'
import { bytes, schema } from '../../../src/client/store/schemas.ts'
import type { Draft, KeyPackageNode, LostNote } from '../../../src/client/groups/index.ts'
import type { Random } from '../../../src/ports.ts'
import type { Bytes, Message, MessageId, PeerKey, Profile, RootKey } from '../../../src/types.ts'
import type { VirtualClock } from '../virtual-clock.ts'

export interface Outgoing { id: MessageId, to: RootKey, whole?: Bytes | undefined, draft?: Draft | undefined, note?: LostNote | undefined }

export const OUTGOING = schema<Outgoing>(z.object({
  id: z.string(),
  to: z.string(),
  whole: z.optional(bytes),
  draft: z.optional(z.custom<Draft>(() => true)),
  note: z.optional(z.object({ device: z.string(), ids: z.array(z.string()), keyPackage: bytes }))
}))

/** What lies in a mailbox; all devices of its user read all of it. */
export interface Mail { to: RootKey, id: MessageId, whole?: Bytes, note?: LostNote & { from: RootKey, by: PeerKey }, forgetAt: number }

/** What devices know of the world: where mail goes and lies, and what time it is. */
export interface Surroundings {
  readonly clock: VirtualClock
  readonly mailboxes: ReadonlyMap<RootKey, Mail[]>
  readonly packages: Map<PeerKey, { oneTime: Bytes[], lastResort: Bytes | undefined }>
  readonly users: ReadonlyMap<RootKey, Owner>
  readonly online: boolean
  deposit: (mail: Mail) => void
  random: (salt: number) => Random
}

/** Whose a device is. */
export interface Owner { readonly root: RootKey, readonly profile: Profile, readonly devices: readonly Sibling[] }

/** What devices of one user know of each other. */
export interface Sibling { readonly key: PeerKey, readonly running: boolean, readonly opened: ReadonlyMap<MessageId, Message> }

/** The user's node, which keeps key packages. */
export function nodeOf (packages: Map<PeerKey, { oneTime: Bytes[], lastResort: Bytes | undefined }>, device: PeerKey): KeyPackageNode {
  const kept = packages.get(device) ?? { oneTime: [], lastResort: undefined }
  packages.set(device, kept)
  const left = () => ({ oneTime: kept.oneTime.length, lastResort: kept.lastResort !== undefined })
  return {
    node: 'e'.repeat(64) as PeerKey,
    keyPackagesLeft: async () => left(),
    putKeyPackages: async (oneTime, lastResort) => {
      kept.oneTime.push(...oneTime as Bytes[])
      if (lastResort !== undefined) kept.lastResort = lastResort as Bytes
      return left()
    }
  }
}
