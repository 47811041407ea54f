/**
 * What was signed, as several checks need it: devices sign that they hold an envelope, nodes that it is on their disk.
 * A check that has one of these tells it; the others only ask.
 *
 * Devices of a mailbox are those that ever signed a collection for it. While each user has one device, these are all
 * of them; a user's second device that never collects anything would have to be told of.
 */
import type { EnvelopeId, MailboxId, PeerKey } from '../../src/types.ts'

export class Collections {
  readonly #mailboxes = new Map<MailboxId, Map<PeerKey, Set<EnvelopeId>>>()

  take (device: PeerKey, mailbox: MailboxId, envelopes: EnvelopeId[]): void {
    let devices = this.#mailboxes.get(mailbox)
    if (devices === undefined) this.#mailboxes.set(mailbox, devices = new Map())
    let held = devices.get(device)
    if (held === undefined) devices.set(device, held = new Set())
    for (const envelope of envelopes) held.add(envelope)
  }

  /** Whether every device of the mailbox has it; never while none is known. */
  byAll (mailbox: MailboxId, envelope: EnvelopeId): boolean {
    const devices = this.#mailboxes.get(mailbox)
    return devices !== undefined && [...devices.values()].every(held => held.has(envelope))
  }

  byAny (mailbox: MailboxId, envelope: EnvelopeId): boolean {
    return [...this.#mailboxes.get(mailbox)?.values() ?? []].some(held => held.has(envelope))
  }
}

interface Signatures { mailbox: MailboxId, nodes: PeerKey[] }

export class Receipts {
  readonly #envelopes = new Map<EnvelopeId, Signatures>()

  take (node: PeerKey, mailbox: MailboxId, envelopes: EnvelopeId[]): void {
    for (const envelope of envelopes) {
      const signatures = this.#envelopes.get(envelope)
      if (signatures === undefined) this.#envelopes.set(envelope, { mailbox, nodes: [node] })
      else if (!signatures.nodes.includes(node)) signatures.nodes.push(node)
    }
  }

  /** Distinct nodes that have signed for it. */
  nodesOf (envelope: EnvelopeId): readonly PeerKey[] { return this.#envelopes.get(envelope)?.nodes ?? [] }

  /** Where it belongs; undefined when nobody signed for it. */
  mailboxOf (envelope: EnvelopeId): MailboxId | undefined { return this.#envelopes.get(envelope)?.mailbox }
}
