// Scenario files say what they must, in any size; what is wrong with one is told in one sentence.
import assert from 'node:assert/strict'
import { loadScenario, parseScenario, scenarioNames, ScenarioError } from '../../simulations/scenarios/load.ts'
import { resize, type Scenario } from '../../simulations/scenarios/scenario.ts'

const LEAST = {
  about: 'Nothing happens.',
  assumes: 'nothing',
  nodes: 10,
  hours: 10,
  users: 20,
  messages: 1000,
  populations: [{ share: 1, churn: 'steady' }],
  short: { nodes: 3, hours: 1, users: 2, messages: 10 }
}
const parse = (change: object): Scenario => parseScenario('mine', JSON.stringify({ ...LEAST, ...change }))
const refuses = (change: object, sentence: RegExp): void => {
  assert.throws(() => parse(change), (error: Error) => error.name === 'ScenarioError' && sentence.test(error.message) && !error.message.includes('\n'))
}

describe('scenarios', () => {
  it('cover what can go wrong', () => {
    const names = scenarioNames()
    for (const name of [
      'steady-churn', 'steady-churn-30d', 'flash-crowd', 'partition-and-heal', 'one-way-links', 'mass-departure', 'power-cuts',
      'slow-and-full-disks', 'bit-flips', 'lying-replicas', 'liars-in-routing-10', 'liars-in-routing-20', 'liars-in-routing-40', 'poisoned-tables', 'ipfs-mix'
    ]) assert.ok(names.includes(name), name)
  })

  for (const name of scenarioNames()) {
    it(`${name} is well-formed and has a short form`, () => {
      const { about, assumes, short, nodes, messages } = loadScenario(name)
      assert.match(about, /^[A-Z0-9].*\.$/)
      assert.doesNotMatch(assumes, /\.$/)
      assert.ok(short.nodes <= nodes && short.messages <= messages)
    })
  }

  it('keep their proportions in another size', () => {
    const scenario = parse({ faults: [{ type: 'partition', at: 5, hours: 2, nodes: 0.3 }, { type: 'departure', at: 8, nodes: 0.2, backAfterHours: 1 }] })
    const resized = resize(scenario, { nodes: 20, hours: 1 })
    assert.deepEqual([resized.nodes, resized.hours, resized.users, resized.messages], [20, 1, 40, 200])
    assert.deepEqual(resized.faults.map(({ at }) => at), [0.5, 0.8])
    assert.deepEqual(resized.faults.map(fault => 'hours' in fault ? fault.hours : 'backAfterHours' in fault ? fault.backAfterHours : undefined), [0.2, 0.1])
    assert.deepEqual(resize(scenario, {}), scenario)
    assert.equal(resize(scenario, { nodes: 20, users: 5, messages: 7 }).users, 5)
  })

  it('are refused with one sentence that names the place', () => {
    refuses({ nodes: 2 }, /scenario “mine” is wrong at nodes: /)
    refuses({ populations: [{ share: 1, churn: 'tides' }] }, /populations\.0\.churn: .*mail-worst/)
    refuses({ populations: [{ share: 0.5, churn: 'steady' }] }, /shares must add up to 1, not 0.5/)
    refuses({ populations: [{ share: 1, churn: 'steady', serves: false }] }, /somebody must keep mail/)
    refuses({ faults: [{ type: 'partition', at: 9, hours: 2, nodes: 0.3 }] }, /faults\.0: it ends after 11 hours, and the scenario after 10/)
    refuses({ faults: [{ type: 'flood', at: 1 }] }, /faults\.0/)
    refuses({ colour: 'red' }, /colour/)
    assert.throws(() => parseScenario('mine', '{'), /“mine” is not JSON/)
    assert.throws(() => loadScenario('no-such'), (error: Error) => error instanceof ScenarioError && /there is no scenario “no-such”; there are .*steady-churn/.test(error.message))
    assert.throws(() => loadScenario('/no/such/file.json'), /cannot be read: ENOENT/)
  })
})
