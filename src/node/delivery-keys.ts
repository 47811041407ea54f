/**
 * Delivery keys of the users that this node serves: by them it tells mail of contacts from requests (docs/protocol.md,
 * "Admission"). Durable before the node answers the registration that brought one.
 *
 * A key belongs to the epoch of the profile beside which it came, and a registration with an older profile is refused before
 * it gets here: so a device that was taken away brings no old key back. While the newest profile is of a later epoch than
 * the key, nothing is admitted by it: whom that epoch left out knows it.
 */
import { MalformedError } from '../errors.ts'
import { showsKey } from '../wire/admission.ts'
import { readUint32, writeUint32 } from '../wire/integers.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Shelf } from '../ports.ts'
import type { Bytes, Envelope, MailboxId } from '../types.ts'

const EPOCH_BYTES = 4

interface Kept { epoch: number, key: Bytes }

export class DeliveryKeys {
  readonly #shelf: Shelf
  readonly #keys = new Map<MailboxId, Kept>()

  constructor (shelf: Shelf) { this.#shelf = shelf }

  /** One that an earlier run kept. Throws MalformedError. */
  restore (mailbox: MailboxId, bytes: Bytes): void {
    if (bytes.byteLength !== EPOCH_BYTES + LIMITS.deliveryKeyBytes) throw new MalformedError('its delivery key does not have its form')
    this.#keys.set(mailbox, { epoch: readUint32(bytes, 0), key: bytes.slice(EPOCH_BYTES) })
  }

  /** Takes the place of the one before. Durable when it resolves. */
  async put (mailbox: MailboxId, epoch: number, key: Uint8Array): Promise<void> {
    const kept = this.#keys.get(mailbox)
    if (kept?.epoch === epoch && kept.key.every((byte, at) => byte === key[at])) return
    const bytes = new Uint8Array(EPOCH_BYTES + LIMITS.deliveryKeyBytes)
    writeUint32(bytes, 0, epoch)
    bytes.set(key, EPOCH_BYTES)
    await this.#shelf.put(mailbox, bytes)
    this.#keys.set(mailbox, { epoch, key: bytes.subarray(EPOCH_BYTES) })
  }

  /** epoch: of the user's newest profile. Without a key everything is admitted, as it was before there were any. */
  admits (envelope: Envelope, epoch: number): boolean {
    const kept = this.#keys.get(envelope.mailbox)
    return kept === undefined || (kept.epoch === epoch && showsKey(envelope, kept.key))
  }

  async forget (mailbox: MailboxId): Promise<void> {
    this.#keys.delete(mailbox)
    await this.#shelf.delete(mailbox)
  }
}
