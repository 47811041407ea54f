/**
 * Reconciliation: nodes that keep a mailbox together tell each other what they hold of it, and whoever lacks something
 * pulls it. Performs what rounds.core.ts (who is told when) and pulls.core.ts (what is pulled from whom) decide.
 *
 *   rounds ─tell→ digests ══ another node ─heard→ its pulls ─check, pull→ PullStream ══ our drain.ts, answering.ts
 *
 * After an unclean end everything that is on the disk is read once, before anybody is told what is there.
 */
import { UnreachableError } from '../../errors.ts'
import { SYNC_PROTOCOL } from '../../wire/protocols.ts'
import { RECONCILE_DEFAULTS } from './defaults.ts'
import { isBehind, isLater, toldOrder, type Told } from './digests.core.ts'
import { KnownCollections } from './known-collections.ts'
import { PullStream, type PullComponents } from './pull-stream.ts'
import { PullerCore } from './puller.core.ts'
import { PullsCore, type PullOutcome, type PullsEffect, type PullsEvent } from './pulls.core.ts'
import { RoundsCore, type RoundsEffect, type RoundsEvent } from './rounds.core.ts'
import { decodeDigest, encodeDigest } from './wire.ts'
import type { MembersCore } from '../members.core.ts'
import type { PeerLinks } from '../peer-links.ts'
import type { PeerStream, PeerWord } from '../peer-stream.ts'
import type { EnvelopeStore, Network, Random, ServedUsers } from '../../ports.ts'
import type { MailboxId, Millis, PeerKey, Profile, RouteEntry } from '../../types.ts'
import type { Digest } from '../../wire/mail.ts'
import type { Logger } from '@libp2p/interface'

export interface ReconciliationComponents extends Omit<PullComponents, 'known'> {
  self: PeerKey
  network: Network
  envelopes: EnvelopeStore
  users: ServedUsers
  members: MembersCore
  links: Pick<PeerLinks, 'say'>
  random: Random
  log: Logger
  /** Whether the disk refuses writes now. */
  isReadOnly: () => boolean
  /** False: the store was not closed as it should have been, or was repaired. */
  wasClean: boolean
}

export class Reconciliation {
  readonly #components: ReconciliationComponents
  readonly #rounds = new RoundsCore()
  readonly #pulls = new PullsCore()
  readonly #streams = new Map<PeerKey, PullStream>()
  #timer: { at: Millis, cancel: () => void } | undefined
  readonly #pullComponents: PullComponents
  #lookedAt: Millis = -Infinity
  #verifiesSince: Millis | undefined
  #cancelScrub: (() => void) | undefined
  #hasBegun = false
  #stopped = new AbortController()

  constructor (components: ReconciliationComponents) {
    this.#components = components
    this.#pullComponents = { ...components, known: new KnownCollections(components.crypto) }
  }

