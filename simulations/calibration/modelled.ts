/** The model, as the calibration drives it: ways take next to nothing and killed processes are refused at once, as over the memory transport. */
import { makeRoute, peerKeyOf, rootKeyOf } from '../actors/values.ts'
import { World } from '../world/world.ts'
import { RoutingModel, type RoutingPeer } from '../routing/model.ts'
import { PATIENT, type Asked, type CalibratedNetwork, type Found, type Places, type Published, type TableSize } from './network.ts'
import { emptyShelf } from './shelf.ts'
import type { RootKey, RouteRecord } from '../../src/types.ts'

/** A way takes this long at the median, ms: over the memory transport all that takes time is the processor. */
const WAY_MS = 1
const STEP_MS = 5
const DAY_S = 86_400

export class ModelledNetwork implements CalibratedNetwork {
  readonly #world: World
  readonly #beganAt: number
  readonly #model: RoutingModel
  readonly #peers: RoutingPeer[] = []
  readonly #places: Places | undefined
  readonly #users = new Map<string, RouteRecord>()

  /** places: of the network that it is compared with, so that both have the same shape. */
  constructor (seed: string, { bucketPeers, prefixBits }: TableSize, places?: Places) {
    this.#world = new World({ seed })
    this.#places = places
    this.#beganAt = this.#world.now()
    this.#model = new RoutingModel({
      world: this.#world,
      chance: this.#world.chance,
      witness: { sent: () => {} },
      latencyMs: WAY_MS,
      init: { ...PATIENT, bucketPeers },
      kad: { prefixBits, bootstrapPeers: 0 },
      isSilent: () => false,
      ...(places === undefined ? {} : { keysOf: root => places.ofUser(this.#userOf(root)) })
    })
  }

  now (): number { return this.#world.now() - this.#beganAt }

  async passUntil (ms: number): Promise<void> { await this.#world.run(Math.max(this.#world.now(), this.#beganAt + Math.ceil(ms))) }

  async join (acquaintances: number[]): Promise<void> {
    const number = this.#peers.length
    this.#peers.push(this.#model.join(peerKeyOf(`peer-${number}`), { server: true, lies: false, shelf: emptyShelf(), id: this.#places?.ofNode(number) }))
    for (const other of acquaintances) this.#model.meet(number, other)
  }

  tableSizes (): number[] { return this.#model.peers.servers.map(number => this.#model.tables.size(number)) }

  pings (): number { return this.#model.tables.pings }

  async publish (node: number, user: string): Promise<Published> {
    const record = this.#recordOf(user)
    const { result: { copies }, ...asked } = await this.#ask(async () => await (this.#peers[node] as RoutingPeer).finder.publish(record))
    const held = this.#model.keysOf(record.root).map(key => this.#holders(key))
    return { ...asked, copies, holders: held.map(({ length }) => length), nearestHolders: held.map(nearest => nearest.filter(Boolean).length) }
  }

  async find (node: number, user: string): Promise<Found> {
    const { root } = this.#recordOf(user)
    const { result, ...asked } = await this.#ask(async () => await (this.#peers[node] as RoutingPeer).finder.find(root))
    const { firstAnswerHops } = this.#model
    return { ...asked, found: result !== undefined, hops: firstAnswerHops === 0 ? undefined : firstAnswerHops }
  }

  async kill (nodes: number[]): Promise<void> { for (const node of nodes) this.#peers[node]?.leave() }

  async stop (): Promise<void> {}

  /** For each holder of a key, whether it is among the k nearest that run. */
  #holders (key: number): boolean[] {
    const { peers, init: { bucketPeers } } = this.#model
    const distance = (number: number): number => ((peers.ids[number] as number) ^ key) >>> 0
    const inOrder = [...peers.servers].sort((a, b) => distance(a) - distance(b))
    return inOrder.flatMap((number, place) => this.#model.recordAt(number, key) === undefined ? [] : [place < bucketPeers])
  }

  /** Lets virtual time pass until it is answered. */
  async #ask<T> (ask: () => Promise<T>): Promise<Asked & { result: T }> {
    const { totals } = this.#model
    const before = { ...totals }
    const progress = { isOver: false }
    const asked = ask().finally(() => { progress.isOver = true })
    while (!progress.isOver) await this.#world.run(this.#world.now() + STEP_MS)
    const result = await asked
    return { result, walks: totals.walks - before.walks, questions: totals.questions - before.questions, repeated: 0, answers: totals.answers - before.answers }
  }

  #userOf (root: RootKey): string {
    for (const [user, record] of this.#users) if (record.root === root) return user
    throw new Error('a record of nobody is looked for')
  }

  #recordOf (user: string): RouteRecord {
    let record = this.#users.get(user)
    if (record === undefined) {
      const now = this.#world.now()
      const notAfter = Math.floor(now / 1000) + 40 * DAY_S
      record = makeRoute({ root: rootKeyOf(user), seq: now, nodes: [{ node: peerKeyOf('peer-0'), expiry: notAfter }], notAfter })
      this.#users.set(user, record)
    }
    return record
  }
}
