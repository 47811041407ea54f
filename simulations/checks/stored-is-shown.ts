/**
 * The total-queue check: whatever a program was told is `stored` is shown to its reader before it expires.
 *
 * Two figures, since they promise different things. A sender who stays sends again what got lost, so nothing may be
 * lost for good; a sender who leaves for good depends on the nodes alone. A reader who leaves for good reads nothing,
 * and what was written to them is not counted. A message that expires before it was shown is lost, whoever was away:
 * messages live for 30 days, which is longer than a run.
 */
import { Breaches, short } from './breaches.ts'
import { People } from './people.ts'
import type { Check, Evidence, Verdict } from './check.ts'
import type { Witness } from './witness.ts'
import type { MessageId, Millis, RootKey } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

interface Written { from: RootKey, to: RootKey, expiry: Millis, storedAt: Millis | undefined, shownAt: Millis | undefined }

const PROMISED: ReadonlySet<string> = new Set(['stored', 'delivered', 'read'])

/** Listens for both figures; the verdict is about senders who stay. */
export class StoredIsShown implements Check {
  readonly #messages = new Map<MessageId, Written>()
  readonly #people = new People()

  constructor (private readonly evidence: Evidence) {}

  written ({ message, expiry }: EventOf<'written'>): void {
    this.#messages.set(message.id, { from: message.from, to: message.conversation, expiry, storedAt: undefined, shownAt: undefined })
  }

  state ({ at, id, state }: EventOf<'state'>): void {
    const message = this.#messages.get(id)
    if (message !== undefined && PROMISED.has(state)) message.storedAt ??= at
  }

  shown ({ at, message: { id } }: EventOf<'shown'>): void {
    const message = this.#messages.get(id)
    if (message !== undefined) message.shownAt ??= at
  }

  process (event: EventOf<'process'>): void { this.#people.process(event) }

  verdict (): Verdict { return this.#verdict('stored-is-shown', false) }

  /** The same of senders who left for good. */
  verdictOfGone (): Verdict { return this.#verdict('lost-sender-gone', true) }

  #verdict (name: string, gone: boolean): Verdict {
    const breaches = new Breaches()
    let stored = 0
    for (const [id, { from, to, expiry, storedAt, shownAt = Infinity }] of this.#messages) {
      if (storedAt === undefined || this.#people.hasLeft(from) !== gone || this.#people.hasLeft(to)) continue
      stored++
      if (shownAt < expiry) continue
      const ended = expiry <= this.evidence.now() ? 'before it expired' : 'by the end'
      breaches.add(storedAt, () => `message ${id} of ${short(from)} to ${short(to)} was told to be stored and not shown ${ended}`)
    }
    return breaches.verdict(name, stored, 'messages lost')
  }
}

/** Its figure comes from what the other has heard. */
export class LostSenderGone implements Check {
  constructor (private readonly stored: StoredIsShown) {}

  verdict (): Verdict { return this.stored.verdictOfGone() }
}
