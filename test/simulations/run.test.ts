// A run is a value of its scenario, size and seed; what it found is judged by what the scenario says.
import assert from 'node:assert/strict'
import { performJob, runAll } from '../../simulations/pool.ts'
import { assumptionsOf, runScenario, type RunResult } from '../../simulations/run.ts'
import { painter, runLine, runObject, runText } from '../../simulations/command-line/text.ts'
import { openLyingStore } from '../../simulations/actors/lying-store.ts'
import { PassThrough } from 'node:stream'
import { small } from './run/small.ts'

const RUN_MS = 60_000
const paint = painter(new PassThrough())

describe('a run', function () {
  this.timeout(RUN_MS)
  let first: RunResult

  before(async () => { first = await runScenario({ name: 'small', scenario: small(), seed: 'x' }) })

  it('is the same for the same seed, and another for another', async () => {
    const lines: string[] = []
    const again = await runScenario({ name: 'small', scenario: small(), seed: 'x', onTrace: line => { lines.push(line) } })
    assert.deepEqual(again, first)
    assert.ok(lines.length > 100 && lines.every(line => /^\d+ \S+ .+\n$/.test(line)))
    const other = await runScenario({ name: 'small', scenario: small(), seed: 'y' })
    assert.notEqual(other.traceHash, first.traceHash)
  })

  it('lets people write, and everything arrives', () => {
    assert.equal(first.summary['messagesWritten'], 20)
    assert.equal(first.summary['messagesLost'], 0)
    assert.deepEqual(first.checks.filter(({ kept }) => !kept), [])
    assert.equal(first.standing, 'kept')
  })

  it('says what it assumed, and how to see it again', () => {
    assert.equal(first.replay, 'npm run simulate -- --scenario small --nodes 8 --hours 0.5 --users 5 --messages 20 --seed x')
    assert.match(first.assumes, /^Nothing\. Of the nodes, 75 % keep mail: the worst case promised for mail: .*\. Of the nodes, 25 % only route: .*KAD.*\.$/)
    assert.equal(assumptionsOf(small()), first.assumes)
  })

  it('passes in order, to its end', async () => {
    const shares: number[] = []
    await runScenario({ name: 'small', scenario: small(), seed: 'x', onProgress: share => { shares.push(share) } })
    assert.deepEqual(shares, shares.toSorted((a, b) => a - b))
    assert.equal(shares.at(-1), 1)
  })

  it('is broken, short of a known bound, or reported only, as its scenario says', async () => {
    // Every node signs for what it does not keep, and is not known as a liar.
    const judge = async (change: Parameters<typeof small>[0]): Promise<RunResult> => await runScenario({ name: 'small', scenario: small(change), seed: 'x', parts: { openStore: openLyingStore } })
    const because = 'every node lies'
    const broken = await judge({})
    assert.equal(broken.standing, 'broken')
    const unkept = broken.checks.filter(({ kept }) => !kept).map(({ name }) => name)
    assert.ok(unkept.includes('receipts-imply-bytes'))
    const short = await judge({ fallsShort: Object.fromEntries(unkept.map(name => [name, { atMostShare: 1, because }])) })
    assert.equal(short.standing, 'short')
    const beyond = await judge({ fallsShort: Object.fromEntries(unkept.map(name => [name, { atMostShare: 0, because }])) })
    assert.equal(beyond.standing, 'broken')
    assert.equal((await judge({ promised: false })).standing, 'short')

    const text = runText(broken, 1000, paint)
    assert.match(text, /✗ receipts-imply-bytes +\d+ of \d+ receipts without bytes\n/)
    assert.match(text, /\nreplay: npm run simulate -- --scenario small .* --seed x$/)
    assert.match(runText(short, 1000, paint), /~ receipts-imply-bytes .* at most \d+ known: every node lies/)
    assert.match(runLine({ job: { name: 'small', seed: 'x', size: {} }, wallMs: 1, result: broken }, paint), /^✗ small, seed x: .*\n {2}replay: /)
  })

  it('is one object for scripts, without its plots', () => {
    const object = JSON.parse(JSON.stringify(runObject(first))) as Record<string, unknown> & { checks: Array<Record<string, unknown>> }
    assert.deepEqual([object['traceHash'], object['seed'], 'series' in object], [first.traceHash, 'x', false])
    for (const check of object.checks) assert.deepEqual(['name', 'kept', 'standing', 'figure', 'of', 'unit'].filter(key => !(key in check)), [])
  })
})

describe('many runs', function () {
  this.timeout(RUN_MS)
  const size = { nodes: 8, hours: 0.3, users: 4, messages: 8 }
  const jobs = ['1', '2', '1'].map(seed => ({ name: 'steady-churn', seed, size }))

  it('in workers are the runs that they are alone', async () => {
    const told: number[] = []
    const all = await runAll(jobs, { threads: 2, onFinished: () => { told.push(1) } })
    assert.equal(told.length, 3)
    assert.deepEqual(all.map(({ job }) => job.seed), ['1', '2', '1'])
    const alone = await performJob(jobs[0]!, () => {})
    assert.deepEqual(all.map(({ result }) => result?.traceHash === alone.result?.traceHash), [true, false, true])
  })

  it('go on when one does not come to its end', async () => {
    const [failed, done] = await runAll([{ name: 'no-such', seed: '1', size }, jobs[0]!], { threads: 1 })
    assert.match(failed?.failure ?? '', /there is no scenario “no-such”/)
    assert.ok(done?.result !== undefined)
    assert.match(runLine(failed!, paint), /^✗ no-such, seed 1: the run did not come to its end/)
  })
})
