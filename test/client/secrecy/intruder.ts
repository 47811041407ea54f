// Somebody who is not in a conversation: has a device, a key and a certificate, true or forged, the library of groups, and
// can put any frame into any mailbox and any key package before whoever asks a node for one.
import { concat } from 'uint8arrays/concat'
import { createMls, type GroupId, type GroupState, type Mls } from '../../../src/client/mls/index.ts'
import { newGroupId } from '../../../src/client/groups/group-id.ts'
import { encodeChat, encodeGroupFrame } from '../../../src/client/messages/index.ts'
import { keyBytes } from '../../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { CAPABILITY, type Bytes, type DeviceCertificate, type MessageId, type PeerKey, type RootKey } from '../../../src/types.ts'
import { CertificateBody, Signed } from '../../../src/wire/identity.ts'
import { toHex } from '../../../src/wire/hex.ts'
import { DOMAIN } from '../../../src/wire/protocols.ts'
import { X25519 } from '../mls/people.ts'
import type { Crypto, Random, SigningKey } from '../../../src/ports.ts'
import type { Device } from '../groups/device.ts'
import type { User, World } from '../groups/world.ts'

export interface Hint { from: RootKey, device: PeerKey }

export class Intruder {
  readonly mls: Mls
  readonly key: PeerKey
  readonly #world: World
  readonly #random: Random
  readonly #hint: Hint
  #state: GroupState | undefined

  private constructor (world: World, signer: SigningKey, certificate: DeviceCertificate, believing: Crypto = crypto) {
    this.#world = world
    this.#random = world.random(0xbad)
    this.#hint = { from: certificate.root, device: signer.publicKey }
    this.key = signer.publicKey
    this.mls = createMls({ crypto: believing, signer, certificate: () => certificate, admit: () => true })
  }

  /** With what is its own. */
  static as (world: World, device: Device): Intruder { return new Intruder(world, device.signer, device.certificate) }

  /** With its own key, and a certificate that names somebody else's root and that it signed itself. */
  static async pretending (world: World, device: Device, victim: User): Promise<Intruder> {
    const body = CertificateBody.encode({ root: keyBytes(victim.root), device: keyBytes(device.key), epoch: 1, capabilities: CAPABILITY.route | CAPABILITY.profile | CAPABILITY.link, issuedAt: BigInt(world.clock.now()) })
    const bytes = Signed.encode({ body, signature: await device.signer.sign(concat([DOMAIN.certificate, body])) }) as Bytes
    return new Intruder(world, device.signer, { ...device.certificate, root: victim.root, bytes }, { ...crypto, verify: async () => true })
  }

  async keyPackage (): Promise<Bytes> { return (await this.mls.keyPackage(X25519, this.#world.clock.now())).bytes }

  /** Makes a group with devices of these, by packages that any node gave; and tells them. */
  async invite (users: User[], hint: Hint = this.#hint): Promise<GroupId> {
    const now = this.#world.clock.now()
    const { state } = await this.mls.create(newGroupId(7, this.#random), X25519, now)
    const packages = users.map(({ first }) => this.#world.packages.get(first.key)?.oneTime.pop() as Bytes)
    const committed = await this.mls.commit(state, { add: await Promise.all(packages.map(async bytes => await this.mls.openKeyPackage(bytes, now))) }, now)
    this.#state = committed.state
    this.#deposit(users, this.#id(), committed.welcome as Bytes, hint)
    return state.groupId
  }

  /** In the group that it made. */
  async write (users: User[], text: string, hint: Hint = this.#hint): Promise<void> {
    const id = this.#id()
    const now = this.#world.clock.now()
    const words = encodeChat({ id, sentAt: now, stamp: now, parents: [], content: { type: 'text', text, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 } }, undefined)
    const { state, message } = await this.mls.seal(this.#state as GroupState, words)
    this.#state = state
    this.#deposit(users, id, message, hint)
  }

  #deposit (users: User[], id: MessageId, mls: Bytes, hint: Hint): void {
    for (const { root } of users) this.#world.deposit({ to: root, id, whole: encodeGroupFrame({ ...hint, mls }), forgetAt: this.#world.clock.now() + 1 })
  }

  #id (): MessageId { return toHex(this.#random.bytes(16)) as MessageId }
}
