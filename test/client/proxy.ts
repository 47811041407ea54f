/** A TCP proxy that can swallow: connections stay open, and nothing gets through any more, as on a path that broke silently. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class Proxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  swallows = false

  private constructor (targetPort: number) {
    this.#server = createServer(inbound => {
      const outbound = connect(targetPort, '127.0.0.1')
      this.#join(inbound, outbound)
      this.#join(outbound, inbound)
    })
  }

  static async start (targetPort: number): Promise<Proxy> {
    const proxy = new Proxy(targetPort)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port (): number { return (this.#server.address() as AddressInfo).port }

  async stop (): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join (from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.on('data', bytes => { if (!this.swallows) to.write(bytes) })
    // Not even an end gets through.
    from.on('end', () => { if (!this.swallows) to.end() })
    from.on('error', () => { to.destroy() })
    from.on('close', () => { this.#sockets.delete(from) })
  }
}
