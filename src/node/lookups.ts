/**
 * Finding users for devices: the route from what this node keeps or from the DHT, the profile from the user's own nodes.
 * What is found of a served user is news for this node too.
 */
import { compareOrder, mailboxOf } from '../identity/index.ts'
import type { ProfileSearch } from './profile-search.ts'
import type { Users } from './users.ts'
import type { Crypto, RouteFinder } from '../ports.ts'
import type { PeerKey, Profile, RootKey, RouteRecord } from '../types.ts'
import type { Logger } from '@libp2p/interface'

export interface LookupsComponents {
  self: PeerKey
  users: Users
  routes: Pick<RouteFinder, 'find'>
  profiles: ProfileSearch
  crypto: Crypto
  log: Logger
}

/** Where a found record came from, as `Found.source` counts. */
const SOURCE = Object.freeze({ own: 1, cache: 2, dht: 3 })

export interface FoundRoute { record: RouteRecord | undefined, source: number }

export class Lookups {
  readonly #components: LookupsComponents

  constructor (components: LookupsComponents) { this.#components = components }

  /** Users that are served here at once; others by way of the DHT and its cache, or from what senders told when that has nothing newer. */
  async route (root: RootKey, { fresh }: { fresh: boolean }): Promise<FoundRoute> {
    const { users, routes, crypto } = this.#components
    const mailbox = mailboxOf(root, crypto)
    const known = users.route(mailbox)
    if (known !== undefined && this.#isServed(known)) return { record: known, source: SOURCE.own }
    let found: RouteRecord | undefined
    try {
      found = await routes.find(root, { fresh })
    } catch (error) {
      // A DHT that is too busy is no reason to keep back what is known.
      if (known === undefined || fresh) throw error
    }
    if (found === undefined || (known !== undefined && compareOrder(known.order, found.order) >= 0)) return { record: known, source: SOURCE.cache }
    await this.#meet(found)
    return { record: found, source: SOURCE.dht }
  }

  /** The newest profile and route that up to two of the user's nodes have. */
  async profile (root: RootKey, { fresh }: { fresh: boolean }): Promise<FoundRoute & { profile: Profile | undefined }> {
    const { users, profiles } = this.#components
    const { record, source } = await this.route(root, { fresh })
    const own = users.profile(root)
    if (own !== undefined && (record === undefined || this.#isServed(record))) return { profile: own, record, source }
    if (record === undefined) return { profile: undefined, record, source }
    const found = await profiles.find(record, { fresh })
    if (found.record !== record) await this.#meet(found.record)
    if (found.profile !== undefined) await this.#learn(found.profile)
    // One who has moved from here may be known better here than there.
    const profile = own !== undefined && (found.profile === undefined || compareOrder(own.order, found.profile.order) > 0) ? own : found.profile
    return { profile, record: found.record, source }
  }

  /** Whether the user is served here, by its newest record and ours. */
  #isServed (record: RouteRecord): boolean {
    const { self, users } = this.#components
    return users.isServed(record.mailbox) && record.entries.some(({ node }) => node === self)
  }

  /** A disk that refuses costs nobody the answer. */
  async #meet (record: RouteRecord): Promise<void> {
    await this.#components.users.meetRoute(record).catch((error: Error) => { this.#components.log.error('a route that was found was not kept: %s', error.message) })
  }

  async #learn (profile: Profile): Promise<void> {
    await this.#components.users.learnProfile(profile).catch((error: Error) => { this.#components.log.error('a profile that was found was not kept: %s', error.message) })
  }
}
