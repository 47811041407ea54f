/** What follows from the measured tables, as tables: a node's hour at each size, ten million users, what breaks first. */
import { answerLoads } from './answers.ts'
import { CONNECTIONS, ONLINE } from './assumptions.ts'
import { breakRows } from './breaks.ts'
import { keptBy } from './memory.ts'
import { Projection, shares, usersOf, type Load, type Measured, type Place } from './projection.ts'
import { figure, tableOf, type Row, type Table } from './table.ts'

export const FORECASTS = Object.freeze({
  hour: 'An hour of a node that has 100 users',
  many: 'Ten million users',
  breaks: 'What breaks first at ten million users',
  answers: 'Ten million users, as designed',
  memory: 'Memory at ten million users'
})

/** Ten million users, over as many nodes as were measured. */
const MANY_PLACES: readonly Place[] = Object.freeze([
  { nodes: 100_000, usersPerNode: 100, connections: CONNECTIONS.table },
  { nodes: 10_000, usersPerNode: 1000, connections: CONNECTIONS.table }
])

/** Of a part of the work, of all of it, or of one of the design's answers. */
type NamedLoad = Omit<Load, 'part'> & { part: string }

/** Those about ten million users are there when the sizes that they need were measured. */
export function forecast (measured: Measured, law: string): Table[] {
  const projection = new Projection(measured, law)
  const tables = [tableOf(FORECASTS.hour, projection.sizes.flatMap(nodes => hourRows(projection, nodes)))]
  if (!MANY_PLACES.every(({ nodes }) => projection.sizes.includes(nodes))) return tables
  return [
    ...tables,
    tableOf(FORECASTS.many, placedRows(place => withSum(projection.loads(place)))),
    tableOf(FORECASTS.breaks, breakRows(projection, MANY_PLACES)),
    tableOf(FORECASTS.answers, placedRows(place => answerLoads(projection, place))),
    tableOf(FORECASTS.memory, memoryRows(projection))
  ]
}

function hourRows (projection: Projection, nodes: number): Row[] {
  const connections = Math.min(nodes - 1, CONNECTIONS.table)
  return withSum(projection.loads({ nodes, usersPerNode: 100, connections })).map(load => ({
    nodes: String(nodes),
    connections: String(connections),
    part: load.part,
    messages: figure(load.messages),
    MB: figure(load.bytes / 1e6),
    'kbit/s': figure(shares(load).kbitPerSecond),
    '% of a core': figure(shares(load).corePercent)
  }))
}

/** Loads by name, beside each other for both places. */
function placedRows (loadsAt: (place: Place) => NamedLoad[]): Row[] {
  const [first = [], second = []] = MANY_PLACES.map(loadsAt)
  return first.map((load, index) => ({
    part: load.part,
    ...Object.fromEntries([load, second[index] as typeof load].flatMap((each, at) => {
      const { usersPerNode } = MANY_PLACES[at] as Place
      return [
        [`kbit/s, ${usersPerNode} users a node`, figure(shares(each).kbitPerSecond)],
        [`% of a core, ${usersPerNode} users a node`, figure(shares(each).corePercent)]
      ]
    }))
  }))
}

/** Sums are of what the rows show. */
function withSum (loads: Load[]): NamedLoad[] {
  const sum = (name: 'messages' | 'bytes' | 'seconds'): number => loads.reduce((total, load) => total + load[name], 0)
  return [...loads, { part: 'all', messages: sum('messages'), bytes: sum('bytes'), seconds: sum('seconds') }]
}

function memoryRows (projection: Projection): Row[] {
  const [first = [], second = []] = MANY_PLACES.map(place => keptBy({
    users: usersOf(place), usersPerNode: place.usersPerNode, nodeConnections: place.connections, published: projection.published, online: ONLINE
  }))
  return first.map((kept, index) => ({
    what: kept.what,
    'bytes each': figure(kept.bytesEach),
    ...Object.fromEntries([kept, second[index] as typeof kept].flatMap((each, at) => {
      const { usersPerNode } = MANY_PLACES[at] as Place
      return [
        [`entries, ${usersPerNode} users a node`, figure(each.entries)],
        [`MB, ${usersPerNode} users a node`, figure(Math.min(each.entries, each.limit) * each.bytesEach / 1e6)]
      ]
    })),
    bound: kept.limit === Infinity ? 'none' : String(kept.limit),
    source: kept.source
  }))
}
