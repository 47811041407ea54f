/** Looks now and then whether this node serves more than its share of devices, and sends some of them elsewhere. */
import { BalanceCore } from './balance.core.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Clock, Random } from '../ports.ts'
import type { MailboxId } from '../types.ts'
import type { Leaving } from '../wire/mail.ts'
import type { Logger } from '@libp2p/interface'

export interface BalanceComponents {
  sessions: Sessions
  clock: Clock
  random: Pick<Random, 'fraction'>
  log: Logger
  /** Whether another node of the mailbox's record is there, as far as is known. */
  hasElsewhere: (mailbox: MailboxId) => boolean
  /** What a device is told that is sent elsewhere. */
  leaving: (session: Session) => Leaving
}

export class Balance {
  readonly #components: BalanceComponents
  readonly #core: BalanceCore
  #cancel: (() => void) | undefined

  /** core: with another share than the default one. */
  constructor (components: BalanceComponents, core = new BalanceCore()) {
    this.#components = components
    this.#core = core
  }

  start (): void {
    this.#cancel = this.#components.clock.after(NODE_DEFAULTS.balanceLookMs, () => {
      this.#look()
      this.start()
    })
  }

  stop (): void { this.#cancel?.() }

  #look (): void {
    const { sessions, clock, random, log, hasElsewhere, leaving } = this.#components
    const attached = sessions.attached
    if (attached.length <= this.#core.share) return
    const candidates = attached.map(({ device, attached: by }) => ({ device, hasElsewhere: by !== undefined && hasElsewhere(by.mailbox) }))
    const sent = new Set(this.#core.look(candidates, () => random.fraction(), clock.now()))
    if (sent.size === 0) return
    log('%d of %d devices are sent to other nodes: this one serves more than its share', sent.size, attached.length)
    void sessions.depart(leaving, attached.filter((_, at) => sent.has(at)))
  }
}
