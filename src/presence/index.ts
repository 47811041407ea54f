/**
 * Presence: who is here.
 *
 * A device seals a small signed beat under its user's presence key (beat.ts) and gives it to its serving nodes, with
 * a will for the case that it vanishes (own.core.ts says when). The nodes gossip beats without being able to read
 * them and hand each to the devices that watch its tag (core.ts, service.ts, pubsub.ts). A contact opens it, and from
 * the words of all devices comes what is shown (contact.core.ts).
 *
 * This file is what nodes import; client.ts, which needs no gossipsub, is for clients.
 */
/** A node's presence, its factory and the service's components. */
export { nodePresence, type NodePresence } from './service.ts'
/** The libp2p service that it runs over. */
export { presencePubsub } from './pubsub.ts'
/** What a node carries and keeps. */
export { NODE_PRESENCE_DEFAULTS } from './defaults.ts'
