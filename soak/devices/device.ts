/** One device of a user: a process that goes away and comes back on the same store. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEVICES_DEFAULTS } from './defaults.ts'
import type { Call, Reply } from '../../bench/calls.ts'
import type { MessageId, UserId } from '../../src/types.ts'
import type { Line, OpenInit } from './line.ts'

export interface DeviceEvents {
  shown: (device: Device, id: MessageId) => void
  warning: (device: Device, sentence: string) => void
  /** It ended, and nobody told it to. */
  endedByItself: (device: Device, how: string) => void
}

type Told = Partial<Reply> & { shown?: MessageId, warning?: string }

/** What the process of a device runs, in the source and when it is built. */
const PROGRAM = new URL(`./process${extname(import.meta.url)}`, import.meta.url)

export class Device {
  readonly name: string
  readonly #init: Omit<OpenInit, 'linkCode'>
  readonly #events: DeviceEvents
  readonly #program: URL
  readonly #waiting = new Map<number, { resolve: (result: never) => void, reject: (error: Error) => void }>()
  #child: ChildProcess | undefined
  #calls = 0
  #isOpen = false

  /** program: another one than ours, which makes mistakes that must be found. */
  constructor (name: string, init: Omit<OpenInit, 'linkCode'>, events: DeviceEvents, program: URL = PROGRAM) {
    this.name = name
    this.#init = init
    this.#events = events
    this.#program = program
  }

  /** Its client has opened its store and runs. */
  get isUp (): boolean { return this.#isOpen }

  /** Starts the process and opens the client; the first time of a further device with the code that another one shows. */
  async start (linkCode?: string): Promise<UserId> {
    const child = fork(fileURLToPath(this.#program), { execArgv: process.execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child = child
    child.on('message', (told: Told) => { this.#heard(told) })
    child.on('exit', (code, signal) => {
      this.#gone(new Error(`${this.name} ended with ${signal ?? code}`))
      // Whoever ends it forgets it first.
      if (this.#child === child) this.#events.endedByItself(this, `ended by itself with ${signal ?? `exit code ${code}`}`)
    })
    const userId = await this.#call('open', { ...this.#init, linkCode }) as UserId
    this.#isOpen = this.#child === child
    return userId
  }

  /** At once, whatever it is doing. */
  async kill (): Promise<void> {
    const child = this.#forget()
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** As a person would: the client says goodbye. */
  async stop (): Promise<void> {
    if (this.#isOpen) await this.#call('stop', undefined)
    await this.kill()
  }

  async invite (): Promise<string> { return await this.#call('invite', undefined) as string }
  async devices (): Promise<number> { return await this.#call('devices', undefined) as number }
  /** Resolves when the message is queued on its disk. */
  async send (to: UserId, text: string): Promise<MessageId> { return await this.#call('send', { to, text }) as MessageId }
  async react (to: UserId, emoji: string): Promise<boolean> { return await this.#call('react', { to, emoji }) as boolean }
  async history (of: UserId): Promise<Line[]> { return await this.#call('history', of) as Line[] }

  async #call (name: string, argument: unknown): Promise<unknown> {
    const child = this.#child
    if (child === undefined) throw new Error(`${this.name} is away`)
    const call = ++this.#calls
    const { promise, resolve, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => { reject(new Error(`${this.name} did not finish ${name} within ${DEVICES_DEFAULTS.patienceMs / 1000} s`)) }, DEVICES_DEFAULTS.patienceMs)
    this.#waiting.set(call, { resolve, reject })
    child.send({ call, name, argument } satisfies Call, error => { if (error !== null) reject(error) })
    return await promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(call)
    })
  }

  #heard ({ call, result, failure, shown, warning }: Told): void {
    if (shown !== undefined) this.#events.shown(this, shown)
    if (warning !== undefined) this.#events.warning(this, warning)
    if (call === undefined) return
    const waiting = this.#waiting.get(call)
    if (failure === undefined) waiting?.resolve(result as never)
    else waiting?.reject(new Error(`${this.name}: ${failure}`))
  }

  #forget (): ChildProcess | undefined {
    const child = this.#child
    this.#child = undefined
    this.#isOpen = false
    this.#gone(new Error(`${this.name} was taken away`))
    return child
  }

  #gone (error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
