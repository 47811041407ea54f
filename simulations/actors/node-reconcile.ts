/**
 * Reconciliation of a simulated node, as src/relay/reconcile/service.ts performs it: tells digests in rounds, pulls what
 * is missing. Who is told when, what is pulled from whom, and what is said in a pull is decided by the shipped cores.
 */
import { RECONCILE_DEFAULTS } from '../../src/relay/reconcile/defaults.ts'
import { isBehind, isLater, toldOrder, type Told } from '../../src/relay/reconcile/digests.core.ts'
import { PullerCore } from '../../src/relay/reconcile/puller.core.ts'
import { PullsCore, type PullOutcome, type PullsEffect, type PullsEvent } from '../../src/relay/reconcile/pulls.core.ts'
import { RoundsCore, type RoundsEffect, type RoundsEvent } from '../../src/relay/reconcile/rounds.core.ts'
import { relayFrame, SYNC, type RelayWord, type SyncFrame } from './frames.ts'
import { SimPullStream, type PullParts } from './node-pull-stream.ts'
import { PROFILE_ORDER, type ServedUser, type SimUsers } from './node-users.ts'
import type { PeerLinks } from './node-links.ts'
import type { PeerStream } from './node-peer-stream.ts'
import type { StorePerformer } from './store-performer.ts'
import type { MembersCore } from '../../src/relay/members.core.ts'
import type { Chance } from '../world/chance.ts'
import type { Host, StreamEnd } from '../world/network.ts'
import type { MailboxId, Millis, PeerKey } from '../../src/types.ts'

export interface ReconcileParts extends PullParts {
  self: PeerKey
  network: Host
  store: StorePerformer
  users: SimUsers
  members: MembersCore
  links: Pick<PeerLinks, 'say'>
  chance: Chance
  /** False: the run before did not end as it should have. */
  wasClean: boolean
}

export class SimReconcile {
  readonly #parts: ReconcileParts
  readonly #rounds = new RoundsCore()
  readonly #pulls = new PullsCore()
  readonly #streams = new Map<PeerKey, SimPullStream>()
  #lookedAt: Millis = -Infinity
  #timer: { at: Millis, cancel: () => void } | undefined
  #hasBegun = false
  #isStopped = false

