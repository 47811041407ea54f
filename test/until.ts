/** Watching for what real streams and sockets will bring about, where no event tells. */

const WAIT_MS = 8000
/** Stream pairs hold bytes back for a millisecond of the real clock. */
const POLL_MS = 2

/** Looks again and again, for a bounded time; then throws with what it waited for. */
export async function until (what: string, holds: () => boolean | Promise<boolean>, waitMs = WAIT_MS): Promise<void> {
  const deadline = performance.now() + waitMs
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`)
    await new Promise(resolve => { setTimeout(resolve, POLL_MS) })
  }
}
