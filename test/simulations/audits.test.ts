/**
 * Audits over virtual days, by the shipped cores: nodes come and go, disks are wiped, power is cut, mail comes in and is
 * collected at one node while others hear of it later. Whoever lies is found out, and nobody else is.
 */
import { deepEqual, ok } from 'node:assert/strict'
import { TABLE } from '../../simulations/actors/disk-tables.ts'
import { relayFrame, RELAY, type RelayFrame } from '../../simulations/actors/frames.ts'
import { openLyingStore } from '../../simulations/actors/lying-store.ts'
import { SimNode } from '../../simulations/actors/node.ts'
import { makeCollection, makeEnvelope, makeRoute, mailboxOf, peerKeyOf, rootKeyOf } from '../../simulations/actors/values.ts'
import { witnesses } from '../../simulations/checks/witness.ts'
import { LAWS } from '../../simulations/churn/laws.ts'
import { Life } from '../../simulations/churn/life.ts'
import { RoutingModel } from '../../simulations/routing/model.ts'
import { Disk } from '../../simulations/world/disk.ts'
import { Network, type Host } from '../../simulations/world/network.ts'
import { World } from '../../simulations/world/world.ts'
import { FULL } from '../full.ts'
import type { Chance } from '../../simulations/world/chance.ts'
import type { Law } from '../../simulations/churn/laws.ts'
import type { EnvelopeId, PeerKey, RouteRecord } from '../../src/types.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NODES = 9
const LIARS = 2
const USERS = 6
const LISTED = 6
const SEEDS = FULL ? [1, 2, 3] : [1]
const TIMEOUT_MS = 120_000

interface User { route: RouteRecord, device: PeerKey, waiting: EnvelopeId[] }
interface Machine { key: PeerKey, lies: boolean, disk: Disk, life: Life }

/** Nodes, mailboxes on them, and a hand that puts mail in and takes some out. */
class Days {
  readonly world: World
  readonly chance: Chance
  readonly machines: Machine[]
  readonly users: User[]
  readonly caught = new Set<PeerKey>()
  readonly #hand: Host
  #tickets = 0

  constructor (seed: number, churn: keyof typeof LAWS = 'mail-worst') {
    const world = this.world = new World({ seed })
    this.chance = world.chance.split('days')
    const witness = witnesses([{ caught: ({ node }) => { this.caught.add(node) } }])
    const network = new Network(world, world.chance.split('network'), { latencyMs: 40, loss: 0.005, repeated: 0, reordered: 0 }, witness.sent)
    const routing = new RoutingModel({ world, chance: world.chance.split('kad'), witness, latencyMs: 40 })
    this.machines = Array.from({ length: NODES }, (_, at): Machine => {
      const key = peerKeyOf(`n${at + 1}`)
      const lies = at < LIARS
      const disk = new Disk(world, world.chance.split(`disk of ${key}`))
      const node = new SimNode({ key, world, network, disk, routing, witness, serves: true, dialable: true, ...(lies && { openStore: openLyingStore }) })
      const life = new Life(world, world.chance.split(`life of ${key}`), { ...LAWS[churn] } as Law, {
        start: () => { node.start() },
        end: how => { if (how === 'stop') node.stop(); else node.crash(how) },
        leave: () => {}
      })
      return { key, lies, disk, life }
    })
    this.users = Array.from({ length: USERS }, (_, at) => this.#settle(`u${at}`))
    this.#hand = network.host('hand')
  }

  /** A user whom so many nodes serve, as their disks say. */
  #settle (name: string): User {
    const root = rootKeyOf(name)
    const device = peerKeyOf(`${name}'s device`)
    const expiry = Math.floor((this.world.now() + 40 * DAY) / 1000)
    const nodes = this.chance.sample(this.machines, LISTED)
    const route = makeRoute({ root, seq: this.world.now(), notAfter: expiry, nodes: nodes.map(({ key: node }) => ({ node, expiry })) })
    const { mailbox } = route
    for (const { disk } of nodes) {
      const values = { [TABLE.profiles]: { root, mailbox: mailboxOf(root), devices: [device] }, [TABLE.routes]: route, [TABLE.promises]: expiry }
      disk.write(Object.entries(values).map(([table, value]) => ({ table, key: mailbox, value, bytes: 100 })), { sync: true }, () => {})
    }
    return { route, device, waiting: [] }
  }

