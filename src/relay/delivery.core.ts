/**
 * Delivery: which attached devices are shown which envelope, and what they may conclude from it.
 *
 * A device is shown an envelope while it is being written. When the write is done, and everything since the device's
 * last known place was shown on this very link, the device may move its cursor (`pushed`). When anything was left out
 * (the link was full, or came while the write was under way, or the store took mail by another way) it is told to
 * drain (`behind`). Positions of a mailbox are consecutive, so whatever is left out leaves a gap that shows.
 */
import type { Deposit } from './replica.core.ts'
import type { AppendOutcome } from '../ports.ts'
import type { MailboxId, PeerKey } from '../types.ts'

/** One attached session, numbered by the service and never used again. */
export type LinkId = number

export type DeliveryEvent =
  /** position: the last one that the mailbox gave. holdsMail: there is something to drain. */
  | { type: 'attach', link: LinkId, device: PeerKey, mailbox: MailboxId, position: number, holdsMail: boolean }
  | { type: 'detach', link: LinkId }
  /** devices: who may see the mailbox's mail now. */
  | { type: 'deliver', deposit: Deposit, devices: PeerKey[] }
  /** A push found no room on its link. */
  | { type: 'missed', deposit: Deposit, link: LinkId }
  /** outcomes: undefined when the write failed. */
  | { type: 'settled', deposits: Deposit[], outcomes: AppendOutcome[] | undefined }

export type DeliveryEffect =
  | { type: 'push', link: LinkId, deposit: Deposit }
  | { type: 'pushed', link: LinkId, from: number, to: number }
  | { type: 'behind', link: LinkId, position: number }

interface Link { id: LinkId, device: PeerKey, mailbox: MailboxId, through: number }
interface Progress { from: number, complete: boolean }

export class DeliveryCore {
  readonly #links = new Map<LinkId, Link>()
  readonly #byMailbox = new Map<MailboxId, Set<Link>>()
  /** Where deposits that are being written were shown. */
  readonly #shownOn = new Map<Deposit, Set<LinkId>>()

  handle (event: DeliveryEvent): DeliveryEffect[] {
    switch (event.type) {
      case 'attach': return this.#onAttach(event)
      case 'detach': return this.#onDetach(event.link)
      case 'deliver': return this.#onDeliver(event.deposit, event.devices)
      case 'missed':
        this.#shownOn.get(event.deposit)?.delete(event.link)
        return []
      case 'settled': return this.#onSettled(event.deposits, event.outcomes)
    }
  }

  /** Whether anybody is attached to the mailbox. */
  watches (mailbox: MailboxId): boolean { return this.#byMailbox.has(mailbox) }

  /** Links of these devices of the mailbox. */
  links (mailbox: MailboxId, devices: PeerKey[]): LinkId[] {
    return Array.from(this.#byMailbox.get(mailbox) ?? []).filter(({ device }) => devices.includes(device)).map(({ id }) => id)
  }

  #onAttach ({ link: id, device, mailbox, position, holdsMail }: Extract<DeliveryEvent, { type: 'attach' }>): DeliveryEffect[] {
    const link = { id, device, mailbox, through: position }
    this.#links.set(id, link)
    const links = this.#byMailbox.get(mailbox)
    if (links === undefined) this.#byMailbox.set(mailbox, new Set([link]))
    else links.add(link)
    return holdsMail ? [{ type: 'behind', link: id, position }] : []
  }

  #onDetach (id: LinkId): DeliveryEffect[] {
    const link = this.#links.get(id)
    if (link === undefined) return []
    this.#links.delete(id)
    const links = this.#byMailbox.get(link.mailbox)
    links?.delete(link)
    if (links?.size === 0) this.#byMailbox.delete(link.mailbox)
    return []
  }

  #onDeliver (deposit: Deposit, devices: PeerKey[]): DeliveryEffect[] {
    const links = this.#byMailbox.get(deposit.envelope.mailbox)
    if (links === undefined) return []
    const shownOn = new Set<LinkId>()
    const effects: DeliveryEffect[] = []
    for (const link of links) {
      if (!devices.includes(link.device)) continue
      shownOn.add(link.id)
      effects.push({ type: 'push', link: link.id, deposit })
    }
    this.#shownOn.set(deposit, shownOn)
    return effects
  }

  #onSettled (deposits: Deposit[], outcomes: AppendOutcome[] | undefined): DeliveryEffect[] {
    const moved = new Map<Link, Progress>()
    for (const [index, deposit] of deposits.entries()) {
      const outcome = outcomes?.[index]
      if (outcome?.type === 'stored' && !outcome.known) this.#advance(deposit, outcome.position, moved)
      this.#shownOn.delete(deposit)
    }
    return Array.from(moved, ([link, { from, complete }]) => complete
      ? { type: 'pushed', link: link.id, from, to: link.through }
      : { type: 'behind', link: link.id, position: link.through })
  }

  #advance (deposit: Deposit, position: number, moved: Map<Link, Progress>): void {
    const shownOn = this.#shownOn.get(deposit)
    for (const link of this.#byMailbox.get(deposit.envelope.mailbox) ?? []) {
      if (position <= link.through) continue
      let progress = moved.get(link)
      if (progress === undefined) moved.set(link, progress = { from: link.through, complete: true })
      if (position !== link.through + 1 || shownOn?.has(link.id) !== true) progress.complete = false
      link.through = position
    }
  }
}
