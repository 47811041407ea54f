// What is refused, by which name, and that it leaves the state as it was.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createGroupInfoWithExternalPubAndRatchetTree, createProposal, encodeMlsMessage, joinGroupExternal, proposeAddExternal, type Proposal } from 'ts-mls'
import { ratchetUntil } from 'ts-mls/secretTree.js'
import { createMls, MLS_DEFAULTS, type Admit, type GroupId, type MlsSuite } from '../../../src/client/mls/index.ts'
import * as errors from '../../../src/client/mls/errors.ts'
import { insideOf, groupState } from '../../../src/client/mls/state.ts'
import { openKeyPackageFrame } from '../../../src/client/mls/frames.ts'
import { readOwn } from '../../../src/client/mls/key-package.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { CAPABILITY, type PeerKey } from '../../../src/types.ts'
import { DAY_MS, linkDevice, makePerson } from '../../identity/people.ts'
import { gullible, rawCommit, rawSuite } from './attacker.ts'
import { enter, found, makeDevice, makeGroup, NOW, pass, say, take, utf8, X25519, XWING, type Seat } from './people.ts'

const NAMES = new Set([...Object.keys(errors), 'MalformedError', 'NotAuthenticError', 'TooLargeError'])

/** Refused by that name, and after it the state does what it did before. */
async function refused (seat: Seat, message: Uint8Array, name: string): Promise<void> {
  const written = seat.mls.changeOf(undefined, seat.state)
  await assert.rejects(seat.mls.receive(seat.state, message), { name })
  assert.deepEqual(seat.mls.changeOf(undefined, seat.state), written)
}

describe('a message to an MLS group', () => {
  it('is read once', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const message = await say(anna, 'once')
    await take(ben, message)
    await refused(ben, message, 'AlreadyReadError')
    await refused(anna, message, 'AlreadyReadError')
    await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    await refused(ben, message, 'AlreadyReadError')
    await refused(anna, message, 'AlreadyReadError')
  })

  it('is refused when it is not of the group, or of an epoch that is over or still to come', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const old = await say(anna, 'old')
    const other = await found(await makeDevice(0), X25519, 'ff112233445566778899aabbccddeeff' as GroupId)
    await refused(ben, await say(other, 'elsewhere'), 'WrongGroupError')
    const commit = await anna.mls.commit(anna.state, {}, NOW)
    anna.state = commit.state
    await refused(ben, await say(anna, 'new'), 'EpochAheadError')
    await take(ben, commit.message)
    await refused(ben, commit.message, 'EpochOverError')
    await refused(anna, commit.message, 'EpochOverError')
    for (let epoch = 0; epoch < MLS_DEFAULTS.formerEpochs; epoch++) await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    await refused(ben, old, 'EpochOverError')
  })

  it('is refused when a bit of it was changed, whichever', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const before = { ...anna }
    const message = await say(anna, 'true')
    const commit = (await anna.mls.commit(before.state, { remove: [] }, NOW)).message
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.nat(), fc.nat(7), async (ofCommit, at, bit) => {
      const bytes = (ofCommit ? commit : message).slice()
      bytes[at % bytes.byteLength] = (bytes[at % bytes.byteLength] as number) ^ 1 << bit
      await assert.rejects(ben.mls.receive(ben.state, bytes), ({ name }: Error) => NAMES.has(name))
    }), { numRuns: 200 })
    await take(ben, message)
    await take(ben, commit)
  })

  it('is refused by a name, whatever the bytes are', async () => {
    const [anna] = await makeGroup(1) as [Seat]
    const own = await anna.mls.keyPackage(X25519, NOW)
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 2, 3, 4, 5), async (body, kind) => {
      for (const bytes of [body, Uint8Array.of(0, 1, 0, kind, ...body)]) {
        for (const refusal of [anna.mls.receive(anna.state, bytes), anna.mls.openKeyPackage(bytes, NOW), anna.mls.join(bytes, own)]) {
          await assert.rejects(refusal, ({ name }: Error) => NAMES.has(name))
        }
      }
    }))
    await refused(anna, new Uint8Array(1024 * 1024), 'TooLargeError')
  })

  it('is refused when too many before it are missing, and when its key was given up', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const messages: Uint8Array[] = []
    for (let number = 0; number <= MLS_DEFAULTS.skippedKeys + 2; number++) messages.push(await say(anna, String(number)))
    await take(ben, messages.at(-1) as Uint8Array)
    await refused(ben, messages[1] as Uint8Array, 'AlreadyReadError')
    await take(ben, messages[2] as Uint8Array)

    await skip(anna, MLS_DEFAULTS.skipAhead)
    const far = await say(anna, 'far')
    await refused(ben, await say(anna, 'too far'), 'TooFarAheadError')
    await take(ben, far)
  }).timeout(30_000)
})

