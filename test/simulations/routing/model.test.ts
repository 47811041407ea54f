import { routeFinderContract, type FinderNetwork } from '../../contracts/route-finder.ts'
import { ModelNetwork } from './network.ts'

routeFinderContract('RoutingModel', async () => await network(3), async () => await network(1))

async function network (count: number): Promise<FinderNetwork> {
  // The contract's records are dated by the real clock.
  const model = new ModelNetwork({ beginsAt: Date.now() })
  model.join(count)
  return {
    finders: Array.from({ length: count }, (_, at) => model.finder(at)),
    advance: ms => { model.pass(ms) },
    stop: async () => {}
  }
}
