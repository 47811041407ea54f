/** gossipsub as presence uses it: one topic, small messages, four mesh peers. */
import { gossipsub, type GossipSub, type GossipSubComponents } from '@libp2p/gossipsub'
import { PRESENCE_TOPIC } from '../wire/protocols.ts'
import { PUBSUB_DEFAULTS } from './defaults.ts'

export interface PresencePubsubInit {
  /**
   * The peers are on the open Internet, where many peers of one address are one attacker. On loopback and in a LAN it
   * must be false: more than ten nodes of one address would deliver nothing, without an error.
   */
  public?: boolean
}

/**
 * The libp2p service that nodes gossip through. Messages are signed (StrictSign): the rate per origin needs an
 * origin that cannot be forged, go-libp2p and rust-libp2p expect it, and what it tells, which node serves a tag, the
 * node's neighbours see anyway. Message ids stay (origin, sequence number): if they were of the content, whoever
 * repeats a beat beyond its own rate could make others take the true one for a duplicate.
 */
export function presencePubsub ({ public: isPublic = false }: PresencePubsubInit = {}): (components: GossipSubComponents) => GossipSub {
  const { D, Dlo, Dhi, Dscore, Dout, rpcBytesMax, queueBytesMax, unsubscribeBackoffMs, colocationWeight } = PUBSUB_DEFAULTS
  return gossipsub({
    D,
    Dlo,
    Dhi,
    Dscore,
    Dout,
    allowedTopics: [PRESENCE_TOPIC],
    globalSignaturePolicy: 'StrictSign',
    // Own beats are shown to own users by the node's core; nothing comes back.
    emitSelf: false,
    floodPublish: false,
    fallbackToFloodsub: false,
    // A node that is alone publishes to nobody, and that is no error.
    allowPublishToZeroTopicPeers: true,
    maxInboundDataLength: rpcBytesMax,
    maxOutboundBufferSize: queueBytesMax,
    unsubcribeBackoff: unsubscribeBackoffMs,
    scoreParams: {
      IPColocationFactorWeight: isPublic ? colocationWeight : 0,
      topics: { [PRESENCE_TOPIC]: TOPIC_SCORE }
    }
  })
}

/**
 * Only malformed beats count: with three of them (−10 · 3² = −90) a neighbour is below gossipsub's graylist (−80) and
 * is not listened to until, a tenth less each second, it has come back: 1 s after three, 12 s after ten. Delivery is
 * not scored: beats are too few to judge a neighbour by their absence.
 */
const TOPIC_SCORE = Object.freeze({
  topicWeight: 1,
  timeInMeshWeight: 0,
  timeInMeshQuantum: 1000,
  timeInMeshCap: 1,
  firstMessageDeliveriesWeight: 0,
  firstMessageDeliveriesDecay: 0.5,
  firstMessageDeliveriesCap: 1,
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 1000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  invalidMessageDeliveriesWeight: -10,
  invalidMessageDeliveriesDecay: 0.9
})
