// Users and nodes with keys from fixed seeds: the same in every run, and in the vectors of docs/protocol.md.
import { makeCertificate, makeTicket, rootKeyFromBytes, keyBytes, type Signer } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { CAPABILITY } from '../../src/types.ts'
import type { SigningKey } from '../../src/ports.ts'
import type { DeviceCertificate, RootKey, Seconds, ServingTicket } from '../../src/types.ts'

/** 1 January 2026: "now" of every test that does not say otherwise. */
export const NOW = Date.UTC(2026, 0, 1)
export const NOW_S = NOW / 1000
export const DAY_MS = 24 * 60 * 60 * 1000
export const DAY_S = DAY_MS / 1000
export const ALL = CAPABILITY.route | CAPABILITY.profile | CAPABILITY.link

export interface Person {
  rootKey: RootKey
  root: Signer
  device: SigningKey
  certificate: DeviceCertificate
  /** Signs as the device. */
  signer: Signer & { certificate: DeviceCertificate }
}

/** A user with one device; the same number gives the same keys. */
export async function makePerson (number: number, { capabilities = ALL, epoch = 1 } = {}): Promise<Person> {
  const root = await keyOf('root', number)
  const device = await keyOf('device', number)
  const rootKey = rootKeyFromBytes(keyBytes(root.publicKey))
  const certificate = await makeCertificate({ root: rootKey, device: device.publicKey, epoch, capabilities, issuedAt: NOW }, { key: root }, { crypto })
  return { rootKey, root: { key: root }, device, certificate, signer: { key: device, certificate } }
}

/** Another device of the person, certified by `issuer`. */
export async function linkDevice (person: Person, number: number, issuer: Signer, { capabilities = ALL, epoch = 1 } = {}): Promise<Required<Signer>> {
  const key = await keyOf('linked', number)
  const certificate = await makeCertificate({ root: person.rootKey, device: key.publicKey, epoch, capabilities, issuedAt: NOW }, issuer, { crypto })
  return { key, certificate }
}

/** Promises of as many nodes to serve the person. */
export async function makeTickets (root: RootKey, count: number, expiry: Seconds = NOW_S + 45 * DAY_S): Promise<ServingTicket[]> {
  return await Promise.all(Array.from({ length: count }, async (_, at) => await makeTicket(await keyOf('node', at), root, expiry)))
}

/** The key of a role and a number. */
export async function keyOf (role: string, number: number): Promise<SigningKey> {
  return await crypto.signingKey(crypto.sha256(new TextEncoder().encode(`${role} ${number}`)))
}
