/** Whether a node's peers are on the open Internet or on this machine and its LAN: routing and gossip differ. */
import { networkInterfaces } from 'node:os'
import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import type { Multiaddr } from '@multiformats/multiaddr'

/** True when the node is told to join, or can be reached, through a public address. */
export function isPublicNode (listen: string[], bootstrap: string[]): boolean {
  if (bootstrap.length > 0) return bootstrap.some(text => isPublic(multiaddr(text)))
  return listen.some(text => isPublic(multiaddr(text)) || (isUnspecified(text) && machineHasPublicAddress()))
}

function isPublic (address: Multiaddr): boolean {
  const text = address.toString()
  return !text.startsWith('/memory') && !isUnspecified(text) && !isPrivate(address)
}

function isUnspecified (text: string): boolean {
  return text.startsWith('/ip4/0.0.0.0/') || text.startsWith('/ip6/::/')
}

function machineHasPublicAddress (): boolean {
  return Object.values(networkInterfaces()).flat().some(entry => entry !== undefined && !entry.internal &&
    !isPrivate(multiaddr(`/${entry.family === 'IPv4' ? 'ip4' : 'ip6'}/${entry.address}`)) && !entry.address.startsWith('fe80:'))
}
