/** Sets the stage of a run: the world, everybody who is in it, and everybody who watches. Nothing happens yet. */
import { makeChecks } from '../checks/index.ts'
import { witnesses, type Witness } from '../checks/witness.ts'
import { Figures } from '../report/figures.ts'
import { RoutingModel } from '../routing/model.ts'
import { Network } from '../world/network.ts'
import { Acks } from './acks.ts'
import { castNodes } from './cast.ts'
import { RUN_DEFAULTS } from './defaults.ts'
import { Faults } from './faults.ts'
import { Ledger } from './ledger.ts'
import { Nodes } from './nodes.ts'
import { Traffic } from './traffic.ts'
import { Users } from './users.ts'
import type { Parts } from './parts.ts'
import type { Check } from '../checks/check.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { World } from '../world/world.ts'
import type { Millis } from '../../src/types.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export interface Stage {
  world: World
  witness: Witness
  checks: Check[]
  figures: Figures
  ledger: Ledger
  routing: RoutingModel
  nodes: Nodes
  users: Users
  traffic: Traffic
  faults: Faults
  trafficAt: Millis
  epilogueAt: Millis
}

export function setStage (scenario: Scenario, seed: string, parts: Parts): Stage {
  const world = new parts.World({ seed })
  const { chance, now } = world
  const { network: conditions, liars, hours, messages } = scenario
  const trafficAt = now() + RUN_DEFAULTS.registrationMs + RUN_DEFAULTS.unfoldingMs
  const epilogueAt = trafficAt + hours * HOUR

  const checks = makeChecks({
    now,
    isOnDisk: (node, mailbox, envelope) => nodes.isOnDisk(node, mailbox, envelope),
    isLiar: node => nodes.isLiar(node)
  })
  const figures = new Figures({ beginsAt: trafficAt, endsAt: epilogueAt, stepMs: Math.max(MINUTE, hours * HOUR / RUN_DEFAULTS.stepsMax) })
  const ledger = new Ledger()
  const traffic = new Traffic({ world, chance: chance.split('traffic'), messages, until: epilogueAt })
  const acks = new Acks(world)
  const witness = witnesses([...checks, figures, ledger, traffic, acks])

  const network = new Network(world, chance.split('network'), conditions, witness.sent)
  const routing = new RoutingModel({
    world,
    chance: chance.split('routing'),
    witness,
    latencyMs: conditions.latencyMs,
    liars: { poisonedTables: liars.poisonedTables },
    isCut: (from, to) => network.isCut(from, to),
    isSilent: peer => network.isDark(peer)
  })
  const nodes = new Nodes({ world, network, routing, witness, scenario, parts, cast: castNodes(scenario, chance.split('cast')) })
  const users = new Users({ world, network, witness, ledger, scenario, parts, findNodes: count => nodes.find(count) })
  const faults = new Faults({ world, network, nodes, acks, witness, devices: users.devices.map(({ device }) => device) })
  return { world, witness, checks, figures, ledger, routing, nodes, users, traffic, faults, trafficAt, epilogueAt }
}
