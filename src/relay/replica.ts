/**
 * Performs what the replica and delivery decide: writes, shows, signs. Writing begins after everything that came in
 * one go has been read, so that a burst is one append.
 */
import { controlFrame, pushFrame } from '../wire/frames.ts'
import { SessionFrame } from '../wire/mail.ts'
import { Appends, type Written } from './appends.ts'
import { DeliveryCore, type DeliveryEffect, type DeliveryEvent } from './delivery.core.ts'
import { ReplicaCore, type Deposit, type ReplicaEffect, type ReplicaEvent } from './replica.core.ts'
import type { SourceId } from './intake.core.ts'
import type { ReceiptRun } from './receipt.ts'
import type { Sources } from './source.ts'
import type { Crypto, EnvelopeStore, ServedUsers, SigningKey } from '../ports.ts'
import type { Envelope, MailboxId, PeerKey, Refusal, RouteRecord } from '../types.ts'
import type { Logger } from '@libp2p/interface'

/** Where the leaves of receipts stand: leaf `first` of the run belongs to the first ticket. */
export interface Leaves { run: ReceiptRun, first: number }

/** What becomes of deposits, told to whoever made them. */
export interface ReplicaHost {
  onReceipts: (source: SourceId, tickets: number[], leaves: Leaves) => void
  onRefused: (source: SourceId, ticket: number, refusal: Refusal) => void
  onMoved: (source: SourceId, ticket: number, route: RouteRecord) => void
  /** Nothing is open any more. */
  onIdle: () => void
}

export interface ReplicaComponents {
  sources: Sources
  envelopes: EnvelopeStore
  users: ServedUsers
  signingKey: SigningKey
  crypto: Crypto
  log: Logger
  host: ReplicaHost
}

export class Replica {
  readonly #components: ReplicaComponents
  readonly #appends: Appends
  readonly #core = new ReplicaCore()
  readonly #delivery = new DeliveryCore()
  #writeScheduled = false

  constructor (components: ReplicaComponents) {
    this.#components = components
    this.#appends = new Appends(components)
  }

  get open (): number { return this.#core.open }

  deposit (source: SourceId, deposit: Deposit, routeEpoch: number, routeSeq: number): void {
    const { users } = this.#components
    const { mailbox } = deposit.envelope
    this.#handle({ type: 'deposit', source, deposit, routeEpoch, routeSeq, served: users.devices(mailbox) !== undefined, route: users.route(mailbox) })
    if (this.#writeScheduled) return
    this.#writeScheduled = true
    queueMicrotask(() => {
      this.#writeScheduled = false
      this.#handle({ type: 'due' })
    })
  }

  drain (): void { this.#handle({ type: 'drain' }) }

  attach (link: SourceId, device: PeerKey, mailbox: MailboxId): void {
    const { envelopes } = this.#components
    const holdsMail = envelopes.usage(mailbox).envelopes > 0
    this.#deliver({ type: 'attach', link, device, mailbox, position: envelopes.lastPosition(mailbox), holdsMail })
  }

  detach (link: SourceId): void { this.#deliver({ type: 'detach', link }) }

  /** Shows an envelope that is not stored to the user's attached devices; one that reads too slowly misses it. */
  whisper ({ mailbox, bytes }: Envelope): void {
    const { sources, users } = this.#components
    if (!this.#delivery.watches(mailbox)) return
    const frame = SessionFrame.encode({ whispered: bytes })
    for (const link of this.#delivery.links(mailbox, users.devices(mailbox) ?? [])) sources.get(link)?.answers.push(...controlFrame(frame))
  }

  #handle (event: ReplicaEvent, written?: Written): void {
    for (const effect of this.#core.handle(event)) this.#perform(effect, written)
    if (this.#core.open === 0) this.#components.host.onIdle()
  }

  #perform (effect: ReplicaEffect, written: Written | undefined): void {
    const { sources, host, users, log } = this.#components
    switch (effect.type) {
      case 'pause': return sources.get(effect.source)?.gate.close('replica')
      case 'resume': return sources.get(effect.source)?.gate.open('replica')
      case 'refuse': return host.onRefused(effect.source, effect.ticket, effect.refusal)
      case 'moved': return host.onMoved(effect.source, effect.ticket, effect.route)
      case 'settled': return this.#deliver(effect)
      case 'deliver': {
        const { mailbox } = effect.deposit.envelope
        if (this.#delivery.watches(mailbox)) this.#deliver({ ...effect, devices: users.devices(mailbox) ?? [] })
        return
      }
      case 'append':
        this.#write(effect.source, effect.deposits).catch(error => { log.error('what was stored could not be answered: %s', error.message) })
        return
      case 'receipts':
        if (written?.run !== undefined) host.onReceipts(effect.source, effect.tickets, { run: written.run, first: written.firstLeaf })
    }
  }

  async #write (source: SourceId, deposits: Deposit[]): Promise<void> {
    const written = await this.#appends.write(deposits)
    if (written === undefined) this.#handle({ type: 'failed', source })
    else this.#handle({ type: 'appended', source, outcomes: written.outcomes }, written)
    this.#handle({ type: 'due' })
  }

  #deliver (event: DeliveryEvent): void {
    for (const effect of this.#delivery.handle(event)) this.#show(effect)
  }

  #show (effect: DeliveryEffect): void {
    const answers = this.#components.sources.get(effect.link)?.answers
    switch (effect.type) {
      case 'pushed': return answers?.pushed(effect.from, effect.to)
      case 'behind': return answers?.behind(effect.position)
      case 'push':
        if (answers?.push(...pushFrame(0, effect.deposit.envelope.bytes)) !== true) this.#delivery.handle({ type: 'missed', deposit: effect.deposit, link: effect.link })
    }
  }
}
