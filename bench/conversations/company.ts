/** A chat of two users with as many devices as wanted, with real certificates, groups and seals, and no network. */
import { createMls, MLS_SUITE, type GroupId, type GroupState, type Mls, type OwnKeyPackage } from '../../src/client/mls/index.ts'
import { encodeChat, encodeGroupFrame } from '../../src/client/messages/index.ts'
import { newSealingKeys, openSealed, sealMessage, type SealingKeyPair } from '../../src/client/sealing/index.ts'
import { makeCertificate } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { systemRandom } from '../../src/system.ts'
import { CAPABILITY, SEALING_SUITE } from '../../src/types.ts'
import type { Bytes, DeviceCertificate, Envelope, MailboxId, MessageId, PeerKey, RootKey, Seconds } from '../../src/types.ts'

const SEED_BYTES = 32
const DAY_S = 86_400
const FORMAT_GROUP = 2
const MESSAGE_ID = '00'.repeat(16) as MessageId
/** A short text, as people write them. */
const TEXT = 'shall we take the early train, or is that too early for you?'

export interface Companion { mls: Mls, root: RootKey, device: PeerKey, certificate: DeviceCertificate }

export interface Company {
  /** In turns of the first user and of the second. */
  devices: Companion[]
  keys: SealingKeyPair[]
}

/** As many devices, half of each of two users. */
export async function makeCompany (count: number): Promise<Company> {
  const notAfter = Math.floor(Date.now() / 1000) + DAY_S
  const roots = await Promise.all([0, 1].map(async () => await crypto.signingKey(systemRandom.bytes(SEED_BYTES))))
  const devices = await Promise.all(Array.from({ length: count }, async (_, at): Promise<Companion> => {
    const rootKey = roots[at % 2]
    if (rootKey === undefined) throw new Error('a chat has two users')
    const root = rootKey.publicKey as string as RootKey
    const signer = await crypto.signingKey(systemRandom.bytes(SEED_BYTES))
    const { route, profile, link } = CAPABILITY
    const certificate = await makeCertificate({ root, device: signer.publicKey, epoch: 1, capabilities: route | profile | link, issuedAt: Date.now() }, { key: rootKey }, { crypto })
    return { mls: createMls({ crypto, signer, certificate: () => certificate, admit: () => true }), root, device: signer.publicKey, certificate }
  }))
  return { devices, keys: await newSealingKeys({ keyEpoch: 1, notAfter }, systemRandom) }
}

/** What goes out for one MLS message: sealed for each of the two users. */
export async function sealForBoth (mls: Bytes, from: Companion, { keys }: Company): Promise<Envelope[]> {
  const key = keys.find(({ suite }) => suite === SEALING_SUITE.xWing)
  if (key === undefined) throw new Error('there is no X-Wing key')
  const whole = encodeGroupFrame({ from: from.root, device: from.device, mls })
  const expiry: Seconds = Math.floor(Date.now() / 1000) + DAY_S
  const sealed = await Promise.all(['aa', 'bb'].map(async byte => await sealMessage(whole, { format: FORMAT_GROUP, messageId: MESSAGE_ID, key, mailbox: byte.repeat(32) as MailboxId, expiry }, crypto)))
  return sealed.flat()
}

/** Opens the outer seals of one mailbox's half of the envelopes, as a reader would. */
export async function openOuter (envelopes: readonly Envelope[], { keys }: Company): Promise<void> {
  for (const envelope of envelopes.slice(0, envelopes.length / 2)) {
    const { type } = await openSealed(envelope, keys)
    if (type !== 'fragment') throw new Error('the envelope does not open')
  }
}

export function words (): Bytes {
  return encodeChat({ id: MESSAGE_ID, sentAt: Date.now(), stamp: Date.now(), parents: [MESSAGE_ID], content: { type: 'text', text: TEXT, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 } }, undefined)
}

export function newGroupId (): GroupId { return Array.from(systemRandom.bytes(16), byte => byte.toString(16).padStart(2, '0')).join('') as GroupId }

/** Key packages of these devices, as they would have been fetched. */
export async function packagesOf (devices: readonly Companion[]): Promise<OwnKeyPackage[]> {
  return await Promise.all(devices.map(async ({ mls }) => await mls.keyPackage(MLS_SUITE.xWing, Date.now())))
}

/** Bytes that a state takes on disk when it is written whole. */
export function stateBytes (mls: Mls, state: GroupState): number {
  const change = mls.changeOf(undefined, state)
  if (change.type !== 'whole') throw new Error('a first state is written whole')
  return change.bytes.byteLength
}
