/** The page: what it says, that it needs nothing from elsewhere, and that nothing put into it becomes markup. */
import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { standing, type ReportedRun } from '../../../simulations/report/reported-run.ts'
import { writeReport } from '../../../simulations/report/report.ts'
import { check, reported } from './reported.ts'

/** Debian's. */
const CHROMIUM = '/usr/bin/chromium'
/** Of the browser's own clock, which runs ahead while nothing is to be done: a busy machine needs more of it until all is drawn. */
const DRAWING_MS = 60_000
const HOSTILE = '</script><script>document.title = "taken"</script><img src=x onerror=alert(1)> & "quotes\''

describe('report', function () {
  this.timeout(60_000)
  let directory: string
  beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'posthouse-report-')) })
  afterEach(async () => { await rm(directory, { recursive: true, force: true }) })

  const pageOf = async (...runs: ReportedRun[]): Promise<string> => await readFile(await writeReport(directory, runs), 'utf8')

  it('is one page, in a directory that it makes', async () => {
    const path = await writeReport(join(directory, 'some', 'where'), [reported()])
    equal(path, join(directory, 'some', 'where', 'index.html'))
    deepEqual(await readdir(join(directory, 'some', 'where')), ['index.html'])
  })

  it('is the same for the same runs', async () => {
    equal(await pageOf(reported()), await pageOf(reported()))
  })

  it('loads nothing from elsewhere', async () => {
    const page = await pageOf(reported())
    doesNotMatch(page, /<link|<iframe|<img|<script[^>]*\bsrc=|@import|\burl\(/i)
    doesNotMatch(page.replaceAll(/\/\*[^]*?\*\//g, ''), /https?:\/\//)
    match(page, /Content-Security-Policy" content="default-src &#39;none&#39;/)
  })

  it('keeps the notice of the library that draws', async () => {
    match(await pageOf(reported()), /The MIT License \(MIT\)\s+Copyright \(c\) \d+ Leon Sorokin/)
  })

  it('says what was run, under which assumption, and how to repeat it', async () => {
    const page = await pageOf(reported({ seed: 'x7' }))
    for (const text of ['Nodes come and go.', 'Sessions as measured.', 'npm run simulate -- --scenario steady-churn --seed x7', 'hash of x7', '1.2 s', '75 %']) ok(page.includes(text), text)
  })

  it('tells kept, expected and broken promises apart', async () => {
    const because = 'repair is still to come'
    deepEqual([
      check(),
      check({ kept: false, figure: 3, fallsShort: { atMost: 3, because } }),
      check({ kept: false, figure: 4, fallsShort: { atMost: 3, because } }),
      check({ kept: false, figure: 1 })
    ].map(standing), ['kept', 'short', 'broken', 'broken'])
    const short = await pageOf(reported({ checks: [check(), check({ name: 'stored-is-shown', kept: false, figure: 3, examples: ['m1 was not shown'], fallsShort: { atMost: 3, because } })] }))
    match(short, /<span class="badge short">fell short as expected<\/span> Every promise was kept, but/)
    match(short, /Repair is still to come: at most 3\./)
    match(short, /m1 was not shown/)
    match(await pageOf(reported(), reported({ scenario: 'power-cuts', checks: [check({ kept: false, figure: 1 })] })), /<span class="badge broken">BROKEN<\/span> A promise/)
  })

  it('shows of several seeds the one that stands worst', async () => {
    const page = await pageOf(...[2, 9, 5].map((figure, index) => reported({ seed: index + 1, checks: [check({ kept: false, figure, examples: [`example of ${index + 1}`] })] })), reported({ seed: 4, checks: [check()] }))
    match(page, /kept in 1 of 4/)
    match(page, /example of 2/)
    doesNotMatch(page, /example of [13]/)
  })

  it('has something to say of no runs at all, and of a run in which nothing happened', async () => {
    match(await pageOf(), /Nothing was run\./)
    match(await pageOf(reported({ summary: {}, series: { at: [] } })), /Nothing happened that this could be taken from/)
  })

  it('lets nothing that it is given become markup', async () => {
    const page = await pageOf(hostile())
    ok(!page.includes(HOSTILE))
    ok(!page.includes('</script><script>document'))
    ok(!page.includes('<img src=x'))
    equal(page.match(/<script/g)?.length, 2)
    const json = /<script type="application\/json" id="plots">([^]*?)<\/script>/.exec(page)?.[1] ?? ''
    deepEqual((JSON.parse(json) as Array<{ runs: unknown }>).map(({ runs }) => runs), [[{ seed: HOSTILE, replay: HOSTILE }]])
  })

  it('draws in a browser', async function () {
    if (!existsSync(CHROMIUM)) {
      console.log(`      there is no ${CHROMIUM} to draw with`)
      this.skip()
    }
    const path = await writeReport(directory, [hostile(), ...[1, 2, 3, 4, 5, 6].map(seed => reported({ seed }))])
    const dom = await domOf(path)
    equal(dom.match(/<canvas/g)?.length, dom.match(/class="canvas"/g)?.length)
    equal(dom.match(/class="value"/g)?.length, 3 + 3 * 3)
    match(dom, /<title>Posthouse: simulation report<\/title>/)
    doesNotMatch(dom, /<img/)
  })

  function hostile (): ReportedRun {
    const checks = [check({ name: HOSTILE, kept: false, figure: 1, unit: HOSTILE, examples: [HOSTILE], fallsShort: { atMost: 1, because: HOSTILE } })]
    return reported({ scenario: HOSTILE, seed: HOSTILE, about: HOSTILE, assumes: HOSTILE, traceHash: HOSTILE, replay: HOSTILE, checks, summary: { [HOSTILE]: 1 } })
  }

  /** The page after its script has run, in a window in which all of it is in view. */
  async function domOf (path: string): Promise<string> {
    const options = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(directory, 'profile')}`, '--window-size=1400,12000', `--virtual-time-budget=${DRAWING_MS}`, '--dump-dom']
    const { stdout } = await promisify(execFile)(CHROMIUM, [...options, pathToFileURL(path).href], { maxBuffer: 64 << 20, timeout: 50_000 })
    return stdout
  }
})
