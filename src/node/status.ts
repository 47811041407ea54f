import type { HandoverProgress } from '../relay/index.ts'

/** What a node says of itself, as plain JSON: units are in the names. */
export interface NodeStatus {
  peerId: string
  /** With /p2p/. */
  addrs: string[]
  network: string
  state: 'starting' | 'running' | 'draining' | 'stopped'
  uptimeSeconds: number
  /** libp2p peers of any kind that are connected, devices included. */
  peers: number
  /** Other nodes that are connected. */
  nodes: number
  /** Users that this node serves, and how many it would. */
  users: number
  usersMax: number
  /** Streams of devices. */
  sessions: number
  mail: {
    envelopes: number
    bytes: number
    /** Accepted and not yet on disk. */
    queuedBytes: number
    /** Deposits whose outcome is not known yet. */
    inFlight: number
  }
  /** After an unclean end: what is here has not been compared with other nodes yet. */
  verifying: boolean
  /** How far a node that drains is with handing over its mail. */
  handover: HandoverProgress | undefined
  /** How often a stored value failed its checksum in this run. */
  damageMet: number
  /** Set while the disk refuses writes: nothing is acknowledged until it takes them again. */
  storeFailure: string | undefined
}
