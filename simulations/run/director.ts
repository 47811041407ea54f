/**
 * One run from its beginning to its end:
 *
 *   warm-up    nodes are up or down as their law has it; users come, register, and take up their own course
 *   traffic    people write; machines come and go; faults strike at their hours
 *   epilogue   nobody writes; faults are healed; whoever comes back is back, until nothing moves any more
 *   quiet      the same, watched for being quiet
 *
 * It judges nothing: checks and figures listen.
 */
import { RUN_DEFAULTS } from './defaults.ts'
import type { Stage } from './stage.ts'
import type { Phase } from '../checks/check.ts'
import type { Fault } from '../scenarios/scenario.ts'
import type { Millis } from '../../src/types.ts'

/** Told now and then: how far the virtual time is, from 0 at the beginning to 1 at the end of the traffic. */
export type OnProgress = (share: number) => void

/** Resolves when everything is over. */
export async function direct (stage: Stage, faults: Fault[], onProgress: OnProgress = () => {}): Promise<void> {
  const { world, routing, nodes, users, traffic, trafficAt, epilogueAt } = stage
  const beganAt = world.now()
  const passed = (): void => { onProgress(Math.min(1, (world.now() - beganAt) / (epilogueAt - beganAt))) }

  enter(stage, 'warm-up')
  nodes.begin()
  await pass(stage, beganAt + RUN_DEFAULTS.startUpMs)
  routing.settle()
  users.begin()
  await pass(stage, trafficAt, passed)

  enter(stage, 'traffic')
  users.trafficBegins()
  traffic.begin(users)
  stage.faults.begin(faults)
  await pass(stage, epilogueAt, passed)

  enter(stage, 'epilogue')
  stage.faults.heal()
  nodes.settle()
  users.settle()
  const settled = await pass(stage, epilogueAt + RUN_DEFAULTS.epilogueMsMax, () => isSettled(stage))
  world.note('world', settled ? 'settled' : `not settled: ${stage.ledger.waiting.join(' ')}`)

  enter(stage, 'quiet')
  await pass(stage, world.now() + RUN_DEFAULTS.quietMs)
}

function enter ({ world, checks }: Stage, phase: Phase): void {
  world.note('world', phase)
  for (const check of checks) check.phase?.(phase, world.now())
}

/** Lets time pass, and looks at everybody now and then. True: `look` said that it is enough. */
async function pass (stage: Stage, until: Millis, look: () => boolean | void = () => {}): Promise<boolean> {
  const { world } = stage
  for (let looks = 1; world.now() < until; looks++) {
    await world.run(Math.min(until, world.now() + RUN_DEFAULTS.lookMs))
    if (looks % RUN_DEFAULTS.sampledLooks === 0) sample(stage)
    if (look() === true) return true
  }
  return false
}

/** Everything has arrived that can, and nothing has moved for a while. */
function isSettled ({ world, ledger }: Stage): boolean {
  const { now } = world
  return now() - ledger.movedAt >= RUN_DEFAULTS.settledMs && ledger.waiting.length === 0
}

function sample ({ world, witness, nodes, users }: Stage): void {
  const at = world.now()
  for (const { key, node } of nodes.machines) if (node.isUp) witness.sampled({ at, actor: key, samples: node.samples() })
  for (const device of users.devices) if (device.isUp) witness.sampled({ at, actor: device.device, samples: device.samples() })
}
