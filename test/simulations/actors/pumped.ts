/** Shipped contracts await; a simulated world stands still until it is run. This lets it run while somebody awaits. */
import { World } from '../../../simulations/world/world.ts'
import type { Millis } from '../../../src/types.ts'

export interface Pump { readonly world: World, stop: () => Promise<void> }

/** Lets events happen as they come, without virtual time ever passing on its own. */
export function pumpedWorld (seed: number, beginsAt: Millis): Pump {
  const world = new World({ seed, beginsAt })
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await world.run(world.now())
      await new Promise(resolve => { setImmediate(resolve) })
    }
  })()
  return {
    world,
    stop: async () => {
      stopping.abort()
      await running
    }
  }
}
