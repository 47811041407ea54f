/**
 * Who is told when what this node holds. Every node that keeps mailboxes together with us is told our digests of them
 * once a round, all in as few frames as they fit in; a node that is back, lacks something, or whose stream has just ended
 * is told soon. Digests of empty mailboxes are told too: asking is what shows who is gone.
 *
 *   touched, begin → [look]       which nodes keep the mailbox with us?
 *   looked         →              its nodes are due
 *   due            → [tell]       the service computes the digests and sends them
 *   lacks, reached, lost →        its node is due soon
 *
 * Pure: jitter comes with the event as a fraction in [0, 1).
 */
import { LIMITS } from '../../wire/limits.ts'
import { RECONCILE_DEFAULTS } from './defaults.ts'
import type { MailboxId, Millis, PeerKey } from '../../types.ts'

export type RoundsEvent =
  | { type: 'begin', mailboxes: Iterable<MailboxId> }
  /** Its record or its user may have changed. */
  | { type: 'touched', mailbox: MailboxId }
  /** nodes: who is to be told of the mailbox, this node left out; nobody when it is not served here. */
  | { type: 'looked', mailbox: MailboxId, nodes: PeerKey[], fraction: number }
  | { type: 'reached', node: PeerKey, fraction: number }
  /** Its last stream with us has ended: it may be back in a moment, and in need. */
  | { type: 'lost', node: PeerKey, fraction: number }
  | { type: 'unreachable', node: PeerKey }
  /** By what it told us the node lacks something. */
  | { type: 'lacks', node: PeerKey, fraction: number }
  | { type: 'due', fraction: number }

export type RoundsEffect =
  | { type: 'look', mailbox: MailboxId }
  /** At most a frame of digests. */
  | { type: 'tell', node: PeerKey, mailboxes: MailboxId[] }

interface Peer {
  mailboxes: Set<MailboxId>
  dueAt: Millis
  /** Of the round under way. */
  rest: MailboxId[]
  toldAt: Millis | undefined
  /** It could not be reached since it was told. */
  wasAway: boolean
}

/** So that one fraction serves many: the golden ratio spreads its multiples evenly over [0, 1). */
const SPREAD = 0.618033988749895

export class RoundsCore {
  readonly #peers = new Map<PeerKey, Peer>()
  readonly #nodesOf = new Map<MailboxId, PeerKey[]>()
  readonly #toLook = new Set<MailboxId>()
  #beganAt: Millis = 0
  /** When the next peer is due; undefined: to be looked up. Most events leave it as it is, and each is followed by the question. */
  #soonest: Millis | undefined = Infinity

