/**
 * Nothing is shown before what it answers, unless the gap is visible: a message's parents were shown on that device,
 * or written there, or are named as missing. A gap that is none is a breach too, or a device that calls everything
 * missing would pass. What comes after something that answers it is shown as late.
 */
import { Breaches } from './breaches.ts'
import type { Check, Verdict } from './check.ts'
import type { Witness } from './witness.ts'
import type { Message, MessageId, PeerKey } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

/** What a device's user knows; answered: shown or not, something that answers it has been shown. */
interface Seen { shown: Set<MessageId>, answered: Set<MessageId> }

export class CausalOrder implements Check {
  readonly #devices = new Map<PeerKey, Seen>()
  readonly #breaches = new Breaches()
  #count = 0

  /** What a program writes is known to it, and answers what it knows, even what is being shown at that moment. */
  written ({ message }: EventOf<'written'>): void { this.#seenBy(message.device).shown.add(message.id) }

  shown ({ at, device, message, missing, late }: EventOf<'shown'>): void {
    this.#count++
    const seen = this.#seenBy(device)
    for (const parent of message.parents) {
      const isKnown = seen.shown.has(parent) || parent === message.id
      if (!isKnown && !missing.includes(parent)) this.#breaches.add(at, () => `device ${device} showed message ${message.id} before ${parent}, which it answers, and without a gap`)
      if (isKnown && missing.includes(parent)) this.#breaches.add(at, () => `device ${device} showed a gap for ${parent} before message ${message.id}, and had shown it`)
    }
    if (seen.answered.has(message.id) && !seen.shown.has(message.id) && !late) {
      this.#breaches.add(at, () => `device ${device} showed message ${message.id} after something that answers it, and not as late`)
    }
    this.#take(device, message)
  }

  verdict (): Verdict { return this.#breaches.verdict('causal-order', this.#count, 'messages out of order') }

  #take (device: PeerKey, { id, parents }: Message): void {
    const { shown, answered } = this.#seenBy(device)
    shown.add(id)
    answered.delete(id)
    for (const parent of parents) if (!shown.has(parent)) answered.add(parent)
  }

  #seenBy (device: PeerKey): Seen {
    let seen = this.#devices.get(device)
    if (seen === undefined) this.#devices.set(device, seen = { shown: new Set(), answered: new Set() })
    return seen
  }
}
