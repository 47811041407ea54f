/**
 * What the design has in store against what breaks first, with the same inputs: arithmetic about code that is not written.
 */
import { CONNECTIONS, LINE, ONLINE, USERS } from './assumptions.ts'
import { BEAT_BYTES } from './gossip-bytes.ts'
import type { Load, Place, Projection } from './projection.ts'

export function answerLoads (projection: Projection, place: Place): Array<Omit<Load, 'part'> & { part: string }> {
  return [
    { ...projection.presence({ ...place, connections: CONNECTIONS.few }), part: 'presence by gossip, IHAVEs to few' },
    { ...presenceToContacts(projection, place), part: 'presence told to the nodes of contacts that are on' }
  ]
}

/** Each beat goes once to every node at which a contact's device is attached. */
function presenceToContacts (projection: Projection, { usersPerNode }: Place): Omit<Load, 'part'> {
  const messages = usersPerNode * projection.beats * USERS.contacts * ONLINE * USERS.sessions
  return { messages, bytes: messages * (BEAT_BYTES + LINE.frameBytes), seconds: 0 }
}
