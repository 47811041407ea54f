/**
 * How often a node publishes the route of one user that it serves: the shipped RepublishCore over virtual hours, in which
 * the node restarts by a law of churn and begins anew each time with what its disk kept. It stands at every place of its
 * users' lists equally often: the first on a list publish more often than the others.
 */
import { RepublishCore, type RefreshKey, type RepublishEvent } from '../../src/dht/core.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { makeRoute, peerKeyOf, rootKeyOf } from '../actors/values.ts'
import { Life } from '../churn/life.ts'
import { PUBLICATION_MS, USERS } from './assumptions.ts'
import type { Law } from '../churn/laws.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { Millis, PeerKey, RouteRecord } from '../../src/types.ts'

export interface RepublicationInit {
  world: World
  law: Law
  nodes: number
  /** Users of each node: a multiple of the places on a list. */
  users: number
  hours: number
}

/** For each user that is listed at a node, and each hour in which the node is up. */
export interface RepublicationFigures {
  publications: number
  /** Of a node's time. */
  upShare: number
  restarts: number
}

const HOUR = 3_600_000
const DAY_SECONDS = 86_400

export async function countPublications ({ world, law, nodes, users, hours }: RepublicationInit): Promise<RepublicationFigures> {
  const keepers = Array.from({ length: nodes }, (_, index) => new Keeper(world, peerKeyOf(`k${index}`), users))
  for (const keeper of keepers) keeper.begin(law)
  // One interval, so that nobody is met at the beginning of everything.
  await world.run(world.now() + ROUTE_DEFAULTS.republishIntervalMs * (1 + ROUTE_DEFAULTS.republishJitter))
  for (const keeper of keepers) keeper.forget()
  await world.run(world.now() + hours * HOUR)
  const upHours = sum(keepers.map(keeper => keeper.upMs())) / HOUR
  return {
    publications: sum(keepers.map(({ published }) => published)) / (upHours * users),
    upShare: upHours / (nodes * hours),
    restarts: sum(keepers.map(({ starts }) => starts)) / upHours
  }
}

class Keeper {
  readonly #world: World
  readonly #key: PeerKey
  readonly #chance: Chance
  readonly #records: RouteRecord[]
  #core: RepublishCore | undefined
  #cancelWake = (): void => {}
  #upSince: Millis | undefined
  #upMs = 0
  published = 0
  starts = 0

  constructor (world: World, key: PeerKey, users: number) {
    this.#world = world
    this.#key = key
    this.#chance = world.chance.split(`keeper/${key}`)
    const expiry = Math.floor(world.now() / 1000) + 45 * DAY_SECONDS
    const others = Array.from({ length: USERS.listed - 1 }, (_, index) => peerKeyOf(`another ${index}`))
    this.#records = Array.from({ length: users }, (_, index) => {
      const listed = others.toSpliced(index % USERS.listed, 0, key).map(node => ({ node, expiry }))
      return makeRoute({ root: rootKeyOf(`${key}/${index}`), seq: world.now(), notAfter: expiry, nodes: listed })
    })
  }

  begin (law: Law): void {
    new Life(this.#world, this.#world.chance.split(`life/${this.#key}`), law, {
      start: () => { this.#start() },
      end: () => { this.#end() },
      leave: () => {}
    }).begin()
  }

  /** What was counted until now counts no longer. */
  forget (): void {
    this.published = this.starts = this.#upMs = 0
    if (this.#upSince !== undefined) this.#upSince = this.#world.now()
  }

  upMs (): number { return this.#upMs + (this.#upSince === undefined ? 0 : this.#world.now() - this.#upSince) }

  #start (): void {
    this.starts++
    this.#upSince = this.#world.now()
    this.#core = new RepublishCore({ self: this.#key, placesOf: root => [BigInt(`0x${root}`)], bits: 256, phase: this.#chance.fraction() })
    for (const record of this.#records) this.#handle({ type: 'listed', record, restored: true, fraction: this.#chance.fraction() })
  }

  #end (): void {
    this.#upMs = this.upMs()
    this.#upSince = undefined
    this.#core = undefined
    this.#cancelWake()
  }

  #handle (event: RepublishEvent): void {
    for (const effect of this.#core?.handle(event, this.#world.now()) ?? []) {
      switch (effect.type) {
        case 'publish': this.#publish(effect.record); break
        case 'sweep': this.#sweep(effect.stroke.keys); break
        case 'wakeAt':
          this.#cancelWake()
          this.#cancelWake = this.#world.after(effect.at - this.#world.now(), () => { this.#handle({ type: 'tick' }) })
          break
        // Records outlive the run.
        case 'forget': break
      }
    }
  }

  /** It goes well too, for all that may come along. */
  #sweep (keys: readonly RefreshKey[]): void {
    const core = this.#core
    this.published += keys.length
    this.#world.after(PUBLICATION_MS, () => {
      const refreshed = keys.map(({ record, salt }) => ({ record, salt, copies: ROUTE_DEFAULTS.bucketPeers }))
      if (core === this.#core) this.#handle({ type: 'swept', refreshed, puts: keys.length * ROUTE_DEFAULTS.bucketPeers, fraction: this.#chance.fraction() })
    })
  }

  /** It goes well: enough peers acknowledge. */
  #publish (record: RouteRecord): void {
    const core = this.#core
    this.published++
    this.#world.after(PUBLICATION_MS, () => {
      if (core === this.#core) this.#handle({ type: 'published', record, copies: ROUTE_DEFAULTS.bucketPeers, fraction: this.#chance.fraction() })
    })
  }
}

function sum (values: number[]): number { return values.reduce((total, value) => total + value, 0) }