  /** Nodes that keep mailboxes with us. */
  get size (): number { return this.#peers.size }

  /** When there is something to do; Infinity when there is nothing. */
  get nextAt (): Millis {
    if (this.#toLook.size > 0) return 0
    if (this.#soonest === undefined) {
      this.#soonest = Infinity
      for (const { dueAt } of this.#peers.values()) if (dueAt < this.#soonest) this.#soonest = dueAt
    }
    return this.#soonest
  }

  /** Whether each node that keeps mailboxes with us was told, or could not be, and has had `ms` to answer. */
  isRoundOver (ms: number, now: Millis): boolean {
    if (this.#toLook.size > 0) return false
    for (const { toldAt, wasAway, rest } of this.#peers.values()) {
      if (!wasAway && (toldAt === undefined || rest.length > 0 || now - toldAt < ms)) return false
    }
    return true
  }

  handle (event: RoundsEvent, now: Millis): RoundsEffect[] {
    switch (event.type) {
      case 'begin':
        this.#beganAt = now
        for (const mailbox of event.mailboxes) this.#toLook.add(mailbox)
        return []
      case 'touched':
        this.#toLook.add(event.mailbox)
        return []
      case 'looked':
        this.#onLooked(event.mailbox, event.nodes, event.fraction, now)
        return []
      case 'reached':
        this.#onReached(event.node, event.fraction, now)
        return []
      case 'lost':
        this.#onLost(event.node, event.fraction, now)
        return []
      case 'unreachable': {
        const peer = this.#peers.get(event.node)
        if (peer !== undefined) peer.wasAway = true
        return []
      }
      case 'lacks':
        this.#onLacks(event.node, event.fraction, now)
        return []
      case 'due': return this.#onDue(event.fraction, now)
    }
  }

  #onLooked (mailbox: MailboxId, nodes: PeerKey[], fraction: number, now: Millis): void {
    const before = this.#nodesOf.get(mailbox) ?? []
    if (isSame(before, nodes)) return
    for (const node of before) {
      if (nodes.includes(node)) continue
      const peer = this.#peers.get(node)
      peer?.mailboxes.delete(mailbox)
      if (peer?.mailboxes.size === 0) this.#forget(node, peer)
    }
    for (const [at, node] of nodes.entries()) this.#peer(node, spread(fraction, at), now).mailboxes.add(mailbox)
    if (nodes.length > 0) this.#nodesOf.set(mailbox, nodes)
    else this.#nodesOf.delete(mailbox)
  }

  #peer (node: PeerKey, fraction: number, now: Millis): Peer {
    let peer = this.#peers.get(node)
    if (peer === undefined) {
      const withinMs = now - this.#beganAt < RECONCILE_DEFAULTS.startMs ? RECONCILE_DEFAULTS.soonMs : RECONCILE_DEFAULTS.roundMs
      peer = { mailboxes: new Set(), dueAt: Infinity, rest: [], toldAt: undefined, wasAway: false }
      this.#peers.set(node, peer)
      this.#setDue(peer, now + Math.round(withinMs * fraction))
    }
    return peer
  }

  #forget (node: PeerKey, peer: Peer): void {
    this.#setDue(peer, Infinity)
    this.#peers.delete(node)
  }

  #setDue (peer: Peer, at: Millis): void {
    if (this.#soonest !== undefined && at <= this.#soonest) this.#soonest = at
    else if (peer.dueAt === this.#soonest) this.#soonest = undefined
    peer.dueAt = at
  }

  /** One that was there all the time is told when its round comes. */
  #onReached (node: PeerKey, fraction: number, now: Millis): void {
    const peer = this.#peers.get(node)
    if (peer?.wasAway !== true) return
    peer.wasAway = false
    this.#setDue(peer, Math.min(peer.dueAt, now + Math.round(RECONCILE_DEFAULTS.soonMs * fraction)))
  }

  #onLost (node: PeerKey, fraction: number, now: Millis): void {
    const peer = this.#peers.get(node)
    if (peer === undefined) return
    peer.wasAway = true
    this.#setDue(peer, Math.min(peer.dueAt, now + Math.round(RECONCILE_DEFAULTS.lostMs * (1 + fraction) / 2)))
  }

  /** Mail that is on its way differs for a moment: not again within a minute of the last time. */
  #onLacks (node: PeerKey, fraction: number, now: Millis): void {
    const peer = this.#peers.get(node)
    if (peer === undefined) return
    const from = peer.toldAt === undefined ? now : Math.max(now, peer.toldAt + RECONCILE_DEFAULTS.answerAgainMs)
    this.#setDue(peer, Math.min(peer.dueAt, from + Math.round(RECONCILE_DEFAULTS.soonMs * fraction)))
  }

  #onDue (fraction: number, now: Millis): RoundsEffect[] {
    const effects: RoundsEffect[] = []
    for (const mailbox of this.#toLook) {
      if (effects.length >= RECONCILE_DEFAULTS.looksPerGo) break
      this.#toLook.delete(mailbox)
      effects.push({ type: 'look', mailbox })
    }
    let digests = 0
    for (const [node, peer] of this.#peers) {
      if (peer.dueAt > now) continue
      if (digests >= RECONCILE_DEFAULTS.digestsPerLook) break
      digests += this.#tell(node, peer, spread(fraction, effects.length), now, effects)
    }
    return effects
  }

  #tell (node: PeerKey, peer: Peer, fraction: number, now: Millis, effects: RoundsEffect[]): number {
    if (peer.rest.length === 0) peer.rest = [...peer.mailboxes]
    const mailboxes = peer.rest.splice(0, LIMITS.digests)
    peer.toldAt = now
    this.#setDue(peer, now + (peer.rest.length > 0 ? RECONCILE_DEFAULTS.paceMs : roundMs(fraction)))
    effects.push({ type: 'tell', node, mailboxes })
    return mailboxes.length
  }
}

function isSame (before: PeerKey[], nodes: PeerKey[]): boolean {
  return before.length === nodes.length && before.every((node, at) => node === nodes[at])
}

/** From half a round to one and a half. */
function roundMs (fraction: number): Millis {
  const { roundMs, roundJitter } = RECONCILE_DEFAULTS
  return Math.round(roundMs * (1 - roundJitter + 2 * roundJitter * fraction))
}

function spread (fraction: number, at: number): number { return (fraction + at * SPREAD) % 1 }
