/**
 * Group commit as src/store/group-commit.ts has it, with callbacks for promises: whatever arrives while one fsync runs
 * goes into the next, one commit runs at a time, and after one that fails comes none until the disk has room again
 * (src/store/recovery.ts).
 */
import { RefusedError, StoreFailedError, TooLargeError } from '../../src/errors.ts'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import type { StoreInit } from '../../src/store/index.ts'
import type { Weighed } from '../../src/store/group-commit.ts'
import type { Disk } from '../world/disk.ts'
import type { World } from '../world/world.ts'

export interface CommitWork extends Weighed {
  /** Undefined when it is durable. */
  done: (failure: Error | undefined) => void
}

export interface DiskCommitsInit<Work> {
  world: Pick<World, 'after'>
  disk: Pick<Disk, 'freeBytes'>
  limits: Pick<StoreInit, 'commitBytes' | 'queueBytes' | 'busyRetrySeconds' | 'reserveBytes' | 'reopenIntervalMs'>
  /** Makes all of its works durable, or says why not. Never calls back at once. */
  perform: (works: Work[], done: (failure: string | undefined) => void) => void
  /** Works are taken again; what the disk holds is to be read anew. */
  reopened: () => void
}

/** The queue in front of a disk. */
export class DiskCommits<Work extends CommitWork> {
  readonly #init: DiskCommitsInit<Work>
  #waiting: Work[] = []
  #isRunning = false
  #queuedBytes = 0
  #failure: StoreFailedError | undefined

  constructor (init: DiskCommitsInit<Work>) { this.#init = init }

  get queuedBytes (): number { return this.#queuedBytes }
  get failure (): StoreFailedError | undefined { return this.#failure }
  /** Nothing waits and nothing is being written. */
  get isQuiet (): boolean { return !this.#isRunning }

  /** An empty queue has room for anything, and what deletes only is never refused. */
  hasRoom (bytes: number): boolean {
    return bytes === 0 || this.#queuedBytes === 0 || this.#queuedBytes + bytes <= this.#init.limits.queueBytes
  }

  submit (work: Work): void {
    const refused = this.#refuse(work)
    if (refused !== undefined) {
      this.#init.world.after(0, () => { work.done(refused) })
      return
    }
    this.#queuedBytes += work.bytes
    this.#waiting.push(work)
    if (this.#isRunning) return
    this.#isRunning = true
    // After this event, so that a burst shares its first commit.
    this.#init.world.after(0, this.#next)
  }

  #refuse (work: Work): Error | undefined {
    if (this.#failure !== undefined) return this.#failure
    if (work.leaves > LIMITS.commitLeaves) return new TooLargeError(`${work.leaves} envelopes do not fit into one commit of ${LIMITS.commitLeaves}`)
    if (this.hasRoom(work.bytes)) return undefined
    return new RefusedError('the store’s queue is full', { code: REFUSAL.busy, retryAfterSeconds: this.#init.limits.busyRetrySeconds })
  }

  readonly #next = (): void => {
    const taken = this.#take()
    this.#isRunning = taken.length > 0
    if (taken.length === 0) return
    this.#init.perform(taken, failure => {
      if (failure !== undefined) return this.#fail(taken, failure)
      for (const { bytes } of taken) this.#queuedBytes -= bytes
      // What the works' callers do now goes into the commit after the next.
      this.#next()
      for (const work of taken) work.done(undefined)
    })
  }

  #take (): Work[] {
    const { commitBytes } = this.#init.limits
    let bytes = 0
    let leaves = 0
    let length = 0
    for (const work of this.#waiting) {
      bytes += work.bytes
      leaves += work.leaves
      // One that is too large for any commit's bytes goes alone.
      if (length > 0 && (bytes > commitBytes || leaves > LIMITS.commitLeaves)) break
      length++
    }
    return this.#waiting.splice(0, length)
  }

  #fail (taken: Work[], why: string): void {
    const failure = this.#failure = new StoreFailedError(`the disk refused what was to be kept: ${why}`)
    const failed = [...taken, ...this.#waiting]
    this.#waiting = []
    this.#queuedBytes = 0
    this.#isRunning = false
    for (const work of failed) work.done(failure)
    this.#tryAgainLater()
  }

  #tryAgainLater (): void {
    const { world, disk, limits, reopened } = this.#init
    world.after(limits.reopenIntervalMs, () => {
      if (disk.freeBytes < 2 * limits.reserveBytes) return this.#tryAgainLater()
      this.#failure = undefined
      reopened()
    })
  }
}