describe('an outsider', () => {
  it('does not join by an external commit, nor proposes to', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const { device: signer } = await makePerson(2)
    const outsider = await makeDevice(4)
    const impl = await rawSuite(X25519, signer)
    const own = readOwn(await outsider.mls.keyPackage(X25519, NOW))
    const info = await createGroupInfoWithExternalPubAndRatchetTree(insideOf(anna.state), [], await rawSuite(X25519, (await makePerson(0)).device))
    const { publicMessage } = await joinGroupExternal(info, own.publicPackage, own.privatePackage, false, impl, undefined, gullible(anna).clientConfig)
    await refused(ben, encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage }), 'NotAllowedError')
    const proposed = await proposeAddExternal(info, own.publicPackage, own.privatePackage, impl)
    await refused(ben, encodeMlsMessage(proposed), 'NotAllowedError')
  })

  it('does not commit: not one that was removed, nor one with keys of its own', async () => {
    const [anna, ben, carl] = await makeGroup(3) as [Seat, Seat, Seat]
    const late = await carl.mls.commit(carl.state, {}, NOW)
    await pass(anna, await anna.mls.commit(anna.state, { remove: [carl.device] }, NOW), [ben])
    await refused(ben, late.message, 'EpochOverError')
    const next = insideOf(carl.state)
    const pretended = await rawCommit(carl, (await makePerson(1)).device, [], { ...gullible(carl), groupContext: { ...next.groupContext, epoch: 2n } })
    await refused(ben, pretended.message, 'NotAuthenticError')
    const stranger = await found(await makeDevice(6))
    await refused(await found(await makeDevice(0)), (await stranger.mls.commit(stranger.state, {}, NOW)).message, 'NotAuthenticError')
  })

  it('does not enter by a Welcome for another, nor by one that was changed', async () => {
    const anna = await found(await makeDevice(0))
    const [ben, carl] = [await makeDevice(2), await makeDevice(4)]
    const [own, other] = [await ben.mls.keyPackage(X25519, NOW), await carl.mls.keyPackage(X25519, NOW)]
    const committed = await anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)] }, NOW)
    const welcome = committed.welcome as Uint8Array
    await assert.rejects(carl.mls.join(welcome, other), { name: 'NotInvitedError' })
    await assert.rejects(carl.mls.join(welcome, { ...other, ref: own.ref }), { name: 'NotAuthenticError' })
    await assert.rejects(ben.mls.join(committed.message, own), { name: 'MalformedError' })
    for (const at of [40, 90, 200, welcome.byteLength - 1]) {
      await assert.rejects(ben.mls.join(welcome.with(at, (welcome[at] as number) ^ 1), own), ({ name }: Error) => NAMES.has(name))
    }
    await enter(ben, committed, own)
  })
})

