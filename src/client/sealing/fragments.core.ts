/**
 * Puts the pieces of a message together, in whatever order and however often they come.
 *
 * Anybody may put pieces into a mailbox, so nothing here trusts one. Pieces belong together only when they agree on
 * message id, count, format and the hash of the whole; a message is whole only when it has that hash; a piece that
 * contradicts another is tried in its place, so that a forged one cannot keep the true one out. What never becomes
 * whole goes at its expiry, or earlier when the bounds are reached: then the message that waited longest without
 * progress goes first, and its sender, who gets no delivered mark, seals it again.
 */
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { LIMITS } from '../../wire/limits.ts'
import { SEALING_DEFAULTS } from './defaults.ts'
import type { Crypto } from '../../ports.ts'
import type { EnvelopeId, MessageId, Millis, Seconds } from '../../types.ts'

/** One opened piece of a message (docs/protocol.md, "Inside the seal"). */
export interface Fragment {
  /** How the whole is protected (formats.ts). */
  format: number
  messageId: MessageId
  index: number
  count: number
  /** SHA-256 of the whole, 64 hex digits. */
  wholeHash: string
  chunk: Uint8Array
}

export type FragmentsEvent =
  | { type: 'fragment', envelope: EnvelopeId, expiry: Seconds, fragment: Fragment }
  | { type: 'tick' }

export type FragmentsEffect =
  /** The message is whole; envelopes: all that brought a piece of it. */
  | { type: 'whole', messageId: MessageId, format: number, whole: Uint8Array, envelopes: EnvelopeId[] }
  /** Keep this piece, others are still out. */
  | { type: 'hold', envelope: EnvelopeId, expiry: Seconds, fragment: Fragment }
  /** These pieces are of no more use. redundant: the same piece is here already. */
  | { type: 'drop', envelopes: EnvelopeId[], reason: 'malformed' | 'redundant' | 'expired' | 'evicted' }

/** The bounds of SEALING_DEFAULTS. */
export type FragmentsLimits = Record<keyof typeof SEALING_DEFAULTS, number>

/** A message with pieces out. chunks[i]: what came as piece i, usually one. */
interface Assembly {
  chunks: Uint8Array[][]
  envelopes: EnvelopeId[]
  bytes: number
  contradictions: number
  forgetAt: Millis
}

/** Pure: time is an argument, and hashing a function. */
export class FragmentsCore {
  readonly #sha256: Crypto['sha256']
  readonly #limits: FragmentsLimits
  /** In the order of their last progress. */
  readonly #assemblies = new Map<string, Assembly>()
  #bytes = 0

  constructor (sha256: Crypto['sha256'], limits: Partial<FragmentsLimits> = {}) {
    this.#sha256 = sha256
    this.#limits = { ...SEALING_DEFAULTS, ...limits }
  }

  handle (event: FragmentsEvent, now: Millis): FragmentsEffect[] {
    switch (event.type) {
      case 'fragment': return event.fragment.count === 1 ? this.#onOnly(event) : this.#onPiece(event, now)
      case 'tick': return this.#sweep(now)
    }
  }

  #onOnly ({ envelope, fragment }: FragmentsEvent & { type: 'fragment' }): FragmentsEffect[] {
    if (!this.#fits([fragment.chunk], fragment)) return [{ type: 'drop', envelopes: [envelope], reason: 'malformed' }]
    return [{ type: 'whole', messageId: fragment.messageId, format: fragment.format, whole: fragment.chunk, envelopes: [envelope] }]
  }

  #onPiece ({ envelope, expiry, fragment }: FragmentsEvent & { type: 'fragment' }, now: Millis): FragmentsEffect[] {
    const key = `${fragment.messageId}/${fragment.wholeHash}/${fragment.count}/${fragment.format}`
    const assembly = this.#assemblies.get(key) ?? newAssembly(fragment.count)
    const rivals = assembly.chunks[fragment.index] ?? []
    if (rivals.some((chunk) => equals(chunk, fragment.chunk))) return [{ type: 'drop', envelopes: [envelope], reason: 'redundant' }]
    if (rivals.length > 0 && ++assembly.contradictions > this.#limits.contradictions) return [{ type: 'drop', envelopes: [envelope], reason: 'malformed' }]

    assembly.envelopes.push(envelope)
    const whole = this.#tryWhole(assembly, fragment)
    if (whole != null) {
      this.#forget(key)
      return [{ type: 'whole', messageId: fragment.messageId, format: fragment.format, whole, envelopes: assembly.envelopes }]
    }
    rivals.push(fragment.chunk)
    assembly.bytes += fragment.chunk.byteLength
    this.#bytes += fragment.chunk.byteLength
    assembly.forgetAt = Math.max(assembly.forgetAt, Math.min(expiry * 1000 + LIMITS.expiryGraceMs, now + LIMITS.retentionMs + LIMITS.expiryGraceMs))
    this.#assemblies.delete(key)
    this.#assemblies.set(key, assembly)
    return [{ type: 'hold', envelope, expiry, fragment }, ...this.#evict()]
  }

  /** Tries every combination that has the new piece in its place. */
  #tryWhole ({ chunks }: Assembly, fragment: Fragment): Uint8Array | undefined {
    let candidates: Uint8Array[][] = [[]]
    for (const [index, rivals] of chunks.entries()) {
      const choices = index === fragment.index ? [fragment.chunk] : rivals
      candidates = candidates.flatMap((before) => choices.map((chunk) => [...before, chunk]))
    }
    const whole = candidates.find((pieces) => this.#fits(pieces, fragment))
    return whole == null ? undefined : concat(whole)
  }

  #fits (pieces: Uint8Array[], { wholeHash }: Fragment): boolean {
    return toString(this.#sha256(...pieces), 'base16') === wholeHash
  }

  #evict (): FragmentsEffect[] {
    const effects: FragmentsEffect[] = []
    for (const [key, { envelopes }] of this.#assemblies) {
      if (this.#assemblies.size <= this.#limits.incompleteMessages && this.#bytes <= this.#limits.incompleteBytes) break
      this.#forget(key)
      effects.push({ type: 'drop', envelopes, reason: 'evicted' })
    }
    return effects
  }

  #sweep (now: Millis): FragmentsEffect[] {
    const effects: FragmentsEffect[] = []
    for (const [key, { envelopes, forgetAt }] of this.#assemblies) {
      if (forgetAt > now) continue
      this.#forget(key)
      effects.push({ type: 'drop', envelopes, reason: 'expired' })
    }
    return effects
  }

  #forget (key: string): void {
    this.#bytes -= this.#assemblies.get(key)?.bytes ?? 0
    this.#assemblies.delete(key)
  }
}

function newAssembly (count: number): Assembly {
  return { chunks: Array.from({ length: count }, () => []), envelopes: [], bytes: 0, contradictions: 0, forgetAt: 0 }
}
