/**
 * Ephemeral words: envelopes that are shown to those of their reader's devices that are there now, and kept by nobody. A
 * device gives one to its node, which says it to the nodes of the mailbox; each of these shows it to the devices that
 * are attached to it, and none passes it on.
 *
 * Nothing is promised: what is too large, too old, too often or for nobody here is dropped without a word, so that
 * whoever sends learns nothing of who is there.
 */
import { RateTable } from '../rates.core.ts'
import { openEnvelope } from '../wire/envelope.ts'
import { LIMITS } from '../wire/limits.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { SourceId } from './intake.core.ts'
import type { PeerLinks } from './peer-links.ts'
import type { Clock, Crypto } from '../ports.ts'
import type { Bytes, Envelope, MailboxId, PeerKey, RouteEntry } from '../types.ts'

export interface WhispersComponents {
  self: PeerKey
  links: Pick<PeerLinks, 'say'>
  /** The nodes that keep the mailbox, by the newest record that is known here without asking anybody. */
  members: (mailbox: MailboxId) => RouteEntry[]
  /** To the devices that are attached here. */
  show: (envelope: Envelope) => void
  crypto: Pick<Crypto, 'sha256'>
  clock: Clock
}

export class Whispers {
  readonly #components: WhispersComponents
  readonly #devices = new RateTable(RELAY_DEFAULTS.deviceWhispers)
  readonly #nodes = new RateTable(RELAY_DEFAULTS.nodeWhispers)
  readonly #mailboxes = new RateTable(RELAY_DEFAULTS.mailboxWhispers)

  constructor (components: WhispersComponents) { this.#components = components }

  /** Of a device that is attached here. */
  submit (source: SourceId, bytes: Bytes): void {
    const envelope = this.#open(bytes, this.#devices, String(source))
    if (envelope === undefined) return
    const { self, links, members } = this.#components
    for (const entry of members(envelope.mailbox)) {
      if (entry.node === self) this.#show(envelope)
      else links.say(entry, { whisper: bytes })
    }
  }

  /** Of a device that is attached to another node. */
  fromPeer (node: PeerKey, bytes: Bytes): void {
    const envelope = this.#open(bytes, this.#nodes, node)
    if (envelope !== undefined) this.#show(envelope)
  }

  #show (envelope: Envelope): void {
    if (this.#mailboxes.take(envelope.mailbox, this.#components.clock.now())) this.#components.show(envelope)
  }

  #open (bytes: Bytes, rates: RateTable, from: string): Envelope | undefined {
    const { clock, crypto } = this.#components
    const now = clock.now()
    if (bytes.byteLength > LIMITS.whisperBytes || !rates.take(from, now)) return undefined
    try {
      const envelope = openEnvelope(bytes, crypto)
      const leftMs = envelope.expiry * 1000 - now
      return leftMs > 0 && leftMs <= LIMITS.whisperLifeMs ? envelope : undefined
    } catch {
      // Malformed, or with a feature that is not known: dropped like the rest.
      return undefined
    }
  }
}
