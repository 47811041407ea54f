/**
 * Which peers may belong to one owner, by the address that they are connected from. Addresses that somebody tells of
 * themselves or of others are claims and count for nothing; whoever has answered a question has a connection.
 */
import { addressGroup } from '../wire/address-group.ts'
import type { Connection, PeerId } from '@libp2p/interface'

/** Undefined: alone, or nobody knows. Such a peer shares its group with nobody. */
export type GroupOf = (peer: PeerId) => string | undefined

/** What this needs of a libp2p host. */
export interface ConnectionList {
  getConnections: (peer: PeerId) => Array<Pick<Connection, 'remoteAddr'>>
}

/** By the remote address of a connection that stands; of a relayed one, by the relay’s. */
export function groupsByConnection (host: ConnectionList): GroupOf {
  return peer => {
    const [connection] = host.getConnections(peer)
    return connection === undefined ? undefined : addressGroup(connection.remoteAddr.toString())
  }
}