  /** pulls: mailboxes that wait or are being pulled. verifying: what is here has not been compared since an unclean end. */
  get status (): { pulls: number, verifying: boolean } {
    return { pulls: this.#pulls.open, verifying: this.#verifiesSince !== undefined }
  }

  start (): void {
    const { clock, wasClean } = this.#components
    this.#stopped = new AbortController()
    this.#hasBegun = false
    if (wasClean) return this.#begin()
    this.#verifiesSince = clock.now()
    this.#readAll()
  }

  stop (): void {
    const reason = new UnreachableError('the node is stopping')
    this.#stopped.abort(reason)
    this.#cancelScrub?.()
    this.#timer?.cancel()
    this.#timer = undefined
    for (const stream of this.#streams.values()) stream.abort(reason)
    this.#streams.clear()
  }

  /** The mailbox's record, or whether it is served here, has changed. */
  touched (mailbox: MailboxId): void { this.#tellRounds({ type: 'touched', mailbox }) }

  reached (node: PeerKey): void { this.#tellRounds({ type: 'reached', node, fraction: this.#fraction() }) }

  /** Our last stream with it has ended. */
  lost (node: PeerKey): void { this.#tellRounds({ type: 'lost', node, fraction: this.#fraction() }) }

  unreachable (node: PeerKey): void { this.#tellRounds({ type: 'unreachable', node }) }

  /** What a node says that it holds. The stream is not read on before all of it has been compared. */
  onDigests (stream: PeerStream, digests: Digest[]): void {
    stream.gate.close('digests')
    this.#compare(stream, digests)
      .catch((error: Error) => { stream.abort(error) })
      .finally(() => { stream.gate.open('digests') })
  }

  /** Until it succeeds: a disk that refuses once must not keep what is on it from the others. */
  #readAll (): void {
    const { clock, log } = this.#components
    const { signal } = this.#stopped
    this.#scrub(signal).then(() => { this.#begin() }, (error: Error) => {
      if (signal.aborted) return
      log.error('what is on the disk could not be read again, and is in a minute: %s', error.message)
      this.#cancelScrub = clock.after(RECONCILE_DEFAULTS.scrubAgainMs, () => { this.#readAll() })
    })
  }

  async #scrub (signal: AbortSignal): Promise<void> {
    const { envelopes, log } = this.#components
    const { checked, damaged } = await envelopes.scrub({ signal })
    log('after an unclean end %d envelopes were read again; %d were damaged and are fetched from other nodes', checked, damaged)
  }

  #begin (): void {
    if (this.#stopped.signal.aborted) return
    this.#hasBegun = true
    this.#tellRounds({ type: 'begin', mailboxes: this.#components.users.mailboxes() })
  }

  async #compare (stream: PeerStream, digests: Digest[]): Promise<void> {
    const { node } = stream
    let isLacking = false
    const outdated: Digest[] = []
    for (const digest of digests) {
      const theirs = decodeDigest(digest)
      const ours = await this.#told(theirs.mailbox)
      if (this.#stopped.signal.aborted) return
      if (ours !== undefined && !this.#isListed(theirs.mailbox, node) && !isLater(theirs.route, ours.route)) {
        // By what it knows it still keeps the mailbox; asking us, it learns better.
        if (isLater(ours.route, theirs.route)) outdated.push(encodeDigest(ours))
        continue
      }
      if (ours !== undefined && isBehind(theirs, ours)) isLacking = true
      // What could not be written down is told again in the next round.
      if (!this.#components.isReadOnly()) this.#tellPulls({ type: 'heard', node, theirs, ours })
    }
    if (outdated.length > 0) stream.say(this.#word(outdated))
    if (isLacking) this.#tellRounds({ type: 'lacks', node, fraction: this.#fraction() })
  }

  #word (digests: Digest[]): PeerWord { return { digests: { digests, readOnly: this.#components.isReadOnly() } } }

  /** What this node holds of the mailbox now; undefined when it does not serve it. */
  async #told (mailbox: MailboxId): Promise<Told | undefined> {
    const { users, envelopes, profiles } = this.#components
    if (users.devices(mailbox) === undefined) return undefined
    return { mailbox, ...await envelopes.digest(mailbox), route: toldOrder(users.route(mailbox)), profile: toldOrder(profiles.profile(mailbox)) }
  }

  #isListed (mailbox: MailboxId, node: PeerKey): boolean {
    return this.#components.users.route(mailbox)?.entries.some(entry => entry.node === node) === true
  }

  /** Whatever happens before the rounds begin is looked at when they do. */
  #tellRounds (event: RoundsEvent): void {
    if (!this.#hasBegun) return
    for (const effect of this.#rounds.handle(event, this.#components.clock.now())) this.#performRound(effect)
    this.#arm()
  }

  #tellPulls (event: PullsEvent): void {
    for (const effect of this.#pulls.handle(event, this.#components.clock.now())) this.#performPull(effect)
    this.#arm()
  }

  #performRound (effect: RoundsEffect): void {
    switch (effect.type) {
      case 'look':
        this.#look(effect.mailbox)
        return
      case 'tell':
        this.#tell(effect.node, effect.mailboxes).catch((error: Error) => { this.#components.log.error('a node could not be told what is here: %s', error.message) })
    }
  }

  /** Who keeps the mailbox, this node left out. */
  #look (mailbox: MailboxId): RouteEntry[] {
    const { users, members, clock, self } = this.#components
    const route = users.devices(mailbox) === undefined ? undefined : users.route(mailbox)
    const entries = route === undefined ? [] : members.watched(route, clock.now()).filter(({ node }) => node !== self)
    this.#tellRounds({ type: 'looked', mailbox, nodes: entries.map(({ node }) => node), fraction: this.#fraction() })
    return entries
  }

  /** Records and members may have changed since the last look. */
  async #tell (node: PeerKey, mailboxes: MailboxId[]): Promise<void> {
    const { links } = this.#components
    const digests: Digest[] = []
    let addressHint: string | undefined
    for (const mailbox of mailboxes) {
      const entry = this.#look(mailbox).find(each => each.node === node)
      if (entry === undefined || !this.#isHolder(mailbox)) continue
      addressHint ??= entry.addressHint
      const ours = await this.#told(mailbox)
      if (this.#stopped.signal.aborted) return
      if (ours !== undefined) digests.push(encodeDigest(ours))
    }
    if (digests.length > 0) links.say({ node, addressHint }, this.#word(digests))
  }

  /** A member, or a stand-in that holds something. */
  #isHolder (mailbox: MailboxId): boolean {
    const { users, members, envelopes, clock, self } = this.#components
    const route = users.route(mailbox)
    return envelopes.usage(mailbox).envelopes > 0 || (route !== undefined && members.isMember(route, self, clock.now()))
  }

  #performPull (effect: PullsEffect): void {
    const { log } = this.#components
    switch (effect.type) {
      case 'check':
        this.#told(effect.mailbox).then(
          ours => { this.#tellPulls({ type: 'checked', node: effect.node, mailbox: effect.mailbox, ours }) },
          (error: Error) => {
            log.error('a mailbox could not be compared: %s', error.message)
            this.#tellPulls({ type: 'pulled', node: effect.node, mailbox: effect.mailbox, ours: undefined, outcome: 'failed' })
          })
        return
      case 'pull':
        void this.#pull(effect)
        return
      case 'hangUp':
        this.#streams.get(effect.node)?.close()
        this.#streams.delete(effect.node)
    }
  }

  async #pull ({ node, theirs, ours }: Extract<PullsEffect, { type: 'pull' }>): Promise<void> {
    const { self, users, profiles, log } = this.#components
    const { mailbox } = theirs
    const core = new PullerCore<Profile>({ self, node, theirs, ours, route: users.route(mailbox), profile: profiles.profile(mailbox) })
    let outcome: PullOutcome = 'failed'
    let now: Told | undefined
    try {
      outcome = await (await this.#stream(node, mailbox)).pull(core)
      now = await this.#told(mailbox)
      if (core.stored > 0) log('%d envelopes of mailbox %s… came from %s', core.stored, mailbox.slice(0, 8), node.slice(0, 8))
    } catch (error) {
      outcome = 'failed'
      this.#streams.delete(node)
      if (!this.#stopped.signal.aborted) log('a pull from %s ended: %s', node.slice(0, 8), error instanceof Error ? error.message : error)
    }
    if (!this.#stopped.signal.aborted) this.#tellPulls({ type: 'pulled', node, mailbox, ours: now, outcome })
  }

  async #stream (node: PeerKey, mailbox: MailboxId): Promise<PullStream> {
    const known = this.#streams.get(node)
    if (known?.open === true) return known
    const { network, users, clock } = this.#components
    const hint = users.route(mailbox)?.entries.find(entry => entry.node === node)?.addressHint
    const late = new AbortController()
    const cancel = clock.after(RECONCILE_DEFAULTS.openMs, () => { late.abort(new UnreachableError('the node did not answer in time')) })
    try {
      const signal = AbortSignal.any([late.signal, this.#stopped.signal])
      const stream = new PullStream(await network.open(node, hint === undefined ? [] : [hint], SYNC_PROTOCOL, { signal }), this.#pullComponents)
      this.#streams.set(node, stream)
      return stream
    } finally {
      cancel()
    }
  }

  /** One timer for all that is to come, at most one look in `paceMs`. */
  #arm (): void {
    if (this.#stopped.signal.aborted) return
    const { clock } = this.#components
    const now = clock.now()
    const soonest = Math.min(this.#rounds.nextAt, this.#pulls.nextAt, this.#verifiesSince === undefined ? Infinity : now + RECONCILE_DEFAULTS.verifyMs)
    const at = Math.max(soonest, now, this.#lookedAt + RECONCILE_DEFAULTS.paceMs)
    if (at === Infinity || (this.#timer !== undefined && this.#timer.at <= at)) return
    this.#timer?.cancel()
    const cancel = clock.after(at - now, () => {
      this.#timer = undefined
      this.#lookedAt = clock.now()
      this.#due()
    })
    this.#timer = { at, cancel }
  }

  #due (): void {
    this.#tellRounds({ type: 'due', fraction: this.#fraction() })
    this.#tellPulls({ type: 'due' })
    const now = this.#components.clock.now()
    if (this.#verifiesSince === undefined || !this.#hasBegun) return
    const isOver = this.#pulls.open === 0 && this.#rounds.isRoundOver(RECONCILE_DEFAULTS.verifyMs, now)
    if (isOver || now - this.#verifiesSince >= RECONCILE_DEFAULTS.verifyMaxMs) this.#verifiesSince = undefined
  }

  #fraction (): number { return this.#components.random.fraction() }
}
