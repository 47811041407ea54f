/**
 * Audits: whether the other nodes of a mailbox hold what they should.
 *
 *   look ──draw──→ drawn ──an hour──→ ask ──→ shown                 asked again tomorrow, for others
 *                                      │──→ gone here meanwhile     nothing is held against anybody: drawn anew
 *                                      └──→ lacking, or silence ──→ asked again for the same, three times ──→ caught
 *
 * Envelopes are drawn by chance an hour before they are asked for, so a node cannot know which it must keep, and whoever
 * is honest has had the time to pull them. What is held against a node is always the same: envelopes that we still hold,
 * asked for three times, each time after our link had stood for a quarter of an hour, in which the node told us of this
 * very mailbox and heard from us. An honest node has healed by then, whatever it had lost. One whose disk refuses writes
 * cannot heal: it says so, and is not asked until it has been well for a quarter of an hour. Nor does it ask others in
 * that time, since it misses what their users collect.
 *
 * Pure: time and chance are arguments. Nothing here knows how an answer is checked.
 */
import { RELAY_DEFAULTS } from './defaults.ts'
import type { MailboxUsage } from '../ports.ts'
import type { EnvelopeId, MailboxId, Millis, PeerKey } from '../types.ts'

/** Envelopes of one mailbox that are, or are about to be, asked for. at: when they were drawn. */
export interface Draw { mailbox: MailboxId, ids: EnvelopeId[], at: Millis }

/** What is remembered of a node over restarts. */
export interface AuditState {
  /** Not asked before. */
  nextAt: Millis
  /** Askings in a row for envelopes of this draw that did not bring them. */
  lies: number
  /** Askings in a row that were not answered though the node was there. */
  silences: number
  caughtUntil: Millis
  draw: Draw | undefined
}

export type AuditEvent =
  | { type: 'restored', peer: PeerKey, state: AuditState }
  /** A relay stream with the node stands; there is none any more. */
  | { type: 'linked', peer: PeerKey }
  | { type: 'unlinked', peer: PeerKey }
  /** The node told what it holds of the mailbox. */
  | { type: 'told', peer: PeerKey, mailbox: MailboxId }
  /** The node told that its disk refuses writes. Without a node it is ours that does. */
  | { type: 'readOnly', peer?: PeerKey }
  /** Time to look what is due. shared: the mailboxes with mail that this node and another keep, by that other. */
  | { type: 'look', shared: ReadonlyMap<PeerKey, MailboxId[]> }
  | { type: 'drawn', peer: PeerKey, mailbox: MailboxId, ids: EnvelopeId[] }
  /** Of what was asked for and is here still: what the node has shown, and what not. Both empty when nothing is. */
  | { type: 'answered', peer: PeerKey, number: number, shown: EnvelopeId[], lacking: EnvelopeId[] }

export type AuditEffect =
  /** Draw ids of the mailbox by chance; `drawn` answers. */
  | { type: 'draw', peer: PeerKey, mailbox: MailboxId }
  | { type: 'ask', peer: PeerKey, number: number, mailbox: MailboxId, ids: EnvelopeId[] }
  /** An answer to this number is not waited for any more. */
  | { type: 'letGo', peer: PeerKey, number: number }
  /** Remember over restarts; undefined: nothing. */
  | { type: 'remember', peer: PeerKey, state: AuditState | undefined }
  | { type: 'caught', peer: PeerKey, until: Millis }

interface Asking { number: number, at: Millis }

interface Watch extends AuditState {
  /** Since when there is a stream on which the node could be told what it lacks, and take it; undefined without one. */
  linkedSince: Millis | undefined
  /** When the node last told of the mailbox that is drawn, on this link. */
  toldAt: Millis | undefined
  asking: Asking | undefined
}

export interface AuditLimits { auditedPeersMax: number, auditsOpenMax: number }

export class AuditCore {
  readonly #watches = new Map<PeerKey, Watch>()
  /** Nodes that there is a stream with, audited or not. */
  readonly #linked = new Map<PeerKey, Millis>()
  readonly #limits: AuditLimits
  #open = 0
  #asked = 0

