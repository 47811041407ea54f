/** Who plays what: before anything runs, each node gets its kind, and some are chosen to lie. */
import { peerKeyOf } from '../actors/values.ts'
import type { Population, Scenario } from '../scenarios/scenario.ts'
import type { Chance } from '../world/chance.ts'
import type { PeerKey } from '../../src/types.ts'

export interface NodePart {
  key: PeerKey
  churn: string
  serves: boolean
  dialable: boolean
  /** Signs receipts and keeps nothing. */
  liesInStoring: boolean
  liesInRouting: boolean
}

export function castNodes ({ nodes, populations, liars }: Scenario, chance: Chance): NodePart[] {
  const parts = populations.flatMap((population, index) => {
    // Exact shares: a population of a tenth must not be missing from a short run.
    const before = populations.slice(0, index).reduce((sum, { share }) => sum + share, 0)
    const count = Math.round(nodes * (before + population.share)) - Math.round(nodes * before)
    return Array.from({ length: count }, () => partOf(population, chance))
  }).map((part, index) => ({ ...part, key: peerKeyOf(`n${index + 1}`) }))
  const keepers = parts.filter(({ serves, dialable }) => serves && dialable)
  for (const part of chance.sample(keepers, Math.round(liars.replicas * keepers.length))) part.liesInStoring = true
  for (const part of chance.sample(parts, Math.round(liars.routing * parts.length))) part.liesInRouting = true
  return parts
}

/** Somebody who comes later, honest, of a kind by the populations' shares. */
export function castNewcomer ({ populations }: Scenario, number: number, chance: Chance): NodePart {
  let left = chance.fraction()
  const population = populations.find(({ share }) => (left -= share) < 0) ?? populations[0] as Population
  return { ...partOf(population, chance), key: peerKeyOf(`c${number}`) }
}

function partOf ({ churn, serves, nat }: Population, chance: Chance): Omit<NodePart, 'key'> {
  return { churn, serves, dialable: !chance.happens(nat), liesInStoring: false, liesInRouting: false }
}
