/**
 * What a client knows of its contacts' presence. Beats come in opened: a device of the contact signed them. Here
 * they are put in order: a counter that does not rise is an old word (or an attacker repeating it), a word that is
 * too old or too far ahead of our clock says nothing, and one that is not repeated in time is no longer believed.
 *
 * A contact is what its best device says: online before away before offline. When only silence is left, the state is
 * `unknown`: nobody said offline, so we do not say it either.
 */
import { LIMITS } from '../wire/limits.ts'
import { Alarm, type WakeAt } from './alarm.core.ts'
import type { Millis, OpenedBeat, PeerKey, PresenceState, UserId } from '../types.ts'

export type ContactState = PresenceState | 'unknown'

export type ContactPresenceEvent =
  | { type: 'beat', user: UserId, beat: OpenedBeat }
  /** The contact's profile changed: devices that are not in it have no say any more. */
  | { type: 'devices', user: UserId, devices: readonly PeerKey[] }
  | { type: 'forget', user: UserId }
  | { type: 'wake' }

export type ContactPresenceEffect =
  /** The contact's state changed. at: when its devices last said something, 0 when they never did. */
  | { type: 'presence', user: UserId, state: ContactState, at: Millis }
  | WakeAt

/** The limits of ContactPresenceCore; PRESENCE_DEFAULTS has them. */
export interface ContactPresenceLimits { readonly lifeMs: number, readonly contactsMax: number }

interface Word { state: PresenceState, counter: Millis, at: Millis }
interface Contact { words: Map<PeerKey, Word>, shown: ContactState }

/** The first state that a device holds is the contact's. */
const BEST_FIRST = ['online', 'away', 'unknown', 'offline'] as const satisfies readonly ContactState[]

export class ContactPresenceCore {
  readonly #limits: ContactPresenceLimits
  /** In order of their last beat, the longest silent first. */
  readonly #contacts = new Map<UserId, Contact>()
  readonly #alarm = new Alarm()

  constructor (limits: ContactPresenceLimits) { this.#limits = limits }

  handle (event: ContactPresenceEvent, now: Millis): ContactPresenceEffect[] {
    switch (event.type) {
      case 'beat': return this.#onBeat(event.user, event.beat, now)
      case 'devices': return this.#onDevices(event.user, event.devices, now)
      case 'forget': return this.#onForget(event.user)
      case 'wake': return this.#onWake(now)
    }
  }

  #onBeat (user: UserId, { device, state, counter }: OpenedBeat, now: Millis): ContactPresenceEffect[] {
    if (counter > now + LIMITS.clockAheadMs || counter + this.#limits.lifeMs <= now) return []
    const contact = this.#contacts.get(user) ?? { words: new Map<PeerKey, Word>(), shown: 'unknown' }
    const last = contact.words.get(device)
    if (last !== undefined ? last.counter >= counter : contact.words.size >= LIMITS.profileDevices) return []
    const at = Math.min(counter, now)
    contact.words.set(device, { state, counter, at })
    this.#contacts.delete(user)
    this.#contacts.set(user, contact)
    return [...this.#show(user, contact, now), ...this.#dropSilent(), ...this.#awaitSilence(state, at)]
  }

  #onDevices (user: UserId, devices: readonly PeerKey[], now: Millis): ContactPresenceEffect[] {
    const contact = this.#contacts.get(user)
    if (contact === undefined) return []
    for (const device of contact.words.keys()) {
      if (!devices.includes(device)) contact.words.delete(device)
    }
    return this.#show(user, contact, now)
  }

  #onForget (user: UserId): ContactPresenceEffect[] {
    const contact = this.#contacts.get(user)
    this.#contacts.delete(user)
    return contact === undefined || contact.shown === 'unknown' ? [] : [{ type: 'presence', user, state: 'unknown', at: 0 }]
  }

  #onWake (now: Millis): ContactPresenceEffect[] {
    this.#alarm.rang()
    return [...this.#contacts].flatMap(([user, contact]) => [
      ...this.#show(user, contact, now),
      ...[...contact.words.values()].flatMap(({ state, at }) => at + this.#limits.lifeMs > now ? this.#awaitSilence(state, at) : [])
    ])
  }

  #show (user: UserId, contact: Contact, now: Millis): ContactPresenceEffect[] {
    const words = [...contact.words.values()]
    const states = new Set(words.map(word => this.#stateOf(word, now)))
    const state = BEST_FIRST.find(best => states.has(best)) ?? 'unknown'
    if (state === contact.shown) return []
    contact.shown = state
    return [{ type: 'presence', user, state, at: Math.max(0, ...words.map(({ at }) => at)) }]
  }

  /** Offline needs no repetition: who is gone says nothing. */
  #stateOf ({ state, at }: Word, now: Millis): ContactState {
    return state === 'offline' || at + this.#limits.lifeMs > now ? state : 'unknown'
  }

  #dropSilent (): ContactPresenceEffect[] {
    const [oldest] = this.#contacts.keys()
    return oldest === undefined || this.#contacts.size <= this.#limits.contactsMax ? [] : this.#onForget(oldest)
  }

  #awaitSilence (state: PresenceState, at: Millis): ContactPresenceEffect[] {
    return state === 'offline' ? [] : this.#alarm.ask(at + this.#limits.lifeMs)
  }
}
