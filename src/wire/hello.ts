/**
 * The first frame of every stream, both ways: versions, features, network and limits. A peer of another network, or
 * one that needs what we do not know, is refused with a reason before anything else is read.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { REFUSAL } from '../types.ts'
import { LIMITS } from './limits.ts'
import { WIRE_VERSION } from './protocols.ts'
import type { Hello } from './mail.ts'
import type { Refusal, StoreId } from '../types.ts'

/** Critical features of this version: none yet. */
const KNOWN_CRITICAL_FEATURES = 0n

/** Our own Hello. Nodes name their store; devices have none. */
export function makeHello (network: string, storeId?: StoreId): Hello {
  return {
    versions: [WIRE_VERSION],
    features: 0n,
    criticalFeatures: 0n,
    network,
    limits: { frameBytes: LIMITS.frameBytes, inFlightDeposits: LIMITS.inFlightDeposits },
    storeId: storeId === undefined ? new Uint8Array(0) : fromString(storeId, 'base16')
  }
}

/** Undefined when the peer can be talked to. */
export function refuseHello (hello: Hello, network: string): Refusal | undefined {
  if (hello.network !== network) return { code: REFUSAL.wrongNetwork, retryAfterSeconds: 0 }
  if (!hello.versions.includes(WIRE_VERSION) || (hello.criticalFeatures & ~KNOWN_CRITICAL_FEATURES) !== 0n) {
    return { code: REFUSAL.unsupported, retryAfterSeconds: 0 }
  }
  return undefined
}

/** The store that a node named, or undefined. */
export function helloStoreId (hello: Hello): StoreId | undefined {
  return hello.storeId.byteLength === 16 ? toString(hello.storeId, 'base16') as StoreId : undefined
}
