import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { runCalibration } from '../../../simulations/calibration/calibrate.ts'
import { makeTables, routingFigures } from '../../../simulations/calibration/figures.ts'

describe('npm run simulate:calibrate and simulate:routing', () => {
  it('say in one sentence what is wrong with their options', async () => {
    for (const argv of [['--nodes', '7'], ['--nodes', '101'], ['--nodes', '20,x'], ['--what'], ['more']]) {
      const { code, err } = await run(runCalibration, argv)
      assert.equal(code, 2, argv.join(' '))
      assert.equal(err.trim().split('\n').length, 1)
    }
    assert.equal((await run(routingFigures, ['--what'])).code, 2)
  })

  it('say what they can do', async () => {
    for (const program of [runCalibration, routingFigures]) {
      const { code, out } = await run(program, ['--help'])
      assert.equal(code, 0)
      assert.match(out, /--short/)
    }
  })

  it('the figures of small networks come as tables without a hole', async function () {
    this.timeout(60_000)
    const effort = { sizes: [100, 200], walks: 10, wideTables: [6, 8], users: 4, churnNodes: 40, churnHours: 12, laws: ['mail-worst'] }
    const tables = await makeTables(effort, 'test')
    assert.deepEqual(tables.map(({ rows }) => rows.length), [2, 2, 15, 1])
    for (const { rows } of tables) for (const row of rows) for (const cell of Object.values(row)) assert.doesNotMatch(cell, /NaN|Infinity|undefined|^$/)
  })
})

async function run (program: typeof runCalibration, argv: string[]): Promise<{ code: number, out: string, err: string }> {
  const out: string[] = []
  const err: string[] = []
  const into = (lines: string[]): Writable => new Writable({ write (chunk, _, done) { lines.push(String(chunk)); done() } })
  const code = await program(argv, { stdout: into(out), stderr: into(err) })
  return { code, out: out.join(''), err: err.join('') }
}
