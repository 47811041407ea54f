/**
 * Finds or publications of one process: so many at a time, the others in line. Several may wait for one; it is given up
 * when all of them have.
 */
export interface Job<T> {
  readonly name: string
  /** Nobody waits for it any more. */
  isGivenUp: boolean
  readonly result: Promise<T>
}

interface Entry<T> extends Job<T> { run: (job: Job<T>) => Promise<T>, isRunning: boolean, waiting: number, resolve: (result: T) => void, reject: (reason: unknown) => void }

export class Jobs<T> {
  readonly #concurrency: number
  readonly #jobs: Array<Entry<T>> = []
  #running = 0

  constructor (concurrency: number) {
    this.#concurrency = concurrency
  }

  /** Those that run and those in line. */
  get size (): number { return this.#jobs.length }

  add (name: string, run: (job: Job<T>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { promise: result, resolve, reject } = Promise.withResolvers<T>()
    // Who waits has a promise of their own.
    result.catch(() => {})
    const entry: Entry<T> = { name, run, result, resolve, reject, isGivenUp: false, isRunning: false, waiting: 0 }
    this.#jobs.push(entry)
    const joined = this.#join(entry, signal)
    this.#start()
    return joined
  }

  /** The result of a job of this name that is not over; undefined when there is none. */
  join (name: string, signal?: AbortSignal): Promise<T> | undefined {
    const entry = this.#jobs.find(job => job.name === name)
    return entry === undefined ? undefined : this.#join(entry, signal)
  }

  #join (entry: Entry<T>, signal: AbortSignal | undefined): Promise<T> {
    entry.waiting++
    if (signal === undefined) return entry.result
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const onAbort = (): void => {
      reject(signal.reason)
      if (--entry.waiting === 0) this.#giveUp(entry)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    entry.result.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) })
    return promise
  }

  #start (): void {
    if (this.#running >= this.#concurrency) return
    const entry = this.#jobs.find(({ isRunning }) => !isRunning)
    if (entry === undefined) return
    entry.isRunning = true
    this.#running++
    entry.run(entry).then(entry.resolve, entry.reject).finally(() => { this.#end(entry) })
  }

  #giveUp (entry: Entry<T>): void {
    entry.isGivenUp = true
    this.#end(entry)
  }

  #end (entry: Entry<T>): void {
    const at = this.#jobs.indexOf(entry)
    if (at < 0) return
    this.#jobs.splice(at, 1)
    if (entry.isRunning) this.#running--
    this.#start()
  }
}
