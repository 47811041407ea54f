/**
 * A node put together: the store, the libp2p host, routing, presence, the relay and the sessions, in the order in
 * which each needs the one before. `start` builds everything anew, so that a stopped node can be started again.
 */
import { peerIdFromPeerKey } from '../identity/index.ts'
import { nodeCrypto } from './crypto.ts'
import { resolveInit, type NodeInit, type ResolvedInit } from './config.ts'
import { RunningNode, type DrainOptions, type DrainReport } from './running.ts'
import { Turns } from './turns.ts'
import type { NodeStatus } from './status.ts'

export interface PosthouseNode {
  readonly peerId: string
  /** With /p2p/; empty while stopped. */
  readonly addrs: string[]
  /** URL of the operator's page. */
  readonly http: string | undefined
  /** Rejects with StoreLockedError, StoreTooNewError, StoreDamagedError, StoreFailedError or ListenFailedError; then nothing is left running. */
  start: () => Promise<void>
  /** Lets go of everything, a drain under way included; what is being written is written, whoever waits for an answer asks again. Can be started again. */
  stop: () => Promise<void>
  /**
   * Takes nothing new, finishes what is in flight, sends devices elsewhere, hands over what lies here, within a bound, and stops.
   * What is `lacking` in the report has too few other holders.
   */
  drain: (options?: DrainOptions) => Promise<DrainReport>
  status: () => NodeStatus
}

/**
 * Checks the configuration and reads or makes the key; `start` does the rest. Throws MalformedError, IdentityError,
 * PassphraseError or StoreFailedError with a sentence for the operator.
 */
export async function createNode (init: NodeInit = {}): Promise<PosthouseNode> {
  const resolved = await resolveInit(init)
  const { publicKey } = await nodeCrypto.signingKey(resolved.seed)
  return new Node(resolved, peerIdFromPeerKey(publicKey).toString())
}

class Node implements PosthouseNode {
  readonly #init: ResolvedInit
  readonly peerId: string
  readonly #turns = new Turns<'run'>()
  #running: RunningNode | undefined
  #starting = false
  /** Ends the drain under way. */
  #enough = new AbortController()

  constructor (init: ResolvedInit, peerId: string) {
    this.#init = init
    this.peerId = peerId
  }

  get addrs (): string[] { return this.#running?.addrs ?? [] }
  get http (): string | undefined { return this.#running?.http }

  async start (): Promise<void> {
    await this.#turns.take('run', async () => {
      if (this.#running !== undefined) return
      this.#starting = true
      try {
        this.#running = await RunningNode.start(this.#init)
      } finally {
        this.#starting = false
      }
    })
  }

  async stop (): Promise<void> {
    this.#enough.abort()
    await this.#turns.take('run', async () => { await this.#end() })
  }

  async drain ({ onProgress, signal }: DrainOptions = {}): Promise<DrainReport> {
    return await this.#turns.take('run', async () => {
      const enough = this.#enough = new AbortController()
      const report = await this.#running?.finish({
        ...onProgress !== undefined && { onProgress },
        signal: signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal])
      })
      await this.#end()
      return report ?? NOTHING_DRAINED
    })
  }

  status (): NodeStatus {
    return this.#running?.status() ?? idleStatus(this.#init, this.peerId, this.#starting ? 'starting' : 'stopped')
  }

  async #end (): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.stop()
  }
}

const NOTHING_DRAINED: DrainReport = Object.freeze({ handedOver: 0, collected: 0, kept: 0, lacking: [], lackingEnvelopes: 0, damagedEnvelopes: 0, mailboxes: 0, seconds: 0, devices: 0 })

function idleStatus ({ network, usersMax }: ResolvedInit, peerId: string, state: NodeStatus['state']): NodeStatus {
  return {
    peerId,
    addrs: [],
    network,
    state,
    uptimeSeconds: 0,
    peers: 0,
    nodes: 0,
    users: 0,
    usersMax,
    sessions: 0,
    verifying: false,
    handover: undefined,
    mail: { envelopes: 0, bytes: 0, queuedBytes: 0, inFlight: 0 },
    damageMet: 0,
    storeFailure: undefined
  }
}
