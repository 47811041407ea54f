/**
 * What of kad-dht 16's inside the calibration reaches into, in one place. Its types hide these fields; a version that
 * renames them fails here, by name.
 */
import type { TableSize } from './network.ts'
import type { PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'

interface Inside {
  network: { timeout: { minTimeout: number, maxTimeout: number } }
  routingTable: {
    size: number
    kBucketSize: number
    kb: { kBucketSize: number, splitThreshold: number, prefixLength: number }
    closestPeers: (id: Uint8Array, options: { count: number }) => PeerId[]
  }
}

/** Before the node starts: tables of another size, and waits that an overloaded processor cannot outlast. */
export function reshape (dht: KadDHT, { bucketPeers, prefixBits }: TableSize, answerMs: number): void {
  const { network: { timeout }, routingTable } = insideOf(dht)
  change(timeout, { minTimeout: answerMs, maxTimeout: answerMs })
  change(routingTable, { kBucketSize: bucketPeers })
  change(routingTable.kb, { kBucketSize: bucketPeers, splitThreshold: bucketPeers, prefixLength: prefixBits })
}

export function tableSize (dht: KadDHT): number { return insideOf(dht).routingTable.size }

/** Whom a walk to this place begins with. */
export function firstPeers (dht: KadDHT, id: Uint8Array): PeerId[] {
  const { routingTable } = insideOf(dht)
  return routingTable.closestPeers(id, { count: routingTable.kBucketSize })
}

function insideOf (dht: KadDHT): Inside { return dht as unknown as Inside }

function change<T extends object> (object: T, values: { [Name in keyof T]?: number }): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof object[name as keyof T] !== 'number') throw new Error(`kad-dht has no ${name} where it used to have one`)
    Object.assign(object, { [name]: value })
  }
}
