/**
 * Group commit: whatever arrives while one fsync runs goes into the next, all in the order in which it came. One commit
 * runs at a time, so that what it decides by is what the commit before it left behind.
 *
 * After a commit that fails comes none: what an error left on the disk is not known, so everything that waits and
 * everything that comes later is refused until the store was opened anew (`resume`).
 */
import { RefusedError, StoreFailedError, TooLargeError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { reasonOf } from './level-errors.ts'

/** What a commit can take in. */
export interface Weighed {
  /** Bytes that it adds to the queue and to its commit. */
  bytes: number
  /** Leaves that it adds to its commit. */
  leaves: number
}

export interface GroupCommitInit {
  commitBytes: number
  commitLeaves: number
  queueBytes: number
  busyRetrySeconds: number
}

interface Waiting<Work, Done> { work: Work, resolve: (done: Done) => void, reject: (error: Error) => void }

export class GroupCommit<Work extends Weighed, Done> {
  readonly #perform: (works: Work[]) => Promise<Done>
  readonly #init: GroupCommitInit
  readonly #onFailure: (failure: StoreFailedError) => void
  #waiting: Array<Waiting<Work, Done>> = []
  #running: Promise<void> | undefined
  #queuedBytes = 0
  #failure: StoreFailedError | undefined
  #closed = false

  /** `perform` makes all of its works durable or throws; what it answers goes to each of them. */
  constructor (perform: (works: Work[]) => Promise<Done>, init: GroupCommitInit, onFailure: (failure: StoreFailedError) => void) {
    this.#perform = perform
    this.#init = init
    this.#onFailure = onFailure
  }

  get queuedBytes (): number {
    return this.#queuedBytes
  }

  get failure (): StoreFailedError | undefined {
    return this.#failure
  }

  /** An empty queue has room for anything, and what deletes only is never refused. */
  hasRoom (bytes: number): boolean {
    return bytes === 0 || this.#queuedBytes === 0 || this.#queuedBytes + bytes <= this.#init.queueBytes
  }

  /** Resolves when the work is durable. Rejects with StoreFailedError, RefusedError (busy) or TooLargeError. */
  async submit (work: Work): Promise<Done> {
    if (this.#closed) throw new StoreFailedError('the store is closed')
    if (this.#failure !== undefined) throw this.#failure
    if (work.leaves > this.#init.commitLeaves) throw new TooLargeError(`${work.leaves} envelopes do not fit into one commit of ${this.#init.commitLeaves}`)
    if (!this.hasRoom(work.bytes)) throw new RefusedError('the store’s queue is full', { code: REFUSAL.busy, retryAfterSeconds: this.#init.busyRetrySeconds })
    this.#queuedBytes += work.bytes
    const done = new Promise<Done>((resolve, reject) => { this.#waiting.push({ work, resolve, reject }) })
    // A microtask later, so that a burst of one tick shares its first commit.
    this.#running ??= Promise.resolve().then(async () => { await this.#run() })
    return await done
  }

  /** Takes works again after a failure. */
  resume (): void {
    this.#failure = undefined
  }

  /** Refuses what comes from now on, and finishes what waits. */
  async end (): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run (): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#take()
      try {
        const done = await this.#perform(taken.map(({ work }) => work))
        for (const { work, resolve } of taken) {
          this.#queuedBytes -= work.bytes
          resolve(done)
        }
      } catch (cause) {
        this.#fail(taken, cause)
      }
    }
    this.#running = undefined
  }

  #take (): Array<Waiting<Work, Done>> {
    const { commitBytes, commitLeaves } = this.#init
    let bytes = 0
    let leaves = 0
    let length = 0
    for (const { work } of this.#waiting) {
      bytes += work.bytes
      leaves += work.leaves
      // One that is too large for any commit's bytes goes alone.
      if (length > 0 && (bytes > commitBytes || leaves > commitLeaves)) break
      length++
    }
    return this.#waiting.splice(0, length)
  }

  #fail (taken: Array<Waiting<Work, Done>>, cause: unknown): void {
    const failure = new StoreFailedError(`the disk refused what was to be kept, and nothing is acknowledged until it takes writes again: ${reasonOf(cause)}`, { cause })
    this.#failure = failure
    for (const { reject } of [...taken, ...this.#waiting]) reject(failure)
    this.#waiting = []
    this.#queuedBytes = 0
    this.#onFailure(failure)
  }
}
