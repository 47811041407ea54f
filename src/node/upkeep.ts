/**
 * What a node does for its store now and then: it lets go of what has run out, and reads everything once, so that what a
 * disk has damaged is found while other nodes still have it. Reconciliation puts back what the reading lets go of.
 */
import { NODE_DEFAULTS } from './defaults.ts'
import type { Closer } from './closing.ts'
import type { ResolvedInit } from './config.ts'
import type { Users } from './users.ts'
import type { NodeStore } from '../store/index.ts'
import type { Logger } from '@libp2p/interface'

export type UpkeepInit = Pick<ResolvedInit, 'clock' | 'random' | 'logger'>
export interface UpkeepParts { store: Pick<NodeStore, 'envelopes'>, users: Pick<Users, 'sweep'> }

/** One thing to do, again and again. intervalMs: asked before each wait. */
interface Chore { what: string, intervalMs: () => number, perform: (signal: AbortSignal) => Promise<void> }

/** Begins with both, and notes how to end them. */
export function keepUp (init: UpkeepInit, { store: { envelopes }, users }: UpkeepParts, closers: Closer[]): void {
  const { clock, random, logger } = init
  const log = logger.forComponent('posthouse:store')
  const sweep: Chore = {
    what: 'what has run out was not deleted',
    intervalMs: () => NODE_DEFAULTS.sweepIntervalMs,
    // Mail first, then users of whom no mail is left.
    perform: async () => {
      const expired = await envelopes.sweep(clock.now())
      if (expired > 0) log('%d expired envelopes were deleted', expired)
      const forgotten = await users.sweep(clock.now())
      if (forgotten > 0) log('%d users whose tickets ran out long ago were forgotten', forgotten)
    }
  }
  const patrol: Chore = {
    what: 'what is on the disk was not read through',
    intervalMs: () => NODE_DEFAULTS.scrubIntervalMs * (0.5 + random.fraction()),
    perform: async signal => {
      const { checked, damaged } = await envelopes.scrub({ signal })
      if (damaged > 0) log.error('of %d envelopes the disk has damaged %d; they are fetched from other nodes', checked, damaged)
    }
  }
  for (const chore of [sweep, patrol]) closers.push({ what: chore.what, close: repeat(chore, init, log) })
}

/** The first time after one wait. The result ends it, and waits for what is under way. */
function repeat ({ what, intervalMs, perform }: Chore, { clock }: UpkeepInit, log: Logger): () => Promise<void> {
  const stopping = new AbortController()
  let running = Promise.resolve()
  let cancel = (): void => {}
  const later = (): void => {
    if (stopping.signal.aborted) return
    cancel = clock.after(intervalMs(), () => {
      running = perform(stopping.signal)
        .catch((error: Error) => { if (!stopping.signal.aborted) log.error('%s: %s', what, error.message) })
        .finally(later)
    })
  }
  later()
  return async () => {
    stopping.abort()
    cancel()
    await running
  }
}
