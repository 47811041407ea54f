/**
 * Who keeps a mailbox, as this node sees it: the first n nodes of its newest record that have not gone. A node has gone
 * when this node's own dials to it have failed for an hour (a quarter of one when its sessions are short) without a
 * success between, when it has told for an hour that its disk refuses writes, or when audits have caught it. So the next
 * node on the list takes a share of every mailbox whose member went for good, while the mailbox's user is away.
 *
 *   reached ──lost──→ (perhaps only idle) ──reached──→ …
 *      ├──unreachable──→ away since its last word ──an hour──→ gone ──reached──→ a member again
 *      └──told: read only──→ keeps what it has ──an hour──→ gone ──told: takes mail──→ a member again
 *
 * Each node sees this for itself, and two may differ for a while: then a mailbox has a member more. Nothing is kept
 * over a restart: who has just started has met nobody, and takes nobody for gone.
 */
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Millis, PeerKey, RouteEntry, RouteRecord } from '../types.ts'

export type MembersEvent =
  /** It has answered. */
  | { type: 'reached', node: PeerKey }
  /** Our last stream with it has ended, which may mean nothing. */
  | { type: 'lost', node: PeerKey }
  /** It did not answer a dial. */
  | { type: 'unreachable', node: PeerKey }
  /** It told what it holds, and whether its disk takes more. */
  | { type: 'told', node: PeerKey, readOnly: boolean }
  /** It did not hold what it had signed for. */
  | { type: 'caught', node: PeerKey, until: Millis }

/** The part of a record that says who keeps the mailbox. */
export type Preference = Pick<RouteRecord, 'n' | 'entries'>

interface Peer {
  /** Since when it has answered; undefined while it is away. cameBack: we saw it begin. */
  upSince: Millis | undefined
  cameBack: boolean
  /** When its last stream ended; undefined while there is one. */
  lostAt: Millis | undefined
  /** Since when it has been away; undefined while it is there. */
  awaySince: Millis | undefined
  /** How long it was there before it went, the last ones. */
  sessionsMs: number[]
  /** Since when it has told that its disk refuses writes; undefined when it has told otherwise. */
  readOnlySince: Millis | undefined
  caughtUntil: Millis
}

export class MembersCore {
  /** In the order of the last word about each. */
  readonly #peers = new Map<PeerKey, Peer>()
  readonly #peersMax: number

  constructor ({ peersMax = RELAY_DEFAULTS.peersRemembered }: { peersMax?: number } = {}) { this.#peersMax = peersMax }

  /** Nodes that something is remembered of. */
  get size (): number { return this.#peers.size }

  handle (event: MembersEvent, now: Millis): void {
    const peer = this.#touch(event.node, now)
    switch (event.type) {
      case 'reached':
        peer.cameBack ||= peer.awaySince !== undefined
        peer.upSince ??= now
        peer.lostAt = peer.awaySince = undefined
        return
      case 'lost':
        peer.lostAt = now
        return
      case 'unreachable': return this.#onUnreachable(peer, now)
      case 'told':
        peer.readOnlySince = event.readOnly ? peer.readOnlySince ?? now : undefined
        return
      case 'caught': peer.caughtUntil = Math.max(peer.caughtUntil, event.until)
    }
  }

  /** The nodes that keep the mailbox, in order of preference: n, or fewer when too many have gone. */
  members (record: Preference, now: Millis): RouteEntry[] {
    const members: RouteEntry[] = []
    for (const entry of record.entries) {
      if (members.length >= record.n) break
      if (!this.isGone(entry.node, now)) members.push(entry)
    }
    return members
  }

  isMember (record: Preference, node: PeerKey, now: Millis): boolean {
    return this.members(record, now).some(member => member.node === node)
  }

  /**
   * The members, and those in front of them that have gone without being caught: who is told what is held here, since
   * only asking tells when one of them has come back.
   */
  watched (record: Preference, now: Millis): RouteEntry[] {
    const watched: RouteEntry[] = []
    let members = 0
    for (const entry of record.entries) {
      if (members >= record.n) break
      if (!this.isGone(entry.node, now)) members++
      else if (this.#isCaught(entry.node, now)) continue
      watched.push(entry)
    }
    return watched
  }

  /** Away, or unable to take mail, for so long that others take its share; or caught. */
  isGone (node: PeerKey, now: Millis): boolean {
    const peer = this.#peers.get(node)
    if (peer === undefined) return false
    if (this.#isCaught(node, now)) return true
    const { awaySince, readOnlySince } = peer
    return (awaySince !== undefined && now - awaySince >= goneAfterMs(peer)) || (readOnlySince !== undefined && now - readOnlySince >= RELAY_DEFAULTS.goneMs)
  }

  #isCaught (node: PeerKey, now: Millis): boolean { return (this.#peers.get(node)?.caughtUntil ?? 0) > now }

  /** It went when its last stream ended; when there was none, no later than now. */
  #onUnreachable (peer: Peer, now: Millis): void {
    if (peer.awaySince !== undefined) return
    peer.awaySince = peer.lostAt ?? now
    if (peer.upSince === undefined) return
    const sessionMs = peer.awaySince - peer.upSince
    // Of one whose beginning was not seen nothing says that it was short.
    if (peer.cameBack || sessionMs >= RELAY_DEFAULTS.shortSessionMs) peer.sessionsMs.push(sessionMs)
    if (peer.sessionsMs.length > RELAY_DEFAULTS.sessionsRemembered) peer.sessionsMs.shift()
    peer.upSince = undefined
    peer.cameBack = false
  }

  /** Beyond the bound whoever was unheard of for longest is forgotten, and nobody who is caught. */
  #touch (node: PeerKey, now: Millis): Peer {
    const peer = this.#peers.get(node) ?? { upSince: undefined, cameBack: false, lostAt: undefined, awaySince: undefined, sessionsMs: [], readOnlySince: undefined, caughtUntil: 0 }
    this.#peers.delete(node)
    this.#peers.set(node, peer)
    if (this.#peers.size > this.#peersMax) {
      let forgotten = node
      for (const [known, { caughtUntil }] of this.#peers) {
        if (caughtUntil > now) continue
        forgotten = known
        break
      }
      this.#peers.delete(forgotten)
    }
    return peer
  }
}

/** Of a node of which no session has ended yet nothing says that its sessions are short. */
function goneAfterMs ({ sessionsMs }: Peer): number {
  const inOrder = sessionsMs.toSorted((a, b) => a - b)
  const median = inOrder[inOrder.length >> 1] ?? Infinity
  return median < RELAY_DEFAULTS.shortSessionMs ? RELAY_DEFAULTS.goneShortMs : RELAY_DEFAULTS.goneMs
}
