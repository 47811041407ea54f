/**
 * Handing over: a node that leaves, or that a user has moved away from, sees to it that what lies here lies elsewhere.
 *
 *   take      → [read]               one page of each mailbox, as many mailboxes at once as the bytes in flight allow
 *   page      → [deposit × …]        each envelope to other nodes of the mailbox's newest record, by the coordinator
 *   receipts  → …                    w distinct nodes have it: handed over
 *   refused   → …                    w distinct nodes have it or say that it is past: nothing to hand over
 *   …         → [release]            the page is settled; a node that keeps running lets go of it. The next one, or
 *   tick      → [read]               the same again after a while, when too few took it: some may be collected by then
 *
 * Nothing but receipts and the words of w distinct nodes settles an envelope, or its absence when its page is read again.
 * A mailbox for which nobody that could take it has been there for a while is given up, and said to lack holders.
 */
import { LIMITS } from '../wire/limits.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { Box, type BoxState, type Item } from './handover.box.core.ts'
import { HANDOVER_AT_LEAVING, type HandoverEffect, type HandoverEvent, type HandoverInit, type HandoverProgress, type HandoverReport } from './handover.events.core.ts'
import type { Envelope, EnvelopeId, MailboxId, Millis, PeerKey, RefusalCode, RouteRecord } from '../types.ts'

/** No envelope is smaller: header and the least seal. So a page has no more than this of them. */
const PAGE_ENVELOPES_MAX = LIMITS.pageBytes / LIMITS.sealedBytesMin
/** Deposits of one envelope whose receipts are still understood: the one under way, and the one before. */
const TICKETS_PER_ITEM = 2

export class HandoverCore {
  readonly #self: PeerKey
  readonly #init: HandoverInit
  readonly #boxes = new Map<MailboxId, Box>()
  readonly #ready: Box[] = []
  readonly #tickets = new Map<number, { box: Box, item: Item }>()
  #lastTicket = 0
  /** Mailboxes that are not over. */
  #unfinished = 0
  #reading = 0
  #bytesOpen = 0
  #depositsOpen = 0
  #handedOver = 0
  #collected = 0
  #effects: HandoverEffect[] = []

  constructor (self: PeerKey, init: HandoverInit = HANDOVER_AT_LEAVING) {
    this.#self = self
    this.#init = init
  }

