/** Nodes as operators run them: `posthouse node` in a process of its own, to be killed and started again on its port and disk. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { CliProcess } from '../../src/cli/demo/cli-process.ts'

export class NodeProcess {
  readonly #args: string[]
  #process: CliProcess | undefined
  #peerId = ''
  #address = ''

  private constructor (args: string[]) { this.#args = args }

  /** bootstrap: a node that it is told of. */
  static async start (directory: string, number: number, bootstrap: NodeProcess | undefined): Promise<NodeProcess> {
    const known = bootstrap === undefined ? [] : ['--bootstrap', bootstrap.address]
    const node = new NodeProcess(['node', '--data', join(directory, `node-${number}`), '--listen', `/ip4/127.0.0.1/tcp/${await freePort()}`, ...known])
    await node.start()
    return node
  }

  get peerId (): string { return this.#peerId }
  get address (): string { return this.#address }

  /** Resolves when it is ready. */
  async start (): Promise<void> {
    this.#process = new CliProcess('a node', this.#args)
    const { peerId, addrs } = await this.#process.next<{ peerId: string, addrs: string[] }>()
    this.#peerId = peerId
    this.#address = addrs[0] ?? ''
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill (): Promise<void> {
    await this.#process?.kill('SIGKILL')
    this.#process = undefined
  }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
