/**
 * Performs what the shipped placement core decides, as src/client/placement/service.ts does. Ages, loads and distances
 * of nodes have no part in a simulation, nor have network prefixes: whoever is named is as good as another.
 */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { PlacementCore, type PlacementEvent } from '../../../src/client/placement/core.ts'
import { REFUSAL } from '../../../src/types.ts'
import { Turns } from './turns.ts'
import type { Candidate } from '../../../src/client/placement/choice.core.ts'
import type { PeerKey, Refusal } from '../../../src/types.ts'
import type { Account } from './account.ts'
import type { Alarm, DeviceProcess } from './process.ts'
import type { Promised, Registration } from './registration.ts'

export interface PlacementComponents {
  account: Account
  process: DeviceProcess
  registration: Registration
  /** Whom nodes name. */
  findNodes: (count: number) => PeerKey[]
  /** Signs and publishes the list; told whether it came to that. */
  publish: (nodes: PeerKey[], newcomers: Promised[], done: (isDone: boolean) => void) => void
}

const REFUSING: ReadonlySet<number> = new Set([REFUSAL.notServed, REFUSAL.noRoom, REFUSAL.unsupported, REFUSAL.wrongNetwork])

export class Placement {
  readonly #components: PlacementComponents
  readonly #core = new PlacementCore()
  readonly #turns = new Turns<PlacementEvent>(event => { this.#decide(event) })
  readonly #promised = new Map<PeerKey, Promised>()
  readonly #wake: Alarm
  #isStopped = false

  constructor (components: PlacementComponents) {
    this.#components = components
    this.#wake = components.process.alarm(() => { this.#turns.handle({ type: 'tick' }) })
  }

  /** Begins, or goes on with another record. */
  listed (): void {
    const { account: { record, nodes } } = this.#components
    if (record === undefined) return
    this.#turns.handle({ type: 'record', places: nodes.map(node => ({ node, groups: [] })), w: record.w, chosen: 0, signedAt: record.order.seq })
  }

  attached (node: PeerKey): void { this.#turns.handle({ type: 'attached', node }) }

  detached (node: PeerKey): void { this.#turns.handle({ type: 'detached', node }) }

  /** What came of a dial or a drain. */
  tried (node: PeerKey, came: 'answered' | 'failed' | Refusal): void {
    if (typeof came === 'string') return this.#turns.handle({ type: came, node })
    this.#turns.handle({ type: REFUSING.has(came.code) ? 'refused' : came.code === REFUSAL.draining ? 'leaving' : 'answered', node })
  }

  leaving (node: PeerKey, others: PeerKey[]): void {
    this.#turns.handle({ type: 'leaving', node })
    this.#turns.handle({ type: 'named', candidates: others.map(candidateOf) })
  }

  accused (by: PeerKey, node: PeerKey): void { this.#turns.handle({ type: 'accused', by, node }) }

  stop (): void {
    this.#isStopped = true
    this.#wake.stop()
  }

  #decide (event: PlacementEvent): void {
    const { process, findNodes } = this.#components
    if (this.#isStopped) return
    for (const effect of this.#core.handle(event, process.now(), process.chance.fraction())) {
      switch (effect.type) {
        case 'find':
          process.soon(() => { this.#turns.handle({ type: 'found', candidates: findNodes(CLIENT_DEFAULTS.findNodesAsked).map(candidateOf) }) })
          break
        case 'ask':
          for (const node of effect.nodes) this.#ask(node)
          break
        case 'publish':
          this.#publish(effect.nodes)
          break
        case 'wakeAt':
          if (effect.at === Infinity) this.#wake.stop()
          else this.#wake.set(effect.at)
      }
    }
  }

  #ask (node: PeerKey): void {
    this.#components.registration.ask(node, (outcome, promised) => {
      if (promised !== undefined) this.#promised.set(node, promised)
      this.#turns.handle({ type: 'asked', node, answer: promised !== undefined ? 'promised' : outcome.type === 'refused' ? 'refused' : 'silent' })
    })
  }

  #publish (nodes: PeerKey[]): void {
    const { process, publish } = this.#components
    process.note(`changes nodes to ${nodes.join(' ')}`)
    publish(nodes, nodes.flatMap(node => this.#promised.get(node) ?? []), isDone => {
      if (isDone) this.#promised.clear()
      this.#turns.handle({ type: 'published', done: isDone })
    })
  }
}

function candidateOf (node: PeerKey): Candidate {
  return { node, groups: [], knownSeconds: 0, load: 0, latencyMs: undefined }
}