describe('a certificate in an MLS group', () => {
  it('is refused when it is another device’s, whoever adds it', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const [mallory, victim] = [await makePerson(5), await makePerson(6)]
    const forger = createMls({ crypto, signer: mallory.device, certificate: () => victim.certificate, admit: () => true })
    const forged = await forger.keyPackage(X25519, NOW)
    await assert.rejects(anna.mls.openKeyPackage(forged.bytes, NOW), { name: 'CredentialRefusedError' })
    const add: Proposal = { proposalType: 'add', add: { keyPackage: openKeyPackageFrame(forged.bytes) } }
    await refused(ben, (await rawCommit(anna, (await makePerson(0)).device, [add])).message, 'CredentialRefusedError')
  })

  it('is refused when its device may not be there: added, committing or found', async () => {
    let admitted: Parameters<Admit>[0][] = []
    const refusing: { device?: PeerKey, standing?: string } = {}
    const admit: Admit = (admission) => {
      admitted.push(admission)
      return admission.certificate.device !== refusing.device || admission.standing !== refusing.standing
    }
    const [anna, ben, carl] = await makeGroup(3, { admit }) as [Seat, Seat, Seat]
    const dora = await makeDevice(6, admit)
    const own = await dora.mls.keyPackage(X25519, NOW)
    admitted = []
    Object.assign(refusing, { device: dora.device, standing: 'added' })
    await assert.rejects(anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)] }, NOW), { name: 'CredentialRefusedError' })
    assert.deepEqual(admitted.map(({ standing }) => standing), ['added'])
    const add: Proposal = { proposalType: 'add', add: { keyPackage: openKeyPackageFrame(own.bytes) } }
    await refused(ben, (await rawCommit(anna, (await makePerson(0)).device, [add])).message, 'CredentialRefusedError')

    Object.assign(refusing, { device: carl.device, standing: 'committing' })
    await refused(ben, (await rawCommit(carl, (await makePerson(1)).device, [])).message, 'CredentialRefusedError')
    await refused(ben, (await rawCommit(carl, (await makePerson(1)).device, [{ proposalType: 'remove', remove: { removed: 1 } }])).message, 'CredentialRefusedError')

    Object.assign(refusing, { device: ben.device, standing: 'present' })
    const committed = await anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)] }, NOW)
    await assert.rejects(dora.mls.join(committed.welcome as Uint8Array, own), { name: 'CredentialRefusedError' })
  })

  it('does not change by a commit: a leaf stays its device’s', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const person = await makePerson(0)
    const second = await linkDevice(person, 9, person.signer, { capabilities: CAPABILITY.route })
    const signer = {
      publicKey: anna.device,
      sign: async (message: Uint8Array) => await (Buffer.from(message).includes('LeafNodeTBS') ? second.key : person.device).sign(message)
    }
    const state = gullible(anna)
    const [leaf, ...others] = state.ratchetTree
    assert.ok(leaf?.nodeType === 'leaf')
    const swapped = { ...leaf.leaf, credential: { credentialType: 'basic' as const, identity: second.certificate.bytes }, signaturePublicKey: Buffer.from(second.key.publicKey, 'hex') }
    const commit = await rawCommit(anna, signer, [], { ...state, ratchetTree: [{ nodeType: 'leaf', leaf: swapped }, ...others] })
    await refused(ben, commit.message, 'CredentialRefusedError')
  })
})

