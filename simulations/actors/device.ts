/**
 * A user and their one device: the client program with the shipped cores inside, its disk, and the person who writes.
 *
 * A run of the program is a RunningClient (user/running.ts), made anew at each start from what the disk has kept. What
 * stays with this object beside the disk is only what stands for chance, the number that makes message ids unique, what
 * the person has written and not seen `queued` yet, and the last lines of the history that the person has not seen.
 */
import { INBOX_DEFAULTS } from '../../src/client/inbox/defaults.ts'
import { OUTBOX_DEFAULTS } from '../../src/client/outbox/defaults.ts'
import { SESSION_DEFAULTS } from '../../src/client/session/defaults.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { ClientStore, type StoredOutgoing } from './client-store.ts'
import { DeviceProcess } from './user/process.ts'
import { RunningClient, type RunEvents } from './user/running.ts'
import { mailboxOf, messageIdOf, peerKeyOf, rootKeyOf } from './values.ts'
import type { Shown } from './user/inbox.ts'
import type { Sample, Witness } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { Disk } from '../world/disk.ts'
import type { Network } from '../world/network.ts'
import type { World } from '../world/world.ts'
import type { OutboxProblem } from '../../src/client/outbox/events.core.ts'
import type { MailboxId, MessageId, PeerKey, RootKey } from '../../src/types.ts'

export interface DeviceInit {
  name: string
  world: World
  network: Network
  disk: Disk
  witness: Witness
  /** Stands for bootstrap peers: nodes with room that are up now, asked when the device registers. */
  findNodes: (count: number, asking: PeerKey) => PeerKey[]
}

/** A text as people write them. */
const TEXT_BYTES_MIN = 200
const TEXT_BYTES_MAX = 2_000
/** So many are as long as a text may be, which takes two envelopes. */
const LONG_SHARE = 0.03
const LONG_BYTES_MIN = 63_600

const REFUSAL_NAMES = new Map(Object.entries(REFUSAL).map(([name, code]) => [code, name]))

export class SimDevice {
  readonly root: RootKey
  readonly device: PeerKey
  readonly mailbox: MailboxId
  readonly #init: DeviceInit
  readonly #chance: Chance
  readonly #texts: Chance
  #process: DeviceProcess | undefined
  #running: RunningClient | undefined
  #startsAgain = false
  #lastMessage = 0
  readonly #unsaid = new Set<MessageId>()
  readonly #unseen = new Map<MessageId, Shown>()

  constructor (init: DeviceInit) {
    this.#init = init
    this.#chance = init.world.chance.split(`device/${init.name}`)
    this.#texts = this.#chance.split('texts')
    this.root = rootKeyOf(init.name)
    this.device = peerKeyOf(init.name)
    this.mailbox = mailboxOf(this.root)
  }

