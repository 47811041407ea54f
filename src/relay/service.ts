/**
 * The relay's service, as the node and its sessions see it: attach a device's link, submit what it deposits, collect
 * what it holds. What happens then is in parts.ts.
 *
 * Nothing here decodes an envelope beyond its fixed header, and nothing signs or verifies per envelope.
 */
import { RefusedError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { SessionFrame } from '../wire/mail.ts'
import { Answers, type FrameSink } from './answers.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { Gate, type Pausable } from './gate.ts'
import { Handover, type HandOverOptions } from './handover.ts'
import { HANDOVER_AT_LEAVING, type HandoverProgress, type HandoverReport } from './handover.events.core.ts'
import { RelayParts, type RelayComponents } from './parts.ts'
import type { Source } from './source.ts'
import type { Clock } from '../ports.ts'
import type { Bytes, MailboxId, PeerKey } from '../types.ts'

/** A device's session stream, as its session hands it to the relay. */
export interface DeviceLink extends FrameSink, Pausable {
  readonly device: PeerKey
  /** The device's own mailbox. */
  readonly mailbox: MailboxId
  /** A node of the user's record did not hold what it should, by this node's audits. */
  accused: (node: PeerKey) => void
}

export class RelayService {
  readonly #components: RelayComponents
  readonly #devices = new Map<DeviceLink, Source>()
  #parts: RelayParts | undefined
  #onIdle: (() => void) | undefined
  #handover: Handover | undefined

  constructor (components: RelayComponents) { this.#components = components }

  async start (): Promise<void> {
    if (this.#parts !== undefined) return
    this.#parts = new RelayParts(this.#components, () => { this.#onIdle?.() }, node => { this.#accuse(node, this.#devices.keys()) })
    await this.#parts.start()
  }

  /** Lets go of streams and timers; what is being written is written. Can be started again. */
  async stop (): Promise<void> {
    const parts = this.#parts
    this.#parts = undefined
    this.#devices.clear()
    this.#handover?.end()
    this.#handover = undefined
    this.#onIdle?.()
    await parts?.stop()
  }

  /** Takes no more deposits and waits, within a bound, until each that was taken has its outcome. */
  async drain (): Promise<{ unfinished: number }> {
    this.#parts?.moved.stop()
    this.#parts?.links.leave()
    this.#parts?.coordinator.tell({ type: 'drain' })
    this.#parts?.replica.drain()
    if (this.#open === 0) return { unfinished: 0 }
    await new Promise<void>(resolve => {
      const cancel = this.#components.clock.after(RELAY_DEFAULTS.finishMs, resolve)
      this.#onIdle = () => {
        if (this.#open > 0) return
        cancel()
        resolve()
      }
    })
    this.#onIdle = undefined
    return { unfinished: this.#open }
  }

  /** Until w other nodes of each mailbox's record have what lies here, nothing more can be done about it, or time is up. */
  async handOver ({ onProgress, signal, after }: HandOverOptions = {}): Promise<HandoverReport> {
    const { users, clock } = this.#components
    if (this.#parts === undefined) throw new RefusedError('the node has left', { code: REFUSAL.draining, retryAfterSeconds: 0 })
    const { promise, resolve } = Promise.withResolvers<void>()
    let mayEnd = after === undefined
    const endIfOver = (): void => { if (mayEnd && handover.isOver) resolve() }
    const handover = this.#handover = new Handover(this.#parts.handoverComponents, HANDOVER_AT_LEAVING, endIfOver)
    void after?.then(() => {
      mayEnd = true
      endIfOver()
    })
    const tell = (): void => { onProgress?.(handover.progress) }
    const cancels = [clock.after(RELAY_DEFAULTS.handoverMs, resolve), every(clock, RELAY_DEFAULTS.handoverTickMs, tell)]
    signal?.addEventListener('abort', () => { resolve() }, { once: true })
    for (const mailbox of users.mailboxes()) handover.take(mailbox)
    endIfOver()
    if (signal?.aborted !== true) await promise
    for (const cancel of cancels) cancel()
    handover.end()
    tell()
    return handover.report
  }

  /** Of the hand-over that runs. */
  get handoverProgress (): HandoverProgress | undefined { return this.#handover?.progress }

  /** Whether a node has told this one that it is about to leave. */
  isLeaving (node: PeerKey): boolean { return this.#parts?.links.isLeaving(node) === true }

  /**
   * For the operator: deposits in hand, nodes that there is a stream with, bytes that these have not read yet, mailboxes that
   * are being fetched from them, and whether what lies here has still to be compared with theirs after an unclean end.
   */
  status (): { inFlight: number, nodes: number, queuedBytes: number, pulls: number, verifying: boolean } {
    const links = this.#parts?.links
    return { inFlight: this.#open, nodes: links?.count ?? 0, queuedBytes: links?.queuedBytes ?? 0, ...this.#parts?.reconciliation.status ?? { pulls: 0, verifying: false } }
  }

  /** The record or profile of the mailbox's user is another one, or it is not served here any more. */
  touched (mailbox: MailboxId): void { this.#parts?.reconciliation.touched(mailbox) }

  /** From now on the device may deposit, and is shown what arrives for its mailbox. The result takes it back. */
  attach (link: DeviceLink): () => void {
    const parts = this.#parts
    if (parts === undefined) return () => {}
    const gate = new Gate(link)
    const answers = new Answers({ sink: link, encode: answer => SessionFrame.encode(answer), gate, clock: this.#components.clock })
    const source = { id: parts.sources.newDevice(), gate, answers }
    parts.sources.add(source)
    this.#devices.set(link, source)
    parts.replica.attach(source.id, link.device, link.mailbox)
    for (const node of parts.audits.caught) this.#accuse(node, [link])
    return () => {
      parts.replica.detach(source.id)
      parts.sources.remove(source.id)
      if (this.#devices.get(link) === source) this.#devices.delete(link)
    }
  }

  /** A deposit of an attached device. It hears of it on its link: accepted, receipts, refused. */
  submit (link: DeviceLink, ticket: number, routeEpoch: number, routeSeq: number, bytes: Bytes): void {
    const source = this.#devices.get(link)
    if (source === undefined) return
    const envelope = this.#parts?.openEnvelope(source, ticket, bytes)
    if (envelope !== undefined) this.#parts?.coordinator.submit(source.id, ticket, envelope, routeEpoch, routeSeq)
  }

  /** An envelope of an attached device for whoever is there: nobody stores it, and nobody answers. */
  whisper (link: DeviceLink, bytes: Bytes): void {
    const source = this.#devices.get(link)
    if (source !== undefined) this.#parts?.whispers.submit(source.id, bytes)
  }

  /**
   * A device's collection: durable here when it resolves, and passed on to the user's other nodes. Throws as
   * `openCollection` does, RefusedError (notServed, draining) or StoreFailedError.
   */
  async collect (source: Pick<DeviceLink, 'device' | 'mailbox'>, bytes: Bytes): Promise<void> {
    if (this.#parts === undefined) throw new RefusedError('the node is about to leave', { code: REFUSAL.draining, retryAfterSeconds: RELAY_DEFAULTS.awayRetrySeconds })
    await this.#parts.collections.take(source, bytes)
  }

  /** Tells it to those whose record lists the node. */
  #accuse (node: PeerKey, links: Iterable<DeviceLink>): void {
    for (const link of links) {
      const route = this.#components.users.route(link.mailbox)
      if (route?.entries.some(entry => entry.node === node) === true) link.accused(node)
    }
  }

  get #open (): number { return this.#parts?.open ?? 0 }
}

/** Until it is taken back. */
function every (clock: Clock, ms: number, callback: () => void): () => void {
  let cancel = (): void => {}
  const later = (): void => {
    cancel = clock.after(ms, () => {
      callback()
      later()
    })
  }
  later()
  return () => { cancel() }
}
