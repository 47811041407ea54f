// `npm run check`: everything that can be said about the code in about a minute. One line a step; output only of what failed.
// --static leaves the tests out (CI runs them all anyway).
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './generated.js'

const TEST_TIMEOUT_MS = 5 * 60_000
const folders = ['src', 'test', 'bench', 'simulations', 'soak'].filter((folder) => existsSync(join(ROOT, folder)))

// The slowest first, so that they share the processors from the start.
const STATIC_STEPS = [
  { name: 'lint', command: ['eslint', '--max-warnings', '0', '.'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'boundaries', command: ['depcruise', '--config', '.dependency-cruiser.cjs', ...folders] },
  { name: 'generated', command: ['node', 'scripts/generate.js', '--check'] }
]
// Alone, after the rest: tests with real sockets and processes should not starve beside a linter.
const TESTS = { name: 'unit tests', command: ['npm', 'run', '--silent', 'test:unit', '--', '--reporter', 'dot'], timeoutMs: TEST_TIMEOUT_MS }

const waiting = [...STATIC_STEPS]
const failed = []
const startedMs = performance.now()

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, async () => {
  for (let step = waiting.shift(); step != null; step = waiting.shift()) await perform(step)
}))
if (!process.argv.includes('--static')) await perform(TESTS)

for (const { name, output } of failed) console.log(`\n── ${name} ──\n${output.trimEnd()}`)
console.log(`\n${failed.length === 0 ? 'all good' : `failed: ${failed.map(({ name }) => name).join(', ')}`} (${seconds(startedMs)} s)`)
process.exitCode = failed.length === 0 ? 0 : 1

async function perform (step) {
  const stepStartedMs = performance.now()
  const { ok, output } = await run(step)
  console.log(`${ok ? '✔' : '✖'} ${step.name.padEnd(12)}${seconds(stepStartedMs).padStart(6)} s`)
  if (!ok) failed.push({ name: step.name, output })
}

function run ({ command: [program, ...args], timeoutMs }) {
  return new Promise((resolve) => {
    // A group of its own, so that a time limit ends the step's children too.
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    const collect = (chunk) => { output += chunk }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    const timer = timeoutMs == null
      ? undefined
      : setTimeout(() => {
        output += `\ndid not end within ${timeoutMs / 1000} s: a test left something open`
        process.kill(-child.pid, 'SIGKILL')
      }, timeoutMs)
    child.on('error', (err) => { output += err.message })
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ ok: code === 0, output })
    })
  })
}

function seconds (sinceMs) {
  return ((performance.now() - sinceMs) / 1000).toFixed(1)
}
