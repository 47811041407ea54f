/**
 * Puts a conversation's group in order: looks at what is known, asks the policy, does what it says, and looks again,
 * until nothing stands in the way. What others must hear of goes into the outbox in the batch that holds the new state.
 */
import { CredentialRefusedError, GroupFullError, KeyPackageUnusableError, NotAllowedError, type GroupId, type GroupState, type KeyPackage } from '../mls/index.ts'
import { GROUPS_DEFAULTS } from './defaults.ts'
import { commitTo, foundGroup, proposeTo } from './changes.ts'
import { generationOf } from './group-id.ts'
import { decide, type Decision, type GroupView, type Situation } from './policy.core.ts'
import { Pool } from './pool.ts'
import type { ConversationId, Millis, PeerKey, RootKey } from '../../types.ts'
import type { GroupRecord } from './records.ts'
import type { Parts } from './parts.ts'
import type { Turn } from './turns.ts'

/** What a group says to a device that it does not take in. */
const UNUSABLE = [CredentialRefusedError, GroupFullError, KeyPackageUnusableError, NotAllowedError]

type Purpose = Situation['purpose']
/** What is known at the moment, with what it takes to act on it. */
interface Look { situation: Situation, packages: Map<PeerKey, KeyPackage>, newest: { id: GroupId, record: GroupRecord, state: GroupState } | undefined }

export class Tending {
  readonly #parts: Parts
  readonly #pool: Pool
  readonly #wakes = new Map<ConversationId, () => void>()
  #stopped = false

  constructor (parts: Parts) {
    this.#parts = parts
    this.#pool = new Pool(parts)
  }

  stop (): void {
    this.#stopped = true
    for (const cancel of this.#wakes.values()) cancel()
    this.#wakes.clear()
  }

  start (): void { this.#stopped = false }

  /**
   * A turn of the conversation whose group is in order; undefined when it cannot be now. The network is asked between
   * turns, so that what arrives meanwhile need not wait.
   */
  async inOrder<T> (conversation: ConversationId, purpose: Purpose, then: (turn: Turn) => Promise<T>): Promise<T | undefined> {
    let fetched = false
    for (let round = 0; ; round++) {
      const outcome = await this.#parts.turns.run(conversation, async (turn): Promise<{ value: T } | Decision> => {
        const decision = await this.#arrange(turn, conversation, purpose, fetched)
        return decision.type === 'ready' ? { value: await then(turn) } : decision
      })
      if ('value' in outcome) return outcome.value
      if (outcome.type === 'fetch' && !fetched) {
        fetched = true
        await this.#pool.fetch(outcome.devices)
      } else if (round > 0 || outcome.type !== 'blocked' || !await this.#resolved(conversation)) {
        this.#blocked(conversation, outcome)
        return undefined
      }
    }
  }

  /** What the group needs of its own, when something has changed. */
  async tend (conversation: ConversationId): Promise<void> {
    await this.inOrder(conversation, 'tend', async () => {})
  }

  async openPackage (bytes: Parameters<Pool['open']>[0]): Promise<KeyPackage | undefined> { return await this.#pool.open(bytes) }

  /** Does all that can be done without asking anybody. */
  async #arrange (turn: Turn, conversation: ConversationId, purpose: Purpose, fetched: boolean): Promise<Decision> {
    const { components: { clock } } = this.#parts
    for (let step = 0; step < GROUPS_DEFAULTS.stepsMax; step++) {
      const look = await this.#look(conversation, purpose, fetched)
      const decision = decide(look.situation, clock.now())
      if (decision.type === 'ready') this.#fetchLater(conversation, look.situation)
      if (decision.type !== 'commit' && decision.type !== 'propose' && decision.type !== 'found') return decision
      await this.#perform(turn, conversation, decision, look)
    }
    return { type: 'blocked', reason: `the group was not in order after ${GROUPS_DEFAULTS.stepsMax} steps` }
  }

