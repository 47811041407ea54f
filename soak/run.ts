/**
 * The soak: real node processes on one machine, and real clients that write to each other while one node after the
 * other is killed with SIGKILL and comes back on the same disk.
 *
 *   warm-up    nodes start, users register
 *   traffic    everybody writes to everybody; a node is killed every two seconds; now and then a client starts anew
 *   epilogue   all nodes are up, nobody writes; what is on its way arrives, or nothing moves any more
 *   look back  all clients start anew: nothing is shown again, and their histories are what was shown
 *
 * The ledger judges. What it finds is looked into on the nodes' disks, which stay when there is something to find.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Person } from '../simulations/real/person.ts'
import { RunClock } from '../simulations/real/clock.ts'
import { UnderWay } from '../simulations/real/under-way.ts'
import { Chance } from '../simulations/world/chance.ts'
import { SOAK_DEFAULTS, type Scale } from './defaults.ts'
import { inquire, type Finding } from './inquest.ts'
import { Killing } from './killing.ts'
import { Ledger } from './ledger.ts'
import { NodeProcess } from './node-process.ts'
import { inFolder } from './folder.ts'
import { freePorts } from './ports.ts'
import { Traffic } from './traffic.ts'
import { Troubles } from './troubles.ts'
import type { Verdict } from '../simulations/checks/check.ts'

export interface SoakInit extends Scale {
  /** Of who is killed, who writes to whom, who serves whom. */
  seed: string
  /** Everything stays in its folder, also when nothing was found. */
  keep: boolean
  /** Told when a phase begins. */
  happened: (what: string) => void
  /** Told once, when there is something to watch. */
  watch: (soak: { ledger: Ledger, killing: Killing }) => void
  /** Ends the traffic early; what follows still comes. */
  signal: AbortSignal
}

export interface SoakRun {
  ledger: Ledger
  killing: Killing
  /** Of clients. */
  restarts: number
  /** Letters that were due and not written: the machine is too slow for the rate. */
  skipped: number
  warnings: number
  verdicts: Verdict[]
  findings: Finding[]
  /** Where everything lies; undefined when it is gone. */
  folder: string | undefined
  trafficSeconds: number
  seconds: number
}

/** Rejects when something does not end that must, or the first registrations fail. */
export async function soak (init: SoakInit): Promise<SoakRun> {
  return await inFolder('posthouse-soak-', init.keep, folder => new Soak(init, folder))
}

class Soak {
  readonly #init: SoakInit
  readonly #folder: string
  readonly #clock = new RunClock()
  readonly #chance: Chance
  readonly #ledger: Ledger
  readonly #troubles: Troubles
  readonly #under: UnderWay
  #nodes: NodeProcess[] = []
  #people: Person[] = []

  constructor (init: SoakInit, folder: string) {
    this.#init = init
    this.#folder = folder
    this.#chance = new Chance(`soak/${init.seed}`)
    this.#ledger = new Ledger(this.#clock.now)
    this.#troubles = new Troubles(this.#clock.now)
    this.#under = new UnderWay(this.#clock, SOAK_DEFAULTS.patienceMs)
  }

