import { RouteBoard } from '../../src/dht/index.ts'
import { routeFinderContract, type FinderNetwork } from '../contracts/route-finder.ts'

routeFinderContract('RouteBoard', async () => board(3), async () => board(1))

function board (count: number): FinderNetwork {
  let aheadMs = 0
  const shared = new RouteBoard({ now: () => Date.now() + aheadMs })
  return {
    finders: Array.from({ length: count }, () => shared.join()),
    advance: ms => { aheadMs += ms },
    stop: async () => {}
  }
}
