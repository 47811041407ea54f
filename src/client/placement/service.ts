/**
 * Performs what the placement core decides: asks nodes whom they know, asks candidates for tickets, has the new list
 * published. Everything here goes on in the background; what fails is one log line, and tried again.
 */
import { RefusedError } from '../../errors.ts'
import { peerKeyFromBytes } from '../../identity/index.ts'
import { REFUSAL } from '../../types.ts'
import { CLIENT_DEFAULTS } from '../defaults.ts'
import { visit, type VisitComponents } from '../session/visit.ts'
import { PlacementCore, type PlacementEffect, type PlacementEvent } from './core.ts'
import { candidateOf, mergeNamed, placeOf, readNamed, type NamedNode } from './named.ts'
import type { Random } from '../../ports.ts'
import type { PeerKey, RefusalCode } from '../../types.ts'
import type { Leaving, NodeAddress } from '../../wire/mail.ts'
import type { Account } from '../account.ts'
import type { Promised, Registration } from '../registration.ts'
import type { ListedNode } from '../session/service.ts'
import type { Session } from '../session/session.ts'
import type { Logger } from '@libp2p/interface'

export interface PlacementComponents extends VisitComponents {
  account: Account
  registration: Pick<Registration, 'ask'>
  /** Attached sessions. */
  sessions: () => Session[]
  /** Asked when no node of ours answers: those that the program was given. */
  others: ListedNode[]
  random: Pick<Random, 'fraction'>
  log: Logger
  /** Signs and publishes the list. */
  publish: (nodes: PeerKey[], newcomers: Promised[]) => Promise<void>
}

/** A node that says so does not serve us, and will not. */
const REFUSING: ReadonlySet<RefusalCode> = new Set([REFUSAL.notServed, REFUSAL.noRoom, REFUSAL.unsupported, REFUSAL.wrongNetwork])

export class Placement {
  readonly #components: PlacementComponents
  readonly #core = new PlacementCore()
  readonly #stopping = new AbortController()
  readonly #under = new Set<Promise<void>>()
  /** Where candidates are, and what they promised. */
  readonly #met = new Map<PeerKey, ListedNode>()
  readonly #promised = new Map<PeerKey, Promised>()
  #wake: { at: number, cancel: () => void } | undefined

