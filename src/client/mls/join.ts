/**
 * Joining by a Welcome: RFC 9420, section 12.4.3.1, step by step, with the library's primitives. Its own joinGroup
 * refuses good trees (tree.ts), does not say who invited, and does not compare the private keys of the path with the
 * public ones of the tree.
 */
import { deriveSecret } from 'ts-mls/crypto/kdf.js'
import { verifyConfirmationTag } from 'ts-mls/framedContent.js'
import { ratchetTreeFromExtension, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js'
import { deriveKeySchedule } from 'ts-mls/keySchedule.js'
import { pathToRoot } from 'ts-mls/pathSecrets.js'
import { findLeafIndex } from 'ts-mls/ratchetTree.js'
import { createSecretTree } from 'ts-mls/secretTree.js'
import { leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js'
import { firstCommonAncestor } from 'ts-mls/updatePath.js'
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { NotAuthenticError } from '../../errors.ts'
import { MLS_DEFAULTS } from './defaults.ts'
import { NotAllowedError, NotInvitedError, WrongGroupError } from './errors.ts'
import { openWelcome, readWelcome } from './frames.ts'
import { readOwn } from './key-package.ts'
import { leafAt } from './leaves.ts'
import { inOurWords } from './refusals.ts'
import { checkGroup } from './rules.ts'
import { groupIdFrom, groupState, insideOf } from './state.ts'
import { checkTree } from './tree.ts'
import { trimEpoch, trimFormer } from './trim.ts'
import { wiper } from './wipe.ts'
import type { CiphersuiteImpl, ClientState, EpochReceiverData, GroupInfo } from 'ts-mls'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'
import type { Engine } from './engine.ts'
import type { GroupState, Joined, Member, OwnKeyPackage } from './port.ts'

type Own = ReturnType<typeof readOwn>
type GroupSecrets = NonNullable<Awaited<ReturnType<typeof decryptGroupSecrets>>>

export async function joinByWelcome (engine: Engine, bytes: Uint8Array, own: OwnKeyPackage, previous?: GroupState): Promise<Joined> {
  const { suite, refs } = readWelcome(bytes)
  if (suite !== own.suite || !refs.includes(own.ref)) throw new NotInvitedError('the Welcome is for another key package')
  const impl = await engine.suites.get(suite)
  const keys = readOwn(own)
  return await inOurWords(async () => {
    const { secrets, info } = await decrypt(bytes, keys, own, impl)
    const { tree, inviter } = await checkInfo(engine, info, own, impl)
    const joined = await enter(engine, { keys, secrets, info, tree }, impl)
    const state = groupState(trimEpoch(carryOver(joined, previous)), await engine.leaves.members(tree))
    return { state, inviter, wipe: wiper([secrets.joinerSecret, keys.privatePackage.initPrivateKey]) }
  })
}

async function decrypt (bytes: Uint8Array, { privatePackage }: Own, { ref }: OwnKeyPackage, impl: CiphersuiteImpl): Promise<{ secrets: GroupSecrets, info: GroupInfo }> {
  const welcome = openWelcome(bytes)
  const secrets = await decryptGroupSecrets(await impl.hpke.importPrivateKey(privatePackage.initPrivateKey), fromString(ref, 'base16'), welcome, impl.hpke)
  if (secrets == null) throw new NotAuthenticError('the Welcome does not hold what it should')
  if (secrets.psks.length > 0) throw new NotAllowedError('pre-shared keys are not used in our groups')
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPreSharedKey(impl), impl)
  if (info == null) throw new NotAuthenticError('the Welcome does not hold what it should')
  return { secrets, info }
}

/** Everything that the inviter says of the group. */
async function checkInfo (engine: Engine, info: GroupInfo, own: OwnKeyPackage, impl: CiphersuiteImpl): Promise<{ tree: RatchetTree, inviter: Member }> {
  const { groupContext } = info
  if (groupContext.cipherSuite !== impl.name) throw new NotAllowedError('the Welcome is to a group of another cipher suite')
  if (info.extensions.some(({ extensionType }) => extensionType !== 'ratchet_tree')) throw new NotAllowedError('a Welcome to our groups carries the tree, and no other extension')
  const tree = ratchetTreeFromExtension(info)
  const signer = tree == null ? undefined : leafAt(tree, info.signer * 2)
  if (tree == null || signer == null) throw new NotAllowedError('the Welcome does not carry the tree of the group with its inviter')
  const groupId = groupIdFrom(groupContext.groupId)
  checkGroup(tree, groupContext, own.suite)
  const inviter = await engine.leaves.open(signer.credential, signer.signaturePublicKey)
  if (!await verifyGroupInfoSignature(info, signer.signaturePublicKey, impl.signature)) throw new NotAuthenticError('the Welcome was not signed by the member that it names')
  await engine.leaves.checkPresent(tree, groupId)
  await checkTree(tree, groupContext, impl)
  return { tree, inviter }
}

interface Entering { keys: Own, secrets: GroupSecrets, info: GroupInfo, tree: RatchetTree }

/** The group's state as it begins for us. */
async function enter (engine: Engine, { keys, secrets, info, tree }: Entering, impl: CiphersuiteImpl): Promise<ClientState> {
  const leafIndex = findLeafIndex(tree, keys.publicPackage.leafNode)
  if (leafIndex == null) throw new NotInvitedError('the group of the Welcome does not have our leaf')
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(secrets.joinerSecret, noPreSharedKey(impl), info.groupContext, impl.kdf)
  if (!await verifyConfirmationTag(keySchedule.confirmationKey, info.confirmationTag, info.groupContext.confirmedTranscriptHash, impl.hash)) {
    throw new NotAuthenticError('the Welcome does not confirm the group that it describes')
  }
  const pathKeys = secrets.pathSecret == null
    ? {}
    : await derivePathKeys(tree, firstCommonAncestor(tree, leafIndex, toLeafIndex(info.signer)), secrets.pathSecret, impl)
  return {
    groupContext: info.groupContext,
    ratchetTree: tree,
    privatePath: { leafIndex, privateKeys: { ...pathKeys, [leafToNodeIndex(leafIndex)]: keys.privatePackage.hpkePrivateKey } },
    signaturePrivateKey: keys.privatePackage.signaturePrivateKey,
    confirmationTag: info.confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree: await createSecretTree(leafWidth(tree.length), encryptionSecret, impl.kdf),
    historicalReceiverData: new Map(),
    groupActiveState: { kind: 'active' },
    clientConfig: engine.config
  }
}

/** The private keys of the nodes from `at` up to the root, each the one that the tree shows. */
async function derivePathKeys (tree: RatchetTree, at: Parameters<typeof pathToRoot>[1], secret: Uint8Array, impl: CiphersuiteImpl): Promise<Record<number, Uint8Array>> {
  const keys: Record<number, Uint8Array> = {}
  for (const [place, pathSecret] of Object.entries(await pathToRoot(tree, at, secret, impl.kdf))) {
    const node = tree[Number(place)]
    const pair = await impl.hpke.deriveKeyPair(await deriveSecret(pathSecret, 'node', impl.kdf))
    if (node?.nodeType !== 'parent' || !equals(node.parent.hpkePublicKey, await impl.hpke.exportPublicKey(pair.publicKey))) {
      throw new NotAuthenticError('the Welcome gives a key that is not the tree’s')
    }
    keys[Number(place)] = await impl.hpke.exportPrivateKey(pair.privateKey)
  }
  return keys
}

/** Late messages of the epochs before a device was replaced, or dropped and taken in again, are read with what it had. */
function carryOver (joined: ClientState, previous: GroupState | undefined): ClientState {
  if (previous == null) return joined
  const before = insideOf(previous)
  if (!equals(before.groupContext.groupId, joined.groupContext.groupId)) throw new WrongGroupError('the Welcome is to another group than the one that was left')
  if (joined.groupContext.epoch <= before.groupContext.epoch) throw new NotAllowedError('the Welcome is to an epoch that the device has seen')
  const last: EpochReceiverData = trimFormer({
    secretTree: before.secretTree,
    ratchetTree: before.ratchetTree,
    senderDataSecret: before.keySchedule.senderDataSecret,
    groupContext: before.groupContext,
    resumptionPsk: before.keySchedule.resumptionPsk
  }, before.privatePath.leafIndex * 2)
  const former = [...before.historicalReceiverData, [before.groupContext.epoch, last] as const]
  return { ...joined, historicalReceiverData: new Map(former.slice(-MLS_DEFAULTS.formerEpochs)) }
}

function noPreSharedKey (impl: CiphersuiteImpl): Uint8Array {
  return new Uint8Array(impl.kdf.size)
}
