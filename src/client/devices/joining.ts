/**
 * How a new device becomes one of a user's (docs/protocol.md, "Link"), with nothing but a code: it asks through the user's
 * own mailbox, waits until the network lists it, and fetches there what another device has left for it. Whoever answers
 * on the way is believed nothing that the user's devices have not signed.
 */
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { toString } from 'uint8arrays/to-string'
import { openRouteRecord } from '../../dht/record.ts'
import { TimedOutError, UserNotRoutedError } from '../../errors.ts'
import { openProfile, peerKeyFromPeerId, userIdOf } from '../../identity/index.ts'
import { drainMailbox } from '../../relay/client.ts'
import { LIMITS } from '../../wire/limits.ts'
import { SYNC_PROTOCOL } from '../../wire/protocols.ts'
import { enquire, findUser } from '../enquiry.ts'
import { dialingNetwork, listNodes } from '../host.ts'
import { FragmentsCore } from '../sealing/fragments.core.ts'
import { chooseSealingKey, openSealed, sealMessage, type SealingKeyPair } from '../sealing/index.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import { placeIn } from './own-profile.ts'
import { post } from './posting.ts'
import { DEVICE_FORMAT, makeRequest, openGrant, type AccountState } from './words.ts'
import type { Clock, Crypto, Network, Random, SigningKey } from '../../ports.ts'
import type { DeviceCertificate, Envelope, MessageId, Millis, PeerKey, Profile, RouteRecord } from '../../types.ts'
import type { ListedNode } from '../session/service.ts'
import type { LinkCode } from './link-code.ts'
import type { Libp2p, Logger } from '@libp2p/interface'

export interface JoiningComponents { host: Libp2p, networkId: string, nodes: string[], crypto: Crypto, clock: Clock, random: Random, log: Logger }

export interface JoiningInit { code: LinkCode, key: SigningKey, sealing: SealingKeyPair }

/** giver: which of the user's devices answered. */
export interface Joined { state: AccountState, giver: PeerKey }

const MESSAGE_ID_BYTES = 16

/**
 * Resolves with all that this device needs. Rejects with UserNotRoutedError or UnreachableError when the user cannot be
 * found, TimedOutError when no device answered as long as a code lasts.
 */
export async function join (components: JoiningComponents, init: JoiningInit): Promise<Joined> {
  return await new Joining(components, init).run()
}

class Joining {
  readonly #components: JoiningComponents
  readonly #init: JoiningInit
  readonly #network: Pick<Network, 'open'>
  readonly #endsAt: Millis
  #others: ListedNode[] = []

  constructor (components: JoiningComponents, init: JoiningInit) {
    this.#components = components
    this.#init = init
    this.#network = dialingNetwork(components.host)
    this.#endsAt = components.clock.now() + DEVICES_DEFAULTS.invitationMs
  }

  async run (): Promise<Joined> {
    const { clock, log } = this.#components
    this.#others = [...await this.#nodeOfCode(), ...listNodes(this.#components.nodes)]
    let askAt = clock.now()
    let known = await this.#look()
    while (clock.now() < this.#endsAt) {
      const { profile, record } = known
      const certificate = profile.devices[placeIn(profile, this.#init.key.publicKey)]
      if (certificate !== undefined) {
        const joined = await this.#fetch(certificate, record)
        if (joined !== undefined) return joined
      }
      // What was left for this device may have been lost; asking again brings it again.
      if (clock.now() >= askAt) {
        await this.#ask(profile, record).catch((error: Error) => { log('the request was not stored: %s', error.message) })
        askAt = clock.now() + DEVICES_DEFAULTS.joinAskAgainMs
      }
      await new Promise<void>(resolve => { clock.after(DEVICES_DEFAULTS.joinLookMs, resolve) })
      known = await this.#look().catch((error: Error) => {
        log('the user was not found again: %s', error.message)
        return known
      })
    }
    throw new TimedOutError('no device of yours answered: the code may have run out, or the device that shows it is not connected')
  }

