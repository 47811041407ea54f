/**
 * One beat on its way to every node: flooded over the mesh, told about to others in IHAVEs, asked for by whoever has not
 * seen it. Mirrors @libp2p/gossipsub 17.1.1 with presence's options, and presence's validator: of a beat that two of the
 * user's nodes publish, each under an id of its own, a node passes on the one that came first; the other is told about
 * by those who have it, and asked for by those who do not, all the same.
 */
import { PUBSUB_DEFAULTS } from '../../src/presence/defaults.ts'
import { GOSSIPSUB } from './assumptions.ts'
import { Timeline } from './timeline.ts'
import type { Chance } from '../world/chance.ts'
import type { Mesh } from './mesh.ts'

/** Nodes that publish the same beat; the second later by so much. */
export interface Source { node: number, atMs: number }

export interface FloodInit {
  mesh: Mesh
  /** Of each node: its part of the way to any other, ms. */
  waysMs: Float64Array
  /** Peers of the topic that a node is connected to, mesh and others. */
  connections: number
  /** Of the peers outside the mesh: told in an IHAVE. */
  gossipFactor: number
  chance: Chance
}

/** All counted over the whole network. */
export interface Flood {
  /** Full messages sent: over the mesh, and in answer to an IWANT. */
  copies: number
  pulled: number
  /** IHAVEs that name the beat, and IWANTs. */
  ihaves: number
  iwants: number
  /** Nodes that have it in the end. */
  reached: number
  /** When each of them had it, ms after the first word; rising. */
  reachedAtMs: number[]
}

/** What happens at a node, and who or which heartbeat it comes from. */
const KIND = Object.freeze({ publish: 0, message: 1, heartbeat: 2, ihave: 3, iwant: 4 })
const KINDS = 8
/** Ids of one beat: two nodes may publish it. */
const IDS = 2
/** Nodes that a network may have. */
export const NODES_MAX = 2 ** 22

const NOBODY = -1

export function flood (sources: Source[], init: FloodInit): Flood {
  return new Flooding(sources, init).run()
}

class Flooding {
  readonly #init: FloodInit
  readonly #sources: Source[]
  readonly #timeline = new Timeline()
  /** Of each node: a bit for every id that it has seen; the id that it passes on, or NOBODY. */
  readonly #seen: Uint8Array
  readonly #carried: Int8Array
  /** Of each id: nodes that have not seen it. */
  readonly #unseen: number[]
  readonly #result: Flood = { copies: 0, pulled: 0, ihaves: 0, iwants: 0, reached: 0, reachedAtMs: [] }

  constructor (sources: Source[], init: FloodInit) {
    this.#init = init
    this.#sources = sources
    if (init.mesh.size > NODES_MAX || sources.length > IDS) throw new RangeError('so large a flood does not fit')
    this.#seen = new Uint8Array(init.mesh.size)
    this.#carried = new Int8Array(init.mesh.size).fill(NOBODY)
    this.#unseen = sources.map(() => init.mesh.size)
  }

  run (): Flood {
    this.#sources.forEach(({ node, atMs }, id) => { this.#put(atMs, KIND.publish, node, 0, id) })
    for (let item = this.#timeline.take(); item !== undefined; item = this.#timeline.take()) {
      const id = item % IDS
      const kind = Math.floor(item / IDS) % KINDS
      const from = Math.floor(item / (IDS * KINDS)) % NODES_MAX
      const node = Math.floor(item / (IDS * KINDS * NODES_MAX))
      switch (kind) {
        case KIND.publish: this.#publish(node, id); break
        case KIND.message: this.#receive(node, from, id); break
        case KIND.heartbeat: this.#tell(node, from, id); break
        case KIND.ihave: this.#ask(node, from, id); break
        case KIND.iwant: this.#answer(node, from, id); break
      }
    }
    return this.#result
  }

  /** Not what has come from the user's other node already. An origin makes up for neighbours that it lacks. */
  #publish (node: number, id: number): void {
    if (this.#carried[node] !== NOBODY) {
      this.#unseen[id] = 0
      return
    }
    const { mesh, chance } = this.#init
    this.#carry(node, id, NOBODY)
    for (let count = mesh.neighbours(node).size; count < PUBSUB_DEFAULTS.D; count++) this.#send(KIND.message, node, chance.integer(mesh.size), id)
  }

  #receive (node: number, from: number, id: number): void {
    if (this.#hasSeen(node, id)) return
    if (this.#carried[node] === NOBODY) this.#carry(node, id, from)
    else this.#see(node, id)
  }

  /** Passes it on to its neighbours, and tells others at the next heartbeats. */
  #carry (node: number, id: number, from: number): void {
    const { mesh, chance } = this.#init
    const { now } = this.#timeline
    this.#see(node, id)
    this.#carried[node] = id
    this.#result.reached++
    this.#result.reachedAtMs.push(now)
    for (const neighbour of mesh.neighbours(node).keys()) if (neighbour !== from) this.#send(KIND.message, node, neighbour, id)
    this.#put(now + chance.fraction() * GOSSIPSUB.heartbeatMs, KIND.heartbeat, node, 1, id)
  }

  #see (node: number, id: number): void {
    this.#seen[node] = (this.#seen[node] as number) | (1 << id)
    this.#unseen[id] = (this.#unseen[id] as number) - 1
  }

  /**
   * To a quarter of those outside the mesh, and no fewer than Dlazy; number: of the heartbeat. Whoever has seen it by now
   * will say nothing.
   */
  #tell (node: number, number: number, id: number): void {
    const { mesh, connections, gossipFactor, chance } = this.#init
    const others = Math.max(0, connections - mesh.neighbours(node).size)
    const told = Math.min(others, Math.max(GOSSIPSUB.Dlazy, Math.floor(others * gossipFactor)))
    this.#result.ihaves += told
    for (let left = told; left > 0 && (this.#unseen[id] as number) > 0; left--) {
      const peer = chance.integer(mesh.size)
      if (!this.#hasSeen(peer, id)) this.#send(KIND.ihave, node, peer, id)
    }
    if (number < GOSSIPSUB.mcacheGossip) this.#put(this.#timeline.now + GOSSIPSUB.heartbeatMs, KIND.heartbeat, node, number + 1, id)
  }

  /** Everybody who tells of it is asked for it, until it is there. */
  #ask (node: number, from: number, id: number): void {
    if (this.#hasSeen(node, id)) return
    this.#result.iwants++
    this.#send(KIND.iwant, node, from, id)
  }

  #answer (node: number, from: number, id: number): void {
    this.#result.pulled++
    this.#send(KIND.message, node, from, id)
  }

  #send (kind: number, from: number, node: number, id: number): void {
    if (kind === KIND.message) this.#result.copies++
    this.#put(this.#timeline.now + this.#wayMs(from, node), kind, node, from, id)
  }

  #put (at: number, kind: number, node: number, from: number, id: number): void {
    this.#timeline.put(at, ((node * NODES_MAX + from) * KINDS + kind) * IDS + id)
  }

  #hasSeen (node: number, id: number): boolean { return ((this.#seen[node] as number) & (1 << id)) !== 0 }

  #wayMs (one: number, other: number): number {
    const { waysMs } = this.#init
    return (waysMs[one] as number) + (waysMs[other] as number)
  }
}
