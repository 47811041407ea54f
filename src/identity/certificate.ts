/**
 * Device certificates: the root says which devices act for a user and what they may do; a device with `link` can say
 * it of others. A certificate carries its issuers inside, so that it can be checked by itself: at most three deep,
 * 1 KiB, all of one root and one epoch, and nobody gives what they do not have.
 */
import { concat } from 'uint8arrays/concat'
import { MalformedError, NotAuthenticError } from '../errors.ts'
import { CertificateBody, Signed } from '../wire/identity.ts'
import { LIMITS } from '../wire/limits.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { CAPABILITY } from '../types.ts'
import { decodeContainer, decodeWith } from './container.ts'
import { epochFrom, millisFrom } from './order.ts'
import { keyBytes, peerKeyFromBytes } from './peer-key.ts'
import { rootKeyFromBytes } from './user-id.ts'
import type { Crypto, SigningKey } from '../ports.ts'
import type { Bytes, DeviceCertificate, Millis, PeerKey, RootKey } from '../types.ts'
import type { Container } from './container.ts'

const NAME = 'the device certificate'

/** Who signs: the root when there is no certificate, else the device that it names. */
export interface Signer { key: SigningKey, certificate?: DeviceCertificate }

/** What a certificate says. `capabilities`: bits of CAPABILITY. */
export interface CertificateInit {
  root: RootKey
  device: PeerKey
  epoch: number
  capabilities: number
  issuedAt: Millis
}

/** Signs a certificate as the root or as a `link` device. Throws as `openCertificate` does when the signer may not. */
export async function makeCertificate (init: CertificateInit, signer: Signer, { crypto }: { crypto: Crypto }): Promise<DeviceCertificate> {
  const body = CertificateBody.encode({
    root: keyBytes(init.root),
    device: keyBytes(init.device),
    epoch: init.epoch,
    capabilities: init.capabilities,
    issuedAt: BigInt(init.issuedAt)
  })
  const signature = await signer.key.sign(concat([DOMAIN.certificate, body]))
  return await openCertificate(Signed.encode({ body, signature, certificate: signer.certificate?.bytes }), { crypto })
}

/**
 * Checks form, chain and every signature. Throws TooLargeError, MalformedError or NotAuthenticError. Whether the epoch
 * is the current one is for the reader of the value that it came with.
 */
export async function openCertificate (bytes: Uint8Array, { crypto }: { crypto: Pick<Crypto, 'verify'> }): Promise<DeviceCertificate> {
  const chain = readChain(bytes)
  let issuer: Link | undefined
  for (const link of chain.reverse()) {
    if (issuer != null) checkIssuer(link, issuer)
    const signedBy = issuer?.device ?? link.root
    if (!await crypto.verify(signedBy, concat([DOMAIN.certificate, link.container.body]), link.container.signature)) {
      throw new NotAuthenticError(`${NAME} was not signed by the key that it names`)
    }
    issuer = link
  }
  const { container, ...said } = issuer as Link
  return Object.freeze({ ...said, bytes: container.bytes }) as DeviceCertificate
}

/** How many certificates deep it is: 1 when the root signed it. At LIMITS.certificateChain its device links no others. */
export function certificateDepth ({ bytes }: Pick<DeviceCertificate, 'bytes'>): number {
  return readChain(bytes).length
}

interface Link extends CertificateInit { container: Container }

/** From the certificate itself to the one that the root signed; nothing is verified yet. */
function readChain (carried: Uint8Array): Link[] {
  const chain: Link[] = []
  for (let bytes = carried; bytes.byteLength > 0 || chain.length === 0;) {
    if (chain.length === LIMITS.certificateChain) throw new MalformedError(`${NAME} is more than ${LIMITS.certificateChain} certificates deep`)
    const container = decodeContainer(NAME, bytes, LIMITS.certificateBytes)
    chain.push({ ...readBody(container.body), container })
    bytes = container.certificate
  }
  return chain
}

function readBody (bytes: Bytes): CertificateInit {
  const body = decodeWith(NAME, CertificateBody.decode, bytes)
  return {
    root: rootKeyFromBytes(body.root),
    device: peerKeyFromBytes(body.device),
    epoch: epochFrom(NAME, body.epoch),
    capabilities: body.capabilities,
    issuedAt: millisFrom(NAME, body.issuedAt)
  }
}

function checkIssuer (link: Link, issuer: Link): void {
  if (link.root !== issuer.root || link.epoch !== issuer.epoch) throw new NotAuthenticError(`${NAME} was issued for another user or epoch than its issuer’s`)
  if ((issuer.capabilities & CAPABILITY.link) === 0) throw new NotAuthenticError(`${NAME} was issued by a device that may not link others`)
  if ((link.capabilities & ~issuer.capabilities) !== 0) throw new NotAuthenticError(`${NAME} gives more than its issuer has`)
}
