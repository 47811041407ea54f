/**
 * Several devices of one person, as the client sees them: a list, codes that let others in, and the phrase that takes
 * one away. What comes from own devices outside of any chat is told apart here by its format; what happens then is in the
 * parts.
 */
import { peerIdFromString } from '@libp2p/peer-id'
import { MalformedError } from '../../errors.ts'
import { keyBytes, openProfile, peerIdFromPeerKey, peerKeyFromPeerId } from '../../identity/index.ts'
import { openRouteRecord } from '../../dht/record.ts'
import { Invitations } from './invitations.ts'
import { OwnAccount } from './own-account.ts'
import { post } from './posting.ts'
import { without } from './revoking.ts'
import { DEVICE_FORMAT, openRequest } from './words.ts'
import type { Clock, Crypto, Network, Random } from '../../ports.ts'
import type { DeviceCertificate, PeerKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Device, LinkInvitation } from '../api.ts'
import type { Session } from '../session/session.ts'
import type { ClientStore } from '../store/store.ts'
import type { Logger } from '@libp2p/interface'

export interface DevicesComponents {
  account: Account
  store: ClientStore
  network: Pick<Network, 'open'>
  networkId: string
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  /** Gives the user's nodes the new profile, and signs a record that names it. */
  publish: () => Promise<unknown>
  /** The account is another than before: devices came or went, nodes changed, or mail that was left aside can be opened. */
  changed: (what: AccountNews) => void
  /** This device does not belong to the user any more. */
  revoked: () => void
}

export interface AccountNews { devices: boolean, record: boolean, secrets: boolean }

export class Devices {
  readonly #components: DevicesComponents
  readonly #own: OwnAccount
  readonly #invitations: Invitations

  constructor (components: DevicesComponents) {
    const { account, network, networkId, crypto, clock, changed } = components
    this.#components = components
    this.#invitations = new Invitations({ root: account.root, ...components })
    this.#own = new OwnAccount({
      ...components,
      adopted: changed,
      post: async (record, envelopes) => { await post({ network, networkId, crypto, clock }, record, envelopes) }
    })
  }

  async start (): Promise<void> { await this.#own.start() }

  async stop (): Promise<void> {
    this.#invitations.stop()
    await this.#own.stop()
  }

  /** In the order in which they came in. */
  list (): Device[] {
    const { account } = this.#components
    return account.profile.devices.map(certificate => asDevice(certificate, account.device.publicKey))
  }

  /** Throws NotAuthenticError when this device may not let others in, TooLargeError when there are too many. */
  invite (): LinkInvitation {
    this.#own.checkMayLink()
    return this.#invitations.make(this.#components.account.nodes.flatMap(({ addressHints }) => addressHints)[0])
  }

  /** device: a peer id. Throws MalformedError, IdentityError, or UnreachableError when no node has taken it in yet. */
  async revoke (device: string, phrase: string): Promise<void> {
    await this.#own.replace(async () => await without(deviceKeyOf(device), phrase, this.#components))
  }

  /** A whole message of one of DEVICE_FORMAT. Never throws; what is not for us, forged or late is a line in the log. */
  async take (format: number, whole: Uint8Array): Promise<void> {
    const { log } = this.#components
    try {
      if (format === DEVICE_FORMAT.request) await this.#onRequest(whole)
      else if (format === DEVICE_FORMAT.grant) await this.#own.takeGrant(whole)
    } catch (error) {
      log('a word between devices (%d) came to nothing: %s', format, (error as Error).message)
    }
  }

  /** Another device may have changed the account while this one was away: the node knows. Never throws. */
  async attached (session: Session): Promise<void> {
    await this.look(session).catch((error: Error) => {
      this.#components.log('node %s was not asked for what other devices changed: %s', session.node.slice(0, 8), error.message)
    })
  }

  /** Takes over what the node knows of the account. Throws what `findProfile` throws, or what is wrong with the answer. */
  async look (session: Session): Promise<void> {
    const { account, crypto, clock } = this.#components
    const found = await session.findProfile(keyBytes(account.root), false)
    const now = clock.now()
    const profile = found.profile.byteLength === 0 ? undefined : await openProfile(found.profile, { crypto, now })
    const record = found.record.byteLength === 0 ? undefined : await openRouteRecord(found.record, { crypto, now, root: account.root })
    if (profile !== undefined && profile.root !== account.root) throw new MalformedError('the node answered with another user’s profile')
    await this.#own.adopt(profile, record)
  }

  async #onRequest (whole: Uint8Array): Promise<void> {
    const { account, crypto } = this.#components
    const request = await openRequest(whole, { crypto })
    if (request.root !== account.root || request.device === account.device.publicKey) return
    if (request.certificate !== undefined) return await this.#own.answer(request)
    const invitation = await this.#invitations.accept(request)
    if (invitation === undefined) return
    const isNew = !this.list().some(({ id }) => id === idOf(request.device))
    await this.#own.link(request, invitation.secret)
    const device = this.list().find(({ id }) => id === idOf(request.device))
    if (device !== undefined) invitation.linked(device)
    if (isNew) this.#components.changed({ devices: true, record: false, secrets: false })
  }
}

function asDevice ({ device, issuedAt }: DeviceCertificate, own: PeerKey): Device {
  return { id: idOf(device), isThis: device === own, linkedAt: issuedAt }
}

function idOf (device: PeerKey): string { return peerIdFromPeerKey(device).toString() }

function deviceKeyOf (id: string): PeerKey {
  try {
    return peerKeyFromPeerId(peerIdFromString(id))
  } catch (error) {
    throw new MalformedError(`“${id.slice(0, 60)}” is no device’s id`, { cause: error })
  }
}

/** For callers that have whole messages of any format. */
export function isDeviceFormat (format: number): boolean { return (Object.values(DEVICE_FORMAT) as number[]).includes(format) }