  async run (): Promise<SoakRun> {
    const { happened, watch, users } = this.#init
    await this.#gather()
    const { nodes, ...parts } = { nodes: this.#nodes, clock: this.#clock, under: this.#under }
    const killing = new Killing({ nodes, everyMs: this.#init.killEvery * 1000 }, { ...parts, chance: this.#chance.split('kills') })
    const traffic = new Traffic({ people: this.#people, rate: this.#init.rate }, { ...parts, chance: this.#chance.split('traffic') })
    watch({ ledger: this.#ledger, killing })
    happened('warm-up')
    await this.#warmUp(killing)
    happened('traffic')
    const trafficSeconds = await this.#traffic(killing, traffic)
    happened('epilogue')
    await killing.heal()
    await this.#arrival()
    happened(`${users} clients start anew`)
    await this.#lookBack()
    await this.end()
    const verdicts = [...this.#ledger.verdicts(), ...this.#troubles.verdicts(killing.starts, users)]
    const findings = await inquire(this.#ledger.amiss(), this.#nodes, this.#folder)
    const seconds = this.#clock.elapsedMs / 1000
    return { ledger: this.#ledger, killing, restarts: traffic.restarts, skipped: traffic.skipped, warnings: this.#troubles.warnings, verdicts, findings, folder: undefined, trafficSeconds, seconds }
  }

  /** Lets go of everybody, whatever state they are in. */
  async end (): Promise<void> {
    await Promise.all(this.#people.map(async person => { await person.off().catch(() => { /* said by the ledger, if it matters */ }) }))
    await Promise.all(this.#nodes.map(async node => { await node.end() }))
    this.#troubles.close()
    this.#people = []
  }

  /** Nobody has been started. */
  async #gather (): Promise<void> {
    const { nodes, users } = this.#init
    const ports = await freePorts(nodes, this.#chance.split('ports'))
    const { up, endedByItself, bug, warning } = this.#troubles.events(this.#ledger)
    this.#nodes = ports.map((port, number) => new NodeProcess({ number, folder: this.#folder, port }, { up, endedByItself, bug, warning }))
    this.#people = await Promise.all(Array.from({ length: users }, async (_, number) => {
      const store = join(this.#folder, `user-${number}`)
      await mkdir(store)
      const chance = this.#chance.split(`user ${number}`)
      const client = (): { store: string, nodes: string[] } => ({
        store, nodes: chance.sample(this.#nodes, SOAK_DEFAULTS.servers).flatMap(({ address }) => address ?? [])
      })
      return new Person({ client }, { clock: this.#clock, testimony: this.#ledger.testimony })
    }))
  }

  /** The first node, then those that are told of it; then users, a few at a time. */
  async #warmUp (killing: Killing): Promise<void> {
    await killing.bringUp()
    const { registrationsAtOnce } = SOAK_DEFAULTS
    for (let from = 0; from < this.#people.length; from += registrationsAtOnce) {
      for (const [n, person] of this.#people.slice(from, from + registrationsAtOnce).entries()) this.#under.begin(`turning on user ${from + n}`, person.on())
      await this.#under.ended()
    }
  }

  /** Returns the seconds that it took. */
  async #traffic (killing: Killing, traffic: Traffic): Promise<number> {
    const begunAt = this.#clock.now()
    const signal = AbortSignal.any([this.#under.failed, this.#init.signal])
    this.#ledger.trafficBegins()
    const untilAt = begunAt + this.#init.minutes * 60_000
    await Promise.all([killing.go(untilAt, signal), traffic.go(untilAt, signal)])
    this.#ledger.trafficEnds()
    return (this.#clock.now() - begunAt) / 1000
  }

  /** Until everything was shown, or nothing moves any more. */
  async #arrival (): Promise<void> {
    await this.#under.ended()
    const healedAt = this.#clock.now()
    const { stillMs, epilogueMsMax, lookMs } = SOAK_DEFAULTS
    const isOver = (): boolean => {
      const now = this.#clock.now()
      return this.#ledger.isSettled || now - Math.max(healedAt, this.#ledger.movedAt) > stillMs || now - healedAt > epilogueMsMax
    }
    while (!isOver()) await this.#clock.until(this.#clock.now() + lookMs)
  }

  async #lookBack (): Promise<void> {
    for (const [user, person] of this.#people.entries()) {
      this.#under.begin(`turning off user ${user}`, person.off())
      this.#under.begin(`turning on user ${user}`, person.on())
    }
    await this.#under.ended()
    await this.#clock.until(this.#clock.now() + SOAK_DEFAULTS.secondLookMs)
    for (const person of this.#people) if (person.device !== undefined) this.#ledger.compareHistory(person.device, await person.history())
  }
}
