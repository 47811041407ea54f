/**
 * The link code: what a new device is shown, or told, to become one of a user's devices (docs/protocol.md, "Link code").
 *
 *   version u8 · root key 32 · secret 16 · length u8 · binary multiaddr of one of the user's nodes, 0 to 24 · checksum 4
 *
 * The root key says whose device it will be, and everything that it is given must be signed under it; the secret proves
 * to the inviting device that somebody has seen its screen. Base32 in capitals, which QR codes hold densely and
 * fingers type without shift; 0, 1 and 8 do not occur, and are read as the letters that they look like.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError, UnsupportedError } from '../../errors.ts'
import { keyBytes, rootKeyFromBytes } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes, RootKey } from '../../types.ts'

/** What a code says. address: a multiaddr without /p2p; whoever answers there must show what only the user can sign. */
export interface LinkCode { root: RootKey, secret: Bytes, address: string | undefined }

export const LINK_SECRET_BYTES = 16
const VERSION = 1
const CHECKSUM_BYTES = 4
const AT = Object.freeze({ version: 0, root: 1, secret: 33, addressLength: 49, address: 50 })
const BYTES_MAX = AT.address + LIMITS.addressHintBytes + CHECKSUM_BYTES
const GROUP_CHARACTERS = 5
/** Nothing longer is looked at; spaces and dashes included. */
const CHARACTERS_MAX = 512
const LOOK_ALIKES: Readonly<Record<string, string>> = Object.freeze({ 0: 'O', 1: 'I', 8: 'B' })

/** In groups of five, dashes between them: 93 characters without an address, 110 with one of IPv4. An address that does not fit is left out. */
export function encodeLinkCode ({ root, secret, address }: LinkCode, { sha256 }: Pick<Crypto, 'sha256'>): string {
  const hint = addressBytes(address)
  const body = concat([Uint8Array.of(VERSION), keyBytes(root), secret, Uint8Array.of(hint.byteLength), hint])
  const text = toString(concat([body, checksum(body, sha256)]), 'base32upper')
  return text.match(new RegExp(`.{1,${GROUP_CHARACTERS}}`, 'g'))?.join('-') ?? ''
}

/** Takes it with any spacing and in any case. Throws MalformedError for a slip, UnsupportedError for a later version. */
export function decodeLinkCode (text: string, { sha256 }: Pick<Crypto, 'sha256'>): LinkCode {
  const bytes = text.length > CHARACTERS_MAX ? undefined : decodeText(text)
  if (bytes === undefined || bytes.byteLength < AT.address + CHECKSUM_BYTES || bytes.byteLength > BYTES_MAX) throw new MalformedError('that is no link code: something is missing or too much')
  const body = bytes.subarray(0, -CHECKSUM_BYTES)
  if (!equals(checksum(body, sha256), bytes.subarray(-CHECKSUM_BYTES))) throw new MalformedError('the link code is mistyped')
  if (body[AT.version] !== VERSION) throw new UnsupportedError('the link code is of a newer version of this program')
  if (body[AT.addressLength] !== body.byteLength - AT.address) throw new MalformedError('the link code does not have its form')
  return {
    root: rootKeyFromBytes(body.subarray(AT.root, AT.secret)),
    secret: body.slice(AT.secret, AT.addressLength) as Bytes,
    address: addressText(body.subarray(AT.address))
  }
}

function decodeText (text: string): Uint8Array | undefined {
  const letters = text.replace(/[\s-]/g, '').toUpperCase().replace(/[018]/g, digit => LOOK_ALIKES[digit] ?? digit)
  try {
    return fromString(letters, 'base32upper')
  } catch {
    // A character outside the alphabet: the caller says it in our words.
    return undefined
  }
}

function checksum (body: Uint8Array, sha256: Crypto['sha256']): Uint8Array {
  return sha256(DOMAIN.linkCode, body).subarray(0, CHECKSUM_BYTES)
}

function addressBytes (address: string | undefined): Uint8Array {
  if (address === undefined) return new Uint8Array(0)
  const { bytes } = multiaddr(address)
  return bytes.byteLength <= LIMITS.addressHintBytes ? bytes : new Uint8Array(0)
}

/** An address that cannot be read leads nowhere, like none. */
function addressText (bytes: Uint8Array): string | undefined {
  if (bytes.byteLength === 0) return undefined
  try {
    return multiaddr(bytes).toString()
  } catch {
    return undefined
  }
}
