/** What the references run on: a bare TCP socket, or a stream of a libp2p that has noise and yamux and nothing else. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { FrameLink } from './frames.ts'
import type { Libp2p, Stream } from '@libp2p/interface'

export const REFERENCE_PROTOCOL = '/posthouse-bench/1'

/** An end of a connection. */
export interface Dialled { link: FrameLink, close: () => Promise<void> }

/** Port 0 of the loopback; the address is for `dialPlain`. */
export async function listenPlain (accept: (link: FrameLink) => void): Promise<{ server: Server, address: string }> {
  const server = createServer(socket => { accept(linkOfSocket(socket)) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { server, address: String(port) }
}

export async function dialPlain (address: string): Promise<Dialled> {
  const socket = connect(Number(address), '127.0.0.1')
  const link = linkOfSocket(socket)
  await once(socket, 'connect')
  return {
    link,
    close: async () => {
      socket.end()
      await once(socket, 'close')
    }
  }
}

export async function listenLibp2p (accept: (link: FrameLink) => void): Promise<{ host: Libp2p, address: string }> {
  const host = await bareHost(['/ip4/127.0.0.1/tcp/0'])
  await host.handle(REFERENCE_PROTOCOL, stream => { accept(linkOfStream(stream)) })
  return { host, address: String(host.getMultiaddrs()[0]) }
}

export async function dialLibp2p (address: string): Promise<Dialled> {
  const host = await bareHost([])
  return {
    link: linkOfStream(await host.dialProtocol(multiaddr(address), REFERENCE_PROTOCOL)),
    close: async () => { await host.stop() }
  }
}

async function bareHost (listen: string[]): Promise<Libp2p> {
  return await createLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // libp2p's own bounds would keep most of a bench's clients out.
    connectionManager: { maxConnections: 10_000, maxIncomingPendingConnections: 1000, inboundConnectionThreshold: 10_000 },
    connectionMonitor: { enabled: false }
  })
}

function linkOfSocket (socket: Socket): FrameLink {
  socket.setNoDelay()
  const link = new FrameLink({ write: bytes => socket.write(bytes) })
  socket.on('data', chunk => { link.feed(chunk) })
  socket.on('drain', () => { link.drained() })
  socket.on('error', () => { socket.destroy() })
  return link
}

function linkOfStream (stream: Stream): FrameLink {
  const link = new FrameLink({ write: bytes => stream.send(bytes) })
  stream.addEventListener('message', event => { link.feed(event.data.subarray()) })
  stream.addEventListener('drain', () => { link.drained() })
  return link
}
