/**
 * What lets go: the sweep of what has run out, and the room made in a mailbox whose second quotas are full. Both read
 * in bounded steps beside the commits; what they find is decided again inside one, where nothing can have changed.
 */
import { isCollectionDue, isDue, partlyCollectedBytes, type KeptCollection } from './mailbox.core.ts'
import { readSteps, type Database, type StepBounds } from './database.ts'
import { collectionRange, decodeCollectionKey, decodeEntry, decodeIndexKey, indexRange } from './layout.ts'
import type { IndexedId, StoreWriter } from './writer.ts'
import type { StoreInit } from './defaults.ts'
import type { MailboxId, Millis } from '../types.ts'
import type { Logger } from '@libp2p/interface'

export interface RetentionInit { database: Database, writer: StoreWriter, log: Logger, limits: StoreInit }

export class Retention {
  readonly #init: RetentionInit
  readonly #steps: StepBounds
  /** Mailboxes in which room is being made. */
  readonly #making = new Map<MailboxId, Promise<void>>()

  constructor (init: RetentionInit) {
    this.#init = init
    this.#steps = { entries: init.limits.scanEntries, bytes: init.limits.scanBytes }
  }

  /** Deletes what is due, and answers how many envelopes went. */
  async sweep (now: Millis): Promise<number> {
    const { database, writer } = this.#init
    let gone = 0
    for await (const step of readSteps(database, indexRange(), this.#steps)) {
      const due = step.flatMap(([key, value]) => {
        const entry = decodeEntry(value)
        return entry !== undefined && isDue(entry, now) ? decodeIndexKey(key) ?? [] : []
      })
      if (due.length > 0) await writer.submit({ bytes: 0, leaves: 0, lookUps: due, decide: plan => { gone += plan.expire(due, now) } })
    }
    await this.#forgetCollections(undefined, kept => isCollectionDue(kept, now))
    return gone
  }

  /** Brings a mailbox under its second quotas again, the oldest out first. A failure is logged; the next commit asks again. */
  async makeRoom (mailbox: MailboxId): Promise<void> {
    const making = this.#making.get(mailbox) ?? this.#makeRoom(mailbox)
      .catch((error: Error) => { this.#init.log.error('mailbox %s… stays over its second quota: %s', mailbox.slice(0, 8), error.message) })
      .finally(() => { this.#making.delete(mailbox) })
    this.#making.set(mailbox, making)
    await making
  }

  /** Resolves when no room is being made. */
  async settled (): Promise<void> {
    await Promise.all(this.#making.values())
  }

  async #makeRoom (mailbox: MailboxId): Promise<void> {
    const { writer, limits } = this.#init
    const { collectionBytes } = writer.mailbox(mailbox)
    if (partlyCollectedBytes(writer.mailbox(mailbox)) > limits.partlyCollectedBytes) {
      const oldest = await this.#oldestPartlyCollected(mailbox)
      await writer.submit({ bytes: 0, leaves: 0, lookUps: oldest, decide: plan => { plan.evict(oldest) } })
    }
    if (collectionBytes > limits.collectionBytes) {
      let surplus = collectionBytes - limits.collectionBytes * limits.evictionStop
      await this.#forgetCollections(mailbox, kept => {
        surplus -= kept.bytes
        return surplus + kept.bytes > 0
      })
    }
  }

  /** As many as have to go, by the index alone: no body is read. */
  async #oldestPartlyCollected (mailbox: MailboxId): Promise<IndexedId[]> {
    const { database, writer, limits } = this.#init
    const candidates: Array<IndexedId & { position: number, bytes: number }> = []
    for await (const step of readSteps(database, indexRange(mailbox), this.#steps)) {
      for (const [key, value] of step) {
        const entry = decodeEntry(value)
        const name = decodeIndexKey(key)
        if (name !== undefined && entry?.type === 'kept' && entry.collectedBy.length > 0) candidates.push({ ...name, position: entry.position, bytes: entry.bytes })
      }
    }
    candidates.sort((a, b) => a.position - b.position)
    let surplus = partlyCollectedBytes(writer.mailbox(mailbox)) - limits.partlyCollectedBytes * limits.evictionStop
    const stop = candidates.findIndex(({ bytes }) => {
      surplus -= bytes
      return surplus <= 0
    })
    return stop === -1 ? candidates : candidates.slice(0, stop + 1)
  }

  async #forgetCollections (mailbox: MailboxId | undefined, isOut: (kept: KeptCollection) => boolean): Promise<void> {
    const { database, writer } = this.#init
    for await (const step of readSteps(database, { ...collectionRange(mailbox), values: false }, this.#steps)) {
      const out = step.map(([key]) => decodeCollectionKey(key)).filter(kept => kept !== undefined).filter(isOut)
      if (out.length > 0) await writer.submit({ bytes: 0, leaves: 0, lookUps: [], decide: plan => { plan.forgetCollections(out) } })
    }
  }
}
