/**
 * Mail of users who have moved away: their newest record does not list this node any more, so what came before goes to the
 * nodes that it does list, gently, beside the daily work. What w of them have signed for is let go of. The
 * user itself is forgotten by the node's sweep, long after its ticket ran out.
 */
import { RELAY_DEFAULTS } from './defaults.ts'
import { Handover, type HandoverComponents } from './handover.ts'
import { HANDOVER_BESIDE } from './handover.events.core.ts'

export class MovedMail {
  readonly #components: HandoverComponents
  #handover: Handover | undefined
  #cancelLook: (() => void) | undefined

  constructor (components: HandoverComponents) { this.#components = components }

  start (): void {
    this.#cancelLook = this.#components.clock.after(RELAY_DEFAULTS.movedLookMs, () => {
      this.#look()
      this.start()
    })
  }

  stop (): void {
    this.#cancelLook?.()
    this.#handover?.end()
    this.#handover = undefined
  }

  #look (): void {
    const { users, self } = this.#components
    for (const mailbox of users.mailboxes()) {
      const entries = users.route(mailbox)?.entries ?? []
      if (entries.length === 0 || entries.some(({ node }) => node === self)) continue
      this.#handover ??= new Handover(this.#components, HANDOVER_BESIDE)
      this.#handover.take(mailbox)
    }
    if (this.#handover?.isOver === true) this.#finish(this.#handover)
  }

  #finish (handover: Handover): void {
    const { handedOver, collected, mailboxes } = handover.report
    if (mailboxes > 0) this.#components.log('%d envelopes in %d mailboxes of users who have moved away were handed over, %d were collected', handedOver, mailboxes, collected)
    handover.end()
    this.#handover = undefined
  }
}
