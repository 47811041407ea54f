/** The libp2p reference's transport: a stream of a libp2p that has noise and yamux and nothing else. */
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { FrameLink, type Dialled } from './frames.ts'
import type { Libp2p, Stream } from '@libp2p/interface'

const PROTOCOL = '/posthouse-bench/1'

export async function listenLibp2p (accept: (link: FrameLink) => void): Promise<{ host: Libp2p, address: string }> {
  const host = await bareHost(['/ip4/127.0.0.1/tcp/0'])
  await host.handle(PROTOCOL, stream => { accept(linkOfStream(stream)) })
  return { host, address: String(host.getMultiaddrs()[0]) }
}

export async function dialLibp2p (address: string): Promise<Dialled> {
  const host = await bareHost([])
  return {
    link: linkOfStream(await host.dialProtocol(multiaddr(address), PROTOCOL)),
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

function linkOfStream (stream: Stream): FrameLink {
  const link = new FrameLink({ write: bytes => stream.send(bytes) })
  stream.addEventListener('message', event => { link.feed(event.data.subarray()) })
  stream.addEventListener('drain', () => { link.drained() })
  return link
}
