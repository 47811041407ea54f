import { Population } from '../../../simulations/calibration/population.ts'
import { routeFinderContract, type FinderNetwork } from '../../contracts/route-finder.ts'

routeFinderContract('RoutingModel', async () => network(3), async () => network(1))

function network (count: number): FinderNetwork {
  // The contract's records are dated by the real clock.
  const population = new Population({ beginsAt: Date.now() })
  population.join(count)
  return {
    finders: Array.from({ length: count }, (_, at) => population.finder(at)),
    advance: ms => { population.pass(ms) },
    stop: async () => {}
  }
}
