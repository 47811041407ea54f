/**
 * A run of real nodes: 30 and more of them in one process, each a whole libp2p node with noise, yamux, kad-dht, gossipsub
 * and LevelDB, over the memory transport, and real clients that write to each other while nodes are killed and come back.
 *
 *   warm-up    nodes and the first users start
 *   traffic    the plan (plan.ts) happens: leaves, arrivals, letters, renewals; routes are looked up all the while
 *   epilogue   whoever comes back is back, everybody opens the device once more, and what is on its way arrives
 *
 * The checks are those of the simulated worlds, fed with what clients tell their programs, nodes sign and disks hold.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeChecks } from '../checks/index.ts'
import { witnesses } from '../checks/witness.ts'
import { Chance } from '../world/chance.ts'
import { RunClock } from './clock.ts'
import { Counting, type Counts } from './counts.ts'
import { REAL_DEFAULTS } from './defaults.ts'
import { Histories } from './histories.ts'
import { Lookups } from './lookups.ts'
import { RealNetwork } from './network.ts'
import { contactsOf, type Plan, type PlannedEvent } from './plan.ts'
import { Testimony } from './testimony.ts'
import { UnderWay } from './under-way.ts'
import type { Check, Phase, Verdict } from '../checks/check.ts'

export interface RealRunInit {
  /** What happens (plan.ts). */
  plan: Plan
  /** Of keys, and of who is looked up by whom. */
  seed: string
  /** Told when something happens to a node, and when a phase begins. */
  happened?: (what: string) => void
  /** Told once: whoever watches may ask for the counts at any time. */
  watch?: (counts: () => Counts) => void
  /** Ends the traffic early; the epilogue still comes. */
  signal?: AbortSignal
}

export interface RealRun extends Counts {
  nodesUpMin: number
  seconds: number
  counting: Counting
  checks: Verdict[]
}

/** What the others judge is not to be seen from outside of real nodes: sizes of queues, frames on the wire, senders who leave for good. */
const UNSEEN: ReadonlySet<string> = new Set(['lost-sender-gone', 'copies-restored', 'only-liars-caught', 'within-limits', 'goes-quiet'])
let runs = 0

