/** A stream on which a simulated node pulls from another, as src/relay/reconcile/pull-stream.ts does. */
import { RECONCILE_DEFAULTS } from '../../src/relay/reconcile/defaults.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { REFUSAL, type Collection, type Envelope, type PeerKey, type Refusal } from '../../src/types.ts'
import { syncFrame, type SyncFrame } from './frames.ts'
import { isCurrent, type ServedUser, type SimUsers } from './node-users.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { Kept } from '../../src/relay/reconcile/own-deposits.ts'
import type { PullerCore, PullerEffect, PullerEvent } from '../../src/relay/reconcile/puller.core.ts'
import type { PullOutcome } from '../../src/relay/reconcile/pulls.core.ts'
import type { Answered } from '../../src/relay/reconcile/words.core.ts'
import type { StreamEnd } from '../world/network.ts'

export interface PullParts {
  self: PeerKey
  process: SimProcess
  store: Pick<StorePerformer, 'missing'>
  users: SimUsers
  /** done: with why it was not taken. */
  collect: (collection: Collection, done: (refusal: Refusal | undefined) => void) => void
  deposit: (envelopes: Envelope[], done: (kept: Kept) => void) => void
}

type Effects = Array<PullerEffect<ServedUser>>

interface Pull { core: PullerCore<ServedUser>, done: (outcome: PullOutcome) => void, cancel: () => void, cancelSilence: () => void }

export class SimPullStream {
  readonly #stream: StreamEnd<SyncFrame>
  readonly #parts: PullParts
  /** Came while an effect was being performed. */
  readonly #waiting: SyncFrame[] = []
  #isBusy = false
  #pull: Pull | undefined

  constructor (stream: StreamEnd<SyncFrame>, parts: PullParts) {
    this.#stream = stream
    this.#parts = parts
    stream.onFrame = frame => { this.#onFrame(frame) }
    stream.onEnd = () => { this.#end('failed') }
  }

  get isOpen (): boolean { return this.#stream.isOpen }

  close (): void { this.#stream.close() }

  abort (): void { this.#stream.abort() }

  pull (core: PullerCore<ServedUser>, done: (outcome: PullOutcome) => void): void {
    const cancel = this.#parts.process.after(RECONCILE_DEFAULTS.pullMs, () => { this.#fail() })
    this.#pull = { core, done, cancel, cancelSilence: () => {} }
    this.#tell({ type: 'begin' })
  }

  #onFrame (frame: SyncFrame): void {
    if (this.#parts.process.isOver) return
    this.#waiting.push(frame)
    this.#goOn()
  }

  #goOn (): void {
    for (let frame; !this.#isBusy && this.#pull !== undefined && (frame = this.#waiting.shift()) !== undefined;) {
      this.#listen()
      this.#take(frame)
    }
  }

  #take (frame: SyncFrame): void {
    switch (frame.kind) {
      case 'route':
        // One that has run out does not open, and ends the stream.
        if (!isCurrent(frame.record, this.#parts.process.now())) return this.#fail()
        return this.#await(then => { this.#parts.users.learnRoute(frame.record, () => { then({ type: 'answered', word: frame }) }) })
      case 'profile':
      case 'collections':
      case 'ids':
      case 'envelope':
      case 'given':
      case 'refusal': return this.#tell({ type: 'answered', word: frame satisfies Answered<ServedUser> })
      default: this.#fail()
    }
  }

  #tell (event: PullerEvent<ServedUser>): void {
    const pull = this.#pull
    if (pull !== undefined) this.#perform(pull.core.handle(event))
  }

  /** Nothing that comes is taken before it is done. */
  #await (work: (then: (event?: PullerEvent<ServedUser>) => void) => void, rest: Effects = []): void {
    this.#isBusy = true
    work(event => {
      if (this.#parts.process.isOver) return
      this.#isBusy = false
      if (event !== undefined) this.#tell(event)
      this.#perform(rest)
      this.#goOn()
    })
  }

  #perform ([effect, ...rest]: Effects): void {
    if (effect === undefined || this.#pull === undefined) return
    const { users, store, collect, deposit, self } = this.#parts
    const { core } = this.#pull
    switch (effect.type) {
      case 'ask':
        this.#stream.send(syncFrame.asked(effect.word))
        this.#listen()
        break
      // A simulated user's profile never changes.
      case 'learn': break
      case 'adopt': return this.#await(then => { users.adopt(effect.record, effect.profile, self, isServed => { then({ type: 'adopted', isServed }) }) }, rest)
      case 'collect': return this.#await(then => {
        let open = effect.collections.length
        let isFull = false
        if (open === 0) return then({ type: 'collected', isFull })
        for (const collection of effect.collections) {
          collect(collection, refusal => {
            isFull ||= refusal !== undefined && refusal.code !== REFUSAL.notServed
            if (--open === 0) then({ type: 'collected', isFull })
          })
        }
      }, rest)
      case 'lacking':
        this.#tell({ type: 'lacking', ids: store.missing(core.mailbox, effect.ids) })
        break
      case 'deposit': return this.#await(then => { deposit(effect.envelopes, kept => { then({ type: 'deposited', ...kept }) }) }, rest)
      case 'end': return this.#end(effect.outcome)
      case 'lie': return this.#fail()
    }
    this.#perform(rest)
  }

  /** The node may be busy, its disk slow; not for longer than that. */
  #listen (): void {
    const pull = this.#pull
    if (pull === undefined) return
    pull.cancelSilence()
    pull.cancelSilence = this.#parts.process.after(RELAY_DEFAULTS.drainAnswerMs, () => { if (!this.#isBusy) this.#fail() })
  }

  #fail (): void {
    this.#stream.abort()
    this.#end('failed')
  }

  #end (outcome: PullOutcome): void {
    const pull = this.#pull
    if (pull === undefined || this.#parts.process.isOver) return
    this.#pull = undefined
    pull.cancel()
    pull.cancelSilence()
    pull.done(outcome)
  }
}
