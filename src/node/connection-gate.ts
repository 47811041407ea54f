/**
 * Which connections the host takes and makes: so many from one place on the Internet, so that nobody fills the house
 * alone, and, for a node on the Internet, none to private addresses that a stranger named (they would be its owner's).
 */
import { placeOf, reachOf } from './reach.ts'
import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface ConnectionGateInit {
  /** Connections that one place may have open or under way. */
  perPlaceMax: number
  /** True on the open Internet: private addresses are dialled only when the operator named them. */
  isPublic: boolean
  /** Named by the operator. */
  named: Multiaddr[]
  /** Which place counts; undefined for one without limit. */
  place?: (address: Multiaddr) => string | undefined
}

export function connectionGate ({ perPlaceMax, isPublic, named, place = placeOf }: ConnectionGateInit): Required<Pick<ConnectionGater, 'denyInboundConnection' | 'denyDialMultiaddr'>> {
  const open = new Map<string, number>()
  const own = new Set(named.map(String))
  return {
    denyInboundConnection (connection: MultiaddrConnection): boolean {
      const from = place(connection.remoteAddr)
      if (from === undefined) return false
      const count = open.get(from) ?? 0
      if (count >= perPlaceMax) return true
      open.set(from, count + 1)
      connection.addEventListener('close', () => {
        const left = (open.get(from) ?? 1) - 1
        if (left === 0) open.delete(from)
        else open.set(from, left)
      }, { once: true })
      return false
    },

    denyDialMultiaddr (address: Multiaddr): boolean {
      return isPublic && reachOf(address) !== 'internet' && !own.has(address.toString())
    }
  }
}
