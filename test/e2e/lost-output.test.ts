// Output that nobody takes, or that finds no room: a command ends then, and a node serves on.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runningNode } from '../../src/cli/node-status.ts'
import { packageRoot } from '../../src/cli/package-root.ts'
import { placesIn } from '../../src/cli/places.ts'
import { until } from '../until.ts'

/** Linux has one; a write to it fails as on a full disk. */
const FULL_DISK = '/dev/full'
/** A process starts slowly beside others. */
const STARTED_MS = 20_000
const NODE = ['node', '--network', 'test', '--listen', '/ip4/127.0.0.1/tcp/0', '--log-level', 'trace']

describe('output that is lost', function () {
  this.timeout(30_000)
  this.slow(10_000)

  let data: string
  let full: FileHandle
  let child: ChildProcess

  before(async function () {
    if (!existsSync(FULL_DISK)) return this.skip()
    data = await mkdtemp(join(tmpdir(), 'posthouse-lost-output-'))
    full = await open(FULL_DISK, 'w')
  })
  after(async () => {
    if (full === undefined) return
    await full.close()
    await rm(data, { recursive: true })
  })
  afterEach(() => { child.kill('SIGKILL') })

  function start (args: readonly string[], stdio: StdioOptions): ChildProcess {
    child = spawn(process.execPath, [join(packageRoot(), 'bin', 'posthouse.js'), ...args, '--data', data], { stdio })
    return child
  }

  /** It has begun to say that it is ready before it takes any question. */
  async function answers (): Promise<boolean> {
    return await runningNode(placesIn(data)) !== undefined
  }

  async function ending (): Promise<[code: number | null, stderr: string]> {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { stderr += chunk })
    const [code] = await once(child, 'close') as [number | null]
    return [code, stderr]
  }

  it('ends no node: not by a full disk', async () => {
    start(NODE, ['ignore', full.fd, full.fd])
    await until('the node answers', answers, STARTED_MS)
    child.kill('SIGTERM')
    assert.deepEqual(await ending(), [0, ''])
  })

  it('ends no node: not by readers that have gone', async () => {
    start(NODE, ['ignore', 'pipe', 'pipe'])
    child.stdout?.destroy()
    child.stderr?.destroy()
    await until('the node answers', answers, STARTED_MS)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'close'), [0, null])
  })

  it('ends a command, in one sentence when its result has not been read', async () => {
    start(['--help'], ['ignore', full.fd, 'pipe'])
    assert.deepEqual(await ending(), [1, 'Cannot use standard output: the disk is full.\n'])
    start(['--help'], ['ignore', 'pipe', 'pipe']).stdout?.destroy()
    assert.deepEqual(await ending(), [0, ''])
  })
})
