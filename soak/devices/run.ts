/**
 * The soak of devices: two users with several devices each, every one a process, over real nodes. Devices write,
 * react, are killed in the middle of it or say goodbye, stay away for a while and come back. At the end all are there,
 * and their histories are laid beside each other.
 */
import { join } from 'node:path'
import { RunClock } from '../../simulations/real/clock.ts'
import { UnderWay } from '../../simulations/real/under-way.ts'
import { Chance } from '../../simulations/world/chance.ts'
import { NodeProcess } from '../node-process.ts'
import { inFolder } from '../folder.ts'
import { freePorts } from '../ports.ts'
import { DEVICES_DEFAULTS, type DevicesScale } from './defaults.ts'
import { Device } from './device.ts'
import { areEqual, judge } from './judge.ts'
import type { Verdict } from '../../simulations/checks/check.ts'
import type { MessageId, UserId } from '../../src/types.ts'
import type { Line } from './line.ts'

export interface DevicesSoakInit extends DevicesScale {
  seed: string
  keep: boolean
  happened: (what: string) => void
  watch: (counts: () => DevicesCounts) => void
  signal: AbortSignal
  /** What devices run, when it is not the client as it is. */
  program?: URL
  /** Instead of the default, when histories are known never to become equal. */
  stillMs?: number
}

/** uncertain: writings that were cut off by a kill before the device could say that they are queued. */
export interface DevicesCounts { written: number, uncertain: number, reactions: number, kills: number, stops: number, up: number }

export interface DevicesRun {
  counts: DevicesCounts
  /** Shown with a gap before them, in the histories at the end. */
  gaps: number
  /** From the end of the traffic until all histories were equal; undefined when they never were. */
  equalAfterMs: number | undefined
  warnings: string[]
  verdicts: Verdict[]
  folder: string | undefined
  seconds: number
}

const USERS = ['anna', 'ben']
const EMOJI = ['👍', '❤️', '😂', '🎉']

export async function soakDevices (init: DevicesSoakInit): Promise<DevicesRun> {
  return await inFolder('posthouse-devices-', init.keep, folder => new DevicesSoak(init, folder))
}

class DevicesSoak {
  readonly #init: DevicesSoakInit
  readonly #folder: string
  readonly #clock = new RunClock()
  readonly #chance: Chance
  readonly #under: UnderWay
  readonly #written = new Set<MessageId>()
  readonly #shown = new Map<string, MessageId[]>()
  readonly #warnings: string[] = []
  readonly #counts = { uncertain: 0, reactions: 0, kills: 0, stops: 0 }
  #nodes: NodeProcess[] = []
  /** By user. */
  #devices: Device[][] = []
  #userIds: UserId[] = []
  #faults: string[] = []
  #letters = 0
  /** Going, away, or coming. */
  readonly #leaving = new Set<Device>()

  constructor (init: DevicesSoakInit, folder: string) {
    this.#init = init
    this.#folder = folder
    this.#chance = new Chance(`devices/${init.seed}`)
    this.#under = new UnderWay(this.#clock, DEVICES_DEFAULTS.patienceMs)
  }

