/** What churn does to routing: records published as the product does, every four hours, and found while machines come and go. */
import { rootKeyOf } from '../actors/values.ts'
import { Life } from '../churn/life.ts'
import { LAWS, type Law } from '../churn/laws.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { keyOf, Population, routeOf } from './population.ts'
import { emptyShelf } from './shelf.ts'
import type { RoutingPeer } from '../routing/model.ts'
import type { Chance } from '../world/chance.ts'

const HOUR = 3_600_000
/** Between two finds in the whole network. */
const BETWEEN_FINDS_MS = 10_000
/** Tables whose contacts are looked at. */
const TABLES_SAMPLED = 100

export interface ChurnInit {
  nodes: number
  law: string
  /** Nothing is counted in the first half. */
  hours: number
  users: number
  seed: string
}

export interface ChurnOutcome {
  /** Machines of which all are some of the time up. */
  up: number
  found: number
  finds: number
  /** Of a find. */
  ms: number
  /** Of a publication. */
  copies: number
  /** Of all questions, waited for in vain; and of all contacts in tables, gone. */
  unanswered: number
  deadContacts: number
}

export async function churn ({ nodes, law, hours, users, seed }: ChurnInit): Promise<ChurnOutcome> {
  const run = new ChurnRun(nodes, LAWS[law] as Law, seed)
  for (let user = 0; user < users; user++) run.republish(`user ${user}`)
  const { world } = run.population
  await world.run(world.now() + hours * HOUR / 2)
  run.count(users)
  await world.run(world.now() + hours * HOUR / 2)
  return run.outcome()
}

class ChurnRun {
  readonly population: Population
  readonly #chance: Chance
  readonly #up = new Map<number, RoutingPeer>()
  #questions = 0
  #failures = 0
  #isCounting = false
  #found = 0
  #finds = 0
  #ms = 0
  #copies = 0
  #publications = 0

  constructor (nodes: number, law: Law, seed: string) {
    this.population = new Population({ seed })
    const { world, model } = this.population
    this.#chance = world.chance.split('churn')
    for (let node = 0; node < nodes; node++) {
      const life = new Life(world, this.#chance.split(String(node)), law, {
        start: () => { this.#up.set(node, model.join(keyOf(node), { server: true, lies: false, shelf: emptyShelf() })) },
        end: () => {
          this.#up.get(node)?.leave()
          this.#up.delete(node)
        },
        leave: () => {}
      })
      life.begin()
    }
    model.settle()
  }

  /** By any node that is up, now and then again. */
  republish (user: string): void {
    const { world } = this.population
    const { republishIntervalMs, republishJitter } = ROUTE_DEFAULTS
    this.#any().finder.publish(routeOf(user, world)).then(({ copies }) => {
      if (!this.#isCounting) return
      this.#copies += copies
      this.#publications++
    }, ignored)
    world.after(republishIntervalMs * (1 + republishJitter * (2 * this.#chance.fraction() - 1)), () => { this.republish(user) })
  }

  /** From now on it is looked for, and counted. */
  count (users: number): void {
    const { world, model: { totals } } = this.population
    this.#isCounting = true
    this.#questions = totals.questions
    this.#failures = totals.failures
    const find = (): void => {
      const askedAt = world.now()
      this.#any().finder.find(rootKeyOf(`user ${this.#chance.integer(users)}`)).then(record => {
        this.#finds++
        if (record !== undefined) this.#found++
        this.#ms += world.now() - askedAt
      }, ignored)
      world.after(BETWEEN_FINDS_MS, find)
    }
    find()
  }

  outcome (): ChurnOutcome {
    const { peers, tables, totals } = this.population.model
    const contacts = peers.servers.slice(0, TABLES_SAMPLED).flatMap(owner => [...tables.contacts(owner)])
    return {
      up: this.#up.size,
      found: this.#found,
      finds: this.#finds,
      ms: this.#ms / this.#finds,
      copies: this.#copies / this.#publications,
      unanswered: (totals.failures - this.#failures) / (totals.questions - this.#questions),
      deadContacts: contacts.filter(contact => !peers.answers(contact)).length / contacts.length
    }
  }

  #any (): RoutingPeer { return this.#chance.pick([...this.#up.values()]) }
}

/** Nobody asks for a record that is older than one they have seen. */
function ignored (): void {}
