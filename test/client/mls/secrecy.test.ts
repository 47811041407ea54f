// What a thief of states reads. Each attack is shown to work where nothing stands in its way.
import assert from 'node:assert/strict'
import { processPrivateMessage, emptyPskIndex, type CiphersuiteImpl, type ClientState } from 'ts-mls'
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { deriveTreeSecret } from 'ts-mls/crypto/kdf.js'
import { groupContextEncoder } from 'ts-mls/groupContext.js'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
import { allSecretTreeValues, deriveKey } from 'ts-mls/secretTree.js'
import { equals } from 'uint8arrays/equals'
import { MLS_DEFAULTS, MLS_SUITE, type Committed } from '../../../src/client/mls/index.ts'
import { openMessage } from '../../../src/client/mls/frames.ts'
import { insideOf } from '../../../src/client/mls/state.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { makePerson } from '../../identity/people.ts'
import { gullible, opens, rawSuite } from './attacker.ts'
import { makeGroup, NOW, pass, restart, say, take, utf8, X25519, type Seat } from './people.ts'

const GENERATIONS = 5

for (const [name, suite] of Object.entries(MLS_SUITE)) {
  describe(`a thief of MLS states (${name})`, () => {
    it('does not compute the key of a message that was read from those of messages that were skipped', async () => {
      const [anna, ben] = await makeGroup(2, { suite }) as [Seat, Seat]
      const impl = await rawSuite(suite, (await makePerson(1)).device)
      const messages = [await say(anna, '0'), await say(anna, '1'), await say(anna, '2'), await say(anna, '3')] as const
      const before = insideOf(ben.state)
      const secret = before.secretTree[0]?.application.secret.slice() as Uint8Array
      const key = await keyAt(secret, 0, 3, impl)

      const stock = await processPrivateMessage(before, openMessage(messages[3]).message, emptyPskIndex, impl)
      assert.ok(await leadsTo(stock.newState, key, impl), 'the attack works on what the library keeps')
      await take(ben, messages[3])
      assert.ok(!await leadsTo(insideOf(ben.state), key, impl))
      assert.ok(!await leadsTo(insideOf(await restart(ben)), key, impl))

      for (const at of [1, 0, 2] as const) await take(ben, messages[at])
      assert.deepEqual(ben.read, ['3', '1', '0', '2'], 'and what was skipped is still read')
      for (const message of messages) await assert.rejects(take(ben, message), { name: 'AlreadyReadError' })
    }).timeout(30_000)

    it('who was removed reads nothing more, with all it has and one Remove alone', async () => {
      const [anna, ben, carl] = await makeGroup(3, { suite }) as [Seat, Seat, Seat]
      const stolen = gullible(carl)
      const committed = await anna.mls.commit(anna.state, { remove: [carl.device] }, NOW)
      assert.equal(await pathsOpened(stolen, committed, await rawSuite(suite, (await makePerson(1)).device)), 0)
      assert.equal(await pathsOpened(gullible(ben), committed, await rawSuite(suite, (await makePerson(0)).device)), 1, 'who stays opens one')
      await pass(anna, committed, [ben])
      assert.equal((await take(carl, committed.message)).type, 'removed')
      await assert.rejects(take(carl, await say(ben, 'without him')), { name: 'EpochAheadError' })
      await assert.rejects(carl.mls.seal(carl.state, new Uint8Array(1)), { name: 'NotAMemberError' })
      await assert.rejects(carl.mls.commit(carl.state, {}, NOW), { name: 'NotAMemberError' })
    })

    it('reads nothing after the device has committed', async () => {
      const [anna, ben] = await makeGroup(2, { suite }) as [Seat, Seat]
      const stolen = gullible(ben)
      const committed = await ben.mls.commit(ben.state, {}, NOW)
      assert.equal(await pathsOpened(stolen, committed, await rawSuite(suite, (await makePerson(0)).device)), 0)
      assert.equal(await pathsOpened(gullible(anna), committed, await rawSuite(suite, (await makePerson(0)).device)), 1)
    })

    it('reads nothing after another one has replaced the device', async () => {
      const [anna, ben] = await makeGroup(2, { suite }) as [Seat, Seat]
      const stolen = gullible(ben)
      const own = await ben.mls.keyPackage(suite, NOW)
      const committed = await anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)], remove: [ben.device] }, NOW)
      assert.equal(await pathsOpened(stolen, committed, await rawSuite(suite, (await makePerson(0)).device)), 0)
      await assert.rejects(ben.mls.join(committed.welcome as Uint8Array, await ben.mls.keyPackage(suite, NOW)), { name: 'NotInvitedError' })
      anna.state = committed.state
      ben.state = (await ben.mls.join(committed.welcome as Uint8Array, own, ben.state)).state
      await take(ben, await say(anna, 'healed'))
      assert.deepEqual(ben.read, ['healed'])
    })
  })
}

