/**
 * From what was measured to what a node bears: the arithmetic of docs/scale.md. It takes nothing but the cells of the
 * measured tables and the constants of assumptions.ts, so that the page can be checked against itself.
 */
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { KAD_MODEL } from '../routing/defaults.ts'
import { BUDGET, CONNECTIONS, COSTS, GOSSIPSUB, LINE, ONLINE, USERS, WALKS_A_REGION } from './assumptions.ts'
import { GOSSIP_BYTES } from './gossip-bytes.ts'
import { numberIn, type Row, type Table } from './table.ts'
import { upkeepOf } from './upkeep.ts'

export interface Measured { often: Table, beat: Table, operation: Table, mail: Table, people: Table }

/** A network of `nodes`, with so many users for each. */
export interface Place { nodes: number, usersPerNode: number, connections: number }

/** What one part of the work costs a node in an hour: sent by it, and of its processor. */
export interface Load { part: Part, messages: number, bytes: number, seconds: number }
export type Part = 'connections' | 'upkeep' | 'republication' | 'finds' | 'presence' | 'drains' | 'heartbeats' | 'mail'

const HOUR_SECONDS = 3600

export function usersOf ({ nodes, usersPerNode }: Pick<Place, 'nodes' | 'usersPerNode'>): number { return nodes * usersPerNode }

export class Projection {
  readonly #measured: Measured
  readonly #often: Row
  /** Of the sizes at which mail was measured, the largest: what it costs a user does not depend on them. */
  readonly #mailSize: string

  constructor (measured: Measured, law: string) {
    this.#measured = measured
    const often = measured.often.rows.find(row => row['law'] === law)
    if (often === undefined) throw new Error(`nothing was counted under the law ${law}`)
    this.#often = often
    this.#mailSize = measured.people.rows.at(-1)?.['nodes'] ?? ''
  }

