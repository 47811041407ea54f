/**
 * The machine's own time and chance, the same in Node and in browsers. Only the composition roots (node/, client/)
 * hand them out; everything else takes them as arguments, so that tests and simulations can bring their own.
 */
import type { Clock, Random } from './ports.ts'

/** Timers keep their delay in 31 bits and fire at once when it does not fit. */
const TIMER_MS_MAX = 2 ** 31 - 1
/** WebCrypto refuses more random bytes in one call. */
const RANDOM_BYTES_MAX = 65_536

/** Wall clock and timers of this machine; its timers keep no process alive. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  after (ms: number, callback: () => void): () => void {
    let cancel = (): void => {}
    const arm = (leftMs: number): void => {
      const waitMs = Math.min(Math.max(leftMs, 0), TIMER_MS_MAX)
      const timer: unknown = setTimeout(() => { if (leftMs > waitMs) arm(leftMs - waitMs); else callback() }, waitMs)
      if (isNodeTimer(timer)) timer.unref()
      cancel = () => { clearTimeout(timer as Parameters<typeof clearTimeout>[0]) }
    }
    arm(ms)
    return () => { cancel() }
  }
})

/** Random bytes fit for keys. */
export const systemRandom: Random = Object.freeze({
  bytes (length: number) {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += RANDOM_BYTES_MAX) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES_MAX))
    return bytes
  },
  fraction: () => Math.random()
})

/** A browser's timer is a number and never keeps anything alive. */
function isNodeTimer (timer: unknown): timer is { unref: () => void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer
}
