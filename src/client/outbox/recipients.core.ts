/**
 * What the outbox knows of each recipient: the route, the messages under way, and when to ask for the route (again).
 * Asking costs a look-up on the DHT, so it is done once for all messages of a recipient and with growing pauses.
 */
import type { Millis, RootKey } from '../../types.ts'
import type { Wake } from '../wake.core.ts'
import type { OutboxLimits } from './defaults.ts'
import type { OutboxRoute } from './events.core.ts'
import type { Outgoing } from './outgoing.core.ts'

interface Recipient {
  messages: Set<Outgoing>
  /** Of them, commits and Welcomes: what others cannot be opened without. */
  controls: Set<Outgoing>
  route: OutboxRoute | undefined
  /** Rises with every other route. */
  version: number
  /** Asked and not answered. */
  asking: boolean
  /** Since the route last changed. */
  asked: number
  notBefore: Millis
  /** To be asked again at `notBefore`. */
  wanted: boolean
}

/** All recipients with messages in the outbox; one leaves with its last message. */
export class Recipients {
  readonly #recipients = new Map<RootKey, Recipient>()

  constructor (private readonly limits: OutboxLimits, private readonly wake: Wake) {}

  /** Takes a message in. Its own route counts only when none is known that came later; true when it is the first. */
  add (message: Outgoing): boolean {
    const { recipient, route } = message.entry
    let known = this.#recipients.get(recipient)
    if (known == null) {
      known = { messages: new Set(), controls: new Set(), route: undefined, version: 0, asking: false, asked: 0, notBefore: 0, wanted: false }
      this.#recipients.set(recipient, known)
    }
    known.messages.add(message)
    if (message.entry.kind === 'control') known.controls.add(message)
    const isFirst = known.route == null && route != null
    known.route ??= route
    if (known.route != null) message.reroute(known.route)
    return isFirst
  }

  remove (message: Outgoing): void {
    const { recipient } = message.entry
    const known = this.#recipients.get(recipient)
    known?.messages.delete(message)
    known?.controls.delete(message)
    if (known?.messages.size === 0) this.#recipients.delete(recipient)
  }

  messages (recipient: RootKey): Outgoing[] {
    return [...this.#recipients.get(recipient)?.messages ?? []]
  }

  /** Commits and Welcomes that nodes do not have yet. */
  areKeysUnderWay (recipient: RootKey): boolean {
    return [...this.#recipients.get(recipient)?.controls ?? []].some(({ isSafe }) => !isSafe)
  }

  isRouted (recipient: RootKey): boolean {
    return this.#recipients.get(recipient)?.route != null
  }

  version (recipient: RootKey): number {
    return this.#recipients.get(recipient)?.version ?? 0
  }

  /** True when the recipient is to be asked for now; else it is being asked, or will be due later. */
  ask (recipient: RootKey, now: Millis): boolean {
    const known = this.#recipients.get(recipient)
    if (known == null || known.asking) return false
    known.wanted = now < known.notBefore
    if (known.wanted) this.wake.due(known.notBefore)
    if (known.wanted) return false
    known.asking = true
    known.notBefore = now + Math.min(this.limits.resolveMs * 2 ** Math.min(known.asked++, 30), this.limits.resolveMsMax)
    return true
  }

  /** True when the route differs from what was known. */
  routed (recipient: RootKey, route: OutboxRoute): boolean {
    const known = this.#recipients.get(recipient)
    if (known == null) return false
    known.asking = known.wanted = false
    if (known.route != null && isSame(known.route, route)) return false
    known.route = route
    known.version++
    known.asked = 0
    return true
  }

  /** It will be due again. */
  unresolved (recipient: RootKey, now: Millis, chance: number): void {
    const known = this.#recipients.get(recipient)
    if (known == null) return
    known.asking = false
    known.wanted = true
    known.notBefore = Math.max(known.notBefore, now + this.limits.resolveMs * (0.5 + chance / 2))
    this.wake.due(known.notBefore)
  }

  /** Those whose pause is over; the others are due later. */
  due (now: Millis): RootKey[] {
    const waiting = [...this.#recipients].filter(([, { wanted }]) => wanted)
    for (const [, { notBefore }] of waiting) if (notBefore > now) this.wake.due(notBefore)
    return waiting.filter(([, { notBefore }]) => notBefore <= now).map(([recipient]) => recipient)
  }

  /** Ends all pauses; these can be asked for at once. */
  hurry (): RootKey[] {
    const waiting = [...this.#recipients].filter(([, { wanted }]) => wanted)
    for (const [, known] of waiting) known.notBefore = known.asked = 0
    return waiting.map(([recipient]) => recipient)
  }
}

function isSame (a: OutboxRoute, b: OutboxRoute): boolean {
  return a.n === b.n && a.w === b.w && a.nodes.length === b.nodes.length && a.nodes.every((node, index) => node === b.nodes[index])
}