describe('a commit of a member', () => {
  const forbidden: Record<string, Proposal> = {
    'a pre-shared key': { proposalType: 'psk', psk: { preSharedKeyId: { psktype: 'external', pskId: utf8('id'), pskNonce: new Uint8Array(32) } } },
    'group context extensions': { proposalType: 'group_context_extensions', groupContextExtensions: { extensions: [] } },
    'a reinit': { proposalType: 'reinit', reinit: { groupId: utf8('other'), version: 'mls10', cipherSuite: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519', extensions: [] } },
    'a proposal of its own kind': { proposalType: 0xf001, proposalData: utf8('?') }
  }
  for (const [what, proposal] of Object.entries(forbidden)) {
    it(`is refused with ${what}`, async () => {
      const [anna, ben] = await makeGroup(2) as [Seat, Seat]
      const signer = (await makePerson(0)).device
      const cipherSuite = await rawSuite(X25519, signer)
      const { createCommit } = await import('ts-mls')
      const made = await createCommit({ state: gullible(anna), cipherSuite, pskIndex: { findPsk: () => new Uint8Array(32) } }, { extraProposals: [proposal] })
      await refused(ben, encodeMlsMessage(made.commit), 'NotAllowedError')
    })
  }

  it('is refused by reference, and so is what it refers to', async () => {
    const [anna, ben, carl] = await makeGroup(3) as [Seat, Seat, Seat]
    const signer = (await makePerson(0)).device
    const proposed = await createProposal(gullible(anna), false, { proposalType: 'remove', remove: { removed: 2 } }, await rawSuite(X25519, signer))
    await refused(ben, encodeMlsMessage(proposed.message), 'NotAllowedError')
    await refused(carl, (await rawCommit(anna, signer, [], proposed.newState)).message, 'NotAllowedError')
  })

  it('is refused when it copies a key or a package that is not plain', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const impl = await rawSuite(X25519, (await makePerson(7)).device)
    const { generateKeyPackageWithKey } = await import('ts-mls')
    const { certificate } = await makePerson(7)
    const identity = { credentialType: 'basic' as const, identity: certificate.bytes }
    const capabilities = { versions: ['mls10' as const], ciphersuites: [impl.name], extensions: [0xf000], proposals: [], credentials: ['basic' as const] }
    const pair = { signKey: new Uint8Array(0), publicKey: Buffer.from(certificate.device, 'hex') }
    const year = { notBefore: 0n, notAfter: BigInt(NOW) }
    const odd = await generateKeyPackageWithKey(identity, capabilities, { notBefore: BigInt(Math.floor(NOW / 1000) - 9), notAfter: BigInt(Math.floor(NOW / 1000) + 9e5) }, [{ extensionType: 0xf000, extensionData: new Uint8Array(1) }], pair, impl)
    const eternal = await generateKeyPackageWithKey(identity, capabilities, year, [], pair, impl)
    const doubled = await generateKeyPackageWithKey(identity, capabilities, { notBefore: BigInt(Math.floor(NOW / 1000) - 9), notAfter: BigInt(Math.floor(NOW / 1000) + 9e5) }, [], pair, {
      ...impl,
      // The leaf key of a member: nobody could join such a group any more.
      hpke: { ...impl.hpke, exportPublicKey: async () => (insideOf(ben.state).ratchetTree[2] as { leaf: { hpkePublicKey: Uint8Array } }).leaf.hpkePublicKey }
    })
    doubled.publicPackage.initKey = odd.publicPackage.initKey
    const { signKeyPackage } = await import('ts-mls/keyPackage.js')
    const copied = await signKeyPackage(doubled.publicPackage, new Uint8Array(0), impl.signature)
    for (const keyPackage of [odd.publicPackage, eternal.publicPackage, copied]) {
      await refused(ben, (await rawCommit(anna, (await makePerson(0)).device, [{ proposalType: 'add', add: { keyPackage } }])).message, 'NotAllowedError')
    }
  })

  it('is our own: it is not processed again', async () => {
    const [anna] = await makeGroup(2) as [Seat]
    const committed = await anna.mls.commit(anna.state, {}, NOW)
    await refused(anna, committed.message, 'OwnCommitError')
  })
})

describe('a change that is asked for', () => {
  it('is refused when it makes no sense', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const carl = await makeDevice(4)
    const opened = await anna.mls.openKeyPackage((await carl.mls.keyPackage(X25519, NOW)).bytes, NOW)
    const again = await anna.mls.openKeyPackage((await ben.mls.keyPackage(X25519, NOW)).bytes, NOW)
    const wrongSuite = await anna.mls.openKeyPackage((await carl.mls.keyPackage(XWING, NOW)).bytes, NOW)
    const cases = [
      [{ remove: [anna.device] }, 'NotAllowedError'],
      [{ remove: [carl.device] }, 'NotAMemberError'],
      [{ remove: [ben.device, ben.device] }, 'NotAllowedError'],
      [{ add: [opened, opened] }, 'NotAllowedError'],
      [{ add: [again] }, 'NotAllowedError'],
      [{ add: [wrongSuite] }, 'KeyPackageUnusableError'],
      [{ remove: Array.from({ length: MLS_DEFAULTS.changesMax + 1 }, () => ben.device) }, 'NotAllowedError']
    ] as const
    for (const [change, name] of cases) await assert.rejects(anna.mls.commit(anna.state, { ...change } as never, NOW), { name })
    await assert.rejects(anna.mls.propose(anna.state, { add: [], remove: [] }), { name: 'NotAllowedError' })
    await assert.rejects(anna.mls.propose(anna.state, { add: [], remove: Array.from({ length: MLS_DEFAULTS.changesMax + 1 }, () => ben.device) }), { name: 'NotAllowedError' })
  })

  it('is refused when the group would have more devices than its suite carries', async () => {
    const anna = await found(await makeDevice(0), XWING)
    const devices = await Promise.all(Array.from({ length: MLS_DEFAULTS.xWingDevicesMax }, async (_, at) => await makeDevice(at + 1)))
    const add = await Promise.all(devices.map(async ({ mls }) => await anna.mls.openKeyPackage((await mls.keyPackage(XWING, NOW)).bytes, NOW)))
    await assert.rejects(anna.mls.commit(anna.state, { add }, NOW), { name: 'GroupFullError' })
    await anna.mls.commit(anna.state, { add: add.slice(1) }, NOW)
  }).timeout(30_000)
})

