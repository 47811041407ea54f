// Devices with real certificates and what a conversation would do around them: take in, pass on, write down.
// Keys are of fixed seeds; the library's own chance is not ours to fix.
import { createMls, MLS_SUITE, type Admit, type Committed, type GroupId, type GroupState, type Mls, type MlsSuite, type OwnKeyPackage } from '../../../src/client/mls/index.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { linkDevice, makePerson } from '../../identity/people.ts'
import type { DeviceCertificate, PeerKey, RootKey } from '../../../src/types.ts'

/** The library looks at the real clock when it adds, so tests about time stand around it. */
export const NOW = Date.now()
export const GROUP = '00112233445566778899aabbccddeeff' as GroupId
export const { x25519: X25519, xWing: XWING } = MLS_SUITE

export const utf8 = (text: string) => new TextEncoder().encode(text)
export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

export interface TestDevice { mls: Mls, device: PeerKey, root: RootKey, certificate: DeviceCertificate }

/** Device `number`: 0, 2, 4 … are the first devices of users, 1, 3, 5 … their second ones. */
export async function makeDevice (number: number, admit: Admit = () => true): Promise<TestDevice> {
  const person = await makePerson(Math.floor(number / 2))
  const { key, certificate } = number % 2 === 0 ? person.signer : await linkDevice(person, number, person.signer)
  const mls = createMls({ crypto, signer: key, certificate: () => certificate, admit })
  return { mls, device: key.publicKey, root: person.rootKey, certificate }
}

/** A device in a group, with what it has read. */
export interface Seat extends TestDevice { state: GroupState, read: string[] }

export async function found (device: TestDevice, suite: MlsSuite = X25519, groupId = GROUP): Promise<Seat> {
  const { state } = await device.mls.create(groupId, suite, NOW)
  return { ...device, state, read: [] }
}

/** `by` adds the devices; everybody in `others` hears of it. */
export async function addAll (by: Seat, devices: TestDevice[], others: Seat[] = []): Promise<Seat[]> {
  const own = await Promise.all(devices.map(async ({ mls }) => await mls.keyPackage(by.state.suite, NOW)))
  const add = await Promise.all(own.map(async ({ bytes }) => await by.mls.openKeyPackage(bytes, NOW)))
  const committed = await by.mls.commit(by.state, { add }, NOW)
  await pass(by, committed, others)
  return await Promise.all(devices.map(async (device, at) => await enter(device, committed, own[at] as OwnKeyPackage)))
}

export async function enter (device: TestDevice, { welcome }: Committed, own: OwnKeyPackage): Promise<Seat> {
  const { state } = await device.mls.join(welcome as Uint8Array, own)
  return { ...device, state, read: [] }
}

/** The commit becomes `by`'s state and reaches the others. */
export async function pass (by: Seat, committed: Committed, others: Seat[]): Promise<void> {
  by.state = committed.state
  for (const seat of others) await take(seat, committed.message)
}

export async function take (seat: Seat, message: Uint8Array) {
  const received = await seat.mls.receive(seat.state, message)
  seat.state = received.state
  if (received.type === 'content') seat.read.push(text(received.content))
  received.wipe()
  return received
}

export async function say (seat: Seat, words: string): Promise<Uint8Array> {
  const { state, message } = await seat.mls.seal(seat.state, utf8(words))
  seat.state = state
  return message
}

/** As many devices in one group, founded by the first. */
export async function makeGroup (count: number, { suite = X25519, admit }: { suite?: MlsSuite, admit?: Admit } = {}): Promise<Seat[]> {
  const devices = await Promise.all(Array.from({ length: count }, async (_, number) => await makeDevice(number, admit)))
  const [first, ...others] = devices as [TestDevice, ...TestDevice[]]
  const founder = await found(first, suite)
  return others.length === 0 ? [founder] : [founder, ...await addAll(founder, others)]
}

/** What `seat` would find after a restart. */
export async function restart (seat: Seat): Promise<GroupState> {
  const written = seat.mls.changeOf(undefined, seat.state)
  if (written.type !== 'whole') throw new Error('a state without a previous one is written whole')
  return await seat.mls.restore(written.bytes, [])
}