/** Rejects when a node or a client fails in a way that no crash explains. */
export async function runReal (init: RealRunInit): Promise<RealRun> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-real-'))
  try {
    return await new Running(init, folder).run()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class Running {
  readonly #init: RealRunInit
  readonly #plan: Plan
  readonly #clock = new RunClock()
  readonly #counting = new Counting()
  readonly #chance: Chance
  readonly #histories = new Histories()
  readonly #checks: Check[]
  readonly #testimony: Testimony
  readonly #folder: string
  readonly #under = new UnderWay(this.#clock)
  #network!: RealNetwork
  #nodesUpMin = Infinity

  constructor (init: RealRunInit, folder: string) {
    this.#init = init
    this.#folder = folder
    this.#plan = init.plan
    this.#chance = new Chance(`real/${init.seed}`)
    const shared = makeChecks({
      now: this.#clock.now,
      isOnDisk: (node, mailbox, envelope) => this.#network.machines.some(({ key, disk }) => key === node && disk.holds(mailbox, envelope)),
      isLiar: () => false
    })
    this.#checks = [...shared, this.#histories]
    this.#testimony = new Testimony(witnesses([this.#counting, ...this.#checks]))
  }

  async run (): Promise<RealRun> {
    const { nodes, users } = this.#plan
    const name = `real${++runs}`
    this.#network = await RealNetwork.make({ name, folder: this.#folder, nodes, users }, { clock: this.#clock, chance: this.#chance, testimony: this.#testimony })
    this.#init.watch?.(() => this.#counting.counts())
    await this.#whole(name).catch(async (error: Error) => {
      // What hangs now hangs because of that.
      await this.#stop().catch(() => { /* told by `error` */ })
      throw error
    })
    await this.#stop()
    return this.#result()
  }

  async #whole (name: string): Promise<void> {
    await this.#warmUp()
    const lookups = await Lookups.start({ network: name }, {
      clock: this.#clock,
      chance: this.#chance.split('lookups'),
      witness: this.#testimony.witness,
      machines: () => this.#network.machines,
      people: () => this.#network.people,
      looked: (found, ms) => { this.#counting.looked(found, ms) }
    })
    await this.#traffic().finally(async () => { await lookups.stop() })
    await this.#epilogue()
  }

  /** Nodes one after the other: each finds those before it. The first users know whom they write to, and need no lookup all at once. */
  async #warmUp (): Promise<void> {
    this.#begin('warm-up')
    const { machines, people } = this.#network
    for (const machine of machines.slice(0, this.#plan.nodesAtFirst)) await this.#network.start(machine)
    const first = people.slice(0, this.#plan.usersAtFirst)
    for (const [user, person] of first.entries()) this.#under.begin(`turning on user ${user}`, person.on())
    await this.#under.ended()
    for (const [user, person] of first.entries()) {
      this.#under.begin(`looking up the contacts of user ${user}`, person.meet(contactsOf(user, people.length).map(contact => this.#network.person(contact))))
    }
    await this.#under.ended()
  }

  async #traffic (): Promise<void> {
    this.#begin('traffic')
    const signal = AbortSignal.any([this.#under.failed, ...this.#init.signal === undefined ? [] : [this.#init.signal]])
    const begunAt = this.#clock.now()
    for (const [at, event] of this.#plan.events.entries()) {
      await this.#clock.until(begunAt + event.at, signal)
      if (signal.aborted) break
      this.#perform(event, at)
      this.#nodesUpMin = Math.min(this.#nodesUpMin, this.#counting.counts().nodesUp)
    }
    await this.#clock.until(begunAt + this.#plan.durationMs, signal)
  }

  async #epilogue (): Promise<void> {
    this.#begin('epilogue')
    await this.#under.ended()
    for (const machine of this.#network.machines) {
      if (machine.hasRun && !machine.isGone) this.#under.begin(`starting node ${machine.number}`, this.#network.start(machine))
    }
    await this.#under.ended()
    for (const [user, person] of this.#network.people.entries()) {
      this.#under.begin(`turning off user ${user}`, person.off())
      this.#under.begin(`turning on user ${user}`, person.on())
    }
    await this.#under.ended()
    const givenUpAt = this.#clock.now() + REAL_DEFAULTS.patienceMs
    while (!this.#counting.isSettled && this.#clock.now() < givenUpAt) await this.#clock.until(this.#clock.now() + REAL_DEFAULTS.lookMs)
    await this.#compareHistories()
  }

  async #compareHistories (): Promise<void> {
    for (const person of this.#network.people) {
      if (person.device !== undefined) this.#histories.compare(this.#clock.now(), person.device, await person.history())
    }
  }

  /** Nothing waits for anything else: a machine takes its own turns, and so does a person. */
  #perform (event: PlannedEvent, at: number): void {
    const network = this.#network
    switch (event.type) {
      case 'leave': {
        this.#counting.moved('leaves')
        this.#say(`node ${event.node} was killed${event.forGood ? ' for good' : ''}`)
        return this.#under.begin(`killing node ${event.node}`, network.machine(event.node).kill(event))
      }
      case 'arrive': {
        const isBack = network.machine(event.node).hasRun
        this.#counting.moved(isBack ? 'returns' : 'joins')
        this.#say(`node ${event.node} ${isBack ? 'is back' : 'joins'}`)
        return this.#under.begin(`starting node ${event.node}`, network.start(network.machine(event.node)))
      }
      case 'on': return this.#under.begin(`turning on user ${event.user}`, network.person(event.user).on())
      case 'off': return this.#under.begin(`turning off user ${event.user}`, network.person(event.user).off())
      case 'renew': return this.#under.begin(`renewing the route of user ${event.user}`, network.person(event.user).renew())
      case 'write': return this.#under.begin(`writing letter ${at} of user ${event.from}`, network.person(event.from).write(network.person(event.to), `letter ${at}`))
    }
  }

  /** Lets go of everybody, whatever state they are in: users first, so that they can say goodbye. */
  async #stop (): Promise<void> {
    for (const [user, person] of this.#network.people.entries()) this.#under.begin(`turning off user ${user}`, person.off())
    await this.#under.ended()
    for (const machine of this.#network.machines) this.#under.begin(`stopping node ${machine.number}`, machine.stop())
    await this.#under.ended()
  }

  #begin (phase: Phase): void {
    this.#say(phase)
    for (const check of this.#checks) check.phase?.(phase, this.#clock.now())
  }

  #say (what: string): void { this.#init.happened?.(what) }

  #result (): RealRun {
    const counts = this.#counting.counts()
    const checks = this.#checks.map(check => check.verdict()).filter(({ name }) => !UNSEEN.has(name))
    return {
      ...counts,
      nodesUpMin: this.#nodesUpMin,
      seconds: this.#clock.elapsedMs / 1000,
      counting: this.#counting,
      checks: [...checks, this.#madeUp(counts.messages)]
    }
  }

  /** Whatever clients tell is of messages that somebody wrote. */
  #madeUp (written: number): Verdict {
    const { unwritten } = this.#testimony
    return { name: 'nothing-made-up', kept: unwritten === 0, figure: unwritten, of: written, unit: 'messages that nobody wrote', examples: [] }
  }
}