  /** Nothing more is tried. */
  get isOver (): boolean { return this.#unfinished === 0 }

  /** Bytes of pages that are being read, at their most, and of deposits under way. */
  get bytesInFlight (): number { return this.#bytesOpen + this.#reading * LIMITS.pageBytes }

  /** Mailboxes that a newer record could help. */
  * stuck (): Iterable<{ mailbox: MailboxId, route: RouteRecord | undefined }> {
    for (const box of this.#boxes.values()) if (box.state === 'waiting' || box.state === 'kept') yield box
  }

  get progress (): HandoverProgress {
    const progress: HandoverProgress = { envelopes: { done: 0, total: 0 }, bytes: { done: 0, total: 0 }, mailboxes: { done: 0, total: this.#boxes.size } }
    for (const box of this.#boxes.values()) {
      progress.envelopes.total += box.totalEnvelopes
      progress.bytes.total += box.totalBytes
      progress.envelopes.done += Math.min(box.settledEnvelopes, box.totalEnvelopes)
      progress.bytes.done += box.isDone ? box.totalBytes : Math.min(box.settledBytes, box.totalBytes)
      if (box.isDone) progress.mailboxes.done++
    }
    return progress
  }

  report (seconds: number): HandoverReport {
    const report: HandoverReport = { handedOver: this.#handedOver, collected: this.#collected, kept: 0, lacking: [], lackingEnvelopes: 0, damagedEnvelopes: 0, mailboxes: this.#boxes.size, seconds }
    for (const box of this.#boxes.values()) {
      if (box.state === 'kept') report.kept += box.leftEnvelopes
      const envelopes = box.damaged.size + (box.state === 'lacking' ? box.leftEnvelopes : 0)
      if (envelopes === 0) continue
      report.lackingEnvelopes += envelopes
      report.damagedEnvelopes += box.damaged.size
      if (report.lacking.length < RELAY_DEFAULTS.handoverLackingMax) report.lacking.push({ mailbox: box.mailbox.slice(0, 8), envelopes })
    }
    return report
  }

  handle (event: HandoverEvent, now: Millis): HandoverEffect[] {
    this.#effects = []
    switch (event.type) {
      case 'take': this.#onTake(event); break
      case 'route': this.#onRoute(event.mailbox, event.route); break
      case 'page': this.#onPage(event, now); break
      case 'unread': this.#onUnread(event.mailbox, now); break
      case 'receipts': this.#onReceipts(event.node, event.tickets, now); break
      case 'refused': this.#onRefused(event.ticket, event.said, now); break
      case 'tick': this.#onTick(event, now); break
      case 'end': this.#onEnd(); break
    }
    this.#readMore()
    return this.#effects
  }

  #onTake ({ mailbox, route, envelopes, bytes }: Extract<HandoverEvent, { type: 'take' }>): void {
    if (this.#boxes.get(mailbox)?.isOver === false) return
    const box = new Box(mailbox, { envelopes, bytes }, this.#self)
    this.#boxes.set(mailbox, box)
    box.takeRoute(route)
    if (box.hasOthers) this.#makeReady(box)
  }

  #onRoute (mailbox: MailboxId, route: RouteRecord | undefined): void {
    const box = this.#boxes.get(mailbox)
    if (box === undefined || box.state === 'done' || box.state === 'lacking') return
    box.takeRoute(route)
    if (box.state !== 'waiting' && box.state !== 'kept') return
    if (box.hasOthers) this.#makeReady(box)
    else this.#enter(box, 'kept')
  }

  #onPage ({ mailbox, envelopes, position, last, damaged }: Extract<HandoverEvent, { type: 'page' }>, now: Millis): void {
    const box = this.#boxes.get(mailbox)
    if (box?.state !== 'reading') return
    this.#reading--
    this.#enter(box, 'depositing')
    box.pageEnd = position
    box.isLastPage = last
    for (const place of damaged) box.damaged.add(place)
    this.#noteGone(box, new Set(envelopes.map(({ envelope }) => envelope.id)))
    box.hasProgressed = false
    for (const { envelope, position } of envelopes) {
      let item = box.items.get(envelope.id)
      if (item === undefined) {
        item = { id: envelope.id, position, bytes: envelope.bytes.byteLength, holders: new Set(), past: new Set(), ticket: undefined, tickets: [], owed: 0, isSettled: false }
        box.items.set(envelope.id, item)
      }
      if (!item.isSettled && !this.#settleIfDone(box, item)) this.#deposit(box, item, envelope, now)
    }
    this.#endPageIfDone(box, now)
  }

  /** What was in the page when it was read before, and is not any more, was collected here or has expired. */
  #noteGone (box: Box, there: ReadonlySet<EnvelopeId>): void {
    for (const item of box.items.values()) {
      if (there.has(item.id) || item.position > box.pageEnd) continue
      if (!item.isSettled) this.#settle(box, item, 'collected')
    }
  }

  #deposit (box: Box, item: Item, envelope: Envelope, now: Millis): void {
    const entries = box.candidates(item, now)
    if (box.route === undefined || entries.length === 0) return
    item.ticket = ++this.#lastTicket
    this.#tickets.set(item.ticket, { box, item })
    item.tickets.push(item.ticket)
    if (item.tickets.length > TICKETS_PER_ITEM) this.#tickets.delete(item.tickets.shift() ?? 0)
    box.open++
    this.#depositsOpen++
    this.#bytesOpen += item.bytes
    item.owed = box.missing(item)
    this.#effects.push({ type: 'deposit', ticket: item.ticket, envelope, route: box.route, among: { entries, copies: item.owed } })
  }

  #onUnread (mailbox: MailboxId, now: Millis): void {
    const box = this.#boxes.get(mailbox)
    if (box?.state !== 'reading') return
    this.#reading--
    this.#wait(box, now)
  }

  #onReceipts (node: PeerKey, tickets: number[], now: Millis): void {
    for (const ticket of tickets) {
      const found = this.#tickets.get(ticket)
      if (found === undefined || found.item.holders.has(node)) continue
      const { box, item } = found
      item.holders.add(node)
      box.hasProgressed = true
      if (!item.isSettled) this.#settleIfDone(box, item)
      // The record may have changed meanwhile: the deposit has its receipts, and others are wanted now.
      if (item.ticket === ticket && --item.owed === 0) this.#close(box, item)
      this.#endPageIfDone(box, now)
    }
  }

  #onRefused (ticket: number, said: ReadonlyMap<PeerKey, RefusalCode>, now: Millis): void {
    const found = this.#tickets.get(ticket)
    if (found?.item.ticket !== ticket) return
    const { box, item } = found
    box.takeRefusals(item, said, now + RELAY_DEFAULTS.handoverDeclinedMs)
    this.#close(box, item)
    this.#settleIfDone(box, item)
    this.#endPageIfDone(box, now)
  }

  #onTick ({ reached, leaving }: Extract<HandoverEvent, { type: 'tick' }>, now: Millis): void {
    for (const box of this.#boxes.values()) {
      if (box.state !== 'waiting') continue
      const hope = box.hope(reached, leaving, now)
      if (hope === 'hope') box.aloneSince = undefined
      else box.aloneSince ??= now
      const patienceMs = hope === 'left' ? this.#init.leftAloneMs : this.#init.aloneMs
      if (now - (box.aloneSince ?? now) >= patienceMs) this.#giveUp(box)
      else if (box.retryAt <= now) this.#makeReady(box)
    }
  }

