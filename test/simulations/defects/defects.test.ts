/**
 * Every mistake is found in a whole run of a small world within the seeds that CI runs, by the checks that it names; and
 * the same worlds without it keep these checks.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { makeChecks } from '../../../simulations/checks/index.ts'
import { DEFECTS } from '../../../simulations/defects/index.ts'
import { runScenario } from '../../../simulations/run.ts'
import { FULL } from '../../full.ts'
import type { Defect } from '../../../simulations/defects/defect.ts'

/** Each third in `npm test`, with the same worlds. */
const PLANTED = FULL ? DEFECTS : DEFECTS.filter((_, at) => at % 3 === 1)
/** What CI runs. Most mistakes are found under the first. */
const SEEDS = ['1', '2', '3', '4', '5']
/** Some run for half a virtual day, because what they break never settles; on a busy machine that takes a while. */
const TIMEOUT_MS = 120_000

/** Names of those of its checks that a run breaks. */
async function broken ({ name, caughtBy, scenario, circumstance, plant }: Defect, seed: string, isPlanted: boolean): Promise<string[]> {
  const takeBack = circumstance?.()
  const planted = isPlanted ? plant() : undefined
  try {
    const { checks } = await runScenario({ name, scenario, seed, parts: planted?.parts })
    return checks.filter(({ name, kept }) => !kept && caughtBy.includes(name)).map(({ name }) => name)
  } finally {
    planted?.undo()
    takeBack?.()
  }
}

describe('planted defects in whole runs', function () {
  this.timeout(TIMEOUT_MS)

  for (const defect of PLANTED) {
    it(`${defect.name} is found by ${defect.caughtBy.join(' and ')}`, async () => {
      const missed = new Set(defect.caughtBy)
      for (const seed of SEEDS) {
        deepEqual(await broken(defect, seed, false), [], `without it, seed ${seed} keeps them`)
        for (const name of await broken(defect, seed, true)) missed.delete(name)
        if (missed.size === 0) break
      }
      deepEqual([...missed], [], `within ${SEEDS.length} seeds`)
    })
  }

  it('leave no check without one', () => {
    const names = makeChecks({ now: () => 0, isOnDisk: () => false, isLiar: () => false }).map(check => check.verdict().name)
    const found = new Set(DEFECTS.flatMap(({ caughtBy }) => caughtBy))
    deepEqual(names.filter(name => !found.has(name)), [])
    equal([...found].every(name => names.includes(name)), true)
  })
})
