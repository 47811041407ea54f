// What may be asked, what is refused in one sentence, and how a command line becomes runs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { Writable } from 'node:stream'
import { readArguments, seedsFrom, UsageError, type Asked } from '../../simulations/command-line/arguments.ts'
import { EXIT, main } from '../../simulations/command-line/main.ts'
import { runMatrix } from '../../simulations/matrix/matrix.ts'
import { loadScenario, scenarioNames } from '../../simulations/scenarios/load.ts'

const read = (...argv: string[]): Asked => {
  const asked = readArguments(argv)
  assert.ok('jobs' in asked)
  return asked
}

class Text extends Writable {
  text = ''
  override _write (chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

describe('npm run simulate', () => {
  it('without arguments runs steady-churn in its short form', () => {
    const asked = read()
    assert.ok(asked.isDefault)
    assert.deepEqual(asked.jobs, [{ name: 'steady-churn', seed: '1', size: loadScenario('steady-churn').short }])
  })

  it('makes one run of each scenario and seed', () => {
    const { jobs, json } = read('--scenario', 'all', '--seeds', '3', '--seed', '7', '--short', '--json')
    assert.equal(jobs.length, 3 * scenarioNames().length)
    assert.deepEqual(jobs.slice(0, 3).map(({ seed }) => seed), ['7', '8', '9'])
    assert.ok(json)
    assert.deepEqual(seedsFrom('night', 2), ['night-1', 'night-2'])
    assert.deepEqual(seedsFrom('night', 1), ['night'])
  })

  it('takes sizes', () => {
    assert.deepEqual(read('--nodes', '30', '--hours', '0.5', '--users', '8', '--messages', '90').jobs[0]?.size, { nodes: 30, hours: 0.5, users: 8, messages: 90 })
    assert.deepEqual(read('--scenario', 'bit-flips').jobs[0]?.size, {})
  })

  for (const [sentence, ...argv] of [
    ['there is no scenario “tides”', '--scenario', 'tides'],
    ['cannot be read: ENOENT', '--scenario', './none.json'],
    ['whole number from 3', '--nodes', '2'],
    ['whole number from 3', '--nodes', 'many'],
    ['number above 0', '--hours', '0'],
    ['number above 0', '--hours', 'NaN'],
    ['whole number from 1', '--messages', '1.5'],
    ['whole number from 1 to', '--seeds', '0'],
    ['letters, digits', '--seed', 'a b'],
    ['unknown option', '--colour'],
    ['too many arguments', 'steady-churn'],
    ['--trace takes one run', '--trace', 'x', '--seeds', '2']
  ] as const) {
    it(`refuses ${argv.join(' ')}`, () => {
      assert.throws(() => readArguments(argv), (error: Error) => error instanceof UsageError && error.message.includes(sentence) && !error.message.includes('\n'))
    })
  }

  it('ends with 2 and one sentence on stderr when it is used wrongly, and with 0 for help', async () => {
    const [stdout, stderr] = [new Text(), new Text()]
    assert.equal(await main(['--nodes', '1'], { stdout, stderr }), EXIT.usage)
    assert.equal(stdout.text, '')
    assert.match(stderr.text, /^[^\n]+\n$/)
    for (const [argv, sentence] of [
      [['--report', '/dev/null/page'], '--report cannot write into /dev/null/page: not a directory\n'],
      [['--short', '--trace', '/nowhere/trace'], '--trace cannot write /nowhere/trace: no such file or directory\n']
    ] as const) {
      const said = new Text()
      assert.equal(await main([...argv], { stdout, stderr: said }), EXIT.usage)
      assert.equal(said.text, sentence)
    }
    assert.equal(await main(['--help'], { stdout, stderr }), EXIT.kept)
    assert.match(stdout.text, /--scenario/)
  })
})

describe('npm run simulate:ci', () => {
  for (const argv of [['--seeds', '0'], ['--scenario', 'tides'], ['--what']]) {
    it(`refuses ${argv.join(' ')} with one sentence`, async () => {
      const [stdout, stderr] = [new Text(), new Text()]
      assert.equal(await runMatrix(argv, { stdout, stderr }, {}), EXIT.usage)
      assert.match(stderr.text, /^[^\n]+\n$/)
    })
  }
})

describe('programs that run in real time', () => {
  for (const [program, ...argv] of [
    ['simulations/programs/real.ts', '--nodes', '1'],
    ['soak/index.ts', '--minutes', 'x'],
    ['soak/devices/index.ts', '--rate', '0'],
    ['soak/devices/index.ts', '--what']
  ] as const) {
    it(`${program} refuses ${argv.join(' ')} with 2 and one sentence`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, ...argv], { encoding: 'utf8' })
      assert.deepEqual([status, stdout], [2, ''])
      assert.match(stderr, /^error: [^\n]+\n$/)
    }).timeout(30_000)
  }
})
