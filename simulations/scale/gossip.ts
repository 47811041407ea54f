/**
 * One beat on its way to every node: flooded over the mesh, told about to others in IHAVEs, asked for by whoever has not
 * seen it. Mirrors @libp2p/gossipsub 17.1.1 with presence's options, and presence's validator: of a beat that two of the
 * user's nodes publish, each under an id of its own, a node passes on the one that came first; the other is told about
 * by those who have it, and asked for by those who do not, all the same.
 */
import TinyQueue from 'tinyqueue'
import { PUBSUB_DEFAULTS } from '../../src/presence/defaults.ts'
import { GOSSIPSUB } from './assumptions.ts'
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

type Kind = 'publish' | 'message' | 'heartbeat' | 'ihave' | 'iwant'
/** number: of the message id, or how many heartbeats it has been told in. */
interface Arrival { at: number, kind: Kind, node: number, from: number, id: number, number: number }

const NOBODY = -1

export function flood (sources: Source[], init: FloodInit): Flood {
  return new Flooding(sources, init).run()
}

class Flooding {
  readonly #init: FloodInit
  readonly #sources: Source[]
  readonly #queue = new TinyQueue<Arrival>([], (a, b) => a.at - b.at)
  /** Of each node: a bit for every id that it has seen; the id that it passes on, or NOBODY. */
  readonly #seen: Uint8Array
  readonly #carried: Int8Array
  /** Of each id: nodes that have not seen it. */
  readonly #unseen: number[]
  readonly #result: Flood = { copies: 0, pulled: 0, ihaves: 0, iwants: 0, reached: 0, reachedAtMs: [] }

  constructor (sources: Source[], init: FloodInit) {
    this.#init = init
    this.#sources = sources
    this.#seen = new Uint8Array(init.mesh.size)
    this.#carried = new Int8Array(init.mesh.size).fill(NOBODY)
    this.#unseen = sources.map(() => init.mesh.size)
  }

  run (): Flood {
    this.#sources.forEach(({ node, atMs }, id) => { this.#queue.push({ at: atMs, kind: 'publish', node, from: NOBODY, id, number: 0 }) })
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      switch (next.kind) {
        case 'publish': this.#publish(next); break
        case 'message': this.#receive(next); break
        case 'heartbeat': this.#tell(next); break
        case 'ihave': this.#ask(next); break
        case 'iwant': this.#answer(next); break
      }
    }
    return this.#result
  }

  /** Not what has come from the user's other node already. An origin makes up for neighbours that it lacks. */
  #publish ({ at, node, id }: Arrival): void {
    if (this.#carried[node] !== NOBODY) {
      this.#unseen[id] = 0
      return
    }
    const { mesh, chance } = this.#init
    this.#carry(node, id, NOBODY, at)
    for (let count = mesh.neighbours(node).size; count < PUBSUB_DEFAULTS.D; count++) this.#send(at, 'message', node, chance.integer(mesh.size), id)
  }

  #receive ({ at, node, from, id }: Arrival): void {
    if (this.#hasSeen(node, id)) return
    if (this.#carried[node] === NOBODY) this.#carry(node, id, from, at)
    else this.#see(node, id)
  }

  /** Passes it on to its neighbours, and tells others at the next heartbeats. */
  #carry (node: number, id: number, from: number, at: number): void {
    const { mesh, chance } = this.#init
    this.#see(node, id)
    this.#carried[node] = id
    this.#result.reached++
    this.#result.reachedAtMs.push(at)
    for (const neighbour of mesh.neighbours(node).keys()) if (neighbour !== from) this.#send(at, 'message', node, neighbour, id)
    this.#queue.push({ at: at + chance.fraction() * GOSSIPSUB.heartbeatMs, kind: 'heartbeat', node, from: NOBODY, id, number: 1 })
  }

  #see (node: number, id: number): void {
    this.#seen[node] = (this.#seen[node] as number) | (1 << id)
    this.#unseen[id] = (this.#unseen[id] as number) - 1
  }

  /** To a quarter of those outside the mesh, and no fewer than Dlazy. Whoever has seen it by now will say nothing. */
  #tell ({ at, node, id, number }: Arrival): void {
    const { mesh, connections, gossipFactor, chance } = this.#init
    const others = Math.max(0, connections - mesh.neighbours(node).size)
    const told = Math.min(others, Math.max(GOSSIPSUB.Dlazy, Math.floor(others * gossipFactor)))
    this.#result.ihaves += told
    for (let left = told; left > 0 && (this.#unseen[id] as number) > 0; left--) {
      const peer = chance.integer(mesh.size)
      if (!this.#hasSeen(peer, id)) this.#send(at, 'ihave', node, peer, id)
    }
    if (number < GOSSIPSUB.mcacheGossip) this.#queue.push({ at: at + GOSSIPSUB.heartbeatMs, kind: 'heartbeat', node, from: NOBODY, id, number: number + 1 })
  }

  /** Everybody who tells of it is asked for it, until it is there. */
  #ask ({ at, node, from, id }: Arrival): void {
    if (this.#hasSeen(node, id)) return
    this.#result.iwants++
    this.#send(at, 'iwant', node, from, id)
  }

  #answer ({ at, node, from, id }: Arrival): void {
    this.#result.pulled++
    this.#send(at, 'message', node, from, id)
  }

  #send (at: number, kind: 'message' | 'ihave' | 'iwant', from: number, node: number, id: number): void {
    if (kind === 'message') this.#result.copies++
    this.#queue.push({ at: at + this.#wayMs(from, node), kind, node, from, id, number: 0 })
  }

  #hasSeen (node: number, id: number): boolean { return ((this.#seen[node] as number) & (1 << id)) !== 0 }

  #wayMs (one: number, other: number): number {
    const { waysMs } = this.#init
    return (waysMs[one] as number) + (waysMs[other] as number)
  }
}
