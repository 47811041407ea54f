/**
 * kad-dht set up for routes: records checked on the way in, kept where they cannot be rolled back, waits that a silent
 * peer cannot stretch, a table that no single owner fills, and addresses as the network allows them. Its defaults suit none of this.
 */
import { kadDHT, passthroughMapper, removePrivateAddressesMapper } from '@libp2p/kad-dht'
import { UnsupportedError } from '../errors.ts'
import { compareOrder } from '../identity/index.ts'
import { KAD_PROTOCOL, ROUTE_NAMESPACE } from '../wire/protocols.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import { FirstLook } from './first-look.ts'
import { groupsByConnection, type GroupOf } from './peer-groups.ts'
import { TableGuard } from './table-guard.ts'
import type { Crypto } from '../ports.ts'
import type { RouteMemory } from './memory.ts'
import type { OpenedRecords } from './opened.ts'
import type { KadDHT, KadDHTComponents, KadDHTInit, SelectFn, ValidateFn } from '@libp2p/kad-dht'

export interface KadServiceInit {
  memory: Pick<RouteMemory, 'held' | 'opened' | 'crypto' | 'clock'>
  /** True where peers meet on loopback or private addresses; kad-dht's default drops them and its table stays empty. */
  privateAddresses: boolean
  /** Which peers may belong to one owner; by the addresses of connections unless given. */
  groupOf?: GroupOf
}

/** The DHT as a libp2p service; needs identify and ping beside it. */
export function kadService ({ memory, privateAddresses, groupOf }: KadServiceInit): (components: KadDHTComponents) => KadDHT {
  const service = kadDHT(kadOptions(memory.opened, privateAddresses))
  return components => {
    const { peerId, events, registrar, logger } = components
    const dht = service({
      peerId,
      privateKey: components.privateKey,
      registrar,
      addressManager: components.addressManager,
      peerStore: components.peerStore,
      metrics: components.metrics,
      connectionManager: components.connectionManager,
      events,
      logger,
      ping: guarded(components, { crypto: memory.crypto, groupOf }),
      // Records only: the host's own datastore stays with the peer store.
      datastore: memory.held
    })
    new FirstLook({ peerId, events, registrar, clock: memory.clock, log: logger.forComponent('posthouse:dht') }, dht).begin()
    return dht
  }
}

function guarded ({ ping, connectionManager }: KadDHTComponents, { crypto, groupOf }: { crypto: Crypto, groupOf: GroupOf | undefined }): TableGuard {
  const byConnection = groupsByConnection({ getConnections: peer => connectionManager.getConnections(peer) })
  return new TableGuard({
    ping,
    crypto,
    groupOf: groupOf ?? byConnection,
    isConnected: peer => connectionManager.getConnections(peer).length > 0,
    groupPeers: ROUTE_DEFAULTS.groupPeers
  })
}

function kadOptions (opened: OpenedRecords, privateAddresses: boolean): KadDHTInit {
  return {
    protocol: KAD_PROTOCOL,
    // Left out, kad-dht decides by public addresses, and a node on loopback or a LAN never serves.
    clientMode: false,
    peerInfoMapper: privateAddresses ? passthroughMapper : removePrivateAddressesMapper,
    kBucketSize: ROUTE_DEFAULTS.bucketPeers,
    alpha: ROUTE_DEFAULTS.alpha,
    disjointPaths: ROUTE_DEFAULTS.disjointPaths,
    networkDialTimeout: { minTimeout: ROUTE_DEFAULTS.answerTimeoutMinMs, maxTimeout: ROUTE_DEFAULTS.answerTimeoutMaxMs },
    // The first node of a network has nobody to wait for: a find there ends with nothing instead of with its timeout.
    allowQueryWithZeroPeers: true,
    validators: { [ROUTE_NAMESPACE]: routeValidator(opened), pk: refuseRecord },
    selectors: { [ROUTE_NAMESPACE]: routeSelector(opened) }
  }
}

/** Throws what is wrong: size, form, signatures, time, or a key that is not the user's. */
export function routeValidator (opened: OpenedRecords): ValidateFn {
  return async (key, value) => { await opened.openAt(key, value) }
}

/** The freshest of records that the validator has passed. */
export function routeSelector (opened: OpenedRecords): SelectFn {
  return async (_key, values) => {
    const records = await Promise.all(values.map(async value => await opened.open(value)))
    return records.reduce((best, record, index) => compareOrder(record.order, records[best]?.order ?? record.order) > 0 ? index : best, 0)
  }
}

function refuseRecord (): void {
  throw new UnsupportedError('only route records are held here')
}
