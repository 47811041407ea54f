/**
 * One question to the DHT: who serves this user?
 *
 * Walks towards the user's keys with kad-dht, which yields every holder's answer as it comes. Each is checked here, and
 * all are kept, since any of them may be stale: three that agree prove nothing. Salt 0 goes first; the others follow
 * when it stays empty-handed, or at once. The first valid answer starts the last wait, in which fresher ones may come
 * in; a peer that says nothing never holds the question up for longer.
 *
 * Peers of one address prefix may be one liar with many ids. So of each prefix two answers to a key are looked at, and the
 * others only if nobody else has answered; and as long as all that came in is from one prefix, neither does the last wait
 * begin, nor are the other keys spared.
 */
import { compareOrder } from '../identity/index.ts'
import { TimedOutError } from '../errors.ts'
import { toString } from 'uint8arrays/to-string'
import { routeKeys } from './key.ts'
import type { RouteInit } from './defaults.ts'
import type { GroupOf } from './peer-groups.ts'
import type { OpenedRecords } from './opened.ts'
import type { Clock, Crypto } from '../ports.ts'
import type { Bytes, RootKey, RouteRecord } from '../types.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { KadDHT, QueryEvent } from '@libp2p/kad-dht'

/** A holder's word: a valid record, fresh or stale. */
export interface Answer { from: PeerId, key: Bytes, record: RouteRecord }

export interface LookupComponents {
  dht: Pick<KadDHT, 'get'>
  groupOf: GroupOf
  opened: OpenedRecords
  crypto: Crypto
  clock: Clock
  log: Logger
}

export type LookupInit = Pick<RouteInit, 'hedgeMs' | 'settleMs' | 'findTimeoutMs' | 'answersMax' | 'groupPeers'>

export class Lookup {
  readonly #components: LookupComponents
  readonly #init: LookupInit
  readonly #root: RootKey
  readonly #answers: Answer[] = []
  readonly #ended = new AbortController()
  #cancelWaits: Array<() => void> = []
  #checked = 0
  #isSettling = false
  /** Of those that answered: the first prefix, and how often each key was answered from each. */
  #firstGroup: string | undefined
  readonly #byGroup = new Map<string, number>()
  readonly #surplus: Array<{ from: PeerId, key: Bytes, value: Uint8Array }> = []

  constructor (root: RootKey, components: LookupComponents, init: LookupInit) {
    this.#root = root
    this.#components = components
    this.#init = init
  }

  /** Every valid answer that came in time. Rejects only when `signal` aborts. */
  async run ({ fresh, signal }: { fresh: boolean, signal: AbortSignal }): Promise<Answer[]> {
    signal.throwIfAborted()
    const { clock, crypto } = this.#components
    const onAbort = (): void => { this.#ended.abort(signal.reason) }
    signal.addEventListener('abort', onAbort)
    this.#endAfter(this.#init.findTimeoutMs)
    try {
      const [first, ...others] = routeKeys(this.#root, crypto) as [Bytes, ...Bytes[]]
      const walks = [this.#walk(first)]
      if (!fresh) await Promise.race([walks[0], wait(clock, this.#init.hedgeMs, this.#cancelWaits)])
      if (!this.#isSettling) walks.push(...others.map(async key => { await this.#walk(key) }))
      await Promise.all(walks)
      signal.throwIfAborted()
      if (!this.#isSettling) for (const { from, key, value } of this.#surplus) await this.#check(from, key, value)
      return this.#answers
    } finally {
      signal.removeEventListener('abort', onAbort)
      for (const cancel of this.#cancelWaits) cancel()
    }
  }

  async #walk (key: Bytes): Promise<void> {
    if (this.#ended.signal.aborted) return
    try {
      for await (const event of this.#components.dht.get(key, { signal: this.#ended.signal })) {
        if (isPastWalk(event)) break
        if (event.name !== 'PEER_RESPONSE' || event.record === undefined) continue
        if (this.#counts(event.from, key)) await this.#check(event.from, key, event.record.value)
        else if (this.#surplus.length < this.#init.answersMax) this.#surplus.push({ from: event.from, key, value: event.record.value })
      }
    } catch (error) {
      // Ended by us: what came in until then is the answer.
      if (!this.#ended.signal.aborted) this.#components.log.error('a walk for a route ended: %e', error)
    }
  }

  /** False: enough of its prefix have answered for this key. */
  #counts (from: PeerId, key: Bytes): boolean {
    const group = this.#components.groupOf(from)
    if (group === undefined) return true
    const slot = `${group}/${toString(key, 'base64')}`
    const before = this.#byGroup.get(slot) ?? 0
    this.#byGroup.set(slot, before + 1)
    return before < this.#init.groupPeers
  }

  async #check (from: PeerId, key: Bytes, value: Uint8Array): Promise<void> {
    if (++this.#checked > this.#init.answersMax) {
      this.#components.log('%d answers to one find are enough', this.#init.answersMax)
      this.#ended.abort()
      return
    }
    try {
      const record = await this.#components.opened.openAt(key, value)
      if (record.root !== this.#root) return
      this.#settle(from)
      this.#answers.push({ from, key, record })
    } catch (error) {
      this.#components.log('%p answers with a route record that does not hold: %e', from, error)
    }
  }

  /** The last wait begins with the first answer of whom nobody else may stand for, or the second prefix. */
  #settle (from: PeerId): void {
    const group = this.#components.groupOf(from)
    if (this.#isSettling) return
    if (group !== undefined && (this.#firstGroup ??= group) === group) return
    this.#isSettling = true
    this.#endAfter(this.#init.settleMs)
  }

  #endAfter (ms: number): void {
    this.#cancelWaits.push(this.#components.clock.after(ms, () => {
      this.#ended.abort(new TimedOutError('the DHT was asked for long enough'))
    }))
  }
}

/** The newest of some records, undefined of none. */
export function newest (records: Iterable<RouteRecord | undefined>): RouteRecord | undefined {
  let best: RouteRecord | undefined
  for (const record of records) {
    if (record !== undefined && (best === undefined || compareOrder(record.order, best.order) > 0)) best = record
  }
  return best
}

/** After its walk, kad-dht goes on to correct stale holders (path −1) and throws at the first that refuses: ours to do. */
function isPastWalk (event: QueryEvent): boolean {
  return event.name === 'VALUE' || ('path' in event && event.path.index === -1)
}

async function wait (clock: Clock, ms: number, cancels: Array<() => void>): Promise<void> {
  await new Promise<void>(resolve => { cancels.push(clock.after(ms, resolve)) })
}
