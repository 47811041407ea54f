/** How a client in a browser reaches nodes: bundlers put this in the place of transports.ts. */
import { webSockets } from '@libp2p/websockets'
import type { Transports } from './transports.ts'

export function defaultTransports (): Transports {
  return [webSockets()]
}
