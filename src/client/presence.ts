/**
 * Presence at a device: says how its user is, with a will for the case that it vanishes, and hears how contacts are.
 * Nodes learn tags, never whose they are; what a tag's beats say is opened here, with the contact's presence key.
 */
import { userIdOf } from '../identity/index.ts'
import { readBeat } from '../presence/beat.ts'
import { ContactPresenceCore, makeBeat, openBeat, OwnPresenceCore, PRESENCE_DEFAULTS, tagBytes, tagOf } from '../presence/client.ts'
import { LIMITS } from '../wire/limits.ts'
import type { ContactPresenceEvent, ContactState, OwnPresenceEffect, OwnPresenceEvent } from '../presence/client.ts'
import type { Abortable, Clock, Crypto, Random } from '../ports.ts'
import type { Bytes, Millis, PresenceState, PresenceTag, RootKey, UserId } from '../types.ts'
import type { Account } from './account.ts'
import type { Contact, Contacts } from './contacts.ts'
import type { Links } from './session/service.ts'
import type { Session } from './session/session.ts'
import type { Logger } from '@libp2p/interface'

/** A contact came, went, or fell silent. at: when its devices last said something, 0 when they never did. */
export interface PresenceChange { userId: UserId, state: ContactState, at: Millis }

export interface PresenceComponents {
  account: Account
  contacts: Contacts
  links: Links
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  changed: (change: PresenceChange) => void
}

export class Presence {
  readonly #components: PresenceComponents
  readonly #own: OwnPresenceCore
  readonly #contacts = new ContactPresenceCore(PRESENCE_DEFAULTS)
  readonly #watched = new Map<PresenceTag, RootKey>()
  readonly #under = new Set<Promise<void>>()
  #cancelOwnWake: (() => void) | undefined
  #cancelContactWake: (() => void) | undefined

  constructor (components: PresenceComponents) {
    this.#components = components
    this.#own = new OwnPresenceCore({ refreshMs: PRESENCE_DEFAULTS.refreshMs, counter: components.account.beatCounter })
  }

  async start (): Promise<void> {
    for (const [root, { presenceKey }] of await this.#components.contacts.withPresence(LIMITS.presenceTags)) {
      if (presenceKey !== undefined) this.#watched.set(tagOf(presenceKey), root)
    }
    this.#handleOwn({ type: 'state', state: 'online' })
  }

  /** The user's wish: here, away, or not to be seen. */
  setState (state: PresenceState): void { this.#handleOwn({ type: 'state', state }) }

  /** Says that the user goes; the sessions are still there. */
  async stop (): Promise<void> {
    this.#handleOwn({ type: 'state', state: 'offline' })
    await Promise.allSettled(this.#under)
    this.#cancelOwnWake?.()
    this.#cancelContactWake?.()
  }

  attached (session: Session): void {
    if (this.#watched.size > 0) this.#run(this.#watch(session))
    this.#handleOwn({ type: 'attached' })
  }

  detached (): void { this.#handleOwn({ type: 'detached' }) }

  /** A contact's presence key or devices are new. */
  contactChanged (root: RootKey, { presenceKey, profile }: Contact): void {
    if (profile !== undefined) this.#handleContact({ type: 'devices', user: userIdOf(root), devices: profile.devices.map(({ device }) => device) })
    if (presenceKey === undefined || this.#watched.size >= LIMITS.presenceTags) return
    const tag = tagOf(presenceKey)
    if (this.#watched.has(tag)) return
    this.#watched.set(tag, root)
    for (const session of this.#components.links.sessions) this.#run(this.#watch(session))
  }

  /** A beat as a node gave it; a forged or foreign one is one log line. */
  heard (beat: Bytes): void {
    this.#run(this.#open(beat))
  }

  async #open (bytes: Bytes): Promise<void> {
    const { contacts, crypto } = this.#components
    const root = this.#watched.get(readBeat(bytes).tag)
    if (root === undefined) return
    const { presenceKey, profile } = await contacts.get(root)
    if (presenceKey === undefined || profile === undefined) return
    const beat = await openBeat(bytes, { presenceKey, crypto, allowedDevices: profile.devices.map(({ device }) => device) })
    this.#handleContact({ type: 'beat', user: userIdOf(root), beat })
  }

  async #watch (session: Session, options?: Abortable): Promise<void> {
    await session.watch([...this.#watched.keys()].map(tagBytes), options)
  }

  #handleContact (event: ContactPresenceEvent): void {
    const { clock, changed } = this.#components
    for (const effect of this.#contacts.handle(event, clock.now())) {
      if (effect.type === 'presence') {
        changed({ userId: effect.user, state: effect.state, at: effect.at })
        continue
      }
      this.#cancelContactWake?.()
      this.#cancelContactWake = clock.after(Math.max(0, effect.at - clock.now()), () => { this.#handleContact({ type: 'wake' }) })
    }
  }

  #handleOwn (event: OwnPresenceEvent): void {
    const { clock } = this.#components
    for (const effect of this.#own.handle(event, clock.now())) {
      if (effect.type === 'beat') {
        this.#run(this.#beat(effect))
        continue
      }
      this.#cancelOwnWake?.()
      this.#cancelOwnWake = clock.after(Math.max(0, effect.at - clock.now()), () => { this.#handleOwn({ type: 'wake' }) })
    }
  }

  async #beat ({ state, counter, will }: Extract<OwnPresenceEffect, { type: 'beat' }>): Promise<void> {
    const { account, links, random } = this.#components
    const made = { presenceKey: account.presenceKey, signingKey: account.device, random }
    const now = await makeBeat({ ...made, state, counter })
    const last = will === undefined ? new Uint8Array(0) : await makeBeat({ ...made, state: 'offline', counter: will })
    await Promise.all([
      account.setBeatCounter(will ?? counter),
      ...links.sessions.map(async session => { await session.beat(now, last) })
    ])
  }

  #run (task: Promise<void>): void {
    const under = task.catch((error: Error) => { this.#components.log('presence: %s', error.message) }).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}
