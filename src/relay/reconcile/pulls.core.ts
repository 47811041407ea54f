/**
 * Which mailboxes are pulled from whom, and when. A digest unlike ours is a reason to pull; whether it still is one is
 * looked at again when its turn comes.
 *
 *   heard            → waits a moment
 *   due, pulled      → [check]          our digest now, please
 *   checked          → [pull] or on to the next; [hangUp] when the node has no more
 *
 * One pull a node and one node a mailbox, so that what several have is fetched once. Anybody may tell of mailboxes that
 * are not served here (a node that lost its disk hears of its users so): these have a part of the queue and of the pulls
 * that run, so that nobody keeps our own mailboxes waiting. A pair of digests that was pulled
 * for to the end is not pulled for again until one of them changes: the rest of the difference cannot be mended from here.
 */
import { RECONCILE_DEFAULTS } from './defaults.ts'
import { isNews, pairOf, type Told } from './digests.core.ts'
import type { MailboxId, Millis, PeerKey } from '../../types.ts'

/** strange: the mailbox is not ours, and the node did not show that it should be. */
export type PullOutcome = 'complete' | 'failed' | 'strange'

export type PullsEvent =
  /** ours: undefined when the mailbox is not served here. */
  | { type: 'heard', node: PeerKey, theirs: Told, ours: Told | undefined }
  | { type: 'checked', node: PeerKey, mailbox: MailboxId, ours: Told | undefined }
  /** ours: after the pull. */
  | { type: 'pulled', node: PeerKey, mailbox: MailboxId, ours: Told | undefined, outcome: PullOutcome }
  | { type: 'due' }

export type PullsEffect =
  | { type: 'check', node: PeerKey, mailbox: MailboxId }
  | { type: 'pull', node: PeerKey, theirs: Told, ours: Told | undefined }
  | { type: 'hangUp', node: PeerKey }

/** isServed: the mailbox was, here, when it was heard of. */
interface Wanted { theirs: Told, isServed: boolean }
/** readyAt: what is on its way has arrived by then. */
interface Waiting { wanted: Map<MailboxId, Wanted>, readyAt: Millis }

export class PullsCore {
  readonly #waiting = new Map<PeerKey, Waiting>()
  readonly #running = new Map<PeerKey, Wanted>()
  /** By node and mailbox, in order of their making. */
  readonly #memos = new Map<string, string>()
  /** Nodes that told of mailboxes which are not ours, and until when that counts. */
  readonly #strange = new Map<PeerKey, Millis>()
  readonly #memosMax: number
  #queued = 0
  /** Of these, mailboxes that are not served here. */
  #unserved = 0