  constructor (components: PlacementComponents) { this.#components = components }

  /** Begins, or goes on with another record. */
  listed (): void {
    const { account } = this.#components
    if (account.record === undefined) return
    this.#handle({ type: 'record', places: account.nodes.map(placeOf), w: account.record.w, chosen: account.chosen, signedAt: account.record.order.seq })
  }

  attached (node: PeerKey): void { this.#handle({ type: 'attached', node }) }

  detached (node: PeerKey): void { this.#handle({ type: 'detached', node }) }

  /** What came of a dial or a drain. Our own doing is nobody's failure. */
  tried (node: PeerKey, failure: Error | undefined): void {
    if (failure === undefined) return this.#handle({ type: 'answered', node })
    if (!(failure instanceof RefusedError)) return this.#handle({ type: 'failed', node })
    const { code } = failure.refusal
    this.#handle({ type: REFUSING.has(code) ? 'refused' : code === REFUSAL.draining ? 'leaving' : 'answered', node })
  }

  leaving (session: Session, { nodes }: Leaving): void {
    this.#handle({ type: 'leaving', node: session.node })
    this.#handle({ type: 'named', candidates: this.#meet(nodes) })
  }

  /** Throws MalformedError for what is no key. */
  accused (session: Session, key: Uint8Array): void {
    this.#handle({ type: 'accused', by: session.node, node: peerKeyFromBytes(key) })
  }

  async stop (): Promise<void> {
    this.#stopping.abort()
    this.#wake?.cancel()
    await Promise.allSettled(this.#under)
  }

  #handle (event: PlacementEvent): void {
    const { clock, random } = this.#components
    if (this.#stopping.signal.aborted) return
    for (const effect of this.#core.handle(event, clock.now(), random.fraction())) this.#perform(effect)
  }

  #perform (effect: PlacementEffect): void {
    switch (effect.type) {
      case 'find': return this.#run(this.#find())
      case 'ask':
        for (const node of effect.nodes) this.#run(this.#ask(node))
        return
      case 'publish': return this.#run(this.#publish(effect.nodes))
      case 'wakeAt': return this.#wakeAt(effect.at)
    }
  }

  #wakeAt (at: number): void {
    const { clock } = this.#components
    if (this.#wake?.at === at) return
    this.#wake?.cancel()
    this.#wake = undefined
    if (at === Infinity) return
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#wake = undefined
      this.#handle({ type: 'tick' })
    })
    this.#wake = { at, cancel }
  }

  /** Two of our own nodes are asked, so that none alone says who there is; when none is there, whoever else is known. */
  async #find (): Promise<void> {
    const { sessions, account, others, log } = this.#components
    const { signal } = this.#stopping
    const question = async (session: Session): Promise<NodeAddress[]> => await session.findNodes(CLIENT_DEFAULTS.findNodesAsked, { signal })
    const asked = sessions().slice(0, 2)
    const answers = await Promise.allSettled(asked.map(question))
    const strangers = asked.length > 0 ? [] : [...account.known, ...others]
    for (const other of strangers) {
      if (signal.aborted || answers.some(({ status }) => status === 'fulfilled')) break
      answers.push(...await Promise.allSettled([visit(this.#components, other, question, { signal })]))
    }
    const named = answers.flatMap(answer => answer.status === 'fulfilled' ? answer.value : [])
    for (const answer of answers) if (answer.status === 'rejected') log('a node did not name others: %s', (answer.reason as Error).message)
    const candidates = this.#meet(named, strangers.map(stranger => ({ ...stranger, knownSeconds: 0, load: 0 })))
    await this.#remember()
    this.#handle({ type: 'found', candidates })
  }

  async #ask (node: PeerKey): Promise<void> {
    const { registration, log } = this.#components
    const met = this.#met.get(node)
    try {
      if (met === undefined) return this.#handle({ type: 'asked', node, answer: 'silent' })
      const promised = await registration.ask(met, this.#stopping)
      this.#promised.set(node, promised)
      this.#handle({ type: 'asked', node, answer: 'promised', ...promised.latencyMs === undefined ? {} : { latencyMs: promised.latencyMs } })
    } catch (error) {
      log('node %s does not serve us: %s', node.slice(0, 8), (error as Error).message)
      this.#handle({ type: 'asked', node, answer: error instanceof RefusedError ? 'refused' : 'silent' })
    }
  }

  async #publish (nodes: PeerKey[]): Promise<void> {
    const { publish, log } = this.#components
    let done = false
    try {
      await publish(nodes, nodes.flatMap(node => this.#promised.get(node) ?? []))
      done = true
      this.#promised.clear()
    } catch (error) {
      log('the new list of nodes was not published: %s', (error as Error).message)
    }
    this.#handle({ type: 'published', done })
  }

  /** Notes where they are, as many as the core remembers, and says who they are. */
  #meet (nodes: NodeAddress[], others: NamedNode[] = []): Array<ReturnType<typeof candidateOf>> {
    const named = mergeNamed([...others, ...nodes.flatMap(readNamed)]).filter(({ addressHints }) => addressHints.length > 0)
    for (const { node, addressHints } of named) {
      this.#met.delete(node)
      this.#met.set(node, { node, addressHints })
    }
    for (const oldest of this.#met.keys()) {
      if (this.#met.size <= CLIENT_DEFAULTS.metMax) break
      this.#met.delete(oldest)
      this.#promised.delete(oldest)
    }
    return named.map(candidateOf)
  }

  /** Off the record, for the day when nobody on it is left. Written only when it changes. */
  async #remember (): Promise<void> {
    const { account } = this.#components
    const known = [...this.#met.values()].filter(({ node }) => !account.nodes.some(listed => listed.node === node)).slice(-CLIENT_DEFAULTS.knownMax)
    const before = account.known
    if (known.length > 0 && known.some(({ node }) => !before.some(other => other.node === node))) await account.setKnown(known)
  }

  #run (task: Promise<void>): void {
    const under = task.catch((error: Error) => { this.#components.log.error('placement: %s', error.message) }).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}
