/** One run of a node: what `start` has built (assembly.ts), asked for its state, and let go of in the reverse order. */
import { assemble } from './assembly.ts'
import { closeAll, type Closer } from './closing.ts'
import { servePage } from './http.ts'
import type { Parts } from './assembly.ts'
import type { ResolvedInit } from './config.ts'
import type { NodeStatus } from './status.ts'
import type { HandoverProgress, HandoverReport } from '../relay/index.ts'
import type { Millis } from '../types.ts'

/** What a drain came to. Nothing is lost by it when nothing is lacking: what is `kept` lies on this node's disk, as it did before. */
export interface DrainReport extends HandoverReport {
  /** Devices that were sent to other nodes. */
  devices: number
}

export interface DrainOptions {
  /** Called about once a second, and at the end. */
  onProgress?: (progress: HandoverProgress) => void
  /** Ends the drain with what has been handed over until then. */
  signal?: AbortSignal
}

export class RunningNode {
  readonly #init: ResolvedInit
  readonly #parts: Parts
  readonly #closers: Closer[]
  readonly #startedAt: Millis
  #pageUrl: string | undefined

  private constructor (init: ResolvedInit, parts: Parts, closers: Closer[]) {
    this.#init = init
    this.#parts = parts
    this.#closers = closers
    this.#startedAt = init.clock.now()
  }

  /** A failure part-way lets go of what was built before it is thrown. */
  static async start (init: ResolvedInit): Promise<RunningNode> {
    const closers: Closer[] = []
    try {
      const running = new RunningNode(init, await assemble(init, closers), closers)
      if (init.http !== undefined) await running.#servePage(init.http)
      return running
    } catch (error) {
      await closeAll(closers, init.logger)
      throw error
    }
  }

  get addrs (): string[] { return this.#parts.host.getMultiaddrs().map(String) }
  /** URL of the operator's page. */
  get http (): string | undefined { return this.#pageUrl }

  /** Refuses new users and mail, finishes what is in flight, sends devices elsewhere, and hands over what lies here. */
  async finish (options: DrainOptions = {}): Promise<DrainReport> {
    const { clock } = this.#init
    const { draining, relay, sessions, leaving } = this.#parts
    const startedAt = clock.now()
    draining.begun = true
    const devices = sessions.attached.length
    const departed = sessions.depart(leaving)
    await relay.drain()
    const report = await relay.handOver({ ...options, after: departed })
    return { ...report, devices, seconds: Math.round((clock.now() - startedAt) / 1000) }
  }

  async stop (): Promise<void> {
    await closeAll(this.#closers, this.#init.logger)
  }

  status (): NodeStatus {
    const { host, store, users, sessions, relay, directory, draining } = this.#parts
    const { inFlight, verifying } = relay.status()
    return {
      peerId: host.peerId.toString(),
      addrs: this.addrs,
      network: this.#init.network,
      state: draining.begun ? 'draining' : 'running',
      uptimeSeconds: Math.max(0, Math.round((this.#init.clock.now() - this.#startedAt) / 1000)),
      peers: host.getPeers().length,
      nodes: directory.connected,
      users: users.count,
      usersMax: this.#init.usersMax,
      sessions: sessions.count,
      verifying,
      handover: relay.handoverProgress,
      mail: { ...this.#mail(), queuedBytes: store.envelopes.queuedBytes, inFlight },
      damageMet: store.damageMet,
      storeFailure: store.failure?.message
    }
  }

  async #servePage (address: { host: string, port: number }): Promise<void> {
    const page = await servePage(address, () => this.status(), this.#init.logger.forComponent('posthouse:page'))
    this.#pageUrl = page.url
    this.#closers.push({ what: 'the page', close: page.close })
  }

  #mail (): { envelopes: number, bytes: number } {
    const sum = { envelopes: 0, bytes: 0 }
    for (const mailbox of this.#parts.users.mailboxes()) {
      const usage = this.#parts.store.envelopes.usage(mailbox)
      sum.envelopes += usage.envelopes
      sum.bytes += usage.bytes
    }
    return sum
  }
}