  constructor (limits: AuditLimits = RELAY_DEFAULTS) { this.#limits = limits }

  /** Nodes that something is remembered of. */
  get size (): number { return this.#watches.size }
  /** Audits that wait for their answer. */
  get open (): number { return this.#open }

  /** The mailbox that the node is about to be, or is being, asked for. */
  drawnOf (peer: PeerKey): MailboxId | undefined { return this.#watches.get(peer)?.draw?.mailbox }

  /** Nodes that are caught now. */
  caught (now: Millis): PeerKey[] {
    return [...this.#watches].filter(([, { caughtUntil }]) => caughtUntil > now).map(([peer]) => peer)
  }

  /** chance: a fresh fraction in [0, 1) with each call. */
  handle (event: AuditEvent, now: Millis, chance: () => number): AuditEffect[] {
    switch (event.type) {
      case 'restored': return this.#onRestored(event.peer, event.state, now)
      case 'linked': return this.#onLinked(event.peer, now)
      case 'unlinked': return this.#onUnlinked(event.peer, now, chance)
      case 'told': return this.#onTold(event.peer, event.mailbox, now)
      case 'readOnly': return this.#onReadOnly(event.peer === undefined ? [...this.#linked.keys()] : [event.peer], now)
      case 'look': return this.#onLook(event.shared, now, chance)
      case 'drawn': return this.#onDrawn(event, now, chance)
      case 'answered': return this.#onAnswered(event, now, chance)
    }
  }

  #onRestored (peer: PeerKey, state: AuditState, now: Millis): AuditEffect[] {
    // However it was written, and whatever our clock has done since: no node waits longer than a new one would.
    const nextAt = Math.min(state.nextAt, now + RELAY_DEFAULTS.caughtMs)
    const caughtUntil = Math.min(state.caughtUntil, now + RELAY_DEFAULTS.caughtMs)
    this.#watches.set(peer, { ...state, nextAt, caughtUntil, linkedSince: undefined, toldAt: undefined, asking: undefined })
    return caughtUntil > now ? [{ type: 'caught', peer, until: caughtUntil }] : []
  }

  #onLinked (peer: PeerKey, now: Millis): AuditEffect[] {
    if (this.#linked.has(peer)) return []
    this.#linked.set(peer, now)
    const watch = this.#watches.get(peer)
    if (watch !== undefined) watch.linkedSince = now
    return []
  }

  /** Whoever has gone does not answer, which is no offence. */
  #onUnlinked (peer: PeerKey, now: Millis, chance: () => number): AuditEffect[] {
    this.#linked.delete(peer)
    const watch = this.#watches.get(peer)
    if (watch === undefined) return []
    watch.linkedSince = watch.toldAt = undefined
    if (watch.asking === undefined) return []
    watch.nextAt = now + spread(RELAY_DEFAULTS.auditAgainMs, chance)
    return [this.#letGo(peer, watch, watch.asking)]
  }

  #onTold (peer: PeerKey, mailbox: MailboxId, now: Millis): AuditEffect[] {
    const watch = this.#watches.get(peer)
    if (watch?.linkedSince !== undefined && watch.draw?.mailbox === mailbox) watch.toldAt = now
    return []
  }

  /** As if their links were new. */
  #onReadOnly (peers: PeerKey[], now: Millis): AuditEffect[] {
    for (const peer of peers.filter(peer => this.#linked.has(peer))) {
      this.#linked.set(peer, now)
      const watch = this.#watches.get(peer)
      if (watch !== undefined) [watch.linkedSince, watch.toldAt] = [now, undefined]
    }
    return []
  }

  #onLook (shared: ReadonlyMap<PeerKey, MailboxId[]>, now: Millis, chance: () => number): AuditEffect[] {
    const effects: AuditEffect[] = []
    for (const [peer, mailboxes] of shared) {
      const watch = this.#watches.get(peer) ?? this.#begin(peer, now, chance, effects)
      if (watch.caughtUntil > now) continue
      if (watch.draw !== undefined && !mailboxes.includes(watch.draw.mailbox)) effects.push(...this.#drop(peer, watch))
      if (watch.asking !== undefined) effects.push(...this.#onWaiting(peer, watch, watch.asking, now, chance))
      else if (watch.draw !== undefined) this.#ask(peer, watch, watch.draw, now, effects)
      else if (now >= watch.nextAt - RELAY_DEFAULTS.auditAgeMs && mailboxes.length > 0) {
        effects.push({ type: 'draw', peer, mailbox: mailboxes[Math.floor(chance() * mailboxes.length)] as MailboxId })
      }
    }
    return [...effects, ...this.#forget(shared, now)]
  }

  #ask (peer: PeerKey, watch: Watch, { mailbox, ids, at }: Draw, now: Millis, effects: AuditEffect[]): void {
    const { auditAgeMs, auditContactMs } = RELAY_DEFAULTS
    const { nextAt, linkedSince, toldAt } = watch
    const isDue = now >= nextAt && now - at >= auditAgeMs
    const isHeard = linkedSince !== undefined && now - linkedSince >= auditContactMs && toldAt !== undefined && now - toldAt < auditContactMs
    if (!isDue || !isHeard || this.#open >= this.#limits.auditsOpenMax) return
    this.#open++
    this.#asked = (this.#asked + 1) >>> 0
    watch.asking = { number: this.#asked, at: now }
    effects.push({ type: 'ask', peer, number: this.#asked, mailbox, ids })
  }

  /** The link has stood all the time, so the node was heard meanwhile. */
  #onWaiting (peer: PeerKey, watch: Watch, asking: Asking, now: Millis, chance: () => number): AuditEffect[] {
    if (now - asking.at < RELAY_DEFAULTS.auditLookMs) return []
    const effects = [this.#letGo(peer, watch, asking)]
    watch.silences++
    if (watch.silences >= RELAY_DEFAULTS.auditFailuresMax) return [...effects, ...this.#catch(peer, watch, now)]
    watch.nextAt = now + spread(RELAY_DEFAULTS.auditAgainMs, chance)
    return [...effects, remember(peer, watch)]
  }

  #onDrawn ({ peer, mailbox, ids }: Extract<AuditEvent, { type: 'drawn' }>, now: Millis, chance: () => number): AuditEffect[] {
    const watch = this.#watches.get(peer)
    if (watch === undefined || watch.draw !== undefined) return []
    watch.toldAt = undefined
    if (ids.length > 0) watch.draw = { mailbox, ids, at: now }
    else watch.nextAt = now + RELAY_DEFAULTS.auditAgeMs + spread(RELAY_DEFAULTS.auditAgainMs, chance)
    return [remember(peer, watch)]
  }

  #onAnswered ({ peer, number, shown, lacking }: Extract<AuditEvent, { type: 'answered' }>, now: Millis, chance: () => number): AuditEffect[] {
    const watch = this.#watches.get(peer)
    if (watch?.asking?.number !== number || watch.draw === undefined) return []
    const { auditIntervalMs, auditAgainMs, auditFailuresMax } = RELAY_DEFAULTS
    this.#letGo(peer, watch, watch.asking)
    watch.silences = 0
    if (lacking.length === 0) {
      // When nothing of it is left here, the next draw begins at once.
      if (shown.length > 0) watch.nextAt = now + spread(auditIntervalMs, chance)
      return this.#drop(peer, watch)
    }
    watch.draw = { ...watch.draw, ids: lacking }
    watch.lies++
    if (watch.lies >= auditFailuresMax) return this.#catch(peer, watch, now)
    watch.nextAt = now + spread(auditAgainMs, chance)
    return [remember(peer, watch)]
  }

  #catch (peer: PeerKey, watch: Watch, now: Millis): AuditEffect[] {
    watch.nextAt = watch.caughtUntil = now + RELAY_DEFAULTS.caughtMs
    return [...this.#drop(peer, watch), { type: 'caught', peer, until: watch.caughtUntil }]
  }

  /** What was held against the node was about these envelopes. */
  #drop (peer: PeerKey, watch: Watch): AuditEffect[] {
    const effects = watch.asking === undefined ? [] : [this.#letGo(peer, watch, watch.asking)]
    watch.draw = watch.toldAt = undefined
    watch.lies = watch.silences = 0
    return [...effects, remember(peer, watch)]
  }

  #letGo (peer: PeerKey, watch: Watch, { number }: Asking): AuditEffect {
    watch.asking = undefined
    this.#open--
    return { type: 'letGo', peer, number }
  }

  /** Somewhere in the coming day, so that a node's audits are spread over it. */
  #begin (peer: PeerKey, now: Millis, chance: () => number, effects: AuditEffect[]): Watch {
    const watch: Watch = {
      nextAt: now + Math.round(chance() * RELAY_DEFAULTS.auditIntervalMs),
      lies: 0,
      silences: 0,
      caughtUntil: 0,
      draw: undefined,
      linkedSince: this.#linked.get(peer),
      toldAt: undefined,
      asking: undefined
    }
    this.#watches.set(peer, watch)
    effects.push(remember(peer, watch))
    return watch
  }

  /** Nodes that share nothing with us any more; beyond the bound, whoever has been known the longest. */
  #forget (shared: ReadonlyMap<PeerKey, MailboxId[]>, now: Millis): AuditEffect[] {
    const effects: AuditEffect[] = []
    let surplus = this.#watches.size - this.#limits.auditedPeersMax
    for (const [peer, watch] of this.#watches) {
      const isPast = !shared.has(peer) && watch.nextAt + RELAY_DEFAULTS.caughtMs < now
      if (!isPast && (surplus <= 0 || watch.caughtUntil > now)) continue
      if (watch.asking !== undefined) effects.push(this.#letGo(peer, watch, watch.asking))
      this.#watches.delete(peer)
      surplus--
      effects.push({ type: 'remember', peer, state: undefined })
    }
    return effects
  }
}

/** What `sharedMailboxes` looks at. */
export interface SharedInit {
  self: PeerKey
  mailboxes: Iterable<MailboxId>
  usage: (mailbox: MailboxId) => MailboxUsage
  /** The nodes that keep the mailbox. */
  members: (mailbox: MailboxId) => PeerKey[]
}

/** The mailboxes with mail that this node and another keep, by that other. */
export function sharedMailboxes ({ self, mailboxes, usage, members }: SharedInit): Map<PeerKey, MailboxId[]> {
  const shared = new Map<PeerKey, MailboxId[]>()
  for (const mailbox of mailboxes) {
    const { envelopes, bytes } = usage(mailbox)
    if (envelopes === 0 || bytes > RELAY_DEFAULTS.auditMailboxBytesMax) continue
    for (const node of members(mailbox)) {
      if (node === self) continue
      const known = shared.get(node)
      if (known === undefined) shared.set(node, [mailbox])
      else known.push(mailbox)
    }
  }
  return shared
}

function remember (peer: PeerKey, { nextAt, lies, silences, caughtUntil, draw }: Watch): AuditEffect {
  return { type: 'remember', peer, state: { nextAt, lies, silences, caughtUntil, draw } }
}

/** Give or take half, in whole milliseconds, as times are kept. */
function spread (ms: number, chance: () => number): Millis { return Math.round(ms * (0.5 + chance())) }
