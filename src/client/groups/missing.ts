/**
 * Keeps what cannot be opened yet, and when nothing came of waiting tells the devices that sent it, and asks the user's
 * other devices: whoever wrote it may be gone.
 */
import { LIMITS } from '../../wire/limits.ts'
import { GROUPS_DEFAULTS } from './defaults.ts'
import { frameKey } from './shelves.ts'
import { ELSEWHERE, type Turn } from './turns.ts'
import { dueAsks, dueIds, makeRoom, nextAskAt, nextDueAt, type Ask } from './waiting.core.ts'
import type { Bytes, MessageId, Millis, PeerKey } from '../../types.ts'
import type { GroupId, MessageHeader } from '../mls/index.ts'
import type { OpenedGroupFrame } from '../messages/index.ts'
import type { Parts } from './parts.ts'
import type { WaitingRecord } from './records.ts'

const NOTHING: Bytes = new Uint8Array(0)

/** A frame, as it came or as it waited. */
export interface Frame extends OpenedGroupFrame { id: MessageId, forgetAt: Millis }

export class Missing {
  readonly #parts: Parts
  readonly #asked = new Map<PeerKey, Millis>()
  #cancel: (() => void) | undefined
  #asking: Promise<void> | undefined
  #stopped = false

  constructor (parts: Parts) { this.#parts = parts }

  start (): void {
    this.#stopped = false
    this.#schedule()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#asking
  }

  /** Whatever waits has waited for long enough to say so. */
  get isSettled (): boolean {
    const { components: { clock } } = this.#parts
    const justNow = clock.now() + GROUPS_DEFAULTS.waitMs - GROUPS_DEFAULTS.settleWaitMs
    return ![...this.#waiting.ours.values()].some(({ asks, askAt }) => asks === 0 && askAt > justNow)
  }

  /** Messages that may still be opened: their devices have not been asked for the last time. A commit shows nobody anything. */
  get unopened (): number {
    return [...this.#waiting.ours.values()].filter(({ asks, isCommit }) => !isCommit && asks < GROUPS_DEFAULTS.asksMax).length
  }

  /** earlier: what was sent before this device was there. It is for the user's other devices to give; nobody else is asked. */
  get #waiting (): Record<'ours' | 'earlier', Map<string, WaitingRecord>> {
    const { book, silence } = this.#parts
    const [ours, earlier] = [new Map<string, WaitingRecord>(), new Map<string, WaitingRecord>()]
    for (const [key, record] of book.waiting) (isFromBefore(record, silence.bornAt) ? earlier : ours).set(key, record)
    return { ours, earlier }
  }

  /** Nobody is being told anything. */
  async settled (): Promise<void> { await this.#asking }

  /** A frame of a group that is not here. */
  async wait (frame: Frame, { groupId, epoch, type }: MessageHeader): Promise<void> {
    await this.#parts.turns.run(ELSEWHERE, async turn => { await this.keep(turn, frame, { type: 'early', group: groupId, epoch, isCommit: type === 'commit' }) })
  }

  /** early: it may open when something else has come; missing: it will not, another copy must come. */
  async keep (turn: Turn, { id, from, device, mls, forgetAt }: Frame, { type, group, epoch, isCommit }: { type: 'early' | 'missing', group: GroupId, epoch: number, isCommit: boolean }): Promise<void> {
    const { book, silence, components: { clock, log } } = this.#parts
    const key = frameKey(id, device)
    const now = clock.now()
    const known = book.waiting.get(key)
    if (known !== undefined && known.group === group && known.epoch === epoch && known.mls.byteLength === mls.byteLength) return
    const record: WaitingRecord = { id, from, device, group, epoch, isCommit, mls, forgetAt, askAt: now + (type === 'early' ? GROUPS_DEFAULTS.waitMs : GROUPS_DEFAULTS.gatherMs), asks: known?.asks ?? 0 }
    if (isFromBefore(record, silence.bornAt)) record.askAt = now + GROUPS_DEFAULTS.earlierWaitMs
    const { drop, empty } = makeRoom(known === undefined ? book.waiting : new Map(), record)
    if (drop.length + empty.length > 0) log('%d frames wait for others, the oldest are let go of', book.waiting.size)
    const emptied = empty.flatMap((other): Array<[string, WaitingRecord]> => {
      const waiting = book.waiting.get(other)
      return waiting === undefined ? [] : [[other, { ...waiting, mls: NOTHING, askAt: now }]]
    })
    await turn.apply({ waiting: [...drop.map((other): [string, undefined] => [other, undefined]), ...emptied, [key, record]] })
    turn.after(() => { this.#schedule() })
  }

  /** Frames whose envelopes are past cannot come again. */
  async sweep (now: Millis): Promise<void> {
    await this.#drop([...this.#parts.book.waiting].filter(([, { forgetAt }]) => forgetAt <= now))
  }

  #schedule (): void {
    const { components: { clock } } = this.#parts
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#stopped || this.#asking !== undefined) return
    const now = clock.now()
    const { ours, earlier } = this.#waiting
    const at = Math.min(nextAskAt(ours, this.#asked, now) ?? Infinity, nextDueAt(earlier) ?? Infinity)
    if (at === Infinity) return
    this.#cancel = clock.after(Math.max(0, at - now), () => {
      this.#asking = this.#askAll().catch(this.#parts.components.failed).finally(() => {
        this.#asking = undefined
        this.#schedule()
      })
    })
  }

  async #askAll (): Promise<void> {
    const { book, components: { clock } } = this.#parts
    await book.begin()
    const now = clock.now()
    for (const [device, at] of this.#asked) if (at + GROUPS_DEFAULTS.askIntervalMs <= now) this.#asked.delete(device)
    const { ours, earlier } = this.#waiting
    for (const ask of dueAsks(ours, this.#asked, now)) {
      this.#asked.set(ask.device, now)
      await this.#ask(ask)
    }
    const due = dueIds(earlier, now)
    // Noted first: whatever keeps others from being asked now would do so at once again.
    await this.#note(due.map(([key]) => key))
    await this.#askOwn(due)
  }

  /** What other own devices can have: nobody keeps commits. What the history has by now waits no longer. */
  async #askOwn (waiting: Array<[string, WaitingRecord]>): Promise<void> {
    const ids = waiting.flatMap(([, { id, isCommit }]) => isCommit ? [] : [id])
    if (ids.length === 0) return
    const here = new Set(await this.#parts.components.askOwn(ids))
    await this.#drop(waiting.filter(([, { id }]) => here.has(id)))
  }

  async #drop (waiting: Array<[string, WaitingRecord]>): Promise<void> {
    if (waiting.length > 0) await this.#parts.turns.run(ELSEWHERE, async turn => { await turn.apply({ waiting: waiting.map(([key]) => [key, undefined]) }) })
  }

  /** A hint may be forged: only a device that its user's profile has is told. */
  async #ask ({ to, device, ids, keys }: Ask): Promise<void> {
    const { turns, packages, components: { say, log } } = this.#parts
    if (await this.#isDevice(to, device)) {
      const made = await packages.make('direct')
      await turns.run(ELSEWHERE, async turn => { await turn.apply({ packages: [made.entry] }) })
      await say(to, { device, ids, keyPackage: made.own.bytes })
      log('%d frames of device %s cannot be opened here: it is told', ids.length, device.slice(0, 8))
    }
    await this.#askOwn(this.#recordsOf(keys))
    await this.#note(keys)
  }

  /** They were asked for. */
  async #note (keys: string[]): Promise<void> {
    const { turns, components: { clock } } = this.#parts
    if (keys.length === 0) return
    const askAt = clock.now() + GROUPS_DEFAULTS.askAgainMs
    await turns.run(ELSEWHERE, async turn => {
      const asked = this.#recordsOf(keys).map(([key, record]): [string, WaitingRecord] => [key, { ...record, askAt, asks: record.asks + 1 }])
      await turn.apply({ waiting: asked })
    })
  }

  /** Of those that still wait. */
  #recordsOf (keys: string[]): Array<[string, WaitingRecord]> {
    return keys.flatMap((key): Array<[string, WaitingRecord]> => {
      const record = this.#parts.book.waiting.get(key)
      return record === undefined ? [] : [[key, record]]
    })
  }

  async #isDevice (...[root, device]: [Ask['to'], PeerKey]): Promise<boolean> {
    const { own, devices, components: { contacts, log } } = this.#parts
    if (await devices.includes(root, device)) return true
    if (root === own.root) return false
    try {
      await contacts.resolve(root)
    } catch (error) {
      log('user %s could not be looked up: %s', root.slice(0, 8), (error as Error).message)
    }
    return await devices.includes(root, device)
  }
}

/** By the expiry, which its author set when it was written: mail lives as long as it may. */
function isFromBefore ({ forgetAt }: WaitingRecord, bornAt: Millis): boolean {
  return forgetAt - LIMITS.collectedMemoryMs - LIMITS.retentionMs + LIMITS.clockAheadMs < bornAt
}
