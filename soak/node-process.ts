/**
 * A node as an operator runs it: `posthouse node` in a process of its own, with its data directory and its port, which
 * outlive it. Its log is a file beside them. It ends only when it is killed here; an end of its own is told.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { CliProcess } from '../src/cli/demo/cli-process.ts'
import { placesIn } from '../src/cli/places.ts'
import { peerKeyFromPeerId } from '../src/identity/index.ts'
import { peerIdFromString } from '@libp2p/peer-id'
import { judge, Lines } from './complaints.ts'
import { SOAK_DEFAULTS } from './defaults.ts'
import type { PeerKey } from '../src/types.ts'

export interface NodeProcessInit { number: number, folder: string, port: number }

export interface NodeProcessEvents {
  /** It is ready (true), or was killed or ended (false). */
  up: (node: NodeProcess, isUp: boolean) => void
  /** It ended, and nobody told it to. */
  endedByItself: (node: NodeProcess, how: string) => void
  /** A line of its log that only a bug writes. */
  bug: (node: NodeProcess, line: string) => void
  warning: (node: NodeProcess) => void
}

interface Ready { peerId: string, addrs: string[] }

export class NodeProcess {
  readonly number: number
  readonly #init: NodeProcessInit
  readonly #events: NodeProcessEvents
  readonly #log: WriteStream
  #process: CliProcess | undefined
  #ready: Ready | undefined
  #isUp = false

  constructor (init: NodeProcessInit, events: NodeProcessEvents) {
    this.number = init.number
    this.#init = init
    this.#events = events
    this.#log = createWriteStream(join(init.folder, `node-${init.number}.log`), { flags: 'a' })
  }

  /** Ready, and neither killed nor ended since. */
  get isUp (): boolean { return this.#isUp }
  get isRunning (): boolean { return this.#process !== undefined }
  get pid (): number | undefined { return this.#process?.pid }
  /** Known from the first start on; it stays. */
  get address (): string | undefined { return this.#ready?.addrs[0] }
  get key (): PeerKey | undefined { return this.#ready === undefined ? undefined : peerKeyFromPeerId(peerIdFromString(this.#ready.peerId)) }
  get data (): string { return join(this.#init.folder, `node-${this.number}`) }
  /** Of the running process; what is stored lies in `node/store` there. */
  get directory (): string { return placesIn(this.data).node }

  /** Resolves with the milliseconds that it took to be ready, or undefined when it ended before. */
  async start (bootstrap: readonly string[]): Promise<number | undefined> {
    const startedAt = performance.now()
    const lines = new Lines(line => { this.#heard(line) })
    const process = new CliProcess(`node ${this.number}`, [
      'node', '--data', this.data, '--listen', `/ip4/127.0.0.1/tcp/${this.#init.port}`, ...bootstrap.flatMap(address => ['--bootstrap', address])
    ], { complains: text => { lines.add(text) } })
    this.#process = process
    void process.ended.then(({ code, signal }) => {
      lines.end()
      // Whoever kills it forgets it first.
      if (this.#process === process) this.#gone(`ended by itself with ${signal ?? `exit code ${code}`}`)
    })
    const ready = await this.#readyOf(process)
    if (ready === undefined) return undefined
    this.#ready = ready
    this.#isUp = true
    this.#events.up(this, true)
    return performance.now() - startedAt
  }

  /** At once, by SIGKILL. Resolves when the process is gone. */
  async kill (): Promise<void> {
    const process = this.#process
    this.#process = undefined
    this.#down()
    await process?.kill('SIGKILL')
  }

  /** The log is complete when this resolves; nothing starts after it. */
  async end (): Promise<void> {
    await this.kill()
    await new Promise<void>(resolve => { this.#log.end(resolve) })
  }

  async #readyOf (process: CliProcess): Promise<Ready | undefined> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => { reject(new Error(`node ${this.number} was not ready within ${SOAK_DEFAULTS.readyMs / 1000} s`)) }, SOAK_DEFAULTS.readyMs)
    try {
      return await Promise.race([process.next<Ready>().catch(() => undefined /* told by `ended` */), late])
    } finally {
      clearTimeout(timer)
    }
  }

  #gone (how: string): void {
    this.#process = undefined
    this.#down()
    this.#events.endedByItself(this, how)
  }

  #down (): void {
    if (this.#isUp) this.#events.up(this, false)
    this.#isUp = false
  }

  #heard (line: string): void {
    this.#log.write(`${line}\n`)
    const complaint = judge(line)
    if (complaint === 'bug') this.#events.bug(this, line)
    else if (complaint === 'warning') this.#events.warning(this)
  }
}
