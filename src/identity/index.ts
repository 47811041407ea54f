/**
 * Identity: who users, devices and nodes are, and what they can prove. Every value that is opened here has had its
 * form, size, chain and signatures checked; nothing else makes one.
 */
/** The phrase that a user's root key comes from, and lives in. */
export { backupSeedFromPhrase, newPhrase, rootSeedFromPhrase } from './phrase.ts'
/** User ids, root keys, mailboxes. */
export { mailboxOf, parseUserId, rootKeyFromBytes, userIdOf } from './user-id.ts'
/** Node and device keys, as ours and as libp2p's. */
export { keyBytes, peerIdFromPeerKey, peerKeyFromBytes, peerKeyFromPeerId, privateKeyFromSeed } from './peer-key.ts'
/** Which of two signed values is newer, and reading an order from the wire. */
export { checkClock, compareOrder, epochFrom, millisFrom, orderFrom } from './order.ts'
/** Devices and their right to act for a user. */
export { certificateDepth, makeCertificate, openCertificate, type Signer } from './certificate.ts'
/** A user's devices and sealing keys. */
export { makeProfile, openProfile, type ProfileInit } from './profile.ts'
/** Promises of nodes to serve. */
export { isExpired, makeTicket, openTicket, verifyTicket } from './ticket.ts'
/** What devices hold, so that nodes may delete it. */
export { makeCollection, openCollection } from './collection.ts'
/** For further kinds of signed values: route records, messages. */
export { makeSigned, openSigned, type SignedKind } from './signed.ts'
