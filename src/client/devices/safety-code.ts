/**
 * The safety code: sixty digits that two people compare, by voice or by a QR code, to know that they have each other's
 * user ids and nobody else's. It is made of the two root keys and of nothing else, so it never changes: devices come
 * and go under certificates that the root key signs, and a code that changed with each of them would teach people to
 * pass over a change (docs/protocol.md, "Safety code").
 */
import { keyBytes } from '../../identity/index.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import type { Crypto } from '../../ports.ts'
import type { RootKey } from '../../types.ts'

const GROUP_DIGITS = 5
const GROUPS_A_USER = 6
/** Of each group; 2^40 modulo 10^5 is even enough that no digit shows it. */
const GROUP_BYTES = 5

/** Sixty digits, the same whoever of the two asks. */
export function safetyCode (one: RootKey, other: RootKey, { sha256 }: Pick<Crypto, 'sha256'>): string {
  return [one, other].sort().map(root => digitsOf(sha256(DOMAIN.safetyCode, keyBytes(root)))).join('')
}

/** The code in twelve groups of five, as people read it aloud. */
export function groupsOf (code: string): string[] {
  return Array.from({ length: Math.ceil(code.length / GROUP_DIGITS) }, (_, at) => code.slice(at * GROUP_DIGITS, (at + 1) * GROUP_DIGITS))
}

function digitsOf (hash: Uint8Array): string {
  return Array.from({ length: GROUPS_A_USER }, (_, at) => {
    const number = hash.subarray(at * GROUP_BYTES, (at + 1) * GROUP_BYTES).reduce((sum, byte) => sum * 256 + byte, 0)
    return String(number % 10 ** GROUP_DIGITS).padStart(GROUP_DIGITS, '0')
  }).join('')
}
