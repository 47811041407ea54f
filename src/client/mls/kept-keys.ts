/**
 * What is kept for a message that was skipped. RFC 9420, section 9.2, asks for its key and nonce. ts-mls 1.6.4 keeps
 * the ratchet secret of its generation instead, from which every later key of the same sender can be computed, those
 * of messages already read and deleted among them.
 *
 * So after every step such a secret is replaced by the key and nonce that it leads to, in the same place, and the
 * key derivation that the library is given knows the pair when it comes back: asked for the key it cuts out the key,
 * asked for the nonce the nonce, and anything else it refuses. A pair is told from a secret by its length: secrets
 * are as long as the hash, 32 or 64 bytes, pairs 28 or 44.
 */
import { deriveKey, deriveNonce, type GenerationSecret, type SecretTree, type SecretTreeNode } from 'ts-mls/secretTree.js'
import { AlreadyReadError } from './errors.ts'
import type { CiphersuiteImpl } from 'ts-mls'

type Suite = Pick<CiphersuiteImpl, 'kdf' | 'hpke'>

/** The suite's key derivation, which also reads kept pairs. */
export function withKeptKeys ({ kdf, hpke }: Suite): CiphersuiteImpl['kdf'] {
  const { keyLength, nonceLength } = hpke
  return {
    ...kdf,
    expand: async (secret, info, length) => {
      // What we wrote in a former epoch is never read: its ratchet was dropped (trim.ts).
      if (secret.byteLength === 0) throw new AlreadyReadError('the message is our own, of a former epoch')
      if (secret.byteLength !== keyLength + nonceLength) return await kdf.expand(secret, info, length)
      // Copies: the library mixes its reuse guard into the nonce in place.
      if (length === keyLength) return secret.slice(0, keyLength)
      if (length === nonceLength) return secret.slice(keyLength)
      throw new RangeError('nothing but a key and a nonce comes from a kept pair')
    }
  }
}

/**
 * The tree with pairs in the place of secrets, and the secrets, to be wiped. previous: what the tree was before the
 * step; nodes that are the same there are settled already.
 */
export async function settleSkipped (tree: SecretTree, previous: SecretTree | undefined, suite: CiphersuiteImpl): Promise<{ tree: SecretTree, secrets: Uint8Array[] }> {
  const secrets: Uint8Array[] = []
  if (tree === previous) return { tree, secrets }
  const settled = await Promise.all(tree.map(async (node, at): Promise<SecretTreeNode> => {
    if (node === previous?.[at]) return node
    return {
      handshake: await settleRatchet(node.handshake, suite, secrets),
      application: await settleRatchet(node.application, suite, secrets)
    }
  }))
  return { tree: settled, secrets }
}

async function settleRatchet (ratchet: GenerationSecret, suite: CiphersuiteImpl, secrets: Uint8Array[]): Promise<GenerationSecret> {
  const skipped = Object.entries(ratchet.unusedGenerations)
  if (skipped.every(([, kept]) => kept.byteLength !== suite.kdf.size)) return ratchet
  const pairs = await Promise.all(skipped.map(async ([generation, kept]): Promise<[string, Uint8Array]> => {
    if (kept.byteLength !== suite.kdf.size) return [generation, kept]
    secrets.push(kept)
    return [generation, await pairOf(kept, Number(generation), suite)]
  }))
  return { ...ratchet, unusedGenerations: Object.fromEntries(pairs) }
}

async function pairOf (secret: Uint8Array, generation: number, suite: CiphersuiteImpl): Promise<Uint8Array> {
  const pair = new Uint8Array(suite.hpke.keyLength + suite.hpke.nonceLength)
  pair.set(await deriveKey(secret, generation, suite))
  pair.set(await deriveNonce(secret, generation, suite), suite.hpke.keyLength)
  return pair
}
