// The test vectors of RFC 9420 for the suite that is both theirs and ours, 1 (rfc9420/README.md says where they are from).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { decodeMlsMessage, makePskIndex, mlsExporter, processMessage, acceptAll, type CiphersuiteImpl, type GroupContext } from 'ts-mls'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import { decodeProposal, encodeProposal } from 'ts-mls/proposal.js'
import { groupContextEncoder } from 'ts-mls/groupContext.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js'
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { decodeRatchetTree, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { createSecretTree, ratchetToGeneration } from 'ts-mls/secretTree.js'
import { treeHash } from 'ts-mls/treeHash.js'
import { left, nodeWidth, parent, right, root, sibling, toNodeIndex, isLeaf } from 'ts-mls/treemath.js'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { concat } from 'uint8arrays/concat'
import { makeEngine, type Engine } from '../../../src/client/mls/engine.ts'
import { joinByWelcome } from '../../../src/client/mls/join.ts'
import { settleSkipped } from '../../../src/client/mls/kept-keys.ts'
import { insideOf } from '../../../src/client/mls/state.ts'
import { checkTree } from '../../../src/client/mls/tree.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { FULL } from '../../full.ts'
import { makePerson } from '../../identity/people.ts'
import { rawSuite } from './attacker.ts'
import { X25519 } from './people.ts'
import type { KeyPackageRef, Member } from '../../../src/client/mls/index.ts'

const SUITE = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'
/** Of the two hundred of passive-client-random, which take ten seconds of CPU. */
const EPOCHS = FULL ? Infinity : 25
const RETENTION = { retainKeysForGenerations: 256, retainKeysForEpochs: 4, maximumForwardRatchetSteps: 4096 }

type Vector = Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any

const hex = (bytes: Uint8Array) => toString(bytes, 'base16')
const bytes = (digits: string) => fromString(digits, 'base16')

describe('the RFC 9420 test vectors', () => {
  let impl: CiphersuiteImpl
  before(async () => { impl = await rawSuite(X25519, (await makePerson(0)).device) })

  it('key schedule', async () => {
    for (const { group_id: groupId, initial_init_secret: initial, epochs } of vectors('key-schedule')) {
      let init: Uint8Array = bytes(initial)
      for (const [number, epoch] of (epochs as Vector[]).entries()) {
        const context = contextOf(groupId, number, epoch)
        assert.equal(hex(encode(groupContextEncoder)(context)), epoch.group_context)
        const { keySchedule, joinerSecret, welcomeSecret, encryptionSecret } = await initializeEpoch(init, bytes(epoch.commit_secret), context, bytes(epoch.psk_secret), impl.kdf)
        assert.deepEqual([joinerSecret, welcomeSecret, encryptionSecret, keySchedule.initSecret, keySchedule.senderDataSecret, keySchedule.exporterSecret, keySchedule.confirmationKey, keySchedule.membershipKey, keySchedule.epochAuthenticator].map(hex),
          [epoch.joiner_secret, epoch.welcome_secret, epoch.encryption_secret, epoch.init_secret, epoch.sender_data_secret, epoch.exporter_secret, epoch.confirmation_key, epoch.membership_key, epoch.epoch_authenticator])
        const { label, context: exported, length, secret } = epoch.exporter
        assert.equal(hex(await mlsExporter(keySchedule.exporterSecret, label, bytes(exported), length, impl)), secret)
        init = keySchedule.initSecret
      }
    }
  })

  it('tree math', () => {
    for (const { n_leaves: leaves, n_nodes: nodes, root: top, left: lefts, right: rights, parent: parents, sibling: siblings } of vectors('tree-math')) {
      assert.equal(nodeWidth(leaves), nodes)
      assert.equal(root(leaves), top)
      for (let number = 0; number < nodes; number++) {
        const node = toNodeIndex(number)
        if (!isLeaf(node)) assert.deepEqual([left(node), right(node)], [lefts[number], rights[number]])
        if (node !== top) assert.deepEqual([parent(node, leaves), sibling(node, leaves)], [parents[number], siblings[number]])
      }
    }
  })

  it('secret tree, in order and with what is kept for skipped messages', async () => {
    for (const { encryption_secret: secret, leaves } of vectors('secret-tree')) {
      for (const backwards of [false, true]) {
        let tree = await createSecretTree(leaves.length, bytes(secret), impl.kdf)
        for (const [leafIndex, generations] of (leaves as Vector[][]).entries()) {
          for (const { generation, application_key: key, application_nonce: nonce } of backwards ? [...generations].reverse() : generations) {
            const read = await ratchetToGeneration(tree, { leafIndex, generation, reuseGuard: new Uint8Array(4) as never }, 'application', RETENTION, impl)
            assert.deepEqual([hex(read.key), hex(read.nonce)], [key, nonce])
            tree = (await settleSkipped(read.newTree, tree, impl)).tree
          }
        }
      }
    }
  })

  it('message protection', async () => {
    for (const vector of vectors('message-protection')) {
      const context = contextOf(vector.group_id, vector.epoch, vector)
      const tree: RatchetTree = [undefined, undefined, { nodeType: 'leaf', leaf: { signaturePublicKey: bytes(vector.signature_pub) } as never }]
      for (const kind of ['application', 'proposal', 'commit']) {
        const message = decodeMlsMessage(bytes(vector[`${kind}_priv`]), 0)?.[0]
        assert.ok(message?.wireformat === 'mls_private_message')
        const secrets = await createSecretTree(2, bytes(vector.encryption_secret), impl.kdf)
        const { content: { content } } = await unprotectPrivateMessage(bytes(vector.sender_data_secret), message.privateMessage, secrets, tree, context, RETENTION, impl)
        if (content.contentType === 'application') assert.equal(hex(content.applicationData), vector.application)
        else if (content.contentType === 'proposal') assert.deepEqual(encodeProposal(content.proposal), encodeProposal(decodeProposal(bytes(vector.proposal), 0)?.[0] as never))
        else assert.equal(kind, 'commit')
      }
    }
  })

  it('tree validation, by our own check', async () => {
    let trees = 0
    for (const { tree: encoded, tree_hashes: hashes, group_id: groupId } of vectors('tree-validation')) {
      const tree = decodeRatchetTree(bytes(encoded), 0)?.[0] as RatchetTree
      for (const [at, hash] of (hashes as string[]).entries()) assert.equal(hex(await treeHash(tree, toNodeIndex(at), impl.hash)), hash)
      const context = { ...contextOf(groupId, 0, { tree_hash: hashes[(tree.length - 1) / 2], confirmed_transcript_hash: '' }) }
      await checkTree(tree, context, impl)
      await assert.rejects(checkTree(tree, { ...context, groupId: concat([context.groupId, context.groupId]), treeHash: new Uint8Array(32) }, impl), { name: 'NotAuthenticError' })
      trees++
    }
    assert.ok(trees > 0)
  }).timeout(60_000)

  // Those of passive-client-handling-commit bring the tree beside the Welcome, which ours never do.
  for (const name of ['passive-client-welcome', 'passive-client-random']) {
    it(`${name}, joined our way`, async () => {
      const engine = await trusting()
      let joined = 0
      for (const vector of vectors(name)) {
        const own = await ownOf(vector, impl)
        if ((vector.external_psks as unknown[]).length > 0) {
          await assert.rejects(joinByWelcome(engine, bytes(vector.welcome), own), { name: 'NotAllowedError' })
          continue
        }
        if (vector.ratchet_tree != null) continue
        let inside = insideOf((await joinByWelcome(engine, bytes(vector.welcome), own)).state)
        assert.equal(hex(inside.keySchedule.epochAuthenticator), vector.initial_epoch_authenticator)
        for (const epoch of (vector.epochs as Vector[]).slice(0, EPOCHS)) {
          for (const message of [...epoch.proposals as string[], epoch.commit as string]) {
            const frame = decodeMlsMessage(bytes(message), 0)?.[0] as never
            inside = (await processMessage(frame, inside, makePskIndex(inside, {}), acceptAll, impl)).newState
          }
          assert.equal(hex(inside.keySchedule.epochAuthenticator), epoch.epoch_authenticator)
        }
        joined++
      }
      assert.ok(joined > 0)
    }).timeout(300_000)
  }
})

function vectors (name: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`rfc9420/${name}.json`, import.meta.url), 'utf8')) as Vector[]
}

