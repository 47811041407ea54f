/** How a client in Node reaches nodes. In browsers transports.browser.ts stands in (package.json, `browser`). */
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import type { Libp2pOptions } from 'libp2p'

/** libp2p's own: TCP and WebSocket in Node, WebSocket in browsers, unless the program brings others. */
export type Transports = NonNullable<Libp2pOptions['transports']>

export function defaultTransports (): Transports {
  return [tcp(), webSockets()]
}
