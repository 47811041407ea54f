/** Whose addresses these may be: neither mail nor routes are trusted to many nodes of one network prefix. */
import { isPrivate } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'

/**
 * The /16 of an IPv4 address or the /48 of an IPv6 address. Undefined when it says nothing of an owner: private and
 * loopback addresses, and names.
 */
export function addressGroup (text: string): string | undefined {
  try {
    const address = multiaddr(text)
    const [host] = address.getComponents()
    if (host?.value === undefined || isPrivate(address)) return undefined
    if (host.name === 'ip4') return host.value.split('.').slice(0, 2).join('.')
    if (host.name === 'ip6') return expand(host.value).slice(0, 3).join(':')
    return undefined
  } catch {
    // Leads nowhere, and so to nobody.
    return undefined
  }
}

/** The eight groups of an IPv6 address as written. */
function expand (text: string): string[] {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): string[] => part === '' ? [] : part.split(':')
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...groups(tail ?? '')].map(group => Number.parseInt(group, 16).toString(16))
}
