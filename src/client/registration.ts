/**
 * Who serves us. Nodes that are willing sign tickets, the tickets make the route record, and every node of the record
 * gets it, to republish it for as long as it is listed. What the list should be is decided by placement/core.ts, but for
 * the first time: then nodes come from the program, or from bootstrap peers that say whom else they know.
 */
import { makeRouteRecord } from '../dht/record.ts'
import { RefusedError, UnreachableError, UnsupportedError } from '../errors.ts'
import { openTicket, peerIdFromPeerKey } from '../identity/index.ts'
import { LIMITS } from '../wire/limits.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { listNodes } from './host.ts'
import { byMerit, diverse } from './placement/choice.core.ts'
import { mergeNamed, placeOf, readNamed, type NamedNode } from './placement/named.ts'
import { visit } from './session/visit.ts'
import type { Abortable, Crypto } from '../ports.ts'
import type { PeerKey, ServingTicket } from '../types.ts'
import type { Account } from './account.ts'
import type { ListedNode } from './session/service.ts'
import type { Session } from './session/session.ts'
import type { VisitComponents } from './session/visit.ts'

export interface RegistrationComponents extends VisitComponents {
  account: Account
  crypto: Crypto
  /** The attached session with a node, if there is one. */
  session: (node: PeerKey) => Session | undefined
  /** A node is about to get the route by which others come: by now it should have what they need to write to us. Never rejects. */
  offer: (session: Session) => Promise<void>
  warn: (sentence: string) => void
}

export interface RegistrationInit { nodes: string[] | undefined, bootstrap: string[] }

/** What came of a registration: who serves the user now, and how many copies of the route the network took. */
export interface Registered { nodes: PeerKey[], copies: number }

/** A node that agreed to serve us. latencyMs: of a question and its answer; undefined when it did not answer that one. */
export interface Promised extends ListedNode { ticket: ServingTicket, latencyMs: number | undefined }

/** exactly: the person named them, and wants to hear of each that did not agree. isRenewal: they serve us already. */
interface Choice { candidates: NamedNode[], exactly: boolean, isRenewal: boolean }

export class Registration {
  readonly #components: RegistrationComponents
  readonly #init: RegistrationInit

  constructor (components: RegistrationComponents, init: RegistrationInit) {
    this.#components = components
    this.#init = init
  }

  /** True when the route record is missing, near its end, or no longer names the current profile. */
  get isDue (): boolean {
    const { account, clock } = this.#components
    const { record } = account
    return record === undefined || record.profile.hash !== account.profile.order.hash || record.notAfter * 1000 < clock.now() + CLIENT_DEFAULTS.routeRenewMs
  }

  /**
   * Registers with these nodes, or those of the init, or the ones of the record, or whom bootstrap peers name.
   * Throws UnreachableError when nobody promised to serve; warns about those who did not.
   */
  async register ({ nodes, signal }: { nodes?: string[] | undefined } & Abortable = {}): Promise<Registered> {
    const { account, warn } = this.#components
    const { candidates, exactly, isRenewal } = await this.#choose(nodes, signal)
    const outcomes = await Promise.allSettled(candidates.map(async candidate => ({ ...candidate, ...await this.ask(candidate, { signal }) })))
    signal?.throwIfAborted()
    const promised = outcomes.flatMap((outcome, at) => outcome.status === 'fulfilled' ? [outcome.value] : isRenewal ? this.#earlierPromise(candidates[at], outcome.reason) : [])
    const failures = outcomes.flatMap((outcome, at) => outcome.status === 'rejected' && !promised.some(({ node }) => node === candidates[at]?.node) ? [`${shortId(candidates[at]?.node)} (${(outcome.reason as Error).message})`] : [])
    if (promised.length === 0) throw new UnreachableError(`no node agreed to serve you: ${failures.slice(0, 3).join(', ')}`, { cause: outcomes.find(({ status }) => status === 'rejected') })
    if (exactly && failures.length > 0) warn(`you are served by ${promised.length} of ${candidates.length} nodes; these did not agree: ${failures.slice(0, 3).join(', ')}`)
    const chosen = isRenewal ? account.chosen : exactly ? candidates.length : 0
    return await this.#sign(exactly ? promised : byMerit(promised), { chosen, signal })
  }

  /** Signs and publishes this list: nodes of the record, and others by what they have promised. */
  async place (nodes: PeerKey[], newcomers: Promised[], { signal }: Abortable = {}): Promise<Registered> {
    const { account } = this.#components
    const promised = nodes.flatMap((node): Promised[] => {
      const newcomer = newcomers.find(other => other.node === node)
      const listed = account.nodes.find(other => other.node === node)
      const ticket = account.record?.entries.find(entry => entry.node === node)?.ticket
      if (newcomer !== undefined) return [newcomer]
      return listed === undefined || ticket === undefined ? [] : [{ ...listed, ticket, latencyMs: undefined }]
    })
    if (promised.length === 0) throw new UnreachableError('none of these nodes has promised to serve you')
    return await this.#sign(promised, { chosen: account.chosen, signal })
  }

  /** Asks a node to serve us; it need not be listed. Rejects with what `visit` rejects with, or RefusedError. */
  async ask (candidate: ListedNode, { signal }: Abortable = {}): Promise<Promised> {
    const { account, clock, crypto } = this.#components
    return await visit(this.#components, candidate, async session => {
      const askedAt = clock.now()
      // Some question that costs nothing: what a ticket takes is the disk's time.
      const latencyMs = await session.findNodes(0, { signal }).then(() => clock.now() - askedAt, () => undefined)
      const { expiry, signature } = await session.register(account, { signal })
      const ticket = await openTicket({ node: candidate.node, root: account.root, expiry, signature }, { crypto, now: clock.now() })
      return { node: candidate.node, addressHints: candidate.addressHints, ticket, latencyMs }
    }, { signal })
  }