  async #perform (turn: Turn, conversation: ConversationId, decision: Decision & { type: 'commit' | 'propose' | 'found' }, { packages, newest }: Look): Promise<void> {
    const add = decision.add.map(device => packages.get(device)).filter(keyPackage => keyPackage !== undefined)
    try {
      if (decision.type === 'found') await foundGroup(this.#parts, turn, conversation, { generation: this.#nextGeneration(conversation, newest?.id), add })
      else if (newest !== undefined && decision.type === 'commit') await commitTo(this.#parts, turn, newest, { add, remove: decision.remove })
      else if (newest !== undefined) await proposeTo(this.#parts, turn, newest, { add, renew: decision.add.includes(this.#parts.own.device) })
    } catch (error) {
      if (!UNUSABLE.some(kind => error instanceof kind) || add.length === 0) throw error
      this.#parts.components.log('devices were not taken in: %s', (error as Error).message)
      await this.#giveUp(turn, conversation, decision.add, newest)
    }
    this.#pool.used(add)
  }

  /** Above that of every group that is known, also from before this device. */
  #nextGeneration (conversation: ConversationId, newest: GroupId | undefined): number {
    return Math.max(newest === undefined ? 0 : generationOf(newest) ?? 0, this.#parts.book.chat(conversation).generation) + 1
  }

  /** Packages that a group does not take must not stand in the way for ever. */
  async #giveUp (turn: Turn, conversation: ConversationId, devices: readonly PeerKey[], newest: Look['newest']): Promise<void> {
    const { book } = this.#parts
    const chat = book.chat(conversation)
    this.#pool.drop(devices)
    await turn.apply({
      chat: [conversation, { ...chat, losses: chat.losses.filter(({ device }) => !devices.includes(device)) }],
      ...newest === undefined ? {} : { group: { id: newest.id, record: { ...newest.record, proposals: [] } } }
    })
  }

  async #look (conversation: ConversationId, purpose: Purpose, fetched: boolean): Promise<Look> {
    const { own, book, devices, silence, components: { isCaughtUp } } = this.#parts
    const id = book.newest(conversation)
    const record = id === undefined ? undefined : book.groups.get(id)
    const state = id === undefined ? undefined : await book.state(id)
    const newest = id === undefined || record === undefined || state === undefined ? undefined : { id, record, state }
    const profiles = { own: await devices.of(own.root) ?? [], other: conversation === own.root ? [] : await devices.of(conversation) }
    const all = [...profiles.own, ...profiles.other ?? []]
    const packages = new Map<PeerKey, KeyPackage>()
    for (const device of all) {
      const keyPackage = this.#pool.get(device)
      if (keyPackage !== undefined) packages.set(device, keyPackage)
    }
    const proposed = newest === undefined ? [] : await this.#proposed(conversation, newest, profiles, packages)
    const { losses, replacedAt } = book.chat(conversation)
    for (const { device, keyPackage: bytes } of losses) {
      const keyPackage = await this.#pool.open(bytes)
      if (keyPackage !== undefined) packages.set(device, keyPackage)
    }
    const situation: Situation = {
      purpose,
      own,
      conversation,
      isCaughtUp: isCaughtUp(),
      devices: profiles,
      silent: silence.silentOf(all.filter(device => device !== own.device)),
      group: newest === undefined ? undefined : viewOf(newest, proposed),
      packages: new Set(packages.keys()),
      fetched,
      without: this.#pool.without(all),
      losses: losses.map(({ device }) => device).filter(device => packages.has(device)),
      replacedAt
    }
    return { situation, packages, newest }
  }

  /** Of what others propose what a committer may do: renew the proposer, add whoever belongs there. Their packages join the others. */
  async #proposed (conversation: ConversationId, { record, state }: NonNullable<Look['newest']>, { own: ours, other }: { own: PeerKey[], other: PeerKey[] | undefined }, packages: Map<PeerKey, KeyPackage>): Promise<PeerKey[]> {
    const { own, suite } = this.#parts
    const proposed: PeerKey[] = []
    for (const { by, add } of record.proposals) {
      for (const bytes of add) {
        const keyPackage = await this.#pool.open(bytes)
        if (keyPackage === undefined || keyPackage.suite !== suite) continue
        const { device, certificate: { root } } = keyPackage.member
        const belongs = root === own.root ? ours.includes(device) : root === conversation && other?.includes(device) === true
        const isMember = state.members.some(member => member.device === device)
        if (!belongs || device === own.device || (isMember && device !== by)) continue
        packages.set(device, keyPackage)
        proposed.push(device)
      }
    }
    return proposed
  }

  /** True when the other user's profile was not known, and now is. */
  async #resolved (conversation: ConversationId): Promise<boolean> {
    const { own, devices, components: { contacts, log } } = this.#parts
    if (conversation === own.root || await devices.of(conversation) !== undefined) return false
    try {
      await contacts.resolve(conversation)
    } catch (error) {
      log('user %s could not be looked up: %s', conversation.slice(0, 8), (error as Error).message)
    }
    return await devices.of(conversation) !== undefined
  }

  /** Somebody belongs into the group and has no package yet. */
  #fetchLater (conversation: ConversationId, { group, without }: Situation): void {
    const lacking = [...without].filter(device => group?.members.some(member => member.device === device) === false)
    if (lacking.length > 0) this.#wakeAt(conversation, this.#pool.nextFetchAt(lacking))
  }

  #blocked (conversation: RootKey, decision: Decision): void {
    const { components: { log } } = this.#parts
    log('nothing can be sealed for %s now: %s', conversation.slice(0, 8), decision.type === 'blocked' ? decision.reason : 'key packages are missing')
    if (decision.type === 'blocked' && decision.until !== undefined) this.#wakeAt(conversation, decision.until)
  }

  #wakeAt (conversation: ConversationId, at: Millis): void {
    const { components: { clock, ready, failed } } = this.#parts
    this.#wakes.get(conversation)?.()
    if (this.#stopped) return
    this.#wakes.set(conversation, clock.after(Math.max(0, at - clock.now()), () => {
      this.#wakes.delete(conversation)
      this.tend(conversation).then(() => { ready(conversation) }).catch(failed)
    }))
  }
}

function viewOf ({ record, state }: NonNullable<Look['newest']>, proposed: PeerKey[]): GroupView {
  return {
    ...record,
    active: state.active,
    members: state.members.map(({ device, certificate: { root } }) => ({ root, device })),
    proposed,
    broughtInAgain: record.broughtIn.filter(({ again }) => again).map(({ device }) => device)
  }
}
