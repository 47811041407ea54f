/**
 * What this user calls others. A name is chosen here, lies encrypted in the store, and is told to nobody but the user's
 * own devices. Of two names for one contact the one that was given later counts, on every device the same.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../errors.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Bytes, Millis, RootKey } from '../types.ts'
import type { Vault } from './store/vault.ts'

/** name: '' when there is none, or it was taken away; that is a write like any other. namedAt: 0 when nobody ever gave one. */
export interface Named { name: string, namedAt: Millis }

/**
 * What no name has in it: control characters, line breaks, halves of a pair, what reorders text, and what cannot be seen
 * and joins nothing. The joiners of emoji and of scripts that need them stay.
 */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u
/** Something to be seen by. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u
const LIKE_A_USER_ID = /did:key:/i
/** Of the vault; the user whose name it is stands behind it, so that two cannot be exchanged on the disk. */
const NAME_OF_A_CONTACT = 'name of a contact'

/** A name as it was typed, in the form in which it is kept; '' for none. Throws MalformedError. */
export function nameFrom (typed: string): string {
  const name = typed.trim().normalize('NFC')
  const problem = name === '' ? undefined : problemOf(name)
  if (problem !== undefined) throw new MalformedError(problem)
  return name
}

/** True when another device may have given it: it has the form in which names are kept. */
export function isName (name: string): boolean {
  return name === '' || (problemOf(name) === undefined && name === name.trim().normalize('NFC'))
}

/** The same for two names that a person takes for one: however they are composed, and in whatever case. */
export function foldName (name: string): string {
  return name.trim().normalize('NFC').toLowerCase().normalize('NFC')
}

/** A time that another device told. One from far ahead of our clock counts as none: it names only whom nobody has named. */
export function believed (namedAt: Millis, now: Millis): Millis {
  return namedAt > now + LIMITS.nameAheadMs ? 0 : namedAt
}

/** True when `a` was given after `b`. */
export function isLater (a: Named, b: Named): boolean {
  return a.namedAt > b.namedAt || (a.namedAt === b.namedAt && a.name > b.name)
}

/** As it is kept; empty bytes for none. */
export async function lockName (vault: Vault, root: RootKey, name: string): Promise<Bytes> {
  return name === '' ? new Uint8Array(0) : await vault.lock(`${NAME_OF_A_CONTACT}/${root}`, fromString(name))
}

/** Throws StoreDamagedError. */
export async function unlockName (vault: Vault, root: RootKey, locked: Bytes): Promise<string> {
  return locked.byteLength === 0 ? '' : toString(await vault.unlock(`${NAME_OF_A_CONTACT}/${root}`, locked))
}

function problemOf (name: string): string | undefined {
  // No character is longer than two units: what is far too long is not even counted.
  if (name.length > 2 * LIMITS.contactNameCharacters || [...name].length > LIMITS.contactNameCharacters) return `a name has at most ${LIMITS.contactNameCharacters} characters`
  if (UNFIT.test(name)) return 'a name has no line breaks, no control characters and nothing that reorders text'
  if (LIKE_A_USER_ID.test(name)) return 'a name must not look like a user id: it stands for one'
  return VISIBLE.test(name) ? undefined : 'a name must have something to see in it'
}
