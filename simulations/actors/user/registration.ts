/**
 * Who serves us, as src/client/registration.ts arranges it: nodes that are willing promise it, their promises make the
 * route, and every node of the route gets it.
 */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { FIRST_EPOCH, type Account } from './account.ts'
import { makeRoute } from '../values.ts'
import { visit } from './visit.ts'
import type { DeviceProcess } from './process.ts'
import type { Asked, Outcome, Session } from './session.ts'
import type { PeerKey, Seconds } from '../../../src/types.ts'

export interface RegistrationComponents {
  account: Account
  process: DeviceProcess
  /** The attached session with a node, if there is one. */
  session: (node: PeerKey) => Session | undefined
  /** Whom bootstrap peers name. */
  findNodes: (count: number) => PeerKey[]
}

export interface Promised { node: PeerKey, expiry: Seconds }

export class Registration {
  readonly #components: RegistrationComponents

  constructor (components: RegistrationComponents) { this.#components = components }

  /** True when the route is missing or near its end. */
  get isDue (): boolean {
    const { account: { record }, process } = this.#components
    return record === undefined || record.notAfter * 1000 < process.now() + CLIENT_DEFAULTS.routeRenewMs
  }

  /** Registers with the nodes of the route, or whom bootstrap peers name, and publishes what came of it. */
  register (done: () => void): void {
    const { account, process, findNodes } = this.#components
    const isRenewal = account.nodes.length > 0
    const candidates = isRenewal ? account.nodes : findNodes(CLIENT_DEFAULTS.registerNodes)
    const promises = new Map<PeerKey, Promised>()
    let waitsFor = candidates.length
    const settled = (): void => {
      const promised = candidates.flatMap(node => promises.get(node) ?? [])
      if (promised.length > 0) return this.#setRoute(promised, done)
      process.note(`registered with none of ${candidates.length} nodes`)
      done()
    }
    if (waitsFor === 0) return settled()
    for (const node of candidates) {
      this.ask(node, (outcome, ticket) => {
        const promise = ticket ?? (isRenewal ? this.#earlierPromise(node, outcome) : undefined)
        if (promise !== undefined) promises.set(node, promise)
        if (--waitsFor === 0) settled()
      })
    }
  }

  /** Signs and publishes this list: nodes of the record, and others by what they have promised. done: whether it came to that. */
  place (nodes: PeerKey[], newcomers: Promised[], done: (isDone: boolean) => void): void {
    const { account } = this.#components
    const promised = nodes.flatMap((node): Promised[] => {
      const expiry = newcomers.find(other => other.node === node)?.expiry ?? account.record?.entries.find(entry => entry.node === node)?.ticket.expiry
      return expiry === undefined ? [] : [{ node, expiry }]
    })
    if (promised.length === 0) return done(false)
    const before = account.record
    this.#setRoute(promised, () => { done(account.record !== before) })
  }

  /** Asks a node to serve us; it need not be listed. */
  ask (node: PeerKey, done: (outcome: Outcome, promised: Promised | undefined) => void): void {
    this.#askTicket(node, outcome => { done(outcome, outcome.type === 'answered' ? ticketOf(node, outcome) : undefined) })
  }

  /** Gives the record to the nodes that lack it, so many at a time. */
  publish (done: () => void): void {
    const waiting = this.#components.account.unpublished
    let lanes = CLIENT_DEFAULTS.drainsAtOnce
    const publishNext = (): void => {
      const node = waiting.shift()
      if (node !== undefined) this.#publishTo(node, publishNext)
      else if (--lanes === 0) done()
    }
    for (let lane = CLIENT_DEFAULTS.drainsAtOnce; lane > 0; lane--) publishNext()
  }

  #setRoute (promised: Promised[], done: () => void): void {
    const { account, process } = this.#components
    const notAfter = Math.min(Math.floor((process.now() + CLIENT_DEFAULTS.routeLifeMs) / 1000), ...promised.map(({ expiry }) => expiry))
    const record = makeRoute({ root: account.root, epoch: FIRST_EPOCH, seq: account.nextSeq(), nodes: promised, notAfter })
    account.setRecord(record, failure => {
      process.note(failure ?? `registered with ${promised.map(({ node }) => node).join(' ')}, w ${record.w}`)
      if (failure === undefined) this.publish(done)
      else done()
    })
  }

  #publishTo (node: PeerKey, done: () => void): void {
    const { account, process, session } = this.#components
    const { record } = account
    if (record === undefined) return done()
    const published = (outcome: Outcome): void => {
      if (outcome.type === 'answered' && account.record === record) account.setPublished(node, done)
      else done()
    }
    const attached = session(node)
    // The node may have been away when the user registered; it must serve before it publishes.
    if (attached !== undefined) this.#register(attached, then(published, () => { attached.publish(record, published) }))
    else {
      visit(process, node, (visited, asked) => {
        this.#register(visited, then(asked, () => {
          this.#attach(visited, then(asked, () => { visited.publish(record, asked) }))
        }))
      }, published)
    }
  }

  #askTicket (node: PeerKey, done: Asked): void {
    visit(this.#components.process, node, (session, asked) => { this.#register(session, asked) }, done)
  }

  #register (session: Session, done: Asked): void {
    const { account: { root, mailbox, device } } = this.#components
    session.register(root, mailbox, device, done)
  }

  #attach (session: Session, done: Asked): void {
    const { account: { root, mailbox, device } } = this.#components
    session.attach(root, mailbox, device, done)
  }

  /** A node that is away keeps its place for as long as its promise holds; one that says no has left. */
  #earlierPromise (node: PeerKey, outcome: Outcome): Promised | undefined {
    const { account, process } = this.#components
    const entry = account.record?.entries.find(other => other.node === node)
    if (entry === undefined || outcome.type === 'refused') return undefined
    const { expiry } = entry.ticket
    return expiry * 1000 > process.now() + CLIENT_DEFAULTS.routeRenewMs ? { node, expiry } : undefined
  }
}

function ticketOf (node: PeerKey, { answer: { expiry } }: Extract<Outcome, { type: 'answered' }>): Promised | undefined {
  return expiry === undefined ? undefined : { node, expiry }
}

/** Goes on with an answer, and hands on whatever else it came to. */
function then (failed: Asked, next: () => void): Asked {
  return outcome => {
    if (outcome.type === 'answered') next()
    else failed(outcome)
  }
}