  /** Sizes at which one operation in the DHT and one beat were measured. */
  get sizes (): number[] { return [...new Set(this.#measured.operation.rows.map(row => numberIn(row, 'nodes')))] }

  /** Connections that gossip was measured with at this size. */
  connections (nodes: number): number[] {
    return this.#measured.beat.rows.filter(row => numberIn(row, 'nodes') === nodes).map(row => numberIn(row, 'connections'))
  }

  /** All parts of the work at a place. */
  loads (place: Place): Load[] {
    return [this.#connections(place), this.#upkeep(place), this.republication(place), this.finds(place), this.presence(place), this.drains(place), this.#heartbeats(place), this.mail(place)]
  }

  /** libp2p asks every connection once a minute whether it lives; a node asks back. */
  #connections ({ usersPerNode, connections }: Place): Load {
    const asked = HOUR_SECONDS * 1000 / PING_INTERVAL_MS * (connections + devicesOf(usersPerNode))
    const answered = HOUR_SECONDS * 1000 / PING_INTERVAL_MS * connections
    return { part: 'connections', messages: asked + answered, bytes: (asked + answered) * KAD_MODEL.pingBytes, seconds: (asked + answered) * COSTS.streamSeconds }
  }

  /** Rounds of a self-query and of walks to places by chance. */
  #upkeep ({ nodes }: Place): Load {
    const { messages, bytes, walks } = upkeepOf(this.operation(nodes, 'walk'))
    return { part: 'upkeep', messages, bytes, seconds: walks * COSTS.walkSeconds }
  }

  /** Puts are as many as if each record were published by itself; walks are a few for each region, or one a key when those are fewer. */
  republication ({ nodes, usersPerNode }: Place): Load {
    const { salts, bucketPeers, sweepAheadShare, republishIntervalMs } = ROUTE_DEFAULTS
    const [walk, publish] = [this.operation(nodes, 'walk'), this.operation(nodes, 'publish')]
    const publications = USERS.listed * usersPerNode * this.routePublications
    const regions = Math.max(nodes / bucketPeers, 1 / sweepAheadShare)
    const walks = Math.min(salts * publications, WALKS_A_REGION * regions * HOUR_SECONDS * 1000 / republishIntervalMs)
    const sent = (name: 'messages' | 'bytes'): number => publications * (publish[name] - salts * walk[name]) + walks * walk[name]
    const seconds = walks * COSTS.walkSeconds + publications * salts * bucketPeers * COSTS.putSeconds
    return { part: 'republication', messages: sent('messages'), bytes: sent('bytes'), seconds }
  }

  /** As long as most texts go to people whose route is not known yet. */
  finds ({ nodes, usersPerNode }: Place): Load {
    const find = this.operation(nodes, 'find')
    const times = usersPerNode * this.#people('finds a user and hour')
    return { part: 'finds', messages: times * find.messages, bytes: times * find.bytes, seconds: times * COSTS.walkSeconds }
  }

  /** What a user costs every node of the network in an hour. */
  presenceOfUser ({ nodes, connections }: Omit<Place, 'usersPerNode'>): Pick<Load, 'bytes' | 'seconds'> {
    const row = this.#beat(nodes, connections)
    const copies = numberIn(row, 'copies')
    return {
      bytes: this.beats * (numberIn(row, 'message bytes') + numberIn(row, 'control bytes') + copies * LINE.frameBytes),
      seconds: this.beats * copies * COSTS.signatureSeconds
    }
  }

  /** Every node passes on every beat of the network, and checks every copy's signature. */
  presence ({ nodes, usersPerNode, connections }: Place): Load {
    const row = this.#beat(nodes, connections)
    const users = usersOf({ nodes, usersPerNode })
    const beats = users * this.beats
    const told = numberIn(row, 'told of it')
    // However many beats there are, one IHAVE a heartbeat goes to each who is told.
    const ihaves = Math.min(beats * told, HOUR_SECONDS * told / GOSSIPSUB.mcacheGossip)
    const { bytes, seconds } = this.presenceOfUser({ nodes, connections })
    return {
      part: 'presence',
      messages: beats * numberIn(row, 'copies') + ihaves,
      bytes: users * bytes + ihaves * (GOSSIP_BYTES.ihave(1) - GOSSIP_BYTES.ihaveId + LINE.frameBytes),
      seconds: users * seconds
    }
  }

  /** Each on a stream of its own. */
  drains ({ usersPerNode }: Place): Load {
    const { messages, bytes } = this.#mailPart('drains')
    const drains = usersPerNode * messages / DRAIN_MESSAGES
    return { part: 'drains', messages: usersPerNode * messages, bytes: usersPerNode * (bytes + messages * LINE.frameBytes) + drains * LINE.streamBytes, seconds: drains * COSTS.streamSeconds }
  }

  #heartbeats ({ usersPerNode }: Place): Load { return this.#frames('heartbeats', ['heartbeats'], usersPerNode, 0) }

  /** An envelope costs a node what the relay's own path costs; other frames go along with envelopes. */
  mail ({ usersPerNode }: Place): Load {
    const { messages } = this.#mailPart('deposits')
    return this.#frames('mail', ['deposits', 'answers', 'pushes', 'collections', 'requests'], usersPerNode, usersPerNode * messages * COSTS.envelopeSeconds)
  }

  #frames (part: Part, groups: string[], usersPerNode: number, seconds: number): Load {
    const load: Load = { part, messages: 0, bytes: 0, seconds }
    for (const group of groups) {
      const { messages, bytes } = this.#mailPart(group)
      load.messages += usersPerNode * messages
      load.bytes += usersPerNode * (bytes + messages * LINE.frameBytes)
    }
    return load
  }

  /** Streams between nodes that a user of the network causes; each has two ends. */
  get relayStreams (): number { return this.#people('streams between nodes, for a user') }

  /** Different beats of a user in an hour that are published, … */
  get beats (): number { return this.#count('beats published') }

  /** … and gossiped messages, each under an id of its own. */
  get published (): number { return this.#count('messages published') }

  /** How often a node publishes one route in an hour. */
  get routePublications (): number { return this.#count('route publications') }

  /** Users whose gossip a node's neighbours may bring: each message comes first from one of them. */
  beatsTaken ({ nodes }: Pick<Place, 'nodes'>): number {
    const neighbours = numberIn(this.#beat(nodes, CONNECTIONS.few), 'mesh')
    return NODE_PRESENCE_DEFAULTS.neighbourPerSecond * neighbours * HOUR_SECONDS / this.published
  }

  #count (column: string): number { return numberIn(this.#often, column) }

  #people (column: string): number { return numberIn(this.#measured.people.rows.at(-1), column) }

  operation (nodes: number, operation: string): { messages: number, bytes: number } {
    const row = this.#measured.operation.rows.find(row => numberIn(row, 'nodes') === nodes && row['operation'] === operation)
    return { messages: numberIn(row, 'messages'), bytes: numberIn(row, 'bytes') }
  }

  #beat (nodes: number, connections: number): Row | undefined {
    return this.#measured.beat.rows.find(row => numberIn(row, 'nodes') === nodes && numberIn(row, 'connections') === connections)
  }

  #mailPart (part: string): { messages: number, bytes: number } {
    const row = this.#measured.mail.rows.find(row => row['sent by'] === 'nodes' && row['part'] === part)
    return { messages: numberIn(row, `messages, ${this.#mailSize} nodes`), bytes: numberIn(row, `bytes, ${this.#mailSize} nodes`) }
  }
}

/** A node's: where it starts, and an empty page. */
const DRAIN_MESSAGES = 2
/** src/node/host.ts, connectionMonitor. */
const PING_INTERVAL_MS = 60_000

/** Devices that are connected to a node: each that is on to every node on its user's list, since each is drained. */
export function devicesOf (usersPerNode: number): number { return USERS.listed * usersPerNode * ONLINE }

/** Of what a volunteer's machine may give away, the share that a load takes: of the line, and of the processor. */
export function shares ({ bytes, seconds }: Pick<Load, 'bytes' | 'seconds'>): { kbitPerSecond: number, corePercent: number } {
  return { kbitPerSecond: bytes * 8 / 1000 / HOUR_SECONDS, corePercent: seconds / HOUR_SECONDS * 100 }
}

/** How often a load fits into the budget, by what is scarcer. */
export function fits (load: Pick<Load, 'bytes' | 'seconds'>): { byLine: number, byCore: number } {
  const { kbitPerSecond, corePercent } = shares(load)
  return { byLine: BUDGET.kbitPerSecond / kbitPerSecond, byCore: BUDGET.corePercent / corePercent }
}
