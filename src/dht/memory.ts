/** What routing remembers, opened together: records held for the network, orders seen, records opened lately. */
import { peerIdFromPeerKey } from '../identity/index.ts'
import { HeldRecords } from './held.ts'
import { OpenedRecords } from './opened.ts'
import { RememberedOrders } from './orders.ts'
import type { Clock, Crypto, Shelf } from '../ports.ts'
import type { PeerKey } from '../types.ts'
import type { ComponentLogger } from '@libp2p/interface'

/** Shared by the DHT service, the finder and the keeper of one node. */
export interface RouteMemory { held: HeldRecords, orders: RememberedOrders, opened: OpenedRecords, crypto: Crypto, clock: Clock }

export interface RouteMemoryInit {
  /** This node's key. */
  self: PeerKey
  /** Keeps the highest order seen of each user over restarts; nothing else may use it. */
  shelf: Shelf
  crypto: Crypto
  clock: Clock
  logger: ComponentLogger
  /** Records held for the network. */
  heldMax?: number
  /** Users whose highest order is remembered. */
  ordersMax?: number
}

export async function openRouteMemory ({ self, shelf, crypto, clock, logger, heldMax, ordersMax }: RouteMemoryInit): Promise<RouteMemory> {
  const opened = new OpenedRecords({ crypto, clock })
  const orders = await RememberedOrders.open(shelf, { now: clock.now(), log: logger.forComponent('posthouse:dht'), entriesMax: ordersMax })
  const held = new HeldRecords({ peerId: peerIdFromPeerKey(self), crypto, clock, opened, orders }, { entriesMax: heldMax })
  return { held, orders, opened, crypto, clock }
}