  #onEnd (): void {
    for (const box of this.#boxes.values()) if (!box.isOver) this.#giveUp(box)
    this.#ready.length = 0
  }

  #giveUp (box: Box): void {
    if (box.state === 'reading') this.#reading--
    for (const item of box.items.values()) this.#close(box, item)
    this.#forgetPage(box)
    this.#enter(box, 'lacking')
  }

  #settleIfDone (box: Box, item: Item): boolean {
    const outcome = box.outcome(item)
    if (outcome === undefined) return false
    this.#settle(box, item, outcome)
    return true
  }

  #settle (box: Box, item: Item, outcome: 'handedOver' | 'collected'): void {
    this.#close(box, item)
    item.isSettled = true
    box.settledEnvelopes++
    box.settledBytes += item.bytes
    if (outcome === 'handedOver') this.#handedOver++
    else this.#collected++
  }

  /** Its deposit is not under way any more; a receipt may still come for it. */
  #close (box: Box, item: Item): void {
    if (item.ticket === undefined) return
    item.ticket = undefined
    box.open--
    this.#depositsOpen--
    this.#bytesOpen -= item.bytes
  }

  #endPageIfDone (box: Box, now: Millis): void {
    if (box.state !== 'depositing' || box.open > 0) return
    const items = [...box.items.values()].filter(({ position }) => position <= box.pageEnd)
    if (items.some(({ isSettled }) => !isSettled)) return this.#wait(box, now)
    if (this.#init.releases && items.length > 0) this.#effects.push({ type: 'release', mailbox: box.mailbox, ids: items.map(({ id }) => id) })
    this.#forgetPage(box)
    box.after = box.pageEnd
    box.waitMs = 0
    box.aloneSince = undefined
    if (!box.isLastPage) return this.#makeReady(box)
    // What was collected before its page was read.
    this.#collected += box.leftEnvelopes
    box.settledEnvelopes += box.leftEnvelopes
    this.#enter(box, 'done')
  }

  #forgetPage (box: Box): void {
    for (const { tickets } of box.items.values()) for (const ticket of tickets) this.#tickets.delete(ticket)
    box.items.clear()
  }

  #wait (box: Box, now: Millis): void {
    if (!box.hasOthers) {
      this.#forgetPage(box)
      this.#enter(box, 'kept')
      return
    }
    if (box.hasProgressed) {
      box.waitMs = 0
      box.aloneSince = undefined
    }
    box.waitMs = Math.min(this.#init.retryMaxMs, box.waitMs * 2 || RELAY_DEFAULTS.handoverRetryFirstMs)
    box.retryAt = now + box.waitMs
    this.#enter(box, 'waiting')
  }

  #enter (box: Box, state: BoxState): void {
    const wasOver = box.isOver
    box.state = state
    if (box.isOver !== wasOver) this.#unfinished += wasOver ? 1 : -1
  }

  #makeReady (box: Box): void {
    this.#enter(box, 'ready')
    this.#ready.push(box)
  }

  #readMore (): void {
    while (this.#hasRoom()) {
      const box = this.#ready.shift()
      if (box === undefined) return
      this.#enter(box, 'reading')
      this.#reading++
      this.#effects.push({ type: 'read', mailbox: box.mailbox, after: box.after, maxBytes: LIMITS.pageBytes })
    }
  }

  #hasRoom (): boolean {
    return this.bytesInFlight + LIMITS.pageBytes <= this.#init.bytesInFlight &&
      this.#depositsOpen + (this.#reading + 1) * PAGE_ENVELOPES_MAX <= LIMITS.inFlightDeposits
  }
}