describe('a key package', () => {
  const opened = async (suite: MlsSuite, madeAt: number, at: number) => {
    const [anna, ben] = [await makeDevice(0), await makeDevice(2)]
    return await anna.mls.openKeyPackage((await ben.mls.keyPackage(suite, madeAt)).bytes, at)
  }

  it('is used as long as mail that uses it comes in time', async () => {
    const lastMs = (MLS_DEFAULTS.keyPackageLifeS - MLS_DEFAULTS.keyPackageLeftS) * 1000
    await opened(X25519, NOW, NOW + lastMs - 1000)
    await assert.rejects(opened(X25519, NOW, NOW + lastMs + 1000), { name: 'KeyPackageUnusableError' })
    await assert.rejects(opened(X25519, NOW + DAY_MS, NOW), { name: 'KeyPackageUnusableError' })
    const anna = await found(await makeDevice(0))
    const kept = await opened(X25519, NOW, NOW)
    await assert.rejects(anna.mls.commit(anna.state, { add: [kept] }, NOW + lastMs + 1000), { name: 'KeyPackageUnusableError' })
  })

  it('is refused when it was changed or is too large', async () => {
    const anna = await makeDevice(0)
    const { bytes } = await anna.mls.keyPackage(X25519, NOW)
    await fc.assert(fc.asyncProperty(fc.nat(bytes.byteLength - 1), fc.nat(7), async (at, bit) => {
      await assert.rejects(anna.mls.openKeyPackage(bytes.with(at, (bytes[at] as number) ^ 1 << bit), NOW), ({ name }: Error) => NAMES.has(name))
    }), { numRuns: 100 })
    await assert.rejects(anna.mls.openKeyPackage(new Uint8Array(MLS_DEFAULTS.keyPackageBytes + 1), NOW), { name: 'TooLargeError' })
  })
})

/** As if `seat` had sent that many messages which nobody got. */
async function skip (seat: Seat, count: number): Promise<void> {
  const inside = insideOf(seat.state)
  const at = inside.privatePath.leafIndex * 2
  const suite = await rawSuite(X25519, (await makePerson(0)).device)
  const ratchets = inside.secretTree[at]
  assert.ok(ratchets != null)
  const [application] = await ratchetUntil(ratchets.application, ratchets.application.generation + count, { retainKeysForGenerations: 1, retainKeysForEpochs: 4, maximumForwardRatchetSteps: count }, suite.kdf)
  const secretTree = inside.secretTree.with(at, { ...ratchets, application: { ...application, unusedGenerations: {} } })
  seat.state = groupState({ ...inside, secretTree }, seat.state.members)
}
