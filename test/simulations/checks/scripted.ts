/** A run as a script: what the checks are told, in short, and what they say in the end. */
import { makeChecks } from '../../../simulations/checks/index.ts'
import { witnesses, type DropReason, type Sample, type Witness } from '../../../simulations/checks/witness.ts'
import { WORLD_BEGINS_AT } from '../../../simulations/world/world.ts'
import { envelopeIdOf, mailboxOf, messageIdOf, peerKeyOf, rootKeyOf } from '../../../simulations/actors/values.ts'
import type { Phase, Verdict } from '../../../simulations/checks/check.ts'
import type { Message, MessageState, PeerKey } from '../../../src/types.ts'

export const HOUR = 3_600_000
/** When every scripted message ends, hours after the beginning. */
export const EXPIRY_HOURS = 720

/** Users and their devices have one name; a message is `from>to/n`. Times are hours since the beginning. */
export class Script {
  now = 0
  readonly liars = new Set<string>()
  /** `node/envelope` that lie on disks. */
  readonly disks = new Set<string>()
  readonly #checks = makeChecks({
    now: () => this.#at,
    isOnDisk: (node, _, envelope) => this.disks.has(`${node}/${envelope}`),
    isLiar: node => this.liars.has(node)
  })

  readonly #witness: Witness = witnesses(this.#checks)

  get #at (): number { return WORLD_BEGINS_AT + this.now * HOUR }

  verdict (name: string): Verdict {
    const verdict = this.#checks.map(check => check.verdict()).find(verdict => verdict.name === name)
    if (verdict === undefined) throw new Error(`there is no check ${name}`)
    return verdict
  }

  phase (phase: Phase): void { for (const check of this.#checks) check.phase?.(phase, this.#at) }

  written (id: string, parents: string[] = []): void {
    this.#witness.written({ at: this.#at, message: message(id, parents), expiry: WORLD_BEGINS_AT + EXPIRY_HOURS * HOUR })
  }

  /** One envelope, named as the message. */
  state (id: string, state: MessageState, { nodes = [], w = 2, copies = nodes.length, envelopes = [id], problem }: { nodes?: string[], w?: number, copies?: number, envelopes?: string[], problem?: string } = {}): void {
    this.#witness.state({ at: this.#at, id: messageIdOf(id), state, copies, w, envelopes: envelopes.map(envelopeIdOf), nodes: nodes.map(peerKeyOf), problem })
  }

  ended (id: string): void { this.#witness.ended({ at: this.#at, id: messageIdOf(id), reason: 'expired' }) }

  shown (id: string, { parents = [], missing = [], late = false }: { parents?: string[], missing?: string[], late?: boolean } = {}): void {
    this.#witness.shown({ at: this.#at, reader: rootKeyOf(readerOf(id)), device: readerOf(id), message: message(id, parents), missing: missing.map(messageIdOf), late })
  }

  /** onDisk: whether its bytes are there. */
  receipt (node: string, envelope: string, { onDisk = true } = {}): void {
    if (onDisk) this.disks.add(`${node}/${envelope}`)
    this.#witness.receipt({ at: this.#at, node: peerKeyOf(node), mailbox: mailboxOf(rootKeyOf('b')), envelopes: [envelopeIdOf(envelope)] })
  }

  collected (device: string, envelope: string): void {
    this.#witness.collected({ at: this.#at, device: peerKeyOf(device), mailbox: mailboxOf(rootKeyOf('b')), envelopes: [envelopeIdOf(envelope)] })
  }

  dropped (node: string, envelope: string, reason: DropReason): void {
    this.disks.delete(`${node}/${envelope}`)
    this.#witness.dropped({ at: this.#at, node: peerKeyOf(node), mailbox: mailboxOf(rootKeyOf('b')), envelope: envelopeIdOf(envelope), expiry: WORLD_BEGINS_AT + EXPIRY_HOURS * HOUR, reason })
  }

  /** The scenario takes it from the node's disk. */
  destroyed (node: string, envelope: string): void {
    this.disks.delete(`${node}/${envelope}`)
    this.#witness.destroyed({ at: this.#at, node: peerKeyOf(node), envelopes: [envelopeIdOf(envelope)] })
  }

  /** seq: undefined when nothing was found. */
  resolved (resolver: string, user: string, seq: number | undefined): void {
    this.#witness.resolved({ at: this.#at, resolver: peerKeyOf(resolver), root: rootKeyOf(user), order: seq === undefined ? undefined : { epoch: 1, seq, hash: '00' }, ms: 100 })
  }

  sampled (actor: string, ...samples: Sample[]): void { this.#witness.sampled({ at: this.#at, actor, samples }) }

  sent (from: string, kind: string, messages = 1): void { this.#witness.sent({ at: this.#at, from, kind, messages, bytes: 10 * messages }) }

  caught (node: string, by: string): void { this.#witness.caught({ at: this.#at, node: peerKeyOf(node), by: peerKeyOf(by), until: this.#at + 168 * HOUR }) }

  on (actor: string, isNode = false): void { this.#witness.process({ at: this.#at, actor, isNode, up: true, left: false, ...(!isNode && { root: rootKeyOf(actor) }) }) }

  /** A user's device. */
  off (actor: string, { left = false } = {}): void { this.#witness.process({ at: this.#at, actor, root: rootKeyOf(actor), isNode: false, up: false, left }) }
}

function readerOf (id: string): PeerKey { return peerKeyOf(id.split(/[>/]/)[1] ?? '') }

function message (id: string, parents: string[]): Message {
  const [from = ''] = id.split('>')
  return {
    id: messageIdOf(id),
    from: rootKeyOf(from),
    device: peerKeyOf(from),
    conversation: rootKeyOf(readerOf(id)),
    sentAt: WORLD_BEGINS_AT,
    stamp: WORLD_BEGINS_AT,
    parents: parents.map(messageIdOf),
    content: { type: 'text', text: '', mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
  }
}
