/**
 * Who serves us. Nodes that are willing sign tickets, the tickets make the route record, and every node of the record
 * gets it, to republish it for as long as it is listed.
 *
 * Nodes come from the program, or from bootstrap peers that say whom else they know. Never two in one /16 (IPv4) or
 * /48 (IPv6), unless these are private: one owner of addresses should not hold a mailbox alone.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { makeRouteRecord } from '../dht/record.ts'
import { RefusedError, UnreachableError } from '../errors.ts'
import { openTicket, peerIdFromPeerKey, peerKeyFromBytes } from '../identity/index.ts'
import { addressGroup } from '../wire/address-group.ts'
import { LIMITS } from '../wire/limits.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { listNodes } from './host.ts'
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
  warn: (sentence: string) => void
}

export interface RegistrationInit { nodes: string[] | undefined, bootstrap: string[] }

/** What came of a registration: who serves the user now, and how many copies of the route the network took. */
export interface Registered { nodes: PeerKey[], copies: number }

interface Promised extends ListedNode { ticket: ServingTicket }

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
    const { account, clock, crypto, warn } = this.#components
    const { candidates, exactly, isRenewal } = await this.#candidates(nodes, signal)
    const outcomes = await Promise.allSettled(candidates.map(async candidate => await this.#askTicket(candidate, signal)))
    signal?.throwIfAborted()
    const promised = outcomes.flatMap((outcome, at) => outcome.status === 'fulfilled' ? [outcome.value] : isRenewal ? this.#earlierPromise(candidates[at], outcome.reason) : [])
    const failures = outcomes.flatMap((outcome, at) => outcome.status === 'rejected' && !promised.some(({ node }) => node === candidates[at]?.node) ? [`${shortId(candidates[at]?.node)} (${(outcome.reason as Error).message})`] : [])
    if (promised.length === 0) throw new UnreachableError(`no node agreed to serve you: ${failures.slice(0, 3).join(', ')}`, { cause: outcomes.find(({ status }) => status === 'rejected') })
    if (exactly && failures.length > 0) warn(`you are served by ${promised.length} of ${candidates.length} nodes; these did not agree: ${failures.slice(0, 3).join(', ')}`)
    const seq = account.nextSeq()
    const notAfter = Math.min(Math.floor((clock.now() + CLIENT_DEFAULTS.routeLifeMs) / 1000), ...promised.map(({ ticket }) => ticket.expiry))
    const entries = promised.map(({ ticket, addressHints }) => ({ ticket, addressHint: addressHints[0] }))
    const record = await makeRouteRecord({ root: account.root, epoch: account.epoch, seq, notAfter, profile: account.profile.order, entries }, account.signer, { crypto })
    await account.setRecord(record, promised.map(({ node, addressHints }) => ({ node, addresses: addressHints })))
    return { nodes: promised.map(({ node }) => node), copies: await this.publish({ signal }) }
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

  async #publishTo ({ node, addressHints }: ListedNode, signal: AbortSignal | undefined): Promise<number> {
    const { account, session } = this.#components
    const { record } = account
    if (record === undefined) return 0
    const attached = session(node)
    // The node may have been away when the profile changed; it must hand out the one that the record names.
    const copies = attached !== undefined
      ? await attached.register(account.profile.bytes, { signal }).then(async () => await attached.publish(record.bytes, { signal }))
      : await visit(this.#components, { node, addressHints }, async session => {
        await session.register(account.profile.bytes, { signal })
        await session.attach(account.certificate.bytes, { signal })
        return await session.publish(record.bytes, { signal })
      }, { signal })
    if (account.record === record) await account.setPublished(node)
    return copies
  }

  async #askTicket (candidate: ListedNode, signal: AbortSignal | undefined): Promise<Promised> {
    const { account, clock, crypto } = this.#components
    const { expiry, signature } = await visit(this.#components, candidate, async session => await session.register(account.profile.bytes, { signal }), { signal })
    const ticket = await openTicket({ node: candidate.node, root: account.root, expiry, signature }, { crypto, now: clock.now() })
    return { ...candidate, ticket }
  }

  /** A node that is away keeps its place for as long as its promise holds; one that says no has left. */
  #earlierPromise (candidate: ListedNode | undefined, reason: unknown): Promised[] {
    const { account, clock } = this.#components
    const entry = account.record?.entries.find(({ node }) => node === candidate?.node)
    if (candidate === undefined || entry === undefined || reason instanceof RefusedError) return []
    return entry.ticket.expiry * 1000 > clock.now() + CLIENT_DEFAULTS.routeRenewMs ? [{ ...candidate, ticket: entry.ticket }] : []
  }

  /** exactly: the person named them, and wants to hear of each that did not agree. isRenewal: they serve us already. */
  async #candidates (nodes: string[] | undefined, signal: AbortSignal | undefined): Promise<{ candidates: ListedNode[], exactly: boolean, isRenewal: boolean }> {
    const { account } = this.#components
    const named = nodes ?? (account.record === undefined ? this.#init.nodes : undefined)
    if (named !== undefined && named.length > 0) return { candidates: listNodes(named).slice(0, LIMITS.routeEntries), exactly: true, isRenewal: false }
    if (account.nodes.length > 0) return { candidates: account.nodes, exactly: true, isRenewal: true }
    return { candidates: spread(await this.#askBootstrap(signal)).slice(0, CLIENT_DEFAULTS.registerNodes), exactly: false, isRenewal: false }
  }

  /** The first bootstrap peer that answers names the others. */
  async #askBootstrap (signal: AbortSignal | undefined): Promise<ListedNode[]> {
    const peers = listNodes(this.#init.bootstrap)
    if (peers.length === 0) throw new UnreachableError('no node is known: name one')
    let failure: unknown
    for (const peer of peers) {
      try {
        const found = await visit(this.#components, peer, async session => await session.findNodes(CLIENT_DEFAULTS.findNodesAsked, { signal }), { signal })
        return mergeNodes([peer, ...found.flatMap(({ node, addresses }) => readNode(node, addresses))])
      } catch (error) {
        signal?.throwIfAborted()
        failure = error
      }
    }
    throw new UnreachableError('none of the bootstrap nodes can be reached', { cause: failure })
  }
}

/** Only the first of each network prefix; nodes whose addresses are private or names are all kept. */
function spread (nodes: ListedNode[]): ListedNode[] {
  const groups = new Set<string>()
  return nodes.filter(({ addressHints }) => {
    const own = addressHints.flatMap(hint => addressGroup(hint) ?? [])
    if (own.some(group => groups.has(group))) return false
    for (const group of own) groups.add(group)
    return true
  })
}

function mergeNodes (nodes: ListedNode[]): ListedNode[] {
  const merged = new Map<PeerKey, string[]>()
  for (const { node, addressHints } of nodes) merged.set(node, [...new Set([...merged.get(node) ?? [], ...addressHints])])
  return [...merged].map(([node, addressHints]) => ({ node, addressHints }))
}

/** From the wire: what cannot be read names nobody. */
function readNode (node: Uint8Array, addresses: Uint8Array[]): ListedNode[] {
  try {
    return [{ node: peerKeyFromBytes(node), addressHints: addresses.map(bytes => multiaddr(bytes)).map(address => address.decapsulateCode(P2P_CODE).toString()) }]
  } catch {
    return []
  }
}

const P2P_CODE = 421

function shortId (node: PeerKey | undefined): string {
  return node === undefined ? 'a node' : `…${peerIdFromPeerKey(node).toString().slice(-8)}`
}