  /** Gives the record to the nodes that lack it. Resolves with the most copies that one of them made; never throws. */
  async publish ({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<number> {
    const { account, warn } = this.#components
    const waiting = account.nodes.filter(({ node }) => account.unpublished.includes(node))
    let copies = 0
    let failure: Error | undefined
    const publishNext = async (): Promise<void> => {
      for (let listed = waiting.shift(); listed !== undefined; listed = waiting.shift()) {
        await this.#publishTo(listed, signal).then(made => { copies = Math.max(copies, made) }, (error: Error) => { failure = error })
      }
    }
    await Promise.all(Array.from({ length: CLIENT_DEFAULTS.drainsAtOnce }, publishNext))
    if (copies === 0 && failure !== undefined) warn(`your route could not be published yet: ${failure.message}`)
    return copies
  }

  async #sign (promised: Promised[], { chosen, signal }: { chosen: number } & { signal?: AbortSignal | undefined }): Promise<Registered> {
    const { account, clock, crypto } = this.#components
    const notAfter = Math.min(Math.floor((clock.now() + CLIENT_DEFAULTS.routeLifeMs) / 1000), ...promised.map(({ ticket }) => ticket.expiry))
    const entries = promised.map(({ ticket, addressHints }) => ({ ticket, addressHint: addressHints[0] }))
    const record = await makeRouteRecord({ root: account.root, epoch: account.epoch, seq: account.nextSeq(), notAfter, profile: account.profile.order, entries }, account.signer, { crypto })
    await account.setRecord(record, promised.map(({ node, addressHints }) => ({ node, addresses: addressHints })), chosen)
    return { nodes: promised.map(({ node }) => node), copies: await this.publish({ signal }) }
  }

  async #publishTo ({ node, addressHints }: ListedNode, signal: AbortSignal | undefined): Promise<number> {
    const { account, session, offer } = this.#components
    const { record } = account
    if (record === undefined) return 0
    const attached = session(node)
    // The node may have been away when the profile changed; it must hand out the one that the record names.
    const copies = attached !== undefined
      ? await attached.register(account, { signal }).then(async () => {
        await offer(attached)
        return await attached.publish(record.bytes, { signal })
      })
      : await visit(this.#components, { node, addressHints }, async session => {
        await session.register(account, { signal })
        await session.attach(account.certificate.bytes, { signal })
        await offer(session)
        return await session.publish(record.bytes, { signal })
      }, { signal })
    if (account.record === record) await account.setPublished(node)
    return copies
  }

  /** A node that is away keeps its place for as long as its promise holds; one that says no has left. */
  #earlierPromise (candidate: NamedNode | undefined, reason: unknown): Array<Promised & NamedNode> {
    const { account, clock } = this.#components
    const entry = account.record?.entries.find(({ node }) => node === candidate?.node)
    if (candidate === undefined || entry === undefined || reason instanceof RefusedError) return []
    return entry.ticket.expiry * 1000 > clock.now() + CLIENT_DEFAULTS.routeRenewMs ? [{ ...candidate, ticket: entry.ticket, latencyMs: undefined }] : []
  }

  async #choose (nodes: string[] | undefined, signal: AbortSignal | undefined): Promise<Choice> {
    const { account } = this.#components
    const named = nodes ?? (account.record === undefined ? this.#init.nodes : undefined)
    if (named !== undefined && named.length > 0) return { candidates: listNodes(named).slice(0, LIMITS.routeEntries).map(unmeasured), exactly: true, isRenewal: false }
    if (account.nodes.length > 0) return { candidates: account.nodes.map(unmeasured), exactly: true, isRenewal: true }
    const met = await this.#askBootstrap(signal)
    // Whom to turn to when all that are chosen now should be gone one day.
    const candidates = diverse(byMerit(met.map(candidate => ({ ...candidate, ...placeOf(candidate), latencyMs: undefined })))).slice(0, CLIENT_DEFAULTS.registerNodes)
    return { candidates, exactly: false, isRenewal: false }
  }

  /** The first bootstrap peer that answers names the others. */
  async #askBootstrap (signal: AbortSignal | undefined): Promise<NamedNode[]> {
    const peers = listNodes(this.#init.bootstrap)
    if (peers.length === 0) throw new UnreachableError('no node is known: name one')
    let failure: unknown
    for (const peer of peers) {
      try {
        const found = await visit(this.#components, peer, async session => await session.findNodes(CLIENT_DEFAULTS.findNodesAsked, { signal }), { signal })
        return mergeNamed([unmeasured(peer), ...found.flatMap(readNamed)])
      } catch (error) {
        signal?.throwIfAborted()
        failure = error
      }
    }
    // It was reached, and is of another network or version.
    if (failure instanceof UnsupportedError) throw failure
    throw new UnreachableError('none of the bootstrap nodes can be reached', { cause: failure })
  }
}

function unmeasured (listed: ListedNode): NamedNode { return { ...listed, knownSeconds: 0, load: 0 } }

function shortId (node: PeerKey | undefined): string {
  return node === undefined ? 'a node' : `…${peerIdFromPeerKey(node).toString().slice(-8)}`
}
