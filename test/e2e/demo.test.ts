// `posthouse demo` asserts what it shows; here it is made sure that it shows everything, and that it always cleans up.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isAlive } from '../../src/cli/demo/company.ts'
import { packageRoot } from '../../src/cli/package-root.ts'
import { FULL } from '../full.ts'
import { verifyReceipt } from '../../src/client/index.ts'

interface DemoEvent { event: string, pid: number, state: string, text: string, receipts: unknown[], seconds: number }

describe('posthouse demo', function () {
  this.timeout(60_000)
  this.slow(30_000)

  let temporary: string
  beforeEach(async () => { temporary = await mkdtemp(join(tmpdir(), 'posthouse-demo-test-')) })
  afterEach(async () => { await rm(temporary, { recursive: true, force: true }) })

  function start (...options: string[]) {
    const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'posthouse.js'), 'demo', ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: temporary }
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { stderr += chunk })
    const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null, stderr }))
    return { child, ended, lines: createInterface({ input: child.stdout }) }
  }

  // `npm run demo` asserts the same; here its events are read.
  const whole = FULL ? it : it.skip
  whole('tells the whole story in under a minute and leaves nothing behind', async () => {
    const { ended, lines } = start('--json')
    const events: DemoEvent[] = []
    for await (const line of lines) events.push(JSON.parse(line) as DemoEvent)
    assert.deepEqual(await ended, { code: 0, signal: null, stderr: '' })
    assert.deepEqual(events.filter(({ event }) => event !== 'state').map(({ event }) => event), [
      ...Array<string>(5).fill('node'), 'user', 'user', 'route', 'away', 'sending', 'stored', 'killed', 'read', 'sending', 'read', 'delivered', 'gone', 'done'
    ])
    // Bob's two marks travel side by side; when "read" overtakes "delivered" there is nothing left to deliver.
    assert.match(events.filter(({ event }) => event === 'state').map(({ state }) => state).join(), /^stored,(delivered,)?read$/)
    for (const receipt of events.find(({ event }) => event === 'stored')?.receipts ?? [undefined]) assert.ok(await verifyReceipt(receipt))
    assert.ok((events.at(-1)?.seconds ?? Infinity) < 60)
    for (const { event, pid } of events) if (event === 'node') assert.ok(!isAlive(pid))
    assert.deepEqual(await readdir(temporary), [])
  })

  for (const [signal, leftovers] of [['SIGINT', 0], ['SIGKILL', 1]] as const) {
    it(`leaves no process behind when ${signal} ends it half-way`, async () => {
      const { child, ended, lines } = start('--json')
      const pids: number[] = []
      for await (const line of lines) {
        const { event, pid } = JSON.parse(line) as DemoEvent
        if (event === 'node') pids.push(pid)
        // Only once: the second signal leaves at once.
        if (event === 'user' && !child.killed) child.kill(signal)
      }
      const { code, stderr } = await ended
      assert.equal(pids.length, 5)
      // A killed process cannot wait for its children, so they are given their moment.
      const until = performance.now() + 10_000
      while (pids.some(isAlive) && performance.now() < until) await new Promise(resolve => { setImmediate(resolve) })
      assert.deepEqual(pids.filter(isAlive), [])
      assert.equal((await readdir(temporary)).length, leftovers)
      if (signal === 'SIGINT') assert.deepEqual({ code, stderr }, { code: 1, stderr: 'The demo was ended before its end; everything that it had started is gone.\n' })
    })
  }
})
