// The share of strangers in a mailbox, over real nodes: who fills it, whom it leaves alone, and who belongs to it.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { post } from '../../src/client/devices/posting.ts'
import { dialingNetwork } from '../../src/client/host.ts'
import { RefusedError, UnreachableError } from '../../src/errors.ts'
import { makeCertificate } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { STORE_DEFAULTS } from '../../src/store/index.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { Judged } from '../judged.ts'
import { ALL } from '../identity/people.ts'
import { makeProfileOf, makeRouteOf, NETWORK, TestHouse, type RawSession, type TestUser, type Visitor } from './visitors.ts'
import type { PosthouseNode } from '../../src/node/index.ts'
import type { Bytes, Envelope, Profile, RefusalCode, RouteRecord } from '../../src/types.ts'

const KEY = new Uint8Array(32).fill(1)
const NEXT_KEY = new Uint8Array(32).fill(2)
const LARGEST = LIMITS.envelopeBytes
/** On one stream at once. */
const BATCH = 16

describe('a mailbox', () => {
  const house = new TestHouse()
  let folder: string

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-admission-')) })
  afterEach(async () => {
    await house.close()
    await rm(folder, { recursive: true, force: true })
  })

  const letters = ({ mailbox }: TestUser, count: number, { key, bytes = LARGEST }: { key?: Bytes, bytes?: number } = {}): Envelope[] => Array.from({ length: count }, () => makeEnvelope({
    mailbox,
    expiry: Math.floor(Date.now() / 1000) + 3600,
    body: systemRandom.bytes(bytes - 76),
    deliveryKey: key === undefined ? undefined : { keyEpoch: 1, key }
  }, crypto))

  /** A served user whose route is known, and which has told this key. */
  const served = async (node: PosthouseNode, key: Bytes): Promise<{ user: TestUser, session: RawSession, route: RouteRecord }> => {
    const { user, session, ticket } = await house.resident(node)
    const route = await makeRouteOf(user, [ticket])
    assert.equal((await session.ask({ publish: route.bytes })).refusal, undefined)
    assert.ok(await register(session, user.profile, key))
    return { user, session, route }
  }

  const register = async (session: RawSession, { bytes: profile }: Profile, deliveryKey: Bytes): Promise<boolean> => (await session.ask({ register: { profile, deliveryKey } })).ticket !== undefined

  /** Deposits as nobody in particular. Resolves with the refusal, if there was one. */
  const deposit = async (visitor: Visitor, route: RouteRecord, envelopes: Envelope[]): Promise<RefusalCode | undefined> => {
    try {
      await post({ network: dialingNetwork(visitor.host), networkId: NETWORK, crypto, clock: systemClock }, route, envelopes)
      return undefined
    } catch (error) {
      assert.ok(error instanceof UnreachableError && error.cause instanceof RefusedError, String(error))
      return error.cause.refusal.code
    }
  }

  /** Somebody whom the node is connected with. */
  const stranger = async (node: PosthouseNode): Promise<Visitor> => {
    const visitor = await house.visitor()
    await visitor.call(node)
    return visitor
  }

  it('that strangers have filled still takes what contacts write, and knows them apart after a restart', async () => {
    const node = await house.node({ dataDir: folder, listen: ['/ip4/127.0.0.1/tcp/0'] })
    const { user, route } = await served(node, KEY)
    const mallory = await stranger(node)
    for (let sent = 0; sent < STORE_DEFAULTS.requestBytes / LARGEST; sent += BATCH) assert.equal(await deposit(mallory, route, letters(user, BATCH)), undefined)
    const nobody = await deposit(mallory, route, letters(user, 1))
    assert.equal(nobody, REFUSAL.requestsFull)
    const wrong = letters(user, 1, { key: NEXT_KEY })
    const unknownKind = letters(user, 1, { key: KEY })
    unknownKind[0]!.bytes[40] = 2
    for (const forged of [wrong, unknownKind]) assert.equal(await deposit(mallory, route, forged), nobody, 'as if nothing had been shown')
    assert.equal(await deposit(mallory, route, letters(user, BATCH, { key: KEY })), undefined)
    assert.equal(node.status().mail.envelopes, STORE_DEFAULTS.requestBytes / LARGEST + BATCH)

    await node.stop()
    await node.start()
    const again = await stranger(node)
    assert.equal(await deposit(again, route, letters(user, 1)), REFUSAL.requestsFull)
    assert.equal(await deposit(again, route, letters(user, BATCH, { key: KEY })), undefined)
  })

  it('of a user who told no key takes everybody’s mail alike', async () => {
    const judged = new Judged()
    const node = await house.node({ openStore: judged.openStore })
    const { user, session, ticket } = await house.resident(node)
    const route = await makeRouteOf(user, [ticket])
    await session.ask({ publish: route.bytes })
    assert.equal(await deposit(await stranger(node), route, letters(user, 1, { bytes: 200 })), undefined)
    assert.deepEqual(judged.kinds, ['admitted'])
  })

  it('takes mail of a device that was taken away for a stranger’s, and no old key back from it', async () => {
    const judged = new Judged()
    const node = await house.node({ openStore: judged.openStore })
    const { user, session, route } = await served(node, KEY)
    const judge = async (by: Visitor, key: Bytes): Promise<string[]> => {
      judged.admissions = []
      assert.equal(await deposit(by, route, letters(user, 1, { key, bytes: 200 })), undefined)
      return judged.admissions
    }
    const thief = await stranger(node)
    assert.deepEqual(await judge(thief, KEY), ['admitted'])

    const seed = systemRandom.bytes(32)
    const kept = await crypto.signingKey(seed)
    const certificate = await makeCertificate({ root: user.root, device: kept.publicKey, epoch: 2, capabilities: ALL, issuedAt: Date.now() }, { key: user.rootKey }, { crypto })
    const profile = await makeProfileOf(user, { epoch: 2, devices: [certificate] })
    const remaining = await (await house.visitor(seed)).call(node)
    assert.ok(await register(remaining, profile, NEXT_KEY))
    assert.deepEqual([await judge(thief, KEY), await judge(thief, NEXT_KEY)], [['request'], ['admitted']])
    await session.ended()
    const back = await (await house.visitor(user.seed)).call(node)
    assert.equal((await back.ask({ register: { profile: user.profile.bytes, deliveryKey: KEY } })).refusal?.code, REFUSAL.stale)
    assert.deepEqual([await judge(thief, KEY), await judge(thief, NEXT_KEY)], [['request'], ['admitted']])
    assert.equal((await remaining.ask({ register: { profile: profile.bytes, deliveryKey: KEY.subarray(1) } })).refusal?.code, REFUSAL.malformed)
  })
})