  async run (): Promise<DevicesRun> {
    const { happened, watch, minutes, leaveEvery, rate } = this.#init
    watch(() => this.#count())
    happened('nodes start')
    await this.#startNodes()
    happened('devices are linked')
    await this.#link()
    happened('traffic')
    const untilAt = this.#clock.now() + minutes * 60_000
    await Promise.all([
      this.#every(1000 / rate, untilAt, () => { this.#write() }),
      this.#every(leaveEvery * 1000, untilAt, () => { this.#leave() })
    ])
    await this.#under.ended()
    happened('all devices are there')
    const { histories, equalAfterMs } = await this.#untilEqual()
    const verdicts = [...judge({ written: this.#written, shown: this.#shown, histories }), this.#noFaults()]
    const gaps = [...histories.values()].flat().filter(({ missing }) => missing.length > 0).length
    return { counts: this.#count(), gaps, equalAfterMs, warnings: this.#warnings, verdicts, folder: undefined, seconds: this.#clock.elapsedMs / 1000 }
  }

  async end (): Promise<void> {
    await Promise.all(this.#all.map(async device => { await device.kill() }))
    await Promise.all(this.#nodes.map(async node => { await node.end() }))
  }

  get #all (): Device[] { return this.#devices.flat() }

  #count (): DevicesCounts {
    return { written: this.#written.size, ...this.#counts, up: this.#all.filter(({ isUp }) => isUp).length }
  }

  async #startNodes (): Promise<void> {
    const ports = await freePorts(this.#init.nodes, this.#chance.split('ports'))
    const fault = (what: string): void => { this.#faults.push(what) }
    this.#nodes = ports.map((port, number) => new NodeProcess({ number, folder: this.#folder, port }, {
      up: () => {},
      endedByItself: ({ number }, how) => { fault(`node ${number} ${how}`) },
      bug: ({ number }, line) => { fault(`node ${number} says: ${line}`) },
      warning: () => {}
    }))
    for (const node of this.#nodes) await node.start(this.#nodes.flatMap(({ address }) => address ?? []))
  }

  /** The first device of each user, and then the others, by the code that the first one shows. */
  async #link (): Promise<void> {
    const nodes = this.#nodes.flatMap(({ address }) => address ?? [])
    for (const user of USERS) {
      const devices = Array.from({ length: this.#init.devices }, (_, number) => this.#newDevice(`${user}-${number + 1}`, nodes))
      this.#devices.push(devices)
      const [first, ...others] = devices
      if (first === undefined) continue
      this.#userIds.push(await first.start())
      for (const other of others) await other.start(await first.invite())
    }
  }

  #newDevice (name: string, nodes: string[]): Device {
    const shown: MessageId[] = []
    this.#shown.set(name, shown)
    return new Device(name, { store: join(this.#folder, name), nodes }, {
      shown: (_device, id) => { shown.push(id) },
      warning: (_device, sentence) => { this.#warnings.push(`${name}: ${sentence}`) },
      endedByItself: (_device, how) => { this.#faults.push(`${name} ${how}`) }
    }, this.#init.program)
  }

  #write (): void {
    const device = this.#chance.pick(this.#all)
    const to = this.#other(device)
    if (!device.isUp || this.#leaving.has(device)) return
    if (this.#chance.happens(DEVICES_DEFAULTS.reactions)) {
      this.#counts.reactions++
      this.#under.begin(`a reaction of ${device.name}`, device.react(to, this.#chance.pick(EMOJI)).then(() => {}, (error: Error) => { this.#ignoreIfLeaving(device, error) }))
      return
    }
    const text = `letter ${++this.#letters} of ${device.name} ${'·'.repeat(this.#chance.integer(DEVICES_DEFAULTS.textCharactersMax))}`
    this.#under.begin(`a letter of ${device.name}`, device.send(to, text).then(id => { this.#written.add(id) }, error => {
      this.#counts.uncertain++
      this.#ignoreIfLeaving(device, error as Error)
    }))
  }

  /** One device goes, and comes back after a while: killed soon after it was told to write, or politely. */
  #leave (): void {
    const device = this.#chance.pick(this.#all)
    if (!device.isUp || this.#leaving.has(device)) return
    this.#leaving.add(device)
    const awayMs = DEVICES_DEFAULTS.awayMsMax * this.#chance.fraction() ** 3
    const isKilled = this.#chance.happens(DEVICES_DEFAULTS.killed)
    const withinMs = this.#chance.fraction() * DEVICES_DEFAULTS.killWithinMs
    this.#under.begin(`${device.name} going and coming`, (async () => {
      if (isKilled) {
        this.#counts.kills++
        const text = `letter ${++this.#letters} of ${device.name}, which is about to be killed`
        const written = device.send(this.#other(device), text).then(id => { this.#written.add(id) }, () => { this.#counts.uncertain++ })
        await this.#clock.until(this.#clock.now() + withinMs)
        await device.kill()
        await written
      } else {
        this.#counts.stops++
        await device.stop()
      }
      await this.#clock.until(this.#clock.now() + awayMs)
      await device.start()
      this.#leaving.delete(device)
    })())
  }

  async #untilEqual (): Promise<{ histories: Map<string, Line[]>, equalAfterMs: number | undefined }> {
    const { epilogueMsMax, lookMs } = DEVICES_DEFAULTS
    const { stillMs = DEVICES_DEFAULTS.stillMs } = this.#init
    const beganAt = this.#clock.now()
    let movedAt = beganAt
    let lengths = ''
    for (;;) {
      const histories = await this.#histories()
      const now = this.#clock.now()
      if (areEqual({ written: this.#written, histories })) return { histories, equalAfterMs: now - beganAt }
      const newLengths = [...histories.values()].map(lines => lines.length).join()
      if (newLengths !== lengths) movedAt = now
      lengths = newLengths
      if (now - movedAt > stillMs || now - beganAt > epilogueMsMax) return { histories, equalAfterMs: undefined }
      await this.#clock.until(now + lookMs)
    }
  }

  async #histories (): Promise<Map<string, Line[]>> {
    const histories = new Map<string, Line[]>()
    for (const device of this.#all) histories.set(device.name, await device.history(this.#other(device)))
    return histories
  }

  #other (device: Device): UserId {
    const user = this.#devices.findIndex(devices => devices.includes(device))
    const other = this.#userIds[(user + 1) % USERS.length]
    if (other === undefined) throw new Error('the other user is not there yet')
    return other
  }

  /** What a device was doing when it went is nobody's fault. */
  #ignoreIfLeaving (device: Device, error: Error): void {
    if (device.isUp && !this.#leaving.has(device)) throw error
  }

  async #every (ms: number, untilAt: number, act: () => void): Promise<void> {
    const signal = AbortSignal.any([this.#under.failed, this.#init.signal])
    for (let at = this.#clock.now() + ms; at < untilAt && !signal.aborted; at += ms) {
      await this.#clock.until(at, signal)
      if (!signal.aborted) act()
    }
  }

  #noFaults (): Verdict {
    return { name: 'nothing-fell', kept: this.#faults.length === 0, figure: this.#faults.length, of: this.#all.length + this.#nodes.length, unit: 'processes that ended by themselves or showed a bug', examples: this.#faults.slice(0, 5) }
  }
}
