/** Frames between their unwrapping and their durability: those that are being decrypted, and messages that wait for an answer. */
import { heldKey } from './events.core.ts'
import type { EnvelopeId, Message, MessageId, RootKey } from '../../types.ts'

interface Named { from: RootKey, id: MessageId }

/** Bounded by the envelopes that brought them (Intake), and by what groups keep. */
export class Underway {
  readonly #decrypting = new Map<string, EnvelopeId[]>()
  /** Messages that wait for what the history knows, or to be heeded. */
  readonly #messages = new Map<string, { message: Message, envelopes: EnvelopeId[] }>()

  get idle (): boolean {
    return this.#decrypting.size + this.#messages.size === 0
  }

  /** True when the frame is under way already: then these envelopes go with it. */
  join (named: Named, envelopes: EnvelopeId[]): boolean {
    const known = this.#messages.get(heldKey(named))?.envelopes ?? this.#decrypting.get(heldKey(named))
    known?.push(...envelopes)
    return known != null
  }

  decrypt (named: Named, envelopes: EnvelopeId[]): void {
    this.#decrypting.set(heldKey(named), envelopes)
  }

  /** It has become something: all envelopes that brought it. */
  decrypted (named: Named, envelopes: EnvelopeId[]): EnvelopeId[] {
    const brought = this.#decrypting.get(heldKey(named)) ?? []
    this.#decrypting.delete(heldKey(named))
    return [...brought, ...envelopes]
  }

  hold (message: Message, envelopes: EnvelopeId[]): void {
    this.#messages.set(heldKey(message), { message, envelopes })
  }

  /** The answer came. */
  take (named: Named): { message: Message, envelopes: EnvelopeId[] } | undefined {
    const held = this.#messages.get(heldKey(named))
    this.#messages.delete(heldKey(named))
    return held
  }
}