  constructor ({ memosMax = RECONCILE_DEFAULTS.memosMax }: { memosMax?: number } = {}) { this.#memosMax = memosMax }

  /** Mailboxes that wait or are being pulled. */
  get open (): number { return this.#queued + this.#running.size }
  get running (): number { return this.#running.size }
  get memos (): number { return this.#memos.size }

  /** When there is something to begin; Infinity when there is nothing, or no room for it. */
  get nextAt (): Millis {
    let next = Infinity
    if (this.#running.size >= RECONCILE_DEFAULTS.pullsMax) return next
    for (const [node, { readyAt }] of this.#waiting) if (readyAt < next && this.#nextOf(node) !== undefined) next = readyAt
    return next
  }

  handle (event: PullsEvent, now: Millis): PullsEffect[] {
    switch (event.type) {
      case 'heard':
        this.#onHeard(event.node, event.theirs, event.ours, now)
        return []
      case 'due': return this.#begin(now)
      case 'checked': return this.#onChecked(event.node, event.mailbox, event.ours, now)
      case 'pulled': return this.#onPulled(event, now)
    }
  }

  #onHeard (node: PeerKey, theirs: Told, ours: Told | undefined, now: Millis): void {
    const waiting = this.#waiting.get(node)
    const { mailbox } = theirs
    if (waiting !== undefined) this.#take(node, waiting, mailbox)
    const isServed = ours !== undefined
    if (!this.#isWorth(node, theirs, ours, now) || !this.#hasRoom(node, isServed)) return
    this.#count({ isServed }, 1)
    const begun = this.#waiting.get(node)
    if (begun === undefined) this.#waiting.set(node, { wanted: new Map([[mailbox, { theirs, isServed }]]), readyAt: now + RECONCILE_DEFAULTS.settleMs })
    else begun.wanted.set(mailbox, { theirs, isServed })
  }

  #hasRoom (node: PeerKey, isServed: boolean): boolean {
    const { queueMax, queueUnservedMax, queueNodeMax } = RECONCILE_DEFAULTS
    if (this.#queued >= queueMax || (this.#waiting.get(node)?.wanted.size ?? 0) >= queueNodeMax) return false
    return isServed || this.#unserved < queueUnservedMax
  }

  #take (node: PeerKey, waiting: Waiting, mailbox: MailboxId): void {
    const wanted = waiting.wanted.get(mailbox)
    if (wanted === undefined) return
    waiting.wanted.delete(mailbox)
    if (waiting.wanted.size === 0) this.#waiting.delete(node)
    this.#count(wanted, -1)
  }

  #count ({ isServed }: Pick<Wanted, 'isServed'>, by: 1 | -1): void {
    this.#queued += by
    if (!isServed) this.#unserved += by
  }

  #isWorth (node: PeerKey, theirs: Told, ours: Told | undefined, now: Millis): boolean {
    if (ours === undefined && (this.#strange.get(node) ?? 0) > now) return false
    return isNews(theirs, ours) && this.#memos.get(memoKey(node, theirs.mailbox)) !== pairOf(theirs, ours)
  }

  #onChecked (node: PeerKey, mailbox: MailboxId, ours: Told | undefined, now: Millis): PullsEffect[] {
    const theirs = this.#running.get(node)?.theirs
    if (theirs?.mailbox !== mailbox) return []
    return this.#isWorth(node, theirs, ours, now) ? [{ type: 'pull', node, theirs, ours }] : this.#goOn(node, now)
  }

  #onPulled ({ node, mailbox, ours, outcome }: Extract<PullsEvent, { type: 'pulled' }>, now: Millis): PullsEffect[] {
    const theirs = this.#running.get(node)?.theirs
    if (theirs?.mailbox !== mailbox) return []
    if (outcome === 'complete') remember(this.#memos, memoKey(node, mailbox), pairOf(theirs, ours), this.#memosMax)
    else this.#dropAll(node)
    // Of one that tells of others' mailboxes and does not answer, no more is heard for a round.
    const deafMs = outcome === 'strange' ? RECONCILE_DEFAULTS.strangeMs : RECONCILE_DEFAULTS.roundMs
    if (outcome === 'strange' || (outcome === 'failed' && ours === undefined)) remember(this.#strange, node, now + deafMs, RECONCILE_DEFAULTS.strangeMax)
    return this.#goOn(node, now)
  }

  /** What is left of it is heard of again in the next round. */
  #dropAll (node: PeerKey): void {
    for (const wanted of this.#waiting.get(node)?.wanted.values() ?? []) this.#count(wanted, -1)
    this.#waiting.delete(node)
  }

  /** The node's next mailbox on the same stream, or its end and others' turn. */
  #goOn (node: PeerKey, now: Millis): PullsEffect[] {
    this.#running.delete(node)
    const effects: PullsEffect[] = []
    if (!this.#start(node, effects)) effects.push({ type: 'hangUp', node })
    effects.push(...this.#begin(now))
    return effects
  }

  #begin (now: Millis): PullsEffect[] {
    const effects: PullsEffect[] = []
    for (const [node, { readyAt }] of [...this.#waiting]) {
      if (this.#running.size >= RECONCILE_DEFAULTS.pullsMax) break
      if (readyAt <= now) this.#start(node, effects)
    }
    return effects
  }

  #start (node: PeerKey, effects: PullsEffect[]): boolean {
    const wanted = this.#nextOf(node)
    const waiting = this.#waiting.get(node)
    if (wanted === undefined || waiting === undefined) return false
    const { mailbox } = wanted.theirs
    this.#take(node, waiting, mailbox)
    this.#running.set(node, wanted)
    effects.push({ type: 'check', node, mailbox })
    return true
  }

  /** The first that nobody else is asked for. */
  #nextOf (node: PeerKey): Wanted | undefined {
    if (this.#running.has(node)) return undefined
    const running = [...this.#running.values()]
    const onlyServed = running.filter(({ isServed }) => !isServed).length >= RECONCILE_DEFAULTS.pullsUnservedMax
    for (const wanted of this.#waiting.get(node)?.wanted.values() ?? []) {
      if (onlyServed && !wanted.isServed) continue
      if (!running.some(({ theirs }) => theirs.mailbox === wanted.theirs.mailbox)) return wanted
    }
    return undefined
  }
}

function memoKey (node: PeerKey, mailbox: MailboxId): string { return `${node}/${mailbox}` }

/** As the last; the first is forgotten when there are too many. */
function remember<Key, Value> (memory: Map<Key, Value>, key: Key, value: Value, most: number): void {
  memory.delete(key)
  memory.set(key, value)
  if (memory.size <= most) return
  const [oldest] = memory.keys()
  if (oldest !== undefined) memory.delete(oldest)
}
