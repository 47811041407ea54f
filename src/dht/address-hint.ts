/**
 * Address hints: where a route record says that a node may be reached, at most 24 bytes each. Never trusted: whoever
 * dials one proves the node's key or is hung up on. So what cannot serve as a hint is left out, not refused.
 */
import { CODE_P2P, CODE_P2P_CIRCUIT, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { MalformedError } from '../errors.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Bytes } from '../types.ts'

/** The binary form without the node's own /p2p at the end; empty for none, too long, or an address through a circuit. */
export function hintBytes (text: string | undefined): Bytes {
  if (text == null) return new Uint8Array()
  const address = parse(text)
  if (address == null) throw new MalformedError(`“${text.slice(0, 100)}” is not a multiaddr`)
  const direct = address.getComponents().at(-1)?.code === CODE_P2P ? address.decapsulateCode(CODE_P2P) : address
  return isDirect(direct) && direct.bytes.byteLength <= LIMITS.addressHintBytes ? new Uint8Array(direct.bytes) : new Uint8Array()
}

/** The text of a carried hint, undefined when it is none that we can dial. Throws MalformedError when it is too long. */
export function hintText (bytes: Bytes): string | undefined {
  if (bytes.byteLength > LIMITS.addressHintBytes) throw new MalformedError(`the route record has an address hint of more than ${LIMITS.addressHintBytes} bytes`)
  const address = parse(bytes)
  if (address == null || !isDirect(address)) return undefined
  const text = address.toString()
  // Some bytes decode to a text that is no address: a /dns without a name, say.
  return parse(text)?.toString() === text ? text : undefined
}

function isDirect (address: Multiaddr): boolean {
  const codes = address.getComponents().map(({ code }) => code)
  return codes.length > 0 && !codes.includes(CODE_P2P) && !codes.includes(CODE_P2P_CIRCUIT)
}

function parse (address: string | Bytes): Multiaddr | undefined {
  try {
    return multiaddr(address)
  } catch {
    // Of a protocol that is not known here, or no address at all: both lead nowhere.
    return undefined
  }
}
