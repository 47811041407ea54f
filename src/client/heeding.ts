/**
 * Words between clients, and what they ask for: lines that were read, lines that are missing somewhere, and what one's
 * own devices tell each other.
 */
import { CLIENT_DEFAULTS } from './defaults.ts'
import { isSignal } from './messages/index.ts'
import type { Clock } from '../ports.ts'
import type { Bytes, ConversationId, Message, MessageId, Millis, PeerKey, RootKey } from '../types.ts'

export interface HeedingComponents {
  own: RootKey
  clock: Clock
  /** The other side has read these messages of ours. */
  marked: (from: RootKey, ids: MessageId[]) => void
  /** Another of our devices has read these: they are not unread here any more, durably. */
  readElsewhere: (conversation: ConversationId, ids: MessageId[], at: Millis) => Promise<void>
  /** A user's device lacks these messages: those of ours go out again. */
  resend: (to: RootKey, ids: MessageId[]) => Promise<void>
  /** From another of our devices. */
  synced: (device: PeerKey, body: Bytes) => Promise<void>
}

export class Heeding {
  readonly #components: HeedingComponents
  /** When a message went to a user who asked for it. */
  readonly #answered = new Map<string, Millis>()

  constructor (components: HeedingComponents) { this.#components = components }

  /** Durable when it resolves; the same may come twice. */
  async heed ({ from, device, conversation, sentAt, content }: Message): Promise<void> {
    if (!isSignal(content)) return
    const { own, marked, readElsewhere, resend, synced } = this.#components
    switch (content.type) {
      case 'read': return from === own ? await readElsewhere(conversation, content.ids, sentAt) : marked(from, content.ids)
      case 'repair': return await resend(from, content.ids.filter(id => this.#isDue(from, id)))
      // Only in the conversation with oneself: what another user says there is not meant for us.
      case 'sync': if (from === own && conversation === own) await synced(device, content.body)
    }
  }

  #isDue (to: RootKey, id: MessageId): boolean {
    const now = this.#components.clock.now()
    const key = `${to}/${id}`
    if (now - (this.#answered.get(key) ?? -Infinity) < CLIENT_DEFAULTS.repairAnsweredMs) return false
    this.#answered.delete(key)
    this.#answered.set(key, now)
    for (const oldest of this.#answered.keys()) {
      if (this.#answered.size <= CLIENT_DEFAULTS.repairsAnsweredMax) break
      this.#answered.delete(oldest)
    }
    return true
  }
}
