/**
 * Routes of users that are not served here: what senders, other nodes and the DHT told. In memory, bounded, the longest
 * unused forgotten first; whoever needs one that is gone tells it again.
 */
import { compareOrder } from '../identity/index.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { MailboxId, RouteRecord } from '../types.ts'

export class Strangers {
  readonly #entriesMax: number
  /** In order of last use. */
  readonly #routes = new Map<MailboxId, RouteRecord>()

  constructor (entriesMax: number = NODE_DEFAULTS.foreignRoutesMax) { this.#entriesMax = entriesMax }

  get size (): number { return this.#routes.size }

  route (mailbox: MailboxId): RouteRecord | undefined {
    const route = this.#routes.get(mailbox)
    if (route !== undefined) this.#use(route)
    return route
  }

  /** Keeps the newer of two. Positive when this one is newer than what was known, negative when it is older. */
  meet (route: RouteRecord): number {
    const known = this.#routes.get(route.mailbox)
    const newer = known === undefined ? 1 : compareOrder(route.order, known.order)
    if (newer < 0) return newer
    this.#use(route)
    for (const oldest of this.#routes.keys()) {
      if (this.#routes.size <= this.#entriesMax) break
      this.#routes.delete(oldest)
    }
    return newer
  }

  forget (mailbox: MailboxId): void {
    this.#routes.delete(mailbox)
  }

  #use (route: RouteRecord): void {
    this.#routes.delete(route.mailbox)
    this.#routes.set(route.mailbox, route)
  }
}
