/**
 * Performs what the shipped replica and delivery decide, as src/relay/{replica,appends}.ts do: writes, shows, and signs
 * when the disk has it.
 */
import { DeliveryCore, type DeliveryEffect, type DeliveryEvent } from '../../src/relay/delivery.core.ts'
import { ReplicaCore, type Deposit, type ReplicaEffect, type ReplicaEvent } from '../../src/relay/replica.core.ts'
import type { Leaves } from './node-answers.ts'
import type { SimSources } from './node-source.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer, Written } from './store-performer.ts'
import type { Witness } from '../checks/witness.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'
import type { ServedUsers } from '../../src/ports.ts'
import type { EnvelopeId, MailboxId, PeerKey, Refusal, RouteRecord } from '../../src/types.ts'

/** What becomes of deposits, told to whoever made them. */
export interface ReplicaHost {
  onReceipts: (source: SourceId, tickets: number[], leaves: Leaves) => void
  onRefused: (source: SourceId, ticket: number, refusal: Refusal) => void
  onMoved: (source: SourceId, ticket: number, route: RouteRecord) => void
  /** Nothing is open any more. */
  onIdle: () => void
}

export interface ReplicaParts {
  self: PeerKey
  process: SimProcess
  sources: SimSources
  store: StorePerformer
  users: ServedUsers
  witness: Pick<Witness, 'receipt'>
  host: ReplicaHost
}

export class SimReplica {
  readonly #parts: ReplicaParts
  readonly #core = new ReplicaCore()
  readonly #delivery = new DeliveryCore()
  #isWriteScheduled = false
  #openBytes = 0

  constructor (parts: ReplicaParts) { this.#parts = parts }

  get open (): number { return this.#core.open }
  /** Of deposits that are neither on disk nor refused. */
  get openBytes (): number { return this.#openBytes }

  deposit (source: SourceId, deposit: Deposit, routeEpoch: number, routeSeq: number): void {
    const { users, process } = this.#parts
    const { mailbox } = deposit.envelope
    this.#handle({ type: 'deposit', source, deposit, routeEpoch, routeSeq, served: users.devices(mailbox) !== undefined, route: users.route(mailbox) })
    if (this.#isWriteScheduled) return
    this.#isWriteScheduled = true
    process.soon(this.#write)
  }

  drain (): void { this.#handle({ type: 'drain' }) }

  attach (link: SourceId, device: PeerKey, mailbox: MailboxId): void {
    const { store } = this.#parts
    this.#deliver({ type: 'attach', link, device, mailbox, position: store.lastPosition(mailbox), holdsMail: store.usage(mailbox).envelopes > 0 })
  }

  detach (link: SourceId): void { this.#deliver({ type: 'detach', link }) }

  readonly #write = (): void => {
    this.#isWriteScheduled = false
    this.#handle({ type: 'due' })
  }

  #handle (event: ReplicaEvent, leaves?: Leaves): void {
    for (const effect of this.#core.handle(event)) this.#perform(effect, leaves)
    if (this.#core.open === 0) this.#parts.host.onIdle()
  }

  #perform (effect: ReplicaEffect, leaves: Leaves | undefined): void {
    const { sources, host, users } = this.#parts
    switch (effect.type) {
      case 'pause': return sources.get(effect.source)?.gate.close('replica')
      case 'resume': return sources.get(effect.source)?.gate.open('replica')
      case 'refuse': return host.onRefused(effect.source, effect.ticket, effect.refusal)
      case 'moved': return host.onMoved(effect.source, effect.ticket, effect.route)
      case 'settled':
        for (const { envelope } of effect.deposits) this.#openBytes -= envelope.bytes.byteLength
        return this.#deliver(effect)
      case 'deliver': {
        const { mailbox, bytes } = effect.deposit.envelope
        this.#openBytes += bytes.byteLength
        if (this.#delivery.watches(mailbox)) this.#deliver({ ...effect, devices: users.devices(mailbox) ?? [] })
        return
      }
      case 'append': return this.#append(effect.source, effect.deposits)
      case 'receipts':
        if (leaves !== undefined) host.onReceipts(effect.source, effect.tickets, leaves)
    }
  }

  #append (source: SourceId, deposits: Deposit[]): void {
    const { store, process } = this.#parts
    store.append(deposits.map(({ envelope }) => envelope), written => {
      if (process.isOver) return
      if (written === undefined) {
        process.note(`the disk refused ${deposits.length}`)
        this.#handle({ type: 'failed', source })
      } else {
        this.#handle({ type: 'appended', source, outcomes: written.outcomes }, this.#sign(deposits, written))
      }
      this.#handle({ type: 'due' })
    })
  }

  /** From here on it is promised. */
  #sign (deposits: Deposit[], { outcomes, time }: Written): Leaves | undefined {
    const { self, store, process } = this.#parts
    const ids: EnvelopeId[] = []
    const byMailbox = new Map<MailboxId, EnvelopeId[]>()
    for (const [at, { envelope }] of deposits.entries()) {
      if (outcomes[at]?.type !== 'stored') continue
      ids.push(envelope.id)
      const others = byMailbox.get(envelope.mailbox)
      if (others === undefined) byMailbox.set(envelope.mailbox, [envelope.id])
      else others.push(envelope.id)
    }
    if (ids.length === 0) return undefined
    process.note(`stored ${ids.length} from ${ids[0] as string}`)
    for (const [mailbox, envelopes] of byMailbox) this.#parts.witness.receipt({ at: process.now(), node: self, mailbox, envelopes })
    return { run: { node: self, storeId: store.storeId, time, ids }, first: 0 }
  }

  #deliver (event: DeliveryEvent): void {
    for (const effect of this.#delivery.handle(event)) this.#show(effect)
  }

  #show (effect: DeliveryEffect): void {
    const answers = this.#parts.sources.get(effect.link)?.answers
    switch (effect.type) {
      case 'pushed': return answers?.pushed(effect.from, effect.to)
      case 'behind': return answers?.behind(effect.position)
      case 'push':
        if (answers?.push(effect.deposit.envelope) !== true) this.#delivery.handle({ type: 'missed', deposit: effect.deposit, link: effect.link })
    }
  }
}