  constructor (parts: ReconcileParts) { this.#parts = parts }

  get #isReadOnly (): boolean { return this.#parts.store.failure !== undefined }

  get pulls (): number { return this.#pulls.open }
  get running (): number { return this.#pulls.running }
  get memos (): number { return this.#pulls.memos }

  start (): void {
    const { store, users, wasClean, process } = this.#parts
    const begin = (): void => {
      if (process.isOver) return
      this.#hasBegun = true
      this.#tellRounds({ type: 'begin', mailboxes: users.mailboxes() })
    }
    const readAll = (): void => {
      store.scrub(found => {
        if (found !== undefined) begin()
        else if (!process.isOver) process.after(RECONCILE_DEFAULTS.scrubAgainMs, readAll)
      })
    }
    if (wasClean) begin()
    else readAll()
  }

  stop (): void {
    this.#isStopped = true
    this.#timer?.cancel()
    for (const stream of this.#streams.values()) stream.abort()
    this.#streams.clear()
  }

  touched (mailbox: MailboxId): void { this.#tellRounds({ type: 'touched', mailbox }) }

  reached (node: PeerKey): void { this.#tellRounds({ type: 'reached', node, fraction: this.#fraction() }) }

  /** Our last stream with it has ended. */
  lost (node: PeerKey): void { this.#tellRounds({ type: 'lost', node, fraction: this.#fraction() }) }

  unreachable (node: PeerKey): void { this.#tellRounds({ type: 'unreachable', node }) }

  onDigests (stream: PeerStream, digests: readonly Told[]): void {
    const { node } = stream
    let isLacking = false
    const outdated: Told[] = []
    for (const theirs of digests) {
      const ours = this.#told(theirs.mailbox)
      if (ours !== undefined && !this.#isListed(theirs.mailbox, node) && !isLater(theirs.route, ours.route)) {
        if (isLater(ours.route, theirs.route)) outdated.push(ours)
        continue
      }
      if (ours !== undefined && isBehind(theirs, ours)) isLacking = true
      if (!this.#isReadOnly) this.#tellPulls({ type: 'heard', node, theirs, ours })
    }
    if (outdated.length > 0) stream.say(this.#word(outdated))
    if (isLacking) this.#tellRounds({ type: 'lacks', node, fraction: this.#fraction() })
  }

  #word (digests: Told[]): RelayWord { return relayFrame.digests({ digests, readOnly: this.#isReadOnly }) }

  #told (mailbox: MailboxId): Told | undefined {
    const { users, store } = this.#parts
    if (!users.isServed(mailbox)) return undefined
    return { mailbox, ...store.digest(mailbox), route: toldOrder(users.route(mailbox)), profile: PROFILE_ORDER }
  }

  #isListed (mailbox: MailboxId, node: PeerKey): boolean {
    return this.#parts.users.route(mailbox)?.entries.some(entry => entry.node === node) === true
  }

  #tellRounds (event: RoundsEvent): void {
    if (this.#isStopped || !this.#hasBegun) return
    for (const effect of this.#rounds.handle(event, this.#parts.process.now())) this.#performRound(effect)
    this.#arm()
  }

  #tellPulls (event: PullsEvent): void {
    if (this.#isStopped) return
    for (const effect of this.#pulls.handle(event, this.#parts.process.now())) this.#performPull(effect)
    this.#arm()
  }

  #performRound (effect: RoundsEffect): void {
    if (effect.type === 'look') this.#look(effect.mailbox)
    else this.#tell(effect.node, effect.mailboxes)
  }

  #look (mailbox: MailboxId): PeerKey[] {
    const { users, members, process, self } = this.#parts
    const route = users.isServed(mailbox) ? users.route(mailbox) : undefined
    const nodes: PeerKey[] = []
    if (route !== undefined) for (const { node } of members.watched(route, process.now())) if (node !== self) nodes.push(node)
    this.#tellRounds({ type: 'looked', mailbox, nodes, fraction: this.#fraction() })
    return nodes
  }

  #tell (node: PeerKey, mailboxes: MailboxId[]): void {
    const digests: Told[] = []
    for (const mailbox of mailboxes) {
      if (!this.#look(mailbox).includes(node) || !this.#isHolder(mailbox)) continue
      const ours = this.#told(mailbox)
      if (ours !== undefined) digests.push(ours)
    }
    if (digests.length > 0) this.#parts.links.say(node, this.#word(digests))
  }

  #isHolder (mailbox: MailboxId): boolean {
    const { users, members, store, process, self } = this.#parts
    const route = users.route(mailbox)
    return store.usage(mailbox).envelopes > 0 || (route !== undefined && members.isMember(route, self, process.now()))
  }

  #performPull (effect: PullsEffect): void {
    switch (effect.type) {
      case 'check': return this.#tellPulls({ type: 'checked', node: effect.node, mailbox: effect.mailbox, ours: this.#told(effect.mailbox) })
      case 'pull': return this.#pull(effect)
      case 'hangUp':
        this.#streams.get(effect.node)?.close()
        this.#streams.delete(effect.node)
    }
  }

  #pull ({ node, theirs, ours }: Extract<PullsEffect, { type: 'pull' }>): void {
    const { self, users, process } = this.#parts
    const { mailbox } = theirs
    const end = (outcome: PullOutcome): void => {
      if (outcome === 'failed') this.#streams.delete(node)
      this.#tellPulls({ type: 'pulled', node, mailbox, ours: this.#told(mailbox), outcome })
    }
    this.#withStream(node, stream => {
      if (stream === undefined) return end('failed')
      const core = new PullerCore<ServedUser>({ self, node, theirs, ours, route: users.route(mailbox), profile: users.user(mailbox) })
      stream.pull(core, outcome => {
        process.note(`pulled ${core.stored} of ${mailbox} from ${node}: ${outcome}`)
        end(outcome)
      })
    })
  }

  #withStream (node: PeerKey, done: (stream: SimPullStream | undefined) => void): void {
    const known = this.#streams.get(node)
    if (known?.isOpen === true) return done(known)
    const { network } = this.#parts
    network.open(node, SYNC, RECONCILE_DEFAULTS.openMs, opened => {
      if (opened === undefined || this.#isStopped) {
        opened?.abort()
        return done(undefined)
      }
      const stream = new SimPullStream(opened as StreamEnd<SyncFrame>, this.#parts)
      this.#streams.set(node, stream)
      done(stream)
    })
  }

  #arm (): void {
    const { process } = this.#parts
    const now = process.now()
    const soonest = Math.min(this.#rounds.nextAt, this.#pulls.nextAt)
    const at = Math.max(soonest, now, this.#lookedAt + RECONCILE_DEFAULTS.paceMs)
    if (this.#isStopped || at === Infinity || (this.#timer !== undefined && this.#timer.at <= at)) return
    this.#timer?.cancel()
    const cancel = process.after(at - now, () => {
      this.#timer = undefined
      this.#lookedAt = process.now()
      this.#tellRounds({ type: 'due', fraction: this.#fraction() })
      this.#tellPulls({ type: 'due' })
    })
    this.#timer = { at, cancel }
  }

  #fraction (): number { return this.#parts.chance.fraction() }
}