  /** Who listens at the code’s address; its key is what the connection proves, and nothing depends on it. */
  async #nodeOfCode (): Promise<ListedNode[]> {
    const { address } = this.#init.code
    const { host, log } = this.#components
    if (address === undefined) return []
    try {
      const { remotePeer } = await host.dial(multiaddr(address), { signal: AbortSignal.timeout(DEVICES_DEFAULTS.postTimeoutMs) })
      return [{ node: peerKeyFromPeerId(peerIdFromString(remotePeer.toString())), addressHints: [address] }]
    } catch (error) {
      log('the node of the link code cannot be reached: %s', (error as Error).message)
      return []
    }
  }

  async #look (): Promise<{ profile: Profile, record: RouteRecord }> {
    const { networkId, crypto, clock } = this.#components
    const { root } = this.#init.code
    const found = await enquire({ network: this.#network, networkId, clock, links: undefined, others: this.#others }, async session => await findUser(session, root, true))
    if (found.profile.byteLength === 0) throw new UserNotRoutedError(`nobody knows which nodes serve ${userIdOf(root)}`)
    const now = clock.now()
    return { profile: await openProfile(found.profile, { crypto, now }), record: await openRouteRecord(found.record, { crypto, now, root }) }
  }

  async #ask (profile: Profile, record: RouteRecord): Promise<void> {
    const { networkId, crypto, clock, random } = this.#components
    const { code: { root, secret }, key, sealing } = this.#init
    const sealTo = chooseSealingKey(profile.sealingKeys, clock.now())
    if (sealTo === undefined) return
    const request = await makeRequest({ root, key, sealingKey: sealing.publicKey, time: clock.now(), secret })
    const messageId = toString(random.bytes(MESSAGE_ID_BYTES), 'base16') as MessageId
    const expiry = Math.floor((clock.now() + LIMITS.retentionMs) / 1000)
    const envelopes = await sealMessage(request, { format: DEVICE_FORMAT.request, messageId, key: sealTo, mailbox: record.mailbox, expiry }, crypto)
    await post({ network: this.#network, networkId, crypto, clock }, record, envelopes)
  }

  /** From whichever of the user’s nodes has it. */
  async #fetch (certificate: DeviceCertificate, record: RouteRecord): Promise<Joined | undefined> {
    for (const { node, addressHint } of record.entries) {
      const listed = { node, addressHints: addressHint === undefined ? [] : [addressHint] }
      const state = await this.#drain(listed, certificate, record).catch((error: Error) => { this.#components.log('node %s did not hand out the mailbox: %s', node.slice(0, 8), error.message) })
      if (state !== undefined) return state
    }
    return undefined
  }

  async #drain ({ node, addressHints }: ListedNode, certificate: DeviceCertificate, { mailbox }: RouteRecord): Promise<Joined | undefined> {
    const { networkId, crypto, clock } = this.#components
    const stream = await this.#network.open(node, addressHints, SYNC_PROTOCOL, { signal: AbortSignal.timeout(DEVICES_DEFAULTS.postTimeoutMs) })
    const fragments = new FragmentsCore(crypto.sha256)
    let state: Joined | undefined
    for await (const { envelopes } of drainMailbox(stream, { network: networkId, mailbox, cursor: undefined, certificate, crypto, clock })) {
      for (const { envelope } of envelopes) state = await this.#open(envelope, fragments) ?? state
    }
    return state
  }

  /** The rest of the mailbox is for later, when this device has the keys to it. */
  async #open (envelope: Envelope, fragments: FragmentsCore): Promise<Joined | undefined> {
    const { crypto, clock, log } = this.#components
    const { sealing, key, code: { root, secret } } = this.#init
    const opening = await openSealed(envelope, [sealing])
    if (opening.type !== 'fragment') return undefined
    for (const effect of fragments.handle({ type: 'fragment', envelope: envelope.id, expiry: envelope.expiry, fragment: opening.fragment }, clock.now())) {
      if (effect.type !== 'whole' || effect.format !== DEVICE_FORMAT.grant) continue
      try {
        const grant = await openGrant(effect.whole, { crypto, now: clock.now() })
        const isForUs = grant.root === root && grant.device === key.publicKey && placeIn(grant.state.profile, key.publicKey) >= 0
        if (isForUs && await grant.isProven(secret)) return { state: grant.state, giver: grant.giver.device }
      } catch (error) {
        log('an answer to the link request was refused: %s', (error as Error).message)
      }
    }
    return undefined
  }
}
