/**
 * The ledger: what was written, what its writer was told, what its reader was shown, and when. It decides what is lost,
 * shown twice or out of order, with the checks that judge simulated worlds too, and holds what is known of each message,
 * so that a breach has ids and not only a number.
 */
import { Breaches } from '../simulations/checks/breaches.ts'
import { CausalOrder } from '../simulations/checks/causal-order.ts'
import { ShownOnce } from '../simulations/checks/shown-once.ts'
import { StoredIsShown } from '../simulations/checks/stored-is-shown.ts'
import { witnesses } from '../simulations/checks/witness.ts'
import { Histories } from '../simulations/real/histories.ts'
import { Testimony } from '../simulations/real/testimony.ts'
import { Spread } from '../simulations/report/spread.ts'
import type { Verdict } from '../simulations/checks/check.ts'
import type { Witness } from '../simulations/checks/witness.ts'
import type { EnvelopeId, MessageId, MessageState, Millis, PeerKey, RootKey } from '../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

/** All that is known of one message. */
export interface Letter {
  readonly id: MessageId
  readonly from: RootKey
  readonly to: RootKey
  readonly writtenAt: Millis
  state: MessageState
  problem: string | undefined
  storedAt: Millis | undefined
  /** Each time. */
  readonly shownAt: Millis[]
  /** That carried it and were signed for: more than one when it was sent again. */
  readonly envelopes: Set<EnvelopeId>
  /** Nodes that signed for one of them. */
  readonly signers: Set<PeerKey>
}

export interface Counts { written: number, stored: number, shown: number, lost: number, shownTwice: number, gaps: number, late: number }

/** Values that a spread keeps exactly; no soak has more. */
const KEPT_MAX = 2 ** 18

export class Ledger {
  readonly testimony: Testimony
  readonly storedMs = new Spread(KEPT_MAX)
  /** From the writing to the showing, of readers whose client ran all the while; and of all. */
  readonly deliveryMs = new Spread(KEPT_MAX)
  readonly deliveryAllMs = new Spread(KEPT_MAX)
  readonly #now: () => Millis
  readonly #letters = new Map<MessageId, Letter>()
  readonly #storedIsShown: StoredIsShown
  readonly #shownOnce = new ShownOnce()
  readonly #order = new CausalOrder()
  readonly #histories = new Histories()
  readonly #onSince = new Map<PeerKey, Millis>()
  readonly #counts = { stored: 0, shown: 0, shownTwice: 0, gaps: 0, late: 0 }
  #movedAt = -Infinity
  #storedLastAt: Millis | undefined
  #pauseMs = 0

  constructor (now: () => Millis) {
    this.#now = now
    this.#storedIsShown = new StoredIsShown({ now, isOnDisk: () => false, isLiar: () => false })
    this.testimony = new Testimony(witnesses([
      {
        written: event => { this.#written(event) },
        state: event => { this.#told(event) },
        shown: event => { this.#shown(event) },
        process: ({ actor, at, up }) => {
          if (up) this.#onSince.set(actor as PeerKey, at)
          else this.#onSince.delete(actor as PeerKey)
        }
      },
      this.#storedIsShown, this.#shownOnce, this.#order, this.#histories
    ]))
  }

  get letters (): Iterable<Letter> { return this.#letters.values() }

  /** Everything that was written was shown. */
  get isSettled (): boolean { return this.#counts.shown === this.#letters.size }

  /** When something was last written, told or shown. */
  get movedAt (): Millis { return this.#movedAt }

  /** The longest time between two messages that became stored, while traffic went on. */
  get storedPauseMs (): number { return this.#pauseMs }

  counts (): Counts {
    let lost = 0
    for (const letter of this.#letters.values()) if (isLost(letter)) lost++
    return { written: this.#letters.size, ...this.#counts, lost }
  }

  /** What is amiss with a letter is for whoever looks into it: lost, or shown more than once. */
  amiss (): Letter[] { return [...this.#letters.values()].filter(letter => isLost(letter) || letter.shownAt.length > 1) }

  /** From now on pauses count; and from the second call on they do not. */
  trafficBegins (): void { this.#storedLastAt = this.#now() }
  trafficEnds (): void {
    this.#notePause()
    this.#storedLastAt = undefined
  }

  /** history: others' messages, in the order in which a client that was opened again shows them. */
  compareHistory (device: PeerKey, history: MessageId[]): void { this.#histories.compare(this.#now(), device, history) }

  verdicts (): Verdict[] {
    const { unwritten } = this.testimony
    return [
      this.#storedIsShown.verdict(),
      this.#shownOnce.verdict(),
      this.#order.verdict(),
      this.#histories.verdict(),
      { name: 'nothing-made-up', kept: unwritten === 0, figure: unwritten, of: this.#letters.size, unit: 'messages that nobody wrote', examples: [] },
      this.#allArrived()
    ]
  }

  /** Less than a loss, as nobody promised anything yet; but all nodes are up, and nothing moves any more. */
  #allArrived (): Verdict {
    const breaches = new Breaches()
    for (const { id, state, problem, writtenAt, shownAt, storedAt } of this.#letters.values()) {
      if (shownAt.length === 0 && storedAt === undefined) breaches.add(writtenAt, () => `message ${id} is still ${state}: ${problem ?? 'nobody was told why'}`)
    }
    return breaches.verdict('all-arrived', this.#letters.size, 'messages that never got stored')
  }

  #written ({ at, message: { id, from, conversation: to } }: EventOf<'written'>): void {
    this.#movedAt = this.#now()
    this.#letters.set(id, { id, from, to, writtenAt: at, state: 'queued', problem: undefined, storedAt: undefined, shownAt: [], envelopes: new Set(), signers: new Set() })
  }

  #told ({ at, id, state, problem, envelopes, nodes }: EventOf<'state'>): void {
    const letter = this.#letters.get(id)
    if (letter === undefined) return
    if (state !== letter.state) this.#movedAt = this.#now()
    letter.state = state
    letter.problem = problem
    for (const envelope of envelopes) letter.envelopes.add(envelope)
    for (const node of nodes) letter.signers.add(node)
    if (state === 'queued' || state === 'accepted' || letter.storedAt !== undefined) return
    letter.storedAt = at
    this.#counts.stored++
    this.storedMs.add(at - letter.writtenAt)
    this.#notePause()
  }

  #shown ({ at, device, message: { id }, missing, late }: EventOf<'shown'>): void {
    this.#movedAt = this.#now()
    const letter = this.#letters.get(id)
    if (letter === undefined) return
    letter.shownAt.push(at)
    if (letter.shownAt.length > 1) {
      this.#counts.shownTwice++
      return
    }
    this.#counts.shown++
    if (missing.length > 0) this.#counts.gaps++
    if (late) this.#counts.late++
    this.deliveryAllMs.add(at - letter.writtenAt)
    if ((this.#onSince.get(device) ?? Infinity) <= letter.writtenAt) this.deliveryMs.add(at - letter.writtenAt)
  }

  #notePause (): void {
    if (this.#storedLastAt === undefined) return
    const now = this.#now()
    this.#pauseMs = Math.max(this.#pauseMs, now - this.#storedLastAt)
    this.#storedLastAt = now
  }
}

/** Its writer was told that it is stored, and its reader was not shown it. */
function isLost ({ storedAt, shownAt }: Letter): boolean { return storedAt !== undefined && shownAt.length === 0 }
