/**
 * Signing a value in a user's name, and opening one: size, the one encoding, the body's form, the certificate's chain,
 * the device's right, the signature, in this order, cheapest first. Each kind of value says what is its own in a
 * SignedKind; a value of a type that this makes has passed all of it.
 */
import { concat } from 'uint8arrays/concat'
import { toString } from 'uint8arrays/to-string'
import { NotAuthenticError, TooLargeError } from '../errors.ts'
import { Signed } from '../wire/identity.ts'
import { openCertificate } from './certificate.ts'
import { decodeContainer, decodeWith } from './container.ts'
import type { Crypto } from '../ports.ts'
import type { Bytes, DeviceCertificate, RootKey } from '../types.ts'
import type { Signer } from './certificate.ts'

/** What sets one kind of signed value apart. */
export interface SignedKind<Body> {
  /** As it stands in an error's sentence: "the route record". */
  name: string
  /** One of wire/protocols.ts DOMAIN. */
  domain: Uint8Array
  /** Of the value as carried. */
  bytesMax: number
  /** Bit of CAPABILITY that a signing device needs; 0: any device of the user may sign. */
  capability: number
  /** The generated decoder; whatever it throws becomes a MalformedError. */
  decode: (bytes: Uint8Array) => Body
  /** In whose name the body speaks; without a root, a certificate must say it. Throws MalformedError. */
  claims: (body: Body) => { root?: RootKey, epoch?: number }
}

export interface OpenedSigned<Body> {
  body: Body
  /** SHA-256 of the carried body, 64 hex digits: the last part of its order. */
  hash: string
  root: RootKey
  /** The signing device's, undefined when the root signed. */
  certificate: DeviceCertificate | undefined
  bytes: Bytes
}

/** Signs an encoded body as the root or as a device. Throws TooLargeError. */
export async function makeSigned (kind: Pick<SignedKind<unknown>, 'name' | 'domain' | 'bytesMax'>, body: Uint8Array, signer: Signer): Promise<Bytes> {
  const signature = await signer.key.sign(concat([kind.domain, body]))
  const bytes = Signed.encode({ body: new Uint8Array(body), signature, certificate: signer.certificate?.bytes })
  if (bytes.byteLength > kind.bytesMax) throw new TooLargeError(`${kind.name} would have ${bytes.byteLength} bytes, more than ${kind.bytesMax}`)
  return bytes
}

/** Throws TooLargeError, MalformedError or NotAuthenticError. */
export async function openSigned<Body> (kind: SignedKind<Body>, carried: Uint8Array, { crypto }: { crypto: Crypto }): Promise<OpenedSigned<Body>> {
  const container = decodeContainer(kind.name, carried, kind.bytesMax)
  const body = decodeWith(kind.name, kind.decode, container.body)
  const claims = kind.claims(body)
  const certificate = container.certificate.byteLength === 0 ? undefined : await openCertificate(container.certificate, { crypto })
  if (certificate != null) checkRight(kind, claims, certificate)
  const root = claims.root ?? certificate?.root
  if (root == null) throw new NotAuthenticError(`${kind.name} does not say by its certificate whose it is`)
  if (!await crypto.verify(certificate?.device ?? root, concat([kind.domain, container.body]), container.signature)) {
    throw new NotAuthenticError(`${kind.name} was not signed by the key that it names`)
  }
  return { body, hash: toString(crypto.sha256(container.body), 'base16'), root, certificate, bytes: container.bytes }
}

/** A device speaks for its own user, in its own epoch only (else a revoked one would go on), and by its capability. */
function checkRight (kind: Pick<SignedKind<unknown>, 'name' | 'capability'>, claims: { root?: RootKey, epoch?: number }, certificate: DeviceCertificate): void {
  if (claims.root != null && claims.root !== certificate.root) throw new NotAuthenticError(`${kind.name} was signed by another user’s device`)
  if (claims.epoch != null && claims.epoch !== certificate.epoch) throw new NotAuthenticError(`${kind.name} was signed by a device of another epoch`)
  if ((certificate.capabilities & kind.capability) !== kind.capability) throw new NotAuthenticError(`${kind.name} was signed by a device that may not do so`)
}
