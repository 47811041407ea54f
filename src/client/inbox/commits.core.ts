/**
 * Synced batches that were asked for. What follows from one happens when it is durable, and in the order of asking:
 * a message is never shown before one that went to disk earlier.
 */
import { factKey, type InboxEffect, type InboxFact } from './events.core.ts'
import type { EnvelopeId, MessageId, RootKey } from '../../types.ts'

/** What one event changes on disk, and what follows when it is there. */
export class Change {
  readonly #put = new Map<string, InboxFact>()
  readonly #remove = new Set<string>()
  readonly show: InboxEffect[] = []
  readonly settle: EnvelopeId[] = []
  readonly collect: EnvelopeId[] = []
  readonly owe: Array<{ to: RootKey, id: MessageId }> = []
  /** Decrypted messages that are on disk with this. */
  readonly release: MessageId[] = []

  put (fact: InboxFact): void {
    const key = factKey(fact)
    this.#remove.delete(key)
    this.#put.set(key, { ...fact })
  }

  remove (keys: Iterable<string>): void {
    for (const key of keys) if (!this.#put.delete(key)) this.#remove.add(key)
  }

  get facts (): { put: InboxFact[], remove: string[], release: MessageId[] } {
    return { put: [...this.#put.values()], remove: [...this.#remove], release: this.release }
  }

  get empty (): boolean {
    return this.#put.size + this.#remove.size + this.settle.length + this.release.length === 0
  }
}

/** Changes on their way to the disk. */
export class Commits {
  readonly #pending = new Map<number, { change: Change, durable: boolean }>()
  #ticket = 0

  get idle (): boolean {
    return this.#pending.size === 0
  }

  ask (change: Change): InboxEffect {
    this.#pending.set(++this.#ticket, { change, durable: false })
    return { type: 'persist', ticket: this.#ticket, ...change.facts }
  }

  /** The changes whose turn has come with this one. */
  persisted (ticket: number): Change[] {
    const commit = this.#pending.get(ticket)
    if (commit == null) return []
    commit.durable = true
    return this.#due()
  }

  /** It will never be on disk, and nothing follows from it. The changes whose turn has come with that. */
  dropped (ticket: number): Change[] {
    this.#pending.delete(ticket)
    return this.#due()
  }

  #due (): Change[] {
    const changes: Change[] = []
    for (const [pending, { change, durable }] of this.#pending) {
      if (!durable) break
      this.#pending.delete(pending)
      changes.push(change)
    }
    return changes
  }
}
