/**
 * The profile of a user that other nodes serve: asked of two of them at a time, the newest answer counts. Whoever asks for
 * the same user meanwhile shares the answer, and for a minute after it nobody is asked again.
 */
import { RefusedError } from '../errors.ts'
import { compareOrder } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Clock } from '../ports.ts'
import type { Millis, Profile, RootKey, RouteEntry, RouteRecord } from '../types.ts'
import type { Logger } from '@libp2p/interface'

/** What is known of a user: each the newest that was met. */
export interface Known { profile: Profile | undefined, record: RouteRecord }

/** What one node answered. */
export interface ProfileAnswer { profile: Profile | undefined, record: RouteRecord | undefined }

export interface ProfileSearchComponents {
  /** Asks one node. Rejects when it cannot be reached, or lies. */
  ask: (entry: RouteEntry, root: RootKey, options: { signal: AbortSignal }) => Promise<ProfileAnswer>
  clock: Clock
  log: Logger
}

export class ProfileSearch {
  readonly #components: ProfileSearchComponents
  /** Finished searches, oldest first. */
  readonly #remembered = new Map<RootKey, Known & { at: Millis }>()
  readonly #running = new Map<RootKey, Promise<Known>>()

  constructor (components: ProfileSearchComponents) { this.#components = components }

  /** Rejects with RefusedError when too many searches run. */
  async find (record: RouteRecord, { fresh = false }: { fresh?: boolean } = {}): Promise<Known> {
    const { root } = record
    const remembered = this.#remembered.get(root)
    if (!fresh && remembered !== undefined && this.#components.clock.now() - remembered.at < NODE_DEFAULTS.profileFreshMs) return newest(remembered, { profile: undefined, record })
    const running = this.#running.get(root)
    if (running !== undefined) return await running
    if (this.#running.size >= NODE_DEFAULTS.profileSearchesMax) throw new RefusedError('too many profiles are being looked for', { code: REFUSAL.busy, retryAfterSeconds: 1 })
    const search = this.#search(record).finally(() => { this.#running.delete(root) })
    this.#running.set(root, search)
    return await search
  }

  async #search (record: RouteRecord): Promise<Known> {
    const { clock } = this.#components
    const searching = new AbortController()
    const cancel = clock.after(NODE_DEFAULTS.profileSearchMs, () => { searching.abort() })
    let known: Known = { profile: undefined, record }
    try {
      for (let at = 0; at < record.entries.length && known.profile === undefined && !searching.signal.aborted; at += NODE_DEFAULTS.profileAsked) {
        const asked = record.entries.slice(at, at + NODE_DEFAULTS.profileAsked)
        for (const answer of await Promise.all(asked.map(async entry => await this.#ask(entry, record.root, searching.signal)))) known = newest(known, answer)
      }
    } finally {
      cancel()
    }
    // That nobody answered is not worth remembering.
    if (known.profile !== undefined) this.#remember(known)
    return known
  }

  async #ask (entry: RouteEntry, root: RootKey, signal: AbortSignal): Promise<ProfileAnswer> {
    const asking = new AbortController()
    const cancel = this.#components.clock.after(NODE_DEFAULTS.profileTimeoutMs, () => { asking.abort() })
    try {
      return await this.#components.ask(entry, root, { signal: AbortSignal.any([signal, asking.signal]) })
    } catch (error) {
      this.#components.log('a profile of %s… was not had from %s…: %s', root.slice(0, 8), entry.node.slice(0, 8), (error as Error).message)
      return { profile: undefined, record: undefined }
    } finally {
      cancel()
    }
  }

  #remember (known: Known): void {
    this.#remembered.delete(known.record.root)
    this.#remembered.set(known.record.root, { ...known, at: this.#components.clock.now() })
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= NODE_DEFAULTS.profilesRememberedMax) break
      this.#remembered.delete(oldest)
    }
  }
}

function newest (known: Known, { profile, record }: ProfileAnswer): Known {
  return {
    profile: profile !== undefined && (known.profile === undefined || compareOrder(profile.order, known.profile.order) > 0) ? profile : known.profile,
    record: record !== undefined && compareOrder(record.order, known.record.order) > 0 ? record : known.record
  }
}
