/** What one beat costs in a network of some size: floods from nodes chosen by chance, over a mesh that has seen restarts. */
import { quantileSorted } from 'simple-statistics'
import { GOSSIP_BYTES } from './gossip-bytes.ts'
import { GOSSIPSUB, LINK } from './assumptions.ts'
import { Mesh } from './mesh.ts'
import { flood, type FloodInit, type Source } from './gossip.ts'
import type { Chance } from '../world/chance.ts'

export interface PresenceInit {
  nodes: number
  /** Peers of the topic that each node is connected to. */
  connections: number
  /** Beats whose way is followed. */
  beats: number
  chance: Chance
  /** How many of the beats two nodes publish, and how much later the second does (beats.ts). */
  twiceShare: number
  secondAfterMs: number
  /** Instead of gossipsub's own, for questions of the kind “what if”. */
  gossipFactor?: number
}

/** Of one beat: for a node, sent by it on average. */
export interface PresenceFigures {
  nodes: number
  connections: number
  /** Neighbours of a node in the mesh. */
  degree: number
  /** Full messages, over the mesh and in answer to IWANTs. */
  copies: number
  pulled: number
  /** Others that are told of it in IHAVEs. */
  ihaves: number
  iwants: number
  /** Bytes of the copies; of IHAVEs and IWANTs, when every heartbeat has something to tell anyway. */
  messageBytes: number
  controlBytes: number
  /** Of the nodes: that have it in the end. */
  reached: number
  reachedP50Ms: number
  reachedP99Ms: number
  reachedAllMs: number
}

export function measurePresence (init: PresenceInit): PresenceFigures {
  const { nodes, connections, chance } = init
  const mesh = new Mesh(nodes, chance.split('mesh'))
  mesh.restart(nodes)
  const ways = chance.split('ways')
  const floodInit: FloodInit = {
    mesh,
    waysMs: Float64Array.from({ length: nodes }, () => LINK.wayMs / 2 * Math.exp(LINK.spread * drawNormal(ways))),
    connections: Math.min(nodes - 1, connections),
    chance: chance.split('floods'),
    gossipFactor: init.gossipFactor ?? GOSSIPSUB.gossipFactor
  }
  const sum = { copies: 0, pulled: 0, ihaves: 0, iwants: 0, reached: 0, p50: 0, p99: 0, all: 0 }
  for (let beat = 0; beat < init.beats; beat++) {
    const { reachedAtMs, ...counted } = flood(sourcesOf(init, beat), floodInit)
    for (const name of ['copies', 'pulled', 'ihaves', 'iwants', 'reached'] as const) sum[name] += counted[name]
    sum.p50 += quantileSorted(reachedAtMs, 0.5)
    sum.p99 += quantileSorted(reachedAtMs, 0.99)
    sum.all += reachedAtMs.at(-1) as number
  }
  const each = (total: number): number => total / init.beats / nodes
  return {
    nodes,
    connections: floodInit.connections,
    degree: mesh.degree,
    copies: each(sum.copies),
    pulled: each(sum.pulled),
    ihaves: each(sum.ihaves),
    iwants: each(sum.iwants),
    messageBytes: each(sum.copies) * GOSSIP_BYTES.message,
    controlBytes: each(sum.ihaves) * GOSSIP_BYTES.ihaveId + each(sum.iwants) * GOSSIP_BYTES.iwant,
    reached: each(sum.reached),
    reachedP50Ms: sum.p50 / init.beats,
    reachedP99Ms: sum.p99 / init.beats,
    reachedAllMs: sum.all / init.beats
  }
}

/** Every so many beats come from two nodes: evenly, so that few beats have the share that many would. */
function sourcesOf ({ nodes, chance, twiceShare, secondAfterMs }: PresenceInit, beat: number): Source[] {
  const drawn = chance.split(`beat/${beat}`)
  const node = drawn.integer(nodes)
  const isTwice = Math.floor((beat + 1) * twiceShare) > Math.floor(beat * twiceShare)
  const second = (node + 1 + drawn.integer(nodes - 1)) % nodes
  return isTwice ? [{ node, atMs: 0 }, { node: second, atMs: secondAfterMs }] : [{ node, atMs: 0 }]
}

/** Box and Muller 1958; the second of the pair is let go. */
function drawNormal (chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.fraction())) * Math.cos(2 * Math.PI * chance.fraction())
}