  async pass (days: number): Promise<void> {
    for (const { life } of this.machines) life.begin()
    await this.go(days)
  }

  async go (days: number): Promise<void> {
    for (let hour = 0; hour < days * 24; hour++) {
      const user = this.chance.pick(this.users)
      this.#write(user)
      if (this.chance.happens(0.3)) this.#collect(user)
      if (this.chance.happens(0.04)) this.#wipe(this.chance.pick(this.machines.filter(({ lies }) => !lies)))
      await this.world.run(this.world.now() + HOUR)
    }
  }

  /** To those of the first nodes that are there, as a coordinator does. */
  #write ({ route, waiting }: User): void {
    const { mailbox, order, entries, n } = route
    const id = `e${String(++this.#tickets).padStart(6, '0')}`
    const envelope = makeEnvelope({ id, mailbox, expiry: Math.floor((this.world.now() + 29 * DAY) / 1000), bytes: 600 })
    waiting.push(envelope.id)
    const up = entries.filter(({ node }) => this.machines.some(({ key, life }) => key === node && life.isUp)).slice(0, n)
    for (const { node } of up) this.#say(node, relayFrame.deposit({ ticket: this.#tickets, routeEpoch: order.epoch, routeSeq: order.seq, envelope }))
  }

  /** At one of the nodes only: the others hear of it when they reconcile. */
  #collect ({ route: { root, mailbox, entries }, device, waiting }: User): void {
    const ids = waiting.splice(0, 2)
    if (ids.length > 0) this.#say(this.chance.pick(entries).node, relayFrame.collection(makeCollection({ root, mailbox, device, ids, time: this.world.now() })))
  }

  #wipe ({ life, disk }: Machine): void {
    if (life.strike('crash', { afterMs: 10 * MINUTE })) disk.wipe()
  }

  /** Of honest nodes, half: their disks have no room until it is made. */
  fill (): () => void {
    const honest = this.machines.filter(({ lies }) => !lies)
    const full = honest.slice(0, honest.length / 2).map(({ disk }) => disk)
    const before = full.map(({ conditions }) => conditions)
    for (const disk of full) disk.conditions = { ...disk.conditions, capacityBytes: disk.bytes }
    return () => { full.forEach((disk, at) => { disk.conditions = before[at] ?? disk.conditions }) }
  }

  #say (node: PeerKey, frame: RelayFrame): void {
    this.#hand.open(node, RELAY, 3000, stream => {
      if (stream === undefined) return
      stream.onFrame = () => {}
      stream.send(frame)
      this.world.after(MINUTE, () => { stream.close() })
    })
  }

  /** Honest nodes that were caught. */
  get wronged (): PeerKey[] { return this.machines.flatMap(({ key, lies }) => !lies && this.caught.has(key) ? [key] : []) }

  /** Liars that were among the first of somebody's list. */
  get toBeFound (): PeerKey[] {
    return this.machines.flatMap(({ key, lies }) => lies && this.users.some(({ route: { entries, n } }) => entries.slice(0, n).some(({ node }) => node === key)) ? [key] : [])
  }
}

describe('audits over five virtual days', function () {
  this.timeout(TIMEOUT_MS)

  for (const seed of SEEDS) {
    it(`find out whoever lies and nobody else, seed ${seed}`, async () => {
      const days = new Days(seed)
      await days.pass(5)
      deepEqual(days.wronged, [])
      ok(days.toBeFound.length > 0)
      deepEqual(days.toBeFound.filter(node => !days.caught.has(node)), [], 'liars')
    })
  }

  it('take no disk that is full for a day for a liar', async () => {
    // Whoever starts with a full disk does not serve, and is not asked: here nobody ever goes.
    const days = new Days(1, 'steady')
    await days.pass(1)
    const empty = days.fill()
    await days.go(1)
    empty()
    await days.go(2)
    deepEqual(days.wronged, [])
  })
})
