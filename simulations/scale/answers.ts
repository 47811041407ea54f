/**
 * What the design has in store against what breaks first, with the same inputs: arithmetic about code that is not written.
 */
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { CONNECTIONS, COSTS, LINE, ONLINE, USERS } from './assumptions.ts'
import { BEAT_BYTES } from './gossip-bytes.ts'
import type { Load, Place, Projection } from './projection.ts'

export function answerLoads (projection: Projection, place: Place): Array<Omit<Load, 'part'> & { part: string }> {
  return [
    { ...projection.presence({ ...place, connections: CONNECTIONS.few }), part: 'presence by gossip, IHAVEs to few' },
    { ...presenceToContacts(projection, place), part: 'presence told to the nodes of contacts that are on' },
    { ...republicationByOne(projection, place), part: 'each route published by one of its nodes' },
    { ...republicationInSweeps(projection, place), part: 'the same, one walk a region' }
  ]
}

/** Each beat goes once to every node at which a contact's device is attached. */
function presenceToContacts (projection: Projection, { usersPerNode }: Place): Omit<Load, 'part'> {
  const messages = usersPerNode * projection.beats * USERS.contacts * ONLINE * USERS.sessions
  return { messages, bytes: messages * (BEAT_BYTES + LINE.frameBytes), seconds: 0 }
}

/** Whoever sees that the holders were given a route lately leaves it to the others. */
function republicationByOne (projection: Projection, place: Place): Omit<Load, 'part'> {
  const { messages, bytes, seconds } = projection.republication(place)
  return { messages: messages / USERS.listed, bytes: bytes / USERS.listed, seconds: seconds / USERS.listed }
}

/** The key space is walked through in order: no key costs a walk of its own where one walk finds the holders of several. */
function republicationInSweeps (projection: Projection, { nodes, usersPerNode }: Place): Omit<Load, 'part'> {
  const { salts, bucketPeers } = ROUTE_DEFAULTS
  const [walk, publish] = [projection.operation(nodes, 'walk'), projection.operation(nodes, 'publish')]
  const walks = Math.min(salts * usersPerNode, nodes / bucketPeers)
  const puts = (name: 'messages' | 'bytes'): number => usersPerNode * (publish[name] - salts * walk[name])
  return {
    messages: projection.routePublications * (puts('messages') + walks * walk.messages),
    bytes: projection.routePublications * (puts('bytes') + walks * walk.bytes),
    seconds: projection.routePublications * walks * COSTS.walkSeconds
  }
}
