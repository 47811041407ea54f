/**
 * Key packages of a user from the user's nodes: what is here first, then one node after the other, beginning anywhere in
 * the record so that no node's packages go first. Each is asked only for the devices that are still missing, since
 * whatever a node hands out is gone there.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError, RefusedError } from '../errors.ts'
import { mailboxOf } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { KeyPackages } from './key-packages.ts'
import type { Lookups } from './lookups.ts'
import type { Clock, Crypto, Random } from '../ports.ts'
import type { PeerKey, RootKey, RouteEntry, RouteRecord } from '../types.ts'
import type { DevicePackage } from '../wire/mail.ts'
import type { Logger } from '@libp2p/interface'

export interface KeyPackageSearchComponents {
  self: PeerKey
  lookups: Pick<Lookups, 'route' | 'profile'>
  /** Of the users that are served here. */
  kept: Pick<KeyPackages, 'take'>
  /** Asks one node. Rejects when it cannot be reached, or refuses. */
  ask: (entry: RouteEntry, root: RootKey, devices: PeerKey[], options: { signal: AbortSignal }) => Promise<DevicePackage[]>
  crypto: Crypto
  clock: Clock
  random: Pick<Random, 'fraction'>
  log: Logger
}

export class KeyPackageSearch {
  readonly #components: KeyPackageSearchComponents
  #running = 0

  constructor (components: KeyPackageSearchComponents) { this.#components = components }

  /** At most one package of each of these devices, of all in the newest profile when `only` is empty. Rejects with RefusedError when too many searches run. */
  async find (root: RootKey, only: PeerKey[]): Promise<DevicePackage[]> {
    if (this.#running >= NODE_DEFAULTS.keyPackageSearchesMax) throw new RefusedError('too many key packages are being looked for', { code: REFUSAL.busy, retryAfterSeconds: 1 })
    this.#running++
    const searching = new AbortController()
    const cancel = this.#components.clock.after(NODE_DEFAULTS.profileSearchMs, () => { searching.abort() })
    try {
      return await this.#search(root, only, searching.signal)
    } finally {
      cancel()
      this.#running--
    }
  }

  async #search (root: RootKey, only: PeerKey[], signal: AbortSignal): Promise<DevicePackage[]> {
    const { self, lookups, kept, crypto, log } = this.#components
    const { record, devices } = only.length > 0 ? { ...await lookups.route(root, { fresh: false }), devices: only } : await this.#devicesOf(root)
    const gathered = new Gathered(devices)
    const sources = [
      { node: self, take: async () => await kept.take(mailboxOf(root, crypto), gathered.missing) },
      ...this.#others(record).map(entry => ({ node: entry.node, take: async () => await this.#ask(entry, root, gathered.missing, signal) }))
    ]
    for (const { node, take } of sources) {
      if (gathered.missing.length === 0 || signal.aborted) break
      try {
        gathered.take(await take())
      } catch (error) {
        log('key packages of %s… were not had from %s…: %s', root.slice(0, 8), node.slice(0, 8), (error as Error).message)
      }
    }
    return gathered.packages
  }

  async #devicesOf (root: RootKey): Promise<{ record: RouteRecord | undefined, devices: PeerKey[] }> {
    const { record, profile } = await this.#components.lookups.profile(root, { fresh: false })
    return { record, devices: profile?.devices.map(({ device }) => device) ?? [] }
  }

  #others (record: RouteRecord | undefined): RouteEntry[] {
    const entries = record?.entries ?? []
    const first = Math.floor(this.#components.random.fraction() * entries.length)
    return [...entries.slice(first), ...entries.slice(0, first)].filter(({ node }) => node !== this.#components.self)
  }

  async #ask (entry: RouteEntry, root: RootKey, devices: PeerKey[], signal: AbortSignal): Promise<DevicePackage[]> {
    const { ask, clock } = this.#components
    const asking = new AbortController()
    const cancel = clock.after(NODE_DEFAULTS.profileTimeoutMs, () => { asking.abort() })
    try {
      return await ask(entry, root, devices, { signal: AbortSignal.any([signal, asking.signal]) })
    } finally {
      cancel()
    }
  }
}

/** What one search has. */
class Gathered {
  readonly packages: DevicePackage[] = []
  readonly #missing: Set<PeerKey>
  #room = LIMITS.keyPackagesBytes

  constructor (devices: PeerKey[]) { this.#missing = new Set(devices) }

  get missing (): PeerKey[] { return [...this.#missing] }

  /** Throws MalformedError at the first that was not asked for. */
  take (packages: DevicePackage[]): void {
    for (const { device, keyPackage } of packages) {
      const key = toString(device, 'base16') as PeerKey
      const { byteLength } = keyPackage
      if (byteLength === 0 || byteLength > LIMITS.keyPackageBytes || !this.#missing.has(key)) throw new MalformedError('it sent what it was not asked for')
      // One that finds no room in the answer is lost: sixteen with the longest certificates do.
      if (byteLength > this.#room) continue
      this.#room -= byteLength
      this.#missing.delete(key)
      this.packages.push({ device: fromString(key, 'base16'), keyPackage })
    }
  }
}
