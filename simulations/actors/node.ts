/**
 * A simulated node: a machine with a disk on which the node's process runs, and does not. The process performs in
 * virtual time what the shipped cores of relay, store and routing decide (node-process.ts); its disk outlives it.
 *
 *   start ─(start-up)→ up ─crash→ the disk alone, as the crash left it
 *                       └─stop→ drains, says goodbye → the disk alone
 */
import { Shelves } from './node-shelves.ts'
import { NodeProcess } from './node-process.ts'
import { SimRouting } from './node-routing.ts'
import { SimProcess } from './process.ts'
import { openDiskStore } from './disk-store.ts'
import type { NodeInit } from './node-init.ts'
import type { StorePerformer } from './store-performer.ts'
import type { Sample } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { Host } from '../world/network.ts'
import type { PeerKey } from '../../src/types.ts'

/** What `SimNode` is made of. */
export type { NodeInit } from './node-init.ts'

/** From the start of the process to its first answer: measured on the compiled command line, imports and all. */
const START_UP_MS = 800
/** A process that cannot use its disk ends; the system's service manager starts it again after this (systemd units commonly say 10 s). */
const RESTART_MS = 10_000

/** A process that has begun. routing and mail: from when it is ready on. */
interface Run { process: SimProcess, store: StorePerformer | undefined, shelves: Shelves, host: Host | undefined, routing: SimRouting | undefined, mail: NodeProcess | undefined, isStopping: boolean, startsAgain: boolean }

/** A machine on which a node's process comes and goes. */
export class SimNode {
  readonly key: PeerKey
  readonly #init: NodeInit
  readonly #chance: Chance
  #run: Run | undefined
  /** The last run ended by itself, or there was none. */
  #wasClean = true

  constructor (init: NodeInit) {
    this.key = init.key
    this.#init = init
    this.#chance = init.world.chance.split(`node ${init.key}`)
  }

  /** It answers. */
  get isUp (): boolean { return this.#run?.host !== undefined }

  /** The process begins; without effect while one runs, and after its end while one is stopping. */
  start (): void {
    if (this.#run !== undefined) {
      this.#run.startsAgain = this.#run.isStopping
      return
    }
    const { key, world, disk, witness, serves, openStore = openDiskStore } = this.#init
    const process = new SimProcess(world, key)
    const run: Run = {
      process,
      shelves: new Shelves(process, disk),
      store: serves ? openStore({ node: key, world: process, disk, witness, chance: this.#chance }) : undefined,
      host: undefined,
      routing: undefined,
      mail: undefined,
      isStopping: false,
      startsAgain: false
    }
    this.#run = run
    process.after(START_UP_MS, () => { this.#ready(run) })
  }

  /** The process dies where it stands, or the machine loses its power. */
  crash (how: 'crash' | 'power'): void {
    const run = this.#run
    const { disk } = this.#init
    this.#wasClean &&= run === undefined
    if (run !== undefined) this.#end(run, how)
    if (how === 'power') disk.powerCut()
    else disk.processDied()
  }

  /** As SIGTERM: takes no more, finishes what is in flight, and ends. */
  stop (): void {
    const run = this.#run
    if (run === undefined || run.isStopping) return
    run.isStopping = true
    run.process.note('stops')
    const end = (): void => {
      this.#end(run, 'crash')
      this.#init.disk.processDied()
      this.#wasClean = true
      if (run.startsAgain) this.start()
    }
    if (run.mail === undefined) end()
    else run.mail.drain(end)
  }

  /** Sizes against the limits that are named for them; nothing while it is down. */
  samples (): Sample[] { return this.#run?.mail?.samples() ?? this.#run?.routing?.samples() ?? [] }

  #ready (run: Run): void {
    const init = this.#init
    const { process, store, shelves } = run
    if (store?.failure !== undefined) return this.#startAgain(run)
    const host = run.host = init.network.host(this.key)
    const chance = this.#chance.split(`run at ${process.now()}`)
    if (store === undefined) run.routing = new SimRouting({ init, process, chance, shelves, users: undefined })
    else run.mail = new NodeProcess({ init, process, chance, host: init.dialable ? host : unlisted(host), store, shelves, wasClean: this.#wasClean })
    process.note(`up${store === undefined ? '' : ` with ${store.storeId.slice(0, 8)}`}`)
    init.witness.process({ at: process.now(), actor: this.key, isNode: true, up: true, left: false })
  }

  #startAgain (run: Run): void {
    const { world, disk } = this.#init
    run.process.note('cannot use its disk')
    run.process.end()
    disk.processDied()
    // Only the service manager is left of this run; it goes with the machine.
    const process = run.process = new SimProcess(world, this.key)
    process.after(RESTART_MS, () => {
      this.#run = undefined
      this.start()
    })
  }

  #end (run: Run, how: 'crash' | 'power'): void {
    const { process, host, routing, mail } = run
    const wasUp = this.isUp
    this.#run = undefined
    process.note(how === 'power' ? 'loses power' : 'ends')
    process.end()
    routing?.end()
    mail?.end()
    host?.vanish(how)
    if (wasUp) this.#init.witness.process({ at: process.now(), actor: this.key, isNode: true, up: false, left: false, lostPower: how === 'power' })
  }
}

/** Behind a translator: it calls others, and nobody calls it. */
function unlisted (host: Host): Host {
  return { id: host.id, handle: () => {}, open: (...asked) => { host.open(...asked) }, vanish: how => { host.vanish(how) } }
}
