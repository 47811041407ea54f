/** Envelopes between their arrival and the opening of their seal. */
import { NotAuthenticError } from '../../errors.ts'
import { openEnvelope } from '../../wire/envelope.ts'
import { openSealed } from '../sealing/index.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes, Envelope, EnvelopeId } from '../../types.ts'
import type { Account } from '../account.ts'
import type { InboxEvent } from './events.core.ts'
import type { Logger } from '@libp2p/interface'

export interface ArrivalsComponents {
  account: Pick<Account, 'mailbox' | 'openingKeys'>
  crypto: Crypto
  log: Logger
  handle: (event: InboxEvent) => void
}

interface Arrived { envelope: Envelope, release: Array<() => void> }

export class Arrivals {
  readonly #components: ArrivalsComponents
  readonly #arrived = new Map<EnvelopeId, Arrived>()
  readonly #wanted = new Set<EnvelopeId>()

  constructor (components: ArrivalsComponents) { this.#components = components }

  /**
   * An envelope as a node gave it. Undefined when it is none, or not for us. release: called when its bytes are no
   * longer needed.
   */
  read (bytes: Bytes, release: () => void): Envelope | undefined {
    const { account, crypto, log } = this.#components
    try {
      const envelope = openEnvelope(bytes, crypto)
      if (envelope.mailbox !== account.mailbox) throw new NotAuthenticError('it is for another mailbox')
      return envelope
    } catch (error) {
      log('an envelope from a node was refused: %s', (error as Error).message)
      release()
      return undefined
    }
  }

  /** Takes in what `read` gave. */
  take (envelope: Envelope, release: () => void): void {
    const known = this.#arrived.get(envelope.id)
    if (known !== undefined) {
      known.release.push(release)
      return
    }
    this.#arrived.set(envelope.id, { envelope, release: [release] })
    this.#components.handle({ type: 'arrived', envelope: envelope.id, expiry: envelope.expiry })
    // Known already, or postponed: nobody asked to open it.
    if (!this.#wanted.has(envelope.id)) this.#forget(envelope.id)
  }

  /** The core asks to open it. */
  want (id: EnvelopeId): void { this.#wanted.add(id) }

  async open (id: EnvelopeId): Promise<void> {
    const { account, handle } = this.#components
    const arrived = this.#arrived.get(id)
    if (arrived === undefined) return
    const opening = await openSealed(arrived.envelope, account.openingKeys)
    const bytes = arrived.envelope.bytes.byteLength
    this.#wanted.delete(id)
    this.#forget(id)
    if (opening.type === 'fragment') handle({ type: 'opened', envelope: id, fragment: opening.fragment })
    else handle({ type: 'undecipherable', envelope: id, reason: opening.type, bytes })
  }

  #forget (id: EnvelopeId): void {
    const arrived = this.#arrived.get(id)
    this.#arrived.delete(id)
    for (const release of arrived?.release ?? []) release()
  }
}
