/**
 * Many runs, on all cores: each worker thread performs one after another. A single run stays in this thread, where it can
 * be watched and profiled.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { runScenario, type RunResult } from './run.ts'
import { loadScenario } from './scenarios/load.ts'
import type { Size } from './scenarios/scenario.ts'

/** What a worker is given: names, so that a run in a worker is the run that its replay command names. */
export interface Job { name: string, seed: string, size: Partial<Size> }

/** failure: the run did not come to its end; the sentence says why. */
export type Finished = { job: Job, wallMs: number } & ({ result: RunResult, failure?: undefined } | { result?: undefined, failure: string })

/** What a worker says. */
export type Said = { type: 'progress', share: number } | { type: 'finished', finished: Finished }

export interface PoolOptions {
  threads?: number
  onFinished?: (finished: Finished) => void
  /** Of all jobs together, from 0 to 1. */
  onProgress?: (share: number) => void
}

/** Compiled code has compiled workers; code that runs from its source needs the loader in its workers too. */
const IS_SOURCE = import.meta.url.endsWith('.ts')
const WORKER = new URL(`./programs/worker.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url)

/** Resolves with what became of each job, in the order of the jobs. */
export async function runAll (jobs: readonly Job[], { threads = availableParallelism(), onFinished = () => {}, onProgress = () => {} }: PoolOptions = {}): Promise<Finished[]> {
  const all: Finished[] = []
  const shares = jobs.map(() => 0)
  let next = 0
  const advance = (index: number, share: number): void => {
    shares[index] = share
    onProgress(shares.reduce((sum, share) => sum + share, 0) / jobs.length)
  }
  const take = (): number | undefined => next < jobs.length ? next++ : undefined
  const end = (index: number, finished: Finished): void => {
    all[index] = finished
    advance(index, 1)
    onFinished(finished)
  }
  const perform = async (begin: (job: Job, advance: (share: number) => void) => Promise<Finished>): Promise<void> => {
    for (let index = take(); index !== undefined; index = take()) {
      const at = index
      end(at, await begin(jobs[at] as Job, share => { advance(at, share) }))
    }
  }
  const count = Math.min(threads, jobs.length)
  if (count <= 1) await perform(performJob)
  else await Promise.all(Array.from({ length: count }, async () => { await inWorker(perform) }))
  return all
}

/** In this thread. Never rejects. */
export async function performJob (job: Job, onProgress: (share: number) => void): Promise<Finished> {
  const begunAt = performance.now()
  try {
    const result = await runScenario({ ...job, scenario: loadScenario(job.name), onProgress })
    return { job, wallMs: performance.now() - begunAt, result }
  } catch (error) {
    return { job, wallMs: performance.now() - begunAt, failure: error instanceof Error ? error.stack ?? error.message : String(error) }
  }
}

async function inWorker (perform: (begin: typeof performJob) => Promise<void>): Promise<void> {
  const worker = new Worker(WORKER, { execArgv: IS_SOURCE ? ['--import', 'tsx'] : [] })
  const failed = new Promise<never>((_resolve, reject) => { worker.once('error', reject) })
  let hear: (said: Said) => void = () => {}
  worker.on('message', (said: Said) => { hear(said) })
  try {
    await perform(async (job, onProgress) => {
      const finished = new Promise<Finished>(resolve => {
        hear = said => {
          if (said.type === 'progress') onProgress(said.share)
          else resolve(said.finished)
        }
      })
      worker.postMessage(job)
      return await Promise.race([finished, failed])
    })
  } finally {
    await worker.terminate()
  }
}
