/**
 * Who the leaves of a group are. A leaf's credential is a device certificate, and its signature key is the device's
 * key itself: the certificate names it, so nothing further binds the two, and the key never leaves its keeper (a
 * state that is stolen cannot sign). What MLS signs begins with a length below 64 and "MLS 1.0", what we sign
 * elsewhere with "posthouse/", what noise signs with "noise-": none can be taken for another.
 */
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { keyBytes, openCertificate } from '../../identity/index.ts'
import { MLS_DEFAULTS } from './defaults.ts'
import { CredentialRefusedError, NotAllowedError } from './errors.ts'
import type { Crypto } from '../../ports.ts'
import type { DeviceCertificate } from '../../types.ts'
import type { Admission, GroupId, Member } from './port.ts'
import type { ClientState, Credential, LeafNode } from 'ts-mls'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'

/** May this device be there? */
export type Admit = (admission: Admission) => boolean | Promise<boolean>

/** Opens credentials, each once, and asks whether their devices may be where they are. */
export class Leaves {
  readonly #opened = new Map<string, DeviceCertificate>()
  readonly #crypto: Pick<Crypto, 'verify'>
  readonly #admit: Admit

  constructor (crypto: Pick<Crypto, 'verify'>, admit: Admit) {
    this.#crypto = crypto
    this.#admit = admit
  }

  /** The device of a leaf. Throws CredentialRefusedError. */
  async open (credential: Credential, signatureKey: Uint8Array): Promise<Member> {
    if (credential.credentialType !== 'basic' || !('identity' in credential)) throw new CredentialRefusedError('the credential is not a device certificate')
    const certificate = await this.#openCertificate(credential.identity)
    if (!equals(keyBytes(certificate.device), signatureKey)) throw new CredentialRefusedError('the certificate is for another device than the one that shows it')
    return { device: certificate.device, certificate }
  }

  /** Everybody in the tree, in the order of their leaves. Throws CredentialRefusedError. */
  async members (tree: RatchetTree): Promise<Member[]> {
    return await Promise.all(leavesOf(tree).map(async ({ leaf }) => await this.open(leaf.credential, leaf.signaturePublicKey)))
  }

  /**
   * After a commit: everything about the new tree that the library does not look at. committer: its leaf, before.
   * Throws CredentialRefusedError or NotAllowedError.
   */
  async checkCommit (before: ClientState, after: ClientState, committer: number, groupId: GroupId): Promise<void> {
    checkDistinct(after.ratchetTree)
    for (const { leaf, at } of leavesOf(after.ratchetTree)) {
      const former = leafAt(before.ratchetTree, at)
      if (former === leaf) continue
      const member = await this.open(leaf.credential, leaf.signaturePublicKey)
      if (at !== committer) await this.#ask({ groupId, certificate: member.certificate, standing: 'added' })
      else if (former == null || !equals(former.signaturePublicKey, leaf.signaturePublicKey)) throw new CredentialRefusedError('a commit put another device in the place of its committer')
    }
    const leaf = leafAt(after.ratchetTree, committer)
    if (leaf == null) throw new NotAllowedError('a commit removed its own committer')
    await this.checkCommitter(await this.open(leaf.credential, leaf.signaturePublicKey), groupId)
  }

  /** Throws CredentialRefusedError. */
  async checkCommitter ({ certificate }: Member, groupId: GroupId): Promise<void> {
    await this.#ask({ groupId, certificate, standing: 'committing' })
  }

  /** Who has a leaf in one tree that is not in the other; the committer's was only renewed. */
  async newIn (tree: RatchetTree, other: RatchetTree, committer: number): Promise<Member[]> {
    const leaves = leavesOf(tree).filter(({ leaf, at }) => at !== committer && leafAt(other, at) !== leaf)
    return await Promise.all(leaves.map(async ({ leaf }) => await this.open(leaf.credential, leaf.signaturePublicKey)))
  }

  /** Of a group that we are added to. Throws CredentialRefusedError or NotAllowedError. */
  async checkPresent (tree: RatchetTree, groupId: GroupId): Promise<void> {
    checkDistinct(tree)
    for (const { certificate } of await this.members(tree)) await this.#ask({ groupId, certificate, standing: 'present' })
  }

  async #ask (admission: Admission): Promise<void> {
    if (!await this.#admit(admission)) throw new CredentialRefusedError(`the device ${admission.certificate.device.slice(0, 8)} is not admitted to the group (${admission.standing})`)
  }

  async #openCertificate (bytes: Uint8Array): Promise<DeviceCertificate> {
    const key = toString(bytes, 'base64')
    const known = this.#opened.get(key)
    if (known != null) return known
    const certificate = await openCertificate(bytes, { crypto: this.#crypto }).catch((cause: unknown) => {
      throw new CredentialRefusedError('the device certificate does not open', { cause })
    })
    const [oldest] = this.#opened.keys()
    if (oldest != null && this.#opened.size >= MLS_DEFAULTS.certificatesRemembered) this.#opened.delete(oldest)
    this.#opened.set(key, certificate)
    return certificate
  }
}

/** at: its place in the tree, twice the leaf's number. */
export function leavesOf (tree: RatchetTree): Array<{ leaf: LeafNode, at: number }> {
  return tree.flatMap((node, at) => node?.nodeType === 'leaf' ? [{ leaf: node.leaf, at }] : [])
}

export function leafAt (tree: RatchetTree, at: number): LeafNode | undefined {
  const node = tree[at]
  return node?.nodeType === 'leaf' ? node.leaf : undefined
}

/**
 * No device and no key twice (RFC 9420, section 7.3). The library compares the members of the old tree only, so that
 * a member could add a copy of a key, and nobody after that could join.
 */
function checkDistinct (tree: RatchetTree): void {
  const keys = tree.flatMap((node) => node == null ? [] : [node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey])
  const devices = leavesOf(tree).map(({ leaf }) => leaf.signaturePublicKey)
  for (const values of [keys, devices]) {
    if (new Set(values.map((value) => toString(value, 'base64'))).size < values.length) throw new NotAllowedError('the group would have one key twice')
  }
}
