/** What two nodes tell each other of a mailbox before either asks for anything. */
import type { MailboxDigest } from '../../ports.ts'
import type { MailboxId, Order } from '../../types.ts'

/** An order as far as a digest tells it; zeros for what is not known. */
export type ToldOrder = Pick<Order, 'epoch' | 'seq'>

/** What a node holds of a mailbox, and by which record and profile. */
export interface Told extends MailboxDigest { mailbox: MailboxId, route: ToldOrder, profile: ToldOrder }

const NOTHING: ToldOrder = Object.freeze({ epoch: 0, seq: 0 })

/** Of a value that may not be there. */
export function toldOrder (value: { order: Order } | undefined): ToldOrder {
  return value === undefined ? NOTHING : { epoch: value.order.epoch, seq: value.order.seq }
}

/** Whether `a` is newer. Two values of one moment do not differ here; the next round of their user's devices does away with one. */
export function isLater (a: ToldOrder, b: ToldOrder): boolean {
  return a.epoch !== b.epoch ? a.epoch > b.epoch : a.seq > b.seq
}

/** Whether whoever holds `ours` may find something new with whoever holds `theirs`. Without `ours` the mailbox is not served. */
export function isNews (theirs: Told, ours: Told | undefined): boolean {
  return ours === undefined || theirs.envelopes !== ours.envelopes || theirs.fingerprint !== ours.fingerprint ||
    isLater(theirs.route, ours.route) || isLater(theirs.profile, ours.profile)
}

/** Whether whoever holds `theirs` seems to lack what `ours` has. */
export function isBehind (theirs: Told, ours: Told): boolean {
  return theirs.envelopes < ours.envelopes || isLater(ours.route, theirs.route) || isLater(ours.profile, theirs.profile)
}

/** Two digests that were compared, by what they say. */
export function pairOf (theirs: Told, ours: Told | undefined): string { return `${said(theirs)}|${ours === undefined ? '' : said(ours)}` }

function said ({ envelopes, fingerprint, route, profile }: Told): string {
  return `${envelopes}/${fingerprint}/${route.epoch}.${route.seq}/${profile.epoch}.${profile.seq}`
}
