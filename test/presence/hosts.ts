// Real libp2p hosts over the memory transport that gossip presence.
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { memory } from '@libp2p/memory'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { nodePresence, presencePubsub, type NodePresence } from '../../src/presence/index.ts'
import { PRESENCE_TOPIC } from '../../src/wire/protocols.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { until } from '../until.ts'
import type { GossipSub } from '@libp2p/gossipsub'
import type { Libp2p } from '@libp2p/interface'

export type Host = Libp2p<{ pubsub: GossipSub }>
export interface PresenceNode { host: Host, presence: NodePresence, clock: VirtualClock }

let hosts = 0

export async function startHost (): Promise<Host> {
  return await createLibp2p({
    addresses: { listen: [`/memory/presence-${hosts++}`] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services: { identify: identify(), pubsub: presencePubsub() }
  })
}

export async function startNode (): Promise<PresenceNode> {
  const host = await startHost()
  const clock = new VirtualClock(Date.now())
  const presence = nodePresence()({ pubsub: host.services.pubsub, clock, logger: host.logger })
  await presence.start()
  return { host, presence, clock }
}

/** Connects them, and waits until each knows that the other one listens. */
export async function connect (one: Host, other: Host): Promise<void> {
  const [address] = other.getMultiaddrs()
  if (address === undefined) throw new Error('the host does not listen')
  await one.dial(address)
  await until('they know of each other’s subscription', () => listens(one, other) && listens(other, one))
}

export function listens (one: Host, other: Host): boolean {
  return one.services.pubsub.getSubscribers(PRESENCE_TOPIC).some(peer => peer.equals(other.peerId))
}
