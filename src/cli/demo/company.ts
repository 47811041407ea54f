/** Everybody on stage: five nodes and two people, each a real process with its own data directory; and how they leave. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectControl } from '../control/connection.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { CommandFailedError } from '../failures.ts'
import { controlSocketOf, placesIn, type Places } from '../places.ts'
import { CliProcess, type CliProcessInit } from './cli-process.ts'

export interface DemoNode { name: string, pid: number, peerId: string, address: string, process: CliProcess }
export interface Person { name: string, data: string, userId: string, nodes: string[] }

/** listen: by default any free port; a node that comes back wants its own. options: further ones of the command. */
interface NodeInit extends CliProcessInit { listen?: string, options?: readonly string[] }

/** Nodes that a new one is told of. */
const BOOTSTRAP_NODES = 2
/** How long a node may take to drain before it is killed. */
const DRAIN_TIMEOUT_MS = 15_000

export class Company {
  readonly nodes: DemoNode[] = []
  readonly #directory: string
  readonly #running = new Set<CliProcess>()
  #dispersed = false

  private constructor (directory: string) {
    this.#directory = directory
  }

  static async gather (): Promise<Company> {
    return new Company(await mkdtemp(join(tmpdir(), 'posthouse-demo-')))
  }

  /** Where everything lies until the end. */
  get directory (): string { return this.#directory }

  placesOf ({ data }: Person): Places {
    return placesIn(join(this.#directory, data))
  }

  /** Resolves when `owner`, a process of this person, listens on its control socket. */
  async attachable (person: Person, owner: CliProcess): Promise<void> {
    const { user } = this.placesOf(person)
    while (this.#running.has(owner)) {
      const socket = await controlSocketOf(user.directory)
      const connection = socket === undefined ? undefined : await connectControl(socket)
      if (connection !== undefined) {
        await connection.close()
        return
      }
      await delay(CLI_DEFAULTS.attachRetryMs)
    }
    await owner.next()
  }

  /** True when nothing that this company started runs, and none of its files is left. */
  isGone (): boolean {
    return this.#running.size === 0 && !this.nodes.some(({ pid }) => isAlive(pid)) && !existsSync(this.#directory)
  }

  run (name: string, data: string, args: readonly string[], init: CliProcessInit = {}): CliProcess {
    // A story that was broken off is still in the middle of something.
    if (this.#dispersed) throw new CommandFailedError('Everybody has gone home.')
    const process = new CliProcess(name, [...args, '--data', join(this.#directory, data)], init)
    this.#running.add(process)
    void process.ended.then(() => this.#running.delete(process))
    return process
  }

  /** Resolves when it is ready. */
  async startNode (name: string, { listen = '/ip4/127.0.0.1/tcp/0', options = [], ...init }: NodeInit = {}): Promise<DemoNode> {
    const bootstrap = this.nodes.flatMap(({ address }) => ['--bootstrap', address]).slice(0, 2 * BOOTSTRAP_NODES)
    const process = this.run(`node ${name}`, name.toLowerCase(), ['node', '--listen', listen, ...bootstrap, ...options], init)
    const ready = await process.next<{ pid: number, peerId: string, addrs: string[] }>()
    const node = { name, pid: ready.pid, peerId: ready.peerId, address: ready.addrs[0] ?? '', process }
    this.nodes.push(node)
    return node
  }

  async makePerson (name: string, nodes: readonly DemoNode[]): Promise<Person> {
    const data = name.toLowerCase()
    const [made] = await this.run(`${name}’s \`user new\``, data, ['user', 'new', ...nodes.flatMap(({ address }) => ['--node', address])])
      .all<{ userId: string, nodes: string[] }>()
    return { name, data, userId: made?.userId ?? '', nodes: made?.nodes ?? [] }
  }

  /** One command of a person, from its start to its end. */
  async perform<T> (person: Person, ...args: string[]): Promise<T[]> {
    return await this.run(`${person.name}’s \`${args[0] ?? ''}\``, person.data, args).all<T>()
  }

  /** Every node drains, all at once; returns how many said so. The last have nobody to hand anything to, which is no failure here. */
  async drain (): Promise<number> {
    const endings = await Promise.all([...this.nodes].filter(({ process }) => this.#running.has(process)).map(async ({ process }) => {
      const timer = setTimeout(() => { void process.kill('SIGKILL') }, DRAIN_TIMEOUT_MS)
      await process.kill('SIGTERM')
      clearTimeout(timer)
      const said = await process.objects<{ event: string }>()
      return said.at(-1)?.event
    }))
    return endings.filter(event => event === 'drained').length
  }

  /** Whatever happened before: afterwards no process and no file of ours is left. */
  async disperse (): Promise<void> {
    this.#dispersed = true
    await Promise.all([...this.#running].map(async process => await process.kill('SIGKILL')))
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** True while there is a process of that number. */
export function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
