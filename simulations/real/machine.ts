/**
 * The machine of a real node: its key, its address and its disk stay, its processes come and go. A process is a whole
 * node (createNode) in this very process; what `kill` makes of it is what SIGKILL would leave behind:
 *
 *   its connections   reset, all at once; nobody listens at its address (cable.ts)
 *   its memory        what it knew and had not written is lost: the next process is made anew
 *   its disk          what LevelDB had is there, what it was not given is not (disk.ts)
 *
 * Only then are its parts told to stop, so that they let go of timers and files: nobody can hear them any more. What
 * this cannot show: a power cut, which says nothing to peers and may take unsynced writes back.
 */
import { peerIdFromPeerKey } from '../../src/identity/index.ts'
import { createNode, type PosthouseNode } from '../../src/node/index.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { Turns } from '../../src/node/turns.ts'
import { Cable } from './cable.ts'
import { Disk } from './disk.ts'
import { witnessed } from './witnessed-store.ts'
import type { RunClock } from './clock.ts'
import type { Witness } from '../checks/witness.ts'
import type { PeerKey } from '../../src/types.ts'

export interface MachineInit {
  number: number
  seed: Uint8Array
  /** Of libp2p's memory transport; nobody else in this process has it. */
  listen: string
  folder: string
  network: string
}

export interface MachineComponents { clock: RunClock, witness: Witness }

export class RealMachine {
  readonly number: number
  readonly key: PeerKey
  /** With /p2p/, as an operator would pass it on. */
  readonly address: string
  readonly disk: Disk
  readonly #init: MachineInit
  readonly #components: MachineComponents
  readonly #turns = new Turns<'process'>()
  #process: { node: PosthouseNode, cable: Cable } | undefined
  #wanted = false
  #hasRun = false
  #isGone = false

  private constructor (init: MachineInit, key: PeerKey, components: MachineComponents) {
    const { clock, witness } = components
    this.#init = init
    this.#components = components
    this.number = init.number
    this.key = key
    this.address = `${init.listen}/p2p/${peerIdFromPeerKey(key).toString()}`
    this.disk = new Disk(init.folder, {
      dropped: (mailbox, envelope, expiry, reason) => { witness.dropped({ at: clock.now(), node: key, mailbox, envelope, expiry: clock.ofWall(expiry), reason }) }
    })
  }

  static async make (init: MachineInit, components: MachineComponents): Promise<RealMachine> {
    const { publicKey } = await nodeCrypto.signingKey(init.seed)
    return new RealMachine(init, publicKey, components)
  }

  /** A node runs, and has not been killed. */
  get isUp (): boolean { return this.#process !== undefined && this.#wanted }
  /** It was started at least once. */
  get hasRun (): boolean { return this.#hasRun }
  /** For good. */
  get isGone (): boolean { return this.#isGone }

  /** Resolves when the node is ready, or was killed before it was. */
  async start (bootstrap: string[]): Promise<void> {
    this.#wanted = true
    this.#hasRun = true
    await this.#turns.take('process', async () => {
      if (!this.#wanted || this.#process !== undefined) return
      const cable = new Cable()
      const node = await createNode({
        seed: this.#init.seed,
        listen: [this.#init.listen],
        bootstrap: bootstrap.filter(address => address !== this.address),
        network: this.#init.network,
        transports: [cable.transport],
        openStore: async components => witnessed(await this.disk.open(components, () => cable.isCut), this.#storeEvents())
      })
      this.#process = { node, cable }
      await node.start().catch((error: Error) => { if (!cable.isCut) throw error })
      if (!cable.isCut) this.#tell(true, false)
    })
  }

  /** At once. Resolves when nothing is left of the process. */
  async kill ({ forGood }: { forGood: boolean }): Promise<void> {
    this.#wanted = false
    this.#isGone = forGood
    this.#process?.cable.cut()
    this.#tell(false, forGood)
    await this.#letGo()
  }

  /** The operator's way, at the end of a run. */
  async stop (): Promise<void> {
    this.#wanted = false
    await this.#letGo()
  }

  async #letGo (): Promise<void> {
    await this.#turns.take('process', async () => {
      const process = this.#process
      this.#process = undefined
      await process?.node.stop()
    })
  }

  #storeEvents (): Parameters<typeof witnessed>[1] {
    const { clock, witness } = this.#components
    return {
      kept: (mailbox, envelopes) => { witness.receipt({ at: clock.now(), node: this.key, mailbox, envelopes }) },
      collection: ({ device, mailbox, ids }) => { witness.collected({ at: clock.now(), device, mailbox, envelopes: ids }) }
    }
  }

  #tell (up: boolean, left: boolean): void {
    this.#components.witness.process({ at: this.#components.clock.now(), actor: this.key, isNode: true, up, left })
  }
}