  /** False also while the program is closing. */
  get isUp (): boolean { return this.#running !== undefined }

  /** Messages in the outbox; of a program that does not run, what its disk has of it. */
  get undelivered (): number {
    if (this.#running !== undefined) return this.#running.outbox.size
    return [...this.#init.disk.entries('outgoing')].length
  }

  /** The program opens its store and goes on from there. While an earlier run is closing, as soon as that is over. */
  start (): void {
    if (this.#running !== undefined) return
    this.#startsAgain = this.#process !== undefined
    if (this.#startsAgain) return
    const { name, world, network, disk, findNodes } = this.#init
    const process = new DeviceProcess({ name, world, host: network.host(name), chance: this.#chance })
    this.#process = process
    this.#told(true)
    const store = new ClientStore(disk, (table, key) => { process.note(`${table} ${key} is damaged and was left out`) })
    const events = this.#events(process)
    this.#showHistory(store, events)
    this.#running = new RunningClient({
      root: this.root,
      device: this.device,
      process,
      store,
      ids: () => messageIdOf(`m${++this.#lastMessage}-${name}`),
      findNodes: count => findNodes(count, this.device),
      events
    })
    this.#running.start()
  }

  /** kill -9, or the battery is empty. */
  crash (how: 'crash' | 'power'): void {
    if (this.#process === undefined) return
    this.#end(how)
    if (how === 'crash') this.#init.disk.processDied()
    else this.#init.disk.powerCut()
    this.#cutOff()
  }

  /** The program closes: it says goodbye, and what is being written gets onto the disk. */
  stop (): void {
    this.#startsAgain = false
    const running = this.#running
    const process = this.#process
    if (running === undefined || process === undefined) return
    this.#running = undefined
    running.stop(() => {
      if (this.#process !== process) return
      const startsAgain = this.#startsAgain
      this.#end('crash')
      if (startsAgain) this.start()
    })
  }

  /** The person sends a text. Undefined when the program does not run, serves nobody yet, or takes no more. */
  write (to: RootKey): MessageId | undefined {
    const running = this.#running
    const { world, witness } = this.#init
    if (running?.account.record === undefined) return undefined
    const isLong = this.#texts.happens(LONG_SHARE)
    const [min, max] = isLong ? [LONG_BYTES_MIN, LIMITS.messageTextBytes] : [TEXT_BYTES_MIN, TEXT_BYTES_MAX]
    return running.writing.text(to, min + this.#texts.integer(max - min + 1), (message, expiry) => {
      this.#process?.note(`writes ${message.id}`)
      this.#unsaid.add(message.id)
      witness.written({ at: world.now(), message, expiry })
    })
  }

  /** Sizes against their limits; none while the program does not run. */
  samples (): Sample[] {
    const running = this.#running
    if (running === undefined) return []
    const most = (sizes: number[]): number => Math.max(0, ...sizes)
    const { outbox, inbox, mailbox, sessions } = running
    return [
      { name: 'outbox', value: outbox.size, limit: OUTBOX_DEFAULTS.entriesMax },
      { name: 'inbox unsettled', value: inbox.unsettled, limit: INBOX_DEFAULTS.unsettledMax },
      { name: 'inbox held', value: inbox.held, limit: INBOX_DEFAULTS.heldMax },
      { name: 'open tickets', value: outbox.openTickets, limit: LIMITS.inFlightDeposits },
      { name: 'session questions', value: most(sessions.map(({ questions }) => questions)), limit: SESSION_DEFAULTS.requestsMax },
      { name: 'session stream bytes', value: most(sessions.map(({ queuedBytes }) => queuedBytes)), limit: LIMITS.streamQueueBytes },
      { name: 'session push bytes', value: most(sessions.map(({ pushQueuedBytes }) => pushQueuedBytes)), limit: SESSION_DEFAULTS.pushQueueBytes },
      { name: 'drain queue bytes', value: mailbox.queuedBytes, limit: RELAY_DEFAULTS.drainQueueBytes }
    ]
  }

  #end (how: 'crash' | 'power'): void {
    this.#startsAgain = false
    this.#running = undefined
    this.#process?.die(how)
    this.#process = undefined
    this.#told(false)
  }

  /** A program shows the history when it starts: what was on its way to the disk when the last run ended is a line there, or comes again. */
  #showHistory (store: ClientStore, { shown }: RunEvents): void {
    for (const [id, line] of this.#unseen) {
      if (store.isShown(id, line.conversation)) shown(line)
    }
    this.#unseen.clear()
  }

  /** What was on its way to the disk and did not get there: the person sees that it is gone, and nobody has promised anything. */
  #cutOff (): void {
    if (this.#unsaid.size === 0) return
    const { world, witness, name, disk } = this.#init
    for (const [, outgoing] of disk.entries('outgoing')) this.#unsaid.delete((outgoing as StoredOutgoing).entry.id)
    for (const id of this.#unsaid) {
      world.note(name, `${id} was cut off`)
      witness.ended({ at: world.now(), id, reason: 'cut off' })
    }
    this.#unsaid.clear()
  }

  #told (up: boolean): void {
    const { world, witness, name } = this.#init
    world.note(name, up ? 'starts' : 'ends')
    witness.process({ at: world.now(), actor: name, root: this.root, isNode: false, up, left: false })
  }

  #events (process: DeviceProcess): RunEvents {
    const { witness } = this.#init
    return {
      told: ({ id, state, copies, w, envelopes, nodes, problem }) => {
        this.#unsaid.delete(id)
        process.note(`${id} is ${state} ${copies}/${w}${problem === undefined ? '' : `, ${problemText(problem)}`}`)
        witness.state({ at: process.now(), id, state, copies, w, envelopes, nodes, problem: problem === undefined ? undefined : problemText(problem) })
      },
      ended: (id, reason) => {
        this.#unsaid.delete(id)
        process.note(`${id} ended: ${reason}`)
        witness.ended({ at: process.now(), id, reason })
      },
      showing: line => { this.#unseen.set(line.message.id, line) },
      shown: ({ message, missing, late }) => {
        this.#unseen.delete(message.id)
        process.note(`shows ${message.id}${missing.length > 0 ? ` without ${missing.join(' ')}` : ''}${late ? ', late' : ''}`)
        witness.shown({ at: process.now(), reader: this.root, device: this.device, message, missing, late })
      },
      collected: envelopes => { witness.collected({ at: process.now(), device: this.device, mailbox: this.mailbox, envelopes }) },
      resolved: (root, order, ms) => { witness.resolved({ at: process.now(), resolver: this.root, root, order, ms }) }
    }
  }
}

function problemText (problem: OutboxProblem): string {
  return typeof problem === 'string' ? problem : REFUSAL_NAMES.get(problem.refusal) ?? `refused with ${problem.refusal}`
}
