/**
 * The scrub: everything is read once. First along the index, whose every entry has to name an envelope that is what it
 * was; what does not is let go of. Then along the envelopes, those that no entry names: intact ones come back into the
 * index, others go. LevelDB does not check its blocks, so whatever changed on the disk shows here.
 */
import { readSteps, type Database, type StepBounds } from './database.ts'
import { decodeEntry, decodeEnvelope, decodeIndexKey, envelopeRange, envelopesAfter, indexRange, mailboxOfKey, positionOfKey } from './layout.ts'
import type { Body, Inventory } from './inventory.ts'
import type { StoreInit } from './defaults.ts'
import type { StoreWriter } from './writer.ts'
import type { Abortable, StoredEnvelope } from '../ports.ts'
import type { Bytes, EnvelopeId, MailboxId } from '../types.ts'

export interface ScrubInit { database: Database, writer: StoreWriter, inventory: Inventory, limits: StoreInit }

/** One pass over one store. */
export class Scrub {
  readonly #init: ScrubInit
  readonly #steps: StepBounds
  readonly #signal: AbortSignal | undefined
  /** Envelopes that the index names rightly. */
  readonly #named = new Map<MailboxId, number>()
  #checked = 0
  #damaged = 0

  constructor (init: ScrubInit, { signal }: Abortable = {}) {
    this.#init = init
    this.#steps = { entries: init.limits.scanEntries, bytes: init.limits.scanBytes }
    this.#signal = signal
  }

  /** Rejects with the signal's reason, or StoreFailedError. */
  async run (): Promise<{ checked: number, damaged: number }> {
    for await (const step of this.#read(indexRange())) {
      for (const [mailbox, entries] of byMailbox(step)) await this.#checkEntries(mailbox, entries)
    }
    for (const mailbox of await this.#mailboxesWithStrays()) await this.#gatherStrays(mailbox)
    return { checked: this.#checked, damaged: this.#damaged }
  }

  async #checkEntries (mailbox: MailboxId, entries: Array<[Bytes, Bytes]>): Promise<void> {
    const kept: Array<Pick<Body, 'id' | 'entry'>> = []
    const damaged: EnvelopeId[] = []
    for (const [key, value] of entries) {
      const entry = decodeEntry(value)
      const id = decodeIndexKey(key)?.id
      if (id !== undefined && entry === undefined) damaged.push(id)
      else if (id !== undefined && entry?.type === 'kept') kept.push({ id, entry })
    }
    for await (const bodies of this.#init.inventory.bodies(mailbox, kept)) {
      this.#signal?.throwIfAborted()
      this.#checked += bodies.length
      for (const { id, stored } of bodies) if (stored === undefined) damaged.push(id)
      this.#named.set(mailbox, (this.#named.get(mailbox) ?? 0) + bodies.filter(({ stored }) => stored !== undefined).length)
    }
    this.#damaged += await this.#init.inventory.discard(mailbox, damaged)
  }

  /** By their number, without their bytes: almost always those only that got mail meanwhile. */
  async #mailboxesWithStrays (): Promise<MailboxId[]> {
    const counts = new Map<MailboxId, number>()
    for await (const step of this.#read({ ...envelopeRange(), values: false })) {
      for (const [mailbox, entries] of byMailbox(step)) counts.set(mailbox, (counts.get(mailbox) ?? 0) + entries.length)
    }
    return [...counts].filter(([mailbox, count]) => count > (this.#named.get(mailbox) ?? 0)).map(([mailbox]) => mailbox)
  }

  async #gatherStrays (mailbox: MailboxId): Promise<void> {
    const { writer } = this.#init
    for await (const step of this.#read(envelopesAfter(mailbox, 0))) {
      const intact: StoredEnvelope[] = []
      const ruined: number[] = []
      for (const [key, value] of step) {
        const position = positionOfKey(key)
        const stored = decodeEnvelope(mailbox, value)
        if (stored !== undefined && stored.position === position) intact.push(stored)
        else if (position !== undefined) ruined.push(position)
      }
      const lookUps = intact.map(({ envelope }) => envelope)
      await writer.submit({
        bytes: 0,
        leaves: 0,
        lookUps,
        decide: plan => {
          for (const stored of intact) plan.reindex(stored)
          for (const position of ruined) plan.drop(mailbox, position)
        }
      })
      this.#damaged += ruined.length
    }
  }

  async * #read (range: Parameters<typeof readSteps>[1]): AsyncGenerator<Array<[Bytes, Bytes]>> {
    for await (const step of readSteps(this.#init.database, range, this.#steps)) {
      this.#signal?.throwIfAborted()
      yield step
    }
  }
}

/** A step's pairs, mailbox after mailbox. */
function byMailbox (step: Array<[Bytes, Bytes]>): Map<MailboxId, Array<[Bytes, Bytes]>> {
  const mailboxes = new Map<MailboxId, Array<[Bytes, Bytes]>>()
  for (const pair of step) {
    const mailbox = mailboxOfKey(pair[0])
    const pairs = mailboxes.get(mailbox)
    if (pairs === undefined) mailboxes.set(mailbox, [pair])
    else pairs.push(pair)
  }
  return mailboxes
}
