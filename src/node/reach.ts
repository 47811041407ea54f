/**
 * How far addresses reach: programs on this machine, the neighbours on its network, or everybody. Routing and gossip
 * differ between open and private networks, nobody should be told an address that leads nowhere from where they are,
 * and limits per address hold for places on the open Internet only.
 */
import { networkInterfaces } from 'node:os'
import { isPrivate } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { toString } from 'uint8arrays/to-string'

/** From whom an address can be dialled. */
export type Reach = 'machine' | 'lan' | 'internet'

/** What can be dialled from where: an asker on this machine reaches all of them, one on the Internet only public ones. */
const REACHES: Readonly<Record<Reach, readonly Reach[]>> = Object.freeze({
  machine: ['machine', 'lan', 'internet'],
  lan: ['lan', 'internet'],
  internet: ['internet']
})
/** Bytes that name one place: a whole IPv4 address, or the /64 that a provider gives to one customer. */
const PLACE_BYTES = Object.freeze({ ip4: 4, ip6: 8 })
const IP6_BYTES = 16
/** What stands before an IPv4 address in an IPv6 one, as a socket for both reports it. */
const MAPPED_LEAD = '00000000000000000000ffff'

/** Undefined for what nobody can dial: unspecified and link-local addresses, circuits, and what is no network address. */
export function reachOf (address: Multiaddr): Reach | undefined {
  const components = address.getComponents()
  const [host] = components
  if (host === undefined || components.some(({ name }) => name === 'p2p-circuit')) return undefined
  switch (host.name) {
    case 'memory': return 'machine'
    case 'ip4': return reachOfIp(address, host.value ?? '', /^127\./, /^(0|169\.254)\./)
    case 'ip6': return reachOfIp(address, host.value ?? '', /^::1$/, /^(::$|fe[89ab])/i)
    case 'dns': case 'dns4': case 'dns6': case 'dnsaddr': return host.value === 'localhost' ? 'machine' : 'internet'
    default: return undefined
  }
}

/** Those of the addresses that can be dialled from where `asker` is. */
export function dialableFrom (asker: Reach, addresses: Multiaddr[]): Multiaddr[] {
  return addresses.filter(address => {
    const reach = reachOf(address)
    return reach !== undefined && REACHES[asker].includes(reach)
  })
}

/**
 * The place on the Internet that an address belongs to: one IPv4 address or one IPv6 /64. Undefined for everything else,
 * where an address says nothing of who is behind it.
 */
export function placeOf (address: Multiaddr): string | undefined {
  if (reachOf(address) !== 'internet') return undefined
  const [host] = address.getComponents()
  // Behind the protocol's code, which takes one byte for both.
  if (host?.name === 'ip4') return toString(address.bytes.subarray(1, 1 + PLACE_BYTES.ip4), 'base16')
  if (host?.name !== 'ip6') return undefined
  const ip6 = toString(address.bytes.subarray(1, 1 + IP6_BYTES), 'base16')
  return ip6.startsWith(MAPPED_LEAD) ? ip6.slice(MAPPED_LEAD.length) : ip6.slice(0, PLACE_BYTES.ip6 * 2)
}

/** True when the node is told to join, or can be reached, through a public address. */
export function isPublicNode (listen: string[], bootstrap: string[]): boolean {
  if (bootstrap.length > 0) return bootstrap.some(text => reachOf(multiaddr(text)) === 'internet')
  return listen.some(text => reachOf(multiaddr(text)) === 'internet' || (isUnspecified(text) && machineHasPublicAddress()))
}

function reachOfIp (address: Multiaddr, host: string, loopback: RegExp, undialable: RegExp): Reach | undefined {
  if (loopback.test(host)) return 'machine'
  if (undialable.test(host)) return undefined
  return isPrivate(address) ? 'lan' : 'internet'
}

function isUnspecified (text: string): boolean {
  return text.startsWith('/ip4/0.0.0.0/') || text.startsWith('/ip6/::/')
}

function machineHasPublicAddress (): boolean {
  return Object.values(networkInterfaces()).flat().some(entry => entry !== undefined && !entry.internal &&
    reachOf(multiaddr(`/${entry.family === 'IPv4' ? 'ip4' : 'ip6'}/${entry.address}`)) === 'internet')
}
