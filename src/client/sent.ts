/** Own messages as programs hold them: how far each is, and waiting for it to go further. */
import { ConnectionLostError, RevokedError, UserNotRoutedError } from '../errors.ts'
import { userIdOf } from '../identity/index.ts'
import { MESSAGE_STATES } from '../types.ts'
import { OUTBOX_DEFAULTS } from './outbox/defaults.ts'
import { problemOf, whileQueued } from './problems.ts'
import type { MessageId, MessageState, Receipt, UserId } from '../types.ts'
import type { MessageProgress, SentMessage, Waiting } from './api.ts'
import type { SentStatus } from './outbox/status.ts'
import type { Surroundings } from './problems.ts'

export class Sent implements SentMessage {
  readonly id: MessageId
  readonly to: UserId
  readonly #surroundings: (status: SentStatus) => Surroundings
  readonly #changes = new Set<() => void>()
  #status: SentStatus
  #told = ''
  #stopped = false

  constructor (status: SentStatus, surroundings: (status: SentStatus) => Surroundings) {
    this.id = status.id
    this.to = userIdOf(status.to)
    this.#status = status
    this.#surroundings = surroundings
  }

  get state (): MessageState { return this.#status.state }
  get copies (): number { return this.#status.copies }
  get w (): number { return this.#status.w }
  get receipts (): Receipt[] { return [...this.#status.receipts] }
  get problem (): string | undefined { return this.#hasReached('stored') ? undefined : this.#problem()?.message }
  get progress (): MessageProgress {
    return { id: this.id, to: this.to, state: this.state, copies: this.copies, w: this.w, problem: this.problem }
  }

  /** The outbox tells. True when there is something new in it. */
  update (status: SentStatus): boolean {
    this.#status = status
    this.poke()
    const progress = JSON.stringify(this.progress)
    const isNew = progress !== this.#told
    this.#told = progress
    return isNew
  }

  /** Something around the message changed. */
  poke (): void { for (const changed of [...this.#changes]) changed() }

  /** The client stopped: nobody would tell of what comes. */
  stop (): void {
    this.#stopped = true
    this.poke()
  }

  async until (state: MessageState, { signal }: Waiting = {}): Promise<void> {
    while (!this.#hasReached(state)) {
      const problem = this.#problem()
      if (this.#status.ended || problem instanceof UserNotRoutedError || problem instanceof RevokedError) throw whileQueued(problem, this.#status)
      if (this.#stopped) throw new ConnectionLostError('the client was stopped; the message stays queued')
      if (signal?.aborted === true) throw isTimeout(signal.reason) ? whileQueued(problem, this.#status) : signal.reason as Error
      await this.#change(signal)
    }
  }

  #hasReached (state: MessageState): boolean {
    return MESSAGE_STATES.indexOf(this.state) >= MESSAGE_STATES.indexOf(state)
  }

  #problem (): Error | undefined { return problemOf(this.#status, this.#surroundings(this.#status)) }

  async #change (signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>(resolve => {
      const done = (): void => {
        this.#changes.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      this.#changes.add(done)
      signal?.addEventListener('abort', done, { once: true })
    })
  }
}

/** Those that a program asked for, the oldest let go first. */
export class SentMessages {
  readonly #held = new Map<MessageId, Sent>()

  get (id: MessageId): Sent | undefined { return this.#held.get(id) }

  add (sent: Sent): Sent {
    this.#held.set(sent.id, sent)
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= OUTBOX_DEFAULTS.entriesMax) break
      this.#held.delete(oldest)
    }
    return sent
  }

  poke (): void { for (const sent of this.#held.values()) sent.poke() }

  stop (): void {
    for (const sent of this.#held.values()) sent.stop()
    this.#held.clear()
  }
}

/** `AbortSignal.timeout` says so by name. */
function isTimeout (reason: unknown): boolean {
  return reason instanceof Error && (reason.name === 'TimeoutError' || reason.name === 'TimedOutError')
}
