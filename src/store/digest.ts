/**
 * What a mailbox holds, in sixteen bytes: two replicas with the same mail and the same marks of devices say the same,
 * whatever the order in which it came (docs/protocol.md, "Digest").
 *
 * Only kept envelopes count. What is remembered of others runs out at different hours on different nodes, and would
 * make digests differ where no mail does.
 */
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { DOMAIN } from '../wire/protocols.ts'
import type { MailboxDigest } from '../ports.ts'
import type { EnvelopeId, PeerKey } from '../types.ts'

const FINGERPRINT_HEX_DIGITS = 32

/** Told a mailbox's kept envelopes in the order of their ids. */
export class Fingerprint {
  readonly #hash = createHash('sha256').update(DOMAIN.digest)
  #envelopes = 0

  add (id: EnvelopeId, collectedBy: readonly PeerKey[]): void {
    this.#envelopes++
    this.#hash.update(id, 'hex').update(Buffer.of(collectedBy.length))
    for (const device of [...collectedBy].sort()) this.#hash.update(device, 'hex')
  }

  digest (): MailboxDigest {
    return { envelopes: this.#envelopes, fingerprint: this.#hash.digest('hex').slice(0, FINGERPRINT_HEX_DIGITS) }
  }
}

/** Of a mailbox that holds nothing. */
export const EMPTY_DIGEST: MailboxDigest = Object.freeze(new Fingerprint().digest())
