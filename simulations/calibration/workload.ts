/**
 * The same workload for real nodes and for the model's: nodes come one after the other, records are published and
 * found, newcomers find before they know their way, and then a share of all is killed at once.
 *
 * The real network goes first and notes when it did what, since its speed is the processor's; the model then does
 * everything at the same times, so that what nodes do by themselves comes in the same places between.
 */
import { mean, sum } from 'simple-statistics'
import type { Chance } from '../world/chance.ts'
import type { CalibratedNetwork, Found, Published } from './network.ts'

export interface Plan {
  nodes: number
  records: number
  /** Each record is looked for by so many. */
  findsEach: number
  /** Nodes that come when the records are there, and look for them at once. */
  newcomers: number
  /** Of all nodes: they end at once. */
  killedShare: number
}

/** How many of those that are there a node is told of. */
export const ACQUAINTANCES = 3
/** The first self-query comes a second after the start; what follows from it is over by then. */
const SETTLING_MS = 3000
/** Between two starts at least, and how long a started node is left alone when it is to be no newcomer any more. */
const BETWEEN_STARTS_MS = 100

/** One figure of a run, by name; the rows of the comparison are made of these. */
export type Figures = Record<
  'contactsAfterJoining' | 'pingsPerNode' | 'questionsPerPublishingWalk' | 'repeatedQuestions' | 'holdersPerKey' | 'nearestThatHold' | 'copies' |
  'contactsAfterPublishing' | 'questionsPerFind' | 'hops' | 'found' |
  'newcomersQuestions' | 'newcomersHops' | 'newcomersFound' |
  'questionsAfterKill' | 'unansweredAfterKill' | 'foundAfterKill' | 'holdersAfterKill', number>

/** When each step began, ms. */
export type Timetable = number[]

export async function work (network: CalibratedNetwork, plan: Plan, chance: Chance, timetable?: Timetable): Promise<{ figures: Figures, timetable: Timetable }> {
  return await new Work(network, plan, chance, timetable).run()
}

class Work {
  readonly #network: CalibratedNetwork
  readonly #plan: Plan
  readonly #chance: Chance
  readonly #given: Timetable | undefined
  readonly #timetable: Timetable = []
  /** Numbers of the nodes that run. */
  #up: number[] = []

  constructor (network: CalibratedNetwork, plan: Plan, chance: Chance, timetable: Timetable | undefined) {
    this.#network = network
    this.#plan = plan
    this.#chance = chance
    this.#given = timetable
  }

  async run (): Promise<{ figures: Figures, timetable: Timetable }> {
    const { nodes, newcomers, killedShare } = this.#plan
    for (let node = 0; node < nodes; node++) await this.#join()
    await this.#step(SETTLING_MS)
    const contactsAfterJoining = mean(this.#network.tableSizes())
    const pingsPerNode = this.#network.pings() / nodes

    const published = await this.#publish('user', this.#plan.records)
    const contactsAfterPublishing = mean(this.#network.tableSizes())
    const found = await this.#find(() => this.#chance.pick(this.#up))
    const foundByNewcomers: Found[] = []
    for (let node = 0; node < newcomers; node++) foundByNewcomers.push(...await this.#findByNewcomer())

    const killed = this.#chance.sample(this.#up, Math.round(killedShare * this.#up.length))
    await this.#step()
    await this.#network.kill(killed)
    this.#up = this.#up.filter(node => !killed.includes(node))
    const foundAfterKill = await this.#find(() => this.#chance.pick(this.#up))
    const publishedAfterKill = await this.#publish('late', Math.ceil(this.#plan.records / 2))

    return {
      timetable: this.#timetable,
      figures: {
        contactsAfterJoining,
        pingsPerNode,
        contactsAfterPublishing,
        questionsPerPublishingWalk: mean(published.map(({ questions, repeated, walks }) => (questions - repeated) / walks)),
        repeatedQuestions: sum(published.map(({ repeated }) => repeated)) / sum(published.map(({ questions }) => questions)),
        holdersPerKey: mean(published.flatMap(({ holders }) => holders)),
        nearestThatHold: mean(published.flatMap(({ nearestHolders }) => nearestHolders)),
        copies: mean(published.map(({ copies }) => copies)),
        questionsPerFind: mean(found.map(distinct)),
        hops: meanHops(found),
        found: share(found),
        newcomersQuestions: mean(foundByNewcomers.map(distinct)),
        newcomersHops: meanHops(foundByNewcomers),
        newcomersFound: share(foundByNewcomers),
        questionsAfterKill: mean(foundAfterKill.map(distinct)),
        unansweredAfterKill: 1 - mean(foundAfterKill.map(({ answers }) => answers)) / mean(foundAfterKill.map(({ questions }) => questions)),
        foundAfterKill: share(foundAfterKill),
        holdersAfterKill: mean(publishedAfterKill.flatMap(({ holders }) => holders))
      }
    }
  }

  /** The next step begins: at the same time as in the run that the timetable is of. */
  async #step (waitMs = 0): Promise<void> {
    const at = this.#given?.[this.#timetable.length] ?? this.#network.now() + waitMs
    await this.#network.passUntil(at)
    this.#timetable.push(this.#given === undefined ? this.#network.now() : at)
  }

  async #join (): Promise<number> {
    await this.#step(BETWEEN_STARTS_MS)
    const node = this.#up.length
    await this.#network.join(this.#chance.sample(this.#up, ACQUAINTANCES))
    this.#up.push(node)
    return node
  }

  async #publish (name: string, count: number): Promise<Published[]> {
    const published: Published[] = []
    for (let user = 0; user < count; user++) {
      await this.#step()
      published.push(await this.#network.publish(this.#chance.pick(this.#up), `${name} ${user}`))
    }
    return published
  }

  async #find (by: () => number): Promise<Found[]> {
    const found: Found[] = []
    for (let user = 0; user < this.#plan.records; user++) {
      for (let time = 0; time < this.#plan.findsEach; time++) {
        await this.#step()
        found.push(await this.#network.find(by(), `user ${user}`))
      }
    }
    return found
  }

  async #findByNewcomer (): Promise<Found[]> {
    const node = await this.#join()
    const user = this.#chance.integer(this.#plan.records)
    await this.#step()
    return [await this.#network.find(node, `user ${user}`)]
  }
}

/** Without those who were asked twice. */
function distinct ({ questions, repeated }: Found): number { return questions - repeated }

/** Of those that got an answer; 0 when none did. */
function meanHops (found: Found[]): number {
  const hops = found.flatMap(({ hops }) => hops === undefined ? [] : [hops])
  return hops.length === 0 ? 0 : mean(hops)
}

function share (found: Found[]): number {
  return mean(found.map(({ found }) => found ? 1 : 0))
}
