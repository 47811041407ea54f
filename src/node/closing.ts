/** How to let go of what a run has built, in the reverse order. */
import type { ComponentLogger } from '@libp2p/interface'

/** what: for the log. */
export interface Closer { what: string, close: () => Promise<void> }

export async function closeAll (closers: Closer[], logger: ComponentLogger): Promise<void> {
  for (const { what, close } of closers.splice(0).reverse()) {
    // One part that cannot be closed must not keep the others open.
    await close().catch((error: Error) => { logger.forComponent('posthouse:node').error('%s could not be closed: %s', what, error.message) })
  }
}
