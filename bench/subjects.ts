/** The three that are compared, each a server process and a process of its clients, alive for a whole run. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Process } from './processes.ts'
import type { ClientCalls, Ran, SubjectName, Workload } from './clients/process.ts'
import type { ServerCalls, Usage } from './servers/meter.ts'

export const SUBJECTS: readonly SubjectName[] = ['posthouse', 'libp2p', 'plain']

/** One run: what the clients saw, and what the server used meanwhile. */
export interface Measured extends Ran { server: Usage }

/** A network that no other node belongs to. */
const NETWORK = 'bench'

export class Subject {
  readonly name: SubjectName
  readonly server: Process<ServerCalls>

  readonly address: string
  #clients: Process<ClientCalls> | undefined

  private constructor (name: SubjectName, address: string, server: Process<ServerCalls>) {
    this.name = name
    this.address = address
    this.server = server
  }

  /** execArgv: flags of Node for the server, such as a profiler's. */
  static async start (name: SubjectName, parent: string, execArgv: readonly string[] = []): Promise<Subject> {
    const directory = join(parent, name)
    await mkdir(directory, { recursive: true })
    const server = new Process<ServerCalls>(`servers/${name}`, [directory, NETWORK], execArgv)
    return new Subject(name, await server.call('address'), server)
  }

  /** Started when it is first needed. */
  get clients (): Process<ClientCalls> {
    this.#clients ??= new Process('clients/process', [this.name, this.address, NETWORK])
    return this.#clients
  }

  async measure (workload: Workload): Promise<Measured> {
    await this.clients.call('prepare', workload)
    await this.server.call('mark')
    const ran = await this.clients.call('run')
    const server = await this.server.call('measure')
    await this.clients.call('close')
    return { ...ran, server }
  }

  async stop (): Promise<void> {
    await this.#clients?.end()
    await this.server.call('stop')
    await this.server.end()
  }
}

/** The same for each, in turn, beginning with another one every round: what slows the machine down hits all of them. */
export async function inTurn (subjects: readonly Subject[], rounds: number, act: (subject: Subject, round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(round + turn) % subjects.length]
      if (subject !== undefined) await act(subject, round)
    }
  }
}
