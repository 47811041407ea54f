/**
 * A node put together: the store, the libp2p host, routing, presence, the relay and the sessions, in the order in
 * which each needs the one before. `start` builds everything anew, so that a stopped node can be started again.
 */
import { peerIdFromPeerKey } from '../identity/index.ts'
import { nodeCrypto } from './crypto.ts'
import { resolveInit, type NodeInit, type ResolvedInit } from './config.ts'
import { RunningNode, type DrainReport } from './running.ts'
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
  /** Lets go of everything; what is being written is written, whoever waits for an answer asks again. Can be started again. */
  stop: () => Promise<void>
  /** Takes nothing new, finishes what is in flight, within a bound, and stops. */
  drain: () => Promise<DrainReport>
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
    await this.#turns.take('run', async () => { await this.#end() })
  }

  async drain (): Promise<DrainReport> {
    return await this.#turns.take('run', async () => {
      const report = await this.#running?.finish() ?? { handedOver: 0, kept: 0 }
      await this.#end()
      return report
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
    mail: { envelopes: 0, bytes: 0, queuedBytes: 0, inFlight: 0 },
    damageMet: 0,
    storeFailure: undefined
  }
}
