/**
 * Link codes that were shown and not used yet. Each lets one device in, within ten minutes; whatever comes without
 * its secret, twice, or late does nothing. They live in memory: a client that stops has withdrawn its codes.
 */
import { TimedOutError } from '../../errors.ts'
import { encodeLinkCode, LINK_SECRET_BYTES } from './link-code.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import type { Clock, Crypto, Random } from '../../ports.ts'
import type { Bytes, Millis, PeerKey, RootKey } from '../../types.ts'
import type { Device, LinkInvitation } from '../api.ts'
import type { OpenedRequest } from './words.ts'

export interface InvitationsComponents { root: RootKey, crypto: Pick<Crypto, 'sha256'>, clock: Clock, random: Pick<Random, 'bytes'> }

/** A code that is out. device: who used it; only that one is answered again. */
export interface Invitation {
  secret: Bytes
  expiresAt: Millis
  device: PeerKey | undefined
  answers: number
  linked: (device: Device) => void
}

interface Open extends Invitation { withdraw: (error: Error) => void }

export class Invitations {
  readonly #components: InvitationsComponents
  #open: Open[] = []

  constructor (components: InvitationsComponents) { this.#components = components }

  /** address: of one of the user's nodes, for a new device that knows no network yet. */
  make (address: string | undefined): LinkInvitation {
    const { root, crypto, clock, random } = this.#components
    const secret = random.bytes(LINK_SECRET_BYTES)
    const expiresAt = clock.now() + DEVICES_DEFAULTS.invitationMs
    const { promise, resolve, reject } = Promise.withResolvers<Device>()
    // Whoever shows a code and does not wait is not to fall over its end.
    promise.catch(() => {})
    const cancel = clock.after(DEVICES_DEFAULTS.invitationMs, () => { withdraw(new TimedOutError('no device came in by this code, and it has run out')) })
    const withdraw = (error: Error): void => {
      cancel()
      this.#open = this.#open.filter(other => other !== invitation)
      reject(error)
    }
    const invitation: Open = { secret, expiresAt, device: undefined, answers: 0, linked: resolve, withdraw }
    this.#open.push(invitation)
    if (this.#open.length > DEVICES_DEFAULTS.invitationsMax) this.#open[0]?.withdraw(new TimedOutError('another code has taken the place of this one'))
    return {
      code: encodeLinkCode({ root, secret, address }, crypto),
      expiresAt,
      linked: promise,
      cancel: () => { withdraw(new TimedOutError('the code was withdrawn')) }
    }
  }

  /** The invitation that a request knows the secret of; undefined when there is none, any more, or for this device. */
  async accept (request: OpenedRequest): Promise<Invitation | undefined> {
    for (const invitation of this.#open) {
      if (!await request.isProven(invitation.secret)) continue
      if (invitation.expiresAt <= this.#components.clock.now() || invitation.answers >= DEVICES_DEFAULTS.answersMax) return undefined
      if (invitation.device !== undefined && invitation.device !== request.device) return undefined
      invitation.device = request.device
      invitation.answers++
      return invitation
    }
    return undefined
  }

  stop (): void {
    for (const invitation of [...this.#open]) invitation.withdraw(new TimedOutError('the client was stopped'))
  }
}
