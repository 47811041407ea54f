/**
 * How often a record is found that is there, with liars about: some of all peers, in the tables, or with ids ground so
 * that they are the nearest to where the record lies. Liars name only each other, acknowledge everything, keep nothing.
 */
import { rootKeyOf, peerKeyOf } from '../actors/values.ts'
import { Population, routeOf } from './population.ts'
import { emptyShelf } from './shelf.ts'
import type { RoutingPeer } from '../routing/model.ts'
import type { Millis } from '../../src/types.ts'

export interface Attack {
  /** All peers, liars with ordinary ids among them. */
  nodes: number
  liarShare?: number
  poisonedTables?: number
  /** Liars with ids next to the key, for each of so many of a user's keys; their addresses are of so many prefixes, or nobody looks at addresses. */
  ground?: { peers: number, keys: number, prefixes?: number }
  /** Users whose record is published and looked for. */
  users: number
  seed: string
}

export interface Outcome { found: number, of: number, ms: Millis }

/** Each user's record is published by one honest peer and looked for by another. */
export async function attack ({ nodes, liarShare = 0, poisonedTables = 0, ground, users, seed }: Attack): Promise<Outcome> {
  const population = new Population({ seed, upkeep: false, liars: { poisonedTables } })
  const { world, model } = population
  const liars = Math.round(liarShare * nodes)
  population.join(liars, { lies: true })
  population.join(nodes - liars)
  model.settle()
  const chance = world.chance.split('attack')
  const honest = (): RoutingPeer => population.at(liars + chance.integer(nodes - liars))
  const outcome: Outcome = { found: 0, of: users, ms: 0 }
  for (let user = 0; user < users; user++) {
    const name = `user ${user}`
    const neighbours = ground === undefined ? [] : grind(population, name, ground)
    // They have been there for as long as everybody.
    if (neighbours.length > 0) model.settle()
    await population.wait(honest().finder.publish(routeOf(name, world)))
    const askedAt = world.now()
    const record = await population.wait(honest().finder.find(rootKeyOf(name)))
    if (record !== undefined) outcome.found++
    outcome.ms += (world.now() - askedAt) / users
    for (const neighbour of neighbours) neighbour.leave()
  }
  return outcome
}

/** Liars at the smallest distances from the user's keys that there are. */
function grind ({ model }: Population, user: string, { peers, keys, prefixes = 0 }: NonNullable<Attack['ground']>): RoutingPeer[] {
  return model.keysOf(rootKeyOf(user)).slice(0, keys).flatMap(key => Array.from({ length: peers }, (_, at) =>
    model.join(peerKeyOf(`ground for ${user}, ${key}, ${at}`), { server: true, lies: true, shelf: emptyShelf(), id: (key ^ (at + 1)) >>> 0, group: prefixes === 0 ? 0 : 1 + at % prefixes })))
}
