/**
 * What is said in a pull (docs/protocol.md, "Sync: a mailbox between nodes"), as opened values: the service makes them
 * from frames, and the simulation passes them as they are.
 */
import type { ToldOrder } from './digests.core.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, Refusal, RootKey, RouteRecord } from '../../types.ts'

/** Of a profile only whose it is is looked at here. */
export interface ProfileOf { root: RootKey }

/** From the node that asks. route, profile: its own, when they are newer than the other's digest said. */
export type Asked<Profile extends ProfileOf> =
  | { kind: 'pull', mailbox: MailboxId, routeOrder: ToldOrder, profileOrder: ToldOrder, route: RouteRecord | undefined, profile: Profile | undefined }
  /** None: on to the next page. */
  | { kind: 'want', ids: EnvelopeId[] }

/** From the node that answers. */
export type Answered<Profile extends ProfileOf> =
  | { kind: 'route', record: RouteRecord }
  | { kind: 'profile', profile: Profile }
  | { kind: 'collections', collections: Collection[] }
  | { kind: 'ids', ids: EnvelopeId[], more: boolean }
  | { kind: 'envelope', envelope: Envelope }
  | { kind: 'given' }
  | { kind: 'refusal', refusal: Refusal }
