/** Shipped contracts await; a simulated world stands still until it is run. This lets it run while somebody awaits. */
import { World } from '../../../simulations/world/world.ts'
import type { Millis } from '../../../src/types.ts'

export interface Pump { readonly world: World, stop: () => Promise<void> }

/** Lets events happen as they come, without virtual time ever passing on its own. */
export function pumpedWorld (beginsAt: Millis): Pump {
  const world = new World({ seed: 1, beginsAt })
  let isStopped = false
  const running = (async () => {
    while (!isStopped) {
      await world.run(world.now())
      await new Promise(resolve => { setImmediate(resolve) })
    }
  })()
  return {
    world,
    stop: async () => {
      isStopped = true
      await running
    }
  }
}
