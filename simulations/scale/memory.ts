/**
 * What a node keeps in memory: entries of each kind, and what one takes. The bytes are those that the shipped code
 * documents beside the bound of each kind; a simulated node's own heap says nothing about the real one's.
 */
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { GOSSIPSUB, USERS } from './assumptions.ts'

const KIB = 1024

export interface MemoryInput {
  /** Users of the network, and of them for each node. */
  users: number
  usersPerNode: number
  /** Connections to other nodes. */
  nodeConnections: number
  /** Beats that two nodes may publish, for a user and hour. */
  published: number
  /** Share of users whose device is on. */
  online: number
}

/** One kind of entry. limit: the named bound; entries beyond it do not exist. */
export interface Kept { what: string, entries: number, limit: number, bytesEach: number, source: string }

export function keptBy ({ users, usersPerNode, nodeConnections, published, online }: MemoryInput): Kept[] {
  const listed = USERS.listed * usersPerNode
  return [
    {
      what: 'connections to nodes',
      entries: nodeConnections,
      limit: NODE_DEFAULTS.connectionsMax,
      bytesEach: CONNECTION_BYTES,
      source: 'node.connectionsMax: 80–164 KB each'
    },
    {
      what: 'connections of devices',
      entries: listed * online,
      limit: NODE_DEFAULTS.connectionsMax,
      bytesEach: CONNECTION_BYTES,
      source: 'the same; a device drains every listed node, and libp2p keeps the connection'
    },
    {
      what: 'records held for the network',
      entries: usersPerNode * ROUTE_DEFAULTS.salts * ROUTE_DEFAULTS.bucketPeers + listed * ROUTE_DEFAULTS.salts,
      limit: ROUTE_DEFAULTS.heldMax,
      bytesEach: 130e6 / ROUTE_DEFAULTS.heldMax,
      source: 'dht.heldMax: 130 MB when all are full; own users’ records too, under each salt'
    },
    {
      what: 'routes of own users',
      entries: listed,
      limit: NODE_DEFAULTS.usersMax,
      bytesEach: 40e6 / NODE_DEFAULTS.foreignRoutesMax,
      source: 'as node.foreignRoutesMax: at most 40 MB'
    },
    {
      what: 'beats remembered',
      entries: users * online,
      limit: NODE_PRESENCE_DEFAULTS.rememberedBeatsMax,
      bytesEach: 700,
      source: 'presence.rememberedBeatsMax: 0.7 KB each'
    },
    {
      what: 'message ids that gossip has seen',
      entries: users * published / 3600 * GOSSIPSUB.seenSeconds,
      limit: Infinity,
      bytesEach: SEEN_ID_BYTES,
      source: 'an id of 46 bytes as text, in a map; gossipsub has no bound of its own'
    },
    {
      what: 'tags watched',
      entries: usersPerNode * online * USERS.sessions * USERS.contacts,
      limit: NODE_PRESENCE_DEFAULTS.watchesMax,
      bytesEach: 88e6 / NODE_PRESENCE_DEFAULTS.watchesMax,
      source: 'presence.watchesMax: 88 MB when no two watch the same'
    }
  ]
}

/** The middle of 80 and 164 KB of resident memory (src/node/defaults.ts, connectionsMax). */
const CONNECTION_BYTES = 120 * KIB
/** 62 characters of base64, an entry of a map, and a number. */
const SEEN_ID_BYTES = 150
