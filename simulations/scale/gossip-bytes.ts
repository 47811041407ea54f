/**
 * What gossip weighs: gossipsub's own encoder is asked, with fields of the length that they have. Behind its length, as
 * it goes into a stream; what muxer, encryption and TCP add is a row of its own (assumptions.ts, LINE_BYTES).
 */
import { RPC } from '@libp2p/gossipsub/message'
import { PRESENCE_TOPIC } from '../../src/wire/protocols.ts'

/** A beat as makeBeat makes it, until the year 2109. */
export const BEAT_BYTES = 161

/** The multihash of an Ed25519 peer id: its key, protobuf around it, identity hash. */
const PEER_ID_BYTES = 38
const PUBLIC_KEY_BYTES = 36
const SEQUENCE_BYTES = 8
const SIGNATURE_BYTES = 64
/** Under StrictSign a message is known by origin and sequence number. */
const MESSAGE_ID_BYTES = PEER_ID_BYTES + SEQUENCE_BYTES
/** Seconds that a pruned peer shall stay away: gossipsub's pruneBackoff of a minute. */
const BACKOFF_SECONDS = 60

const NONE = Object.freeze({ ihave: [], iwant: [], graft: [], prune: [], idontwant: [] })

const zeros = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length)
const ids = (count: number): Uint8Array[] => Array.from({ length: count }, () => zeros(MESSAGE_ID_BYTES))

export const GOSSIP_BYTES = Object.freeze({
  /** One beat as a node passes it on. */
  message: framed({
    messages: [{
      from: zeros(PEER_ID_BYTES),
      data: zeros(BEAT_BYTES),
      seqno: zeros(SEQUENCE_BYTES),
      topic: PRESENCE_TOPIC,
      signature: zeros(SIGNATURE_BYTES),
      key: zeros(PUBLIC_KEY_BYTES)
    }]
  }),
  /** “I have” so many messages, once a heartbeat to some who are not in the mesh. */
  ihave: (count: number): number => framed({ control: { ...NONE, ihave: [{ topicID: PRESENCE_TOPIC, messageIDs: ids(count) }] } }),
  /** One id more in an IHAVE: what it grows by on average over the first hundred. */
  ihaveId: MESSAGE_ID_BYTES + 2,
  /** “I want” one message. */
  iwant: framed({ control: { ...NONE, iwant: [{ messageIDs: ids(1) }] } }),
  graft: framed({ control: { ...NONE, graft: [{ topicID: PRESENCE_TOPIC }] } }),
  prune: framed({ control: { ...NONE, prune: [{ topicID: PRESENCE_TOPIC, peers: [], backoff: BACKOFF_SECONDS }] } }),
  /** To every peer that is met. */
  subscribe: framed({ subscriptions: [{ subscribe: true, topic: PRESENCE_TOPIC }] })
})

function framed (rpc: Partial<RPC>): number {
  const { byteLength } = RPC.encode({ subscriptions: [], messages: [], ...rpc })
  return byteLength + (byteLength < 128 ? 1 : byteLength < 16_384 ? 2 : 3)
}