function contextOf (groupId: string, epoch: number, vector: Vector): GroupContext {
  return {
    version: 'mls10',
    cipherSuite: SUITE,
    groupId: bytes(groupId),
    epoch: BigInt(epoch),
    treeHash: bytes(vector.tree_hash),
    confirmedTranscriptHash: bytes(vector.confirmed_transcript_hash),
    extensions: []
  }
}

/** An engine that takes any credential: those of the vectors are not certificates. */
async function trusting (): Promise<Engine> {
  const { device, certificate } = await makePerson(0)
  const engine = makeEngine({ crypto, signer: device, certificate: () => certificate, admit: () => true })
  const anybody = { device: device.publicKey, certificate } satisfies Member
  Object.assign(engine.leaves, { open: async () => anybody, members: async () => [anybody], checkPresent: async () => {} })
  return engine
}

async function ownOf (vector: Vector, impl: CiphersuiteImpl) {
  const frame = decodeMlsMessage(bytes(vector.key_package), 0)?.[0]
  assert.ok(frame?.wireformat === 'mls_key_package')
  const [init, leaf] = [bytes(vector.init_priv), bytes(vector.encryption_priv)]
  return {
    ref: hex(await makeKeyPackageRef(frame.keyPackage, impl.hash)) as KeyPackageRef,
    suite: X25519,
    notAfter: 0,
    bytes: new Uint8Array(bytes(vector.key_package)),
    secrets: new Uint8Array(concat([Uint8Array.of(1, 0, init.byteLength), init, leaf]))
  }
}