describe('a thief of MLS states', () => {
  it('follows a commit of another that only renews its own keys: such a commit heals its committer alone', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const committed = await anna.mls.commit(anna.state, {}, NOW)
    assert.equal(await pathsOpened(gullible(ben), committed, await rawSuite(X25519, (await makePerson(0)).device)), 1)
  })

  it('reads nothing of what was read before, in the epoch and in former ones', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const impl = await rawSuite(X25519, (await makePerson(1)).device)
    const messages = [await say(anna, 'first')]
    const thief = gullible({ ...ben, state: await restart(ben) })
    await take(ben, messages[0] as Uint8Array)
    await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    messages.push(await say(anna, 'second'), await say(anna, 'third'))
    for (const message of messages.slice(1)) await take(ben, message)
    assert.ok(await opens(thief, messages[0] as Uint8Array, impl), 'a state from before the message opens it')
    ben.state = await restart(ben)
    for (const message of messages) assert.ok(!await opens(gullible(ben), message, impl))
  })

  it('finds nothing of what a step used up once it was wiped', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const before = insideOf(ben.state)
    const [used, init] = [before.secretTree[0]?.application.secret, before.keySchedule.initSecret]
    await take(ben, await say(anna, 'x'))
    assert.ok(used?.every((byte) => byte === 0))
    await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    assert.ok(init.every((byte) => byte === 0))
    const forgotten = insideOf(ben.state).secretTree[0]?.application.secret
    for (let epoch = 0; epoch <= MLS_DEFAULTS.formerEpochs; epoch++) await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    assert.ok(forgotten?.every((byte) => byte === 0), 'and nothing of an epoch that is not kept any more')
  })

  it('finds in a state no key that signs', async () => {
    const [anna] = await makeGroup(2) as [Seat]
    const seed = nodeCrypto.sha256(utf8('device 0'))
    assert.equal((await nodeCrypto.signingKey(seed)).publicKey, anna.device)
    const written = anna.mls.changeOf(undefined, anna.state)
    assert.ok(written.type === 'whole' && Buffer.from(written.bytes).indexOf(seed) === -1)
  })

  it('a state that was not wiped is as it was: a step can be made again', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const message = await say(anna, 'twice')
    const [first, second] = [await ben.mls.receive(ben.state, message), await ben.mls.receive(ben.state, message)]
    assert.ok(first.type === 'content' && second.type === 'content' && equals(first.content, second.content))
    const commit = await anna.mls.commit(anna.state, {}, NOW)
    await ben.mls.receive(ben.state, commit.message)
    await ben.mls.receive(ben.state, commit.message)
  })
})

/** Whether some secret in the state's ratchets, taken for one of any generation, ratchets to the key. */
async function leadsTo (state: ClientState, key: Uint8Array, impl: CiphersuiteImpl): Promise<boolean> {
  for (const secret of allSecretTreeValues(state.secretTree)) {
    if (secret == null || secret.byteLength === 0) continue
    if (equals(secret.subarray(0, key.byteLength), key)) return true
    if (secret.byteLength !== impl.kdf.size) continue
    for (let from = 0; from < GENERATIONS; from++) {
      for (let to = from; to < GENERATIONS; to++) if (equals(await keyAt(secret, from, to, impl), key)) return true
    }
  }
  return false
}

async function keyAt (secret: Uint8Array, from: number, to: number, impl: CiphersuiteImpl): Promise<Uint8Array> {
  let at = secret
  for (let generation = from; generation < to; generation++) at = await deriveTreeSecret(at, 'secret', generation, impl.kdf.size, impl.kdf)
  return await deriveKey(at, to, impl)
}

/** How many path secrets of a commit the private keys of a state open: one is enough to follow it. */
async function pathsOpened (thief: ClientState, committed: Committed, impl: CiphersuiteImpl): Promise<number> {
  const { message } = openMessage(committed.message)
  const { content } = await unprotectPrivateMessage(thief.keySchedule.senderDataSecret, message, thief.secretTree, thief.ratchetTree, thief.groupContext, thief.clientConfig.keyRetentionConfig, impl)
  assert.ok(content.content.contentType === 'commit')
  assert.ok(content.content.commit.path != null, 'a commit carries a path')
  // To what the path is bound: all of it can be computed from the commit, so a thief is given it.
  const { treeHash } = insideOf(committed.state).groupContext
  const context = encode(groupContextEncoder)({ ...thief.groupContext, epoch: thief.groupContext.epoch + 1n, treeHash })
  const ciphertexts = content.content.commit.path.nodes.flatMap(({ encryptedPathSecret }) => encryptedPathSecret)
  let opened = 0
  for (const key of Object.values(thief.privatePath.privateKeys)) {
    for (const { kemOutput, ciphertext } of ciphertexts) {
      if (await decryptWithLabel(await impl.hpke.importPrivateKey(key), 'UpdatePathNode', context, kemOutput, ciphertext, impl.hpke).then(() => true, () => false)) opened++
    }
  }
  return opened
}
