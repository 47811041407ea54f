/** Real nodes on loopback and clients with stores in memory, for tests that need the whole way. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryLevel } from 'memory-level'
import { createClient } from '../../src/client/index.ts'
import { createNode } from '../../src/index.ts'
import type { Client, ClientInit } from '../../src/client/index.ts'
import type { NodeInit, PosthouseNode } from '../../src/index.ts'

export { next, soon, texts } from './waiting.ts'

export type TestStore = ClientInit['store']

export class TestNetwork {
  readonly nodes: PosthouseNode[] = []
  readonly #clients: Client[] = []
  readonly #folders: string[] = []

  static async start (count: number): Promise<TestNetwork> {
    const network = new TestNetwork()
    for (let at = 0; at < count; at++) await network.addNode()
    return network
  }

  get addrs (): string[] { return this.nodes.flatMap(node => node.addrs) }

  /** webSocket: listens for browsers, too. */
  async addNode ({ webSocket = false, ...init }: Pick<NodeInit, 'dataDir' | 'openStore'> & { webSocket?: boolean } = {}): Promise<PosthouseNode> {
    const [first] = this.nodes
    const listen = [`/ip4/127.0.0.1/tcp/${await freePort()}`]
    if (webSocket) listen.push(`/ip4/127.0.0.1/tcp/${await freePort()}/ws`)
    const node = await createNode({ listen, network: 'test', bootstrap: first?.addrs ?? [], ...init })
    await node.start()
    this.nodes.push(node)
    return node
  }

  /** Served by all nodes, in their order, unless the init says otherwise. */
  async client (init: Partial<ClientInit> = {}): Promise<Client> {
    const client = await createClient({ store: memoryStore(), nodes: this.addrs, network: 'test', ...init })
    this.#clients.push(client)
    return client
  }

  /** A client that is registered with its nodes. */
  async user (init: Partial<ClientInit> = {}): Promise<Client> {
    const client = await this.client(init)
    await client.register()
    return client
  }

  async stopNodes (): Promise<void> {
    await Promise.all(this.nodes.map(async node => { await node.stop() }))
  }

  /** Those that are stopped, where they were. */
  async startNodes (): Promise<void> {
    await Promise.all(this.nodes.map(async node => { await node.start() }))
  }

  async folder (): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'posthouse-client-'))
    this.#folders.push(folder)
    return folder
  }

  async stop (): Promise<void> {
    await Promise.all(this.#clients.map(async client => { await client.stop() }))
    await this.stopNodes()
    await Promise.all(this.#folders.map(async folder => { await rm(folder, { recursive: true, force: true }) }))
  }
}

/** A port of its own, so that a node that comes back is where it was. */
async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export function memoryStore (): TestStore {
  return new MemoryLevel<string, string>() as unknown as TestStore
}
