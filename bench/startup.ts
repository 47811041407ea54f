/**
 * How long a person waits, process start included: until a node is ready, and until a one-shot `send` has its receipt. Ours is
 * the command line as it is installed; the references are a bare server, and a bare client that deposits one letter.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { packageRoot } from '../src/cli/package-root.ts'
import { scriptOf, withDirectory } from './processes.ts'
import { Subject, SUBJECTS } from './subjects.ts'
import type { Plan } from './plan.ts'
import type { Gathering, Target } from './rows.ts'

const NETWORK = 'bench-startup'
const TARGETS: Target[] = [{ type: 'value', value: 1 }]
const READY = { what: 'a node until ready', unit: 's', better: 'less', targets: TARGETS } as const
const SEND = { what: 'one-shot send until stored', unit: 's', better: 'less', targets: TARGETS } as const

export async function measureStartup ({ startups }: Plan, gathering: Gathering): Promise<void> {
  for (let round = 0; round < startups; round++) {
    await withDirectory(async directory => { await measureOurs(directory, gathering) })
    for (const name of SUBJECTS) {
      if (name !== 'posthouse') await withDirectory(async directory => { await measureReference(name, directory, gathering) })
    }
  }
}

async function measureOurs (directory: string, gathering: Gathering): Promise<void> {
  const begunAt = performance.now()
  const node = posthouse(['node', '--data', join(directory, 'node'), '--listen', '/ip4/127.0.0.1/tcp/0'])
  try {
    const { addrs: [address = ''] } = await firstObject<{ addrs: string[] }>(node)
    gathering.add(READY, 'posthouse', secondsSince(begunAt))
    const [alice, bob] = [join(directory, 'alice'), join(directory, 'bob')]
    await ended(posthouse(['user', 'new', '--data', alice, '--node', address]))
    const { userId } = await ended<{ userId: string }>(posthouse(['user', 'new', '--data', bob, '--node', address]))
    const sentAt = performance.now()
    const { state } = await ended<{ state: string }>(posthouse(['send', userId, 'hello', '--data', alice, '--until', 'stored']))
    if (state !== 'stored') throw new Error(`send ended as ${state}`)
    gathering.add(SEND, 'posthouse', secondsSince(sentAt))
  } finally {
    node.kill('SIGTERM')
    if (node.exitCode === null) await once(node, 'exit')
  }
}

async function measureReference (name: 'libp2p' | 'plain', directory: string, gathering: Gathering): Promise<void> {
  const begunAt = performance.now()
  const subject = await Subject.start(name, directory)
  gathering.add(READY, name, secondsSince(begunAt))
  const sentAt = performance.now()
  const client = spawn(process.execPath, [...process.execArgv, scriptOf('clients/one-shot'), name, subject.address], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(client, 'exit')
  if (code !== 0) throw new Error(`a client of ${name} ended with ${code}`)
  gathering.add(SEND, name, secondsSince(sentAt))
  await subject.stop()
}

/** The launcher ends the process that it stands in front of when the ipc channel goes away with us. */
function posthouse (args: readonly string[]): ChildProcess {
  const environment = Object.entries(process.env).filter(([variable]) => !variable.startsWith('POSTHOUSE_'))
  return spawn(process.execPath, [join(packageRoot(), 'bin', 'posthouse.js'), ...args, '--network', NETWORK, '--log-level', 'error', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: Object.fromEntries(environment)
  })
}

async function firstObject<T> (child: ChildProcess): Promise<T> {
  const { value, done } = await createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]().next()
  if (done === true) throw new Error('posthouse ended without a word')
  return JSON.parse(value) as T
}

/** What it printed, once it has ended well. */
async function ended<T> (child: ChildProcess): Promise<T> {
  const exit = once(child, 'exit')
  const object = await firstObject<T>(child)
  const [code] = await exit
  if (code !== 0) throw new Error(`posthouse ended with ${code}`)
  return object
}

function secondsSince (ms: number): number { return (performance.now() - ms) / 1000 }
