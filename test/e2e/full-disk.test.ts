// A disk that fills up: the node says so, promises nothing that it does not have, and goes on when there is room again.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Company, isAlive, type DemoNode, type Person } from '../../src/cli/demo/company.ts'
import { createClient, type Client, type SentMessage } from '../../src/client/index.ts'
import { until } from '../until.ts'
import type { ConversationLine } from '../../src/cli/agent/calls.ts'

const run = promisify(execFile)

const MIB = 1024 * 1024
/** Of the disk: room for LevelDB's log of 16 MiB, for tables, and for what the node keeps free. */
const DISK_BYTES = 128 * MIB
/** More than what is kept free takes, in envelopes that are padded to 63 KiB. */
const MESSAGES = 40
const TEXT = 'x'.repeat(60 * 1024)
/** What is left of the disk when something else has filled it. */
const LEFT_BYTES = MIB
const PROBLEM_MS = 60_000
/** Nodes look for room now and then, and tell senders to wait for up to a minute, which doubles each time. */
const RECOVERY_MS = 120_000

interface NodeState { storeFailure?: string }

describe('a full disk', function () {
  this.timeout(180_000)
  this.slow(60_000)

  let company: Company
  let disk: string
  let isMounted = false
  let small: DemoNode
  let alice: Client | undefined
  let bob: Person
  let complaints = ''
  const letters: SentMessage[] = []

  before(async function () {
    company = await Company.gather()
    disk = join(company.directory, 'small')
    await mkdir(disk)
    const failure = await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]).then(() => undefined, (error: Error & { stderr?: string }) => error.stderr ?? error.message)
    if (failure !== undefined) {
      console.log(`    not run: a file system of a limited size cannot be mounted here (${failure.trim()})`)
      return this.skip()
    }
    isMounted = true
    const alices = await company.startNode('alices')
    small = await company.startNode('small', { complains: text => { complaints += text } })
    bob = await company.makePerson('bob', [small])
    alice = await createClient({ store: join(company.directory, 'alice'), nodes: [alices.address], start: false })
    await alice.start()
    await alice.register()
  })

  after(async () => {
    await alice?.stop()
    // Whatever has a file open there keeps it mounted.
    await Promise.all(company.nodes.map(async ({ process }) => await process.kill('SIGKILL')))
    if (isMounted) await run('umount', [disk])
    await company.disperse()
  })

  const ballast = (): string => join(disk, 'ballast')

  /** Something else takes what room there is, but for a little. */
  async function fill (): Promise<void> {
    const { bavail, bsize } = await statfs(disk)
    await writeFile(ballast(), new Uint8Array(Math.max(0, bavail * bsize - LEFT_BYTES)))
  }

  async function write (count: number): Promise<void> {
    const chat = await alice?.chat(bob.userId)
    assert.ok(chat !== undefined)
    for (let n = 0; n < count; n++) letters.push(await chat.send(`${letters.length} ${TEXT}`))
  }

  async function status (): Promise<NodeState> {
    const [status] = await company.perform<{ node: NodeState }>({ ...bob, name: 'the operator', data: 'small' }, 'status')
    return status?.node ?? {}
  }

  async function allStored (): Promise<void> {
    const signal = AbortSignal.timeout(RECOVERY_MS)
    await Promise.all(letters.map(async sent => { await sent.until('stored', { signal }) }))
  }

  /** What is told of the first message that cannot be stored. */
  async function problem (): Promise<string> {
    const stuck = (): string | undefined => letters.find(({ state, problem }) => state !== 'stored' && problem !== undefined)?.problem
    await until('a message says why it is not stored', () => stuck() !== undefined, PROBLEM_MS)
    return stuck() ?? ''
  }

  it('is said to operator and senders, and what does not fit is not acknowledged', async () => {
    await write(1)
    await allStored()
    await fill()
    await write(MESSAGES)
    assert.match(await problem(), /can be reached and keep it$/)
    assert.ok(letters.some(({ state }) => state !== 'stored'), 'not all of them fit')
    assert.match((await status()).storeFailure ?? '', /space|disk|full/i)
    assert.match(complaints, /space|disk|full/i)
  })

  it('has room again: the same process goes on by itself', async () => {
    await rm(ballast())
    await allStored()
    assert.equal((await status()).storeFailure, undefined)
    assert.ok(isAlive(small.pid))
  })

  it('what was promised outlives a kill on a full disk, and all of it arrives once', async () => {
    await fill()
    await write(MESSAGES)
    await problem()
    await small.process.kill('SIGKILL')
    await rm(ballast())
    company.nodes.splice(company.nodes.indexOf(small), 1)
    small = await company.startNode('small', { listen: small.address.replace(/\/p2p\/.*/, '') })
    await allStored()
    const ids = (await company.perform<ConversationLine>(bob, 'inbox')).map(({ id }) => id)
    assert.deepEqual(ids, letters.map(({ id }) => id))
  })
})
