import assert from 'node:assert/strict'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import fc from 'fast-check'
import { webCrypto } from '../../src/client/crypto.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { ContactPresenceCore, makeBeat, openBeat, PRESENCE_DEFAULTS, tagBytes, tagOf } from '../../src/presence/client.ts'
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/index.ts'
import { systemRandom } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { Beat } from '../../src/wire/presence.ts'
import { PRESENCE_TOPIC } from '../../src/wire/protocols.ts'
import { connect, listens, startHost, startNode, type Host, type PresenceNode } from './hosts.ts'
import { until } from '../until.ts'
import type { SigningKey } from '../../src/ports.ts'
import type { Bytes, PresenceState, UserId } from '../../src/types.ts'

const presenceKey = new Uint8Array(32).fill(1)
const tag = tagBytes(tagOf(presenceKey))
const device = await nodeCrypto.signingKey(new Uint8Array(32).fill(2))
const alice = 'did:key:alice' as UserId

let nodes: PresenceNode[] = []
let strangers: Host[] = []
let counter = Date.now()

afterEach(async () => {
  await Promise.all(nodes.map(({ presence }) => presence.stop()))
  await Promise.all([...nodes.map(({ host }) => host), ...strangers].map(async host => { await host.stop() }))
  nodes = []
  strangers = []
})

/** So many nodes, each connected to the next. */
async function line (count: number): Promise<void> {
  nodes = await Promise.all(Array.from({ length: count }, startNode))
  for (let at = 1; at < count; at++) await connect(node(at - 1).host, node(at).host)
}

function node (at: number): PresenceNode {
  const found = nodes[at]
  assert.ok(found !== undefined)
  return found
}

async function stranger (): Promise<Host> {
  const host = await startHost()
  strangers.push(host)
  return host
}

async function beatOf (state: PresenceState, signingKey: SigningKey = device): Promise<Bytes> {
  counter += 10
  return await makeBeat({ presenceKey, signingKey, state, counter, random: systemRandom })
}

function watch ({ presence }: PresenceNode): Bytes[] {
  const beats: Bytes[] = []
  assert.equal(presence.watch('watcher', [tag], beat => { beats.push(beat) }), undefined)
  return beats
}

describe('presence over real gossip', () => {
  it('brings a beat across five nodes to who watches its tag, once', async () => {
    await line(5)
    await connect(node(4).host, node(0).host)
    const far = watch(node(2))
    const near = watch(node(0))
    const beat = await beatOf('online')
    assert.equal(node(0).presence.beat('session', device.publicKey, { now: beat }), undefined)
    assert.deepEqual(near, [beat], 'users of the same node need no gossip')
    await until('the beat has come round', () => far.length > 0)
    assert.deepEqual(far, [beat])
    assert.deepEqual(await opened(far), ['online'])
  })

  it('tells a newcomer at once, and of a device that vanished', async () => {
    await line(2)
    node(0).presence.beat('session', device.publicKey, { now: await beatOf('online'), will: await beatOf('offline') })
    const early = watch(node(1))
    await until('the beat has come', () => early.length > 0)
    const late: Bytes[] = []
    node(1).presence.watch('newcomer', [tag], beat => { late.push(beat) })
    assert.deepEqual(late, early)
    node(0).presence.lost('session')
    node(1).clock.advance(NODE_PRESENCE_DEFAULTS.spacingMs).catch(assert.ifError)
    await node(0).clock.advance(NODE_PRESENCE_DEFAULTS.spacingMs)
    await until('the will has come', () => early.length > 1)
    assert.deepEqual(await opened(early), ['online', 'offline'])
  })

  it('drops what a contact forged: the right tag and key, another device', async () => {
    await line(2)
    const beats = watch(node(1))
    const contact = await nodeCrypto.signingKey(new Uint8Array(32).fill(3))
    node(0).presence.beat('session', contact.publicKey, { now: await beatOf('online', { publicKey: device.publicKey, sign: contact.sign }) })
    await until('the forged beat has come', () => beats.length > 0)
    assert.deepEqual(await opened(beats), [])
  })

  it('ends malformed and oversized beats at the first node, and goes on', async () => {
    await line(1)
    const hostile = await stranger()
    const behind = await stranger()
    const passedOn: Uint8Array[] = []
    behind.services.pubsub.addEventListener('message', ({ detail }) => { passedOn.push(detail.data) })
    hostile.services.pubsub.subscribe(PRESENCE_TOPIC)
    behind.services.pubsub.subscribe(PRESENCE_TOPIC)
    await connect(hostile, node(0).host)
    await connect(node(0).host, behind)
    const honest = await beatOf('online')
    const parts = Beat.decode(honest)
    const bad = [new Uint8Array(LIMITS.beatBytes + 1), Uint8Array.of(1, 2, 3), Beat.encode({ ...parts, period: 7 })]
    for (const bytes of [...bad, honest]) await hostile.services.pubsub.publish(PRESENCE_TOPIC, bytes)
    await until('the honest beat has come', () => passedOn.length > 0)
    await hostile.services.pubsub.publish(PRESENCE_TOPIC, Beat.encode({ ...parts, tag: new Uint8Array(16) }))
    await until('another one has come', () => passedOn.length > 1)
    assert.deepEqual(passedOn[0], honest)
    assert.equal(passedOn.length, 2)
  })

  it('no longer listens to a neighbour that goes on sending what is malformed', async () => {
    await line(1)
    const hostile = await stranger()
    hostile.services.pubsub.subscribe(PRESENCE_TOPIC)
    await connect(hostile, node(0).host)
    const { pubsub } = node(0).host.services
    for (let at = 0; at < 4; at++) await hostile.services.pubsub.publish(PRESENCE_TOPIC, Uint8Array.of(at))
    const scores = pubsub as unknown as { getScore: (peer: string) => number }
    await until('it is graylisted', () => scores.getScore(hostile.peerId.toString()) < -80)
  })

  it('carries no other topic', async () => {
    await line(1)
    const other = await stranger()
    other.services.pubsub.subscribe('/something/else')
    other.services.pubsub.subscribe(PRESENCE_TOPIC)
    await connect(other, node(0).host)
    assert.deepEqual(node(0).host.services.pubsub.getSubscribers('/something/else'), [])
  })

  it('starts again after a stop, with nothing remembered', async () => {
    await line(2)
    const before = watch(node(1))
    node(0).presence.beat('session', device.publicKey, { now: await beatOf('online') })
    await until('the beat has come', () => before.length > 0)
    await node(1).presence.stop()
    await until('it has left', () => !listens(node(0).host, node(1).host))
    assert.deepEqual(node(1).presence.watch('watcher', [tag], () => {}), { code: REFUSAL.draining, retryAfterSeconds: 0 })
    await node(1).presence.start()
    await until('it is back', () => listens(node(0).host, node(1).host))
    const after = watch(node(1))
    assert.deepEqual(after, [])
    await node(0).clock.advance(NODE_PRESENCE_DEFAULTS.spacingMs)
    node(0).presence.beat('session', device.publicKey, { now: await beatOf('away') })
    await until('a beat has come', () => after.length > 0)
    assert.equal(before.length, 1)
  })
})

describe('a node’s presence', () => {
  beforeEach(async () => { await line(1) })

  it('refuses what a device sends without its form, and never throws', () => {
    const { presence } = node(0)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (now, will) => {
      const refusal = presence.beat('session', device.publicKey, { now, will })
      assert.ok(refusal?.code === REFUSAL.malformed || refusal?.code === REFUSAL.unsupported)
    }))
    assert.equal(presence.watch('session', [new Uint8Array(15)], () => {})?.code, REFUSAL.malformed)
    assert.equal(presence.watch('session', Array.from({ length: LIMITS.presenceTags + 1 }, () => tag), () => {})?.code, REFUSAL.malformed)
  })

  it('takes nothing from gossip that has not the form, and never throws', async () => {
    const { host } = node(0)
    const validate = host.services.pubsub.topicValidators.get(PRESENCE_TOPIC)
    assert.ok(validate !== undefined)
    const message = { type: 'signed', from: host.peerId, topic: PRESENCE_TOPIC, sequenceNumber: 0n, signature: new Uint8Array(64), key: host.peerId.publicKey as never } as const
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async data => {
      assert.notEqual(await validate(host.peerId, { ...message, data }), TopicValidatorResult.Accept)
    }))
    assert.equal(await validate(host.peerId, { type: 'unsigned', topic: PRESENCE_TOPIC, data: await beatOf('online') }), TopicValidatorResult.Reject)
    assert.equal(await validate(host.peerId, { ...message, data: Beat.encode({ ...Beat.decode(await beatOf('online')), version: 2 }) }), TopicValidatorResult.Ignore)
    assert.equal(await validate(host.peerId, { ...message, data: await beatOf('online') }), TopicValidatorResult.Accept)
  })

  it('goes on when a device cannot be told', async () => {
    const { presence } = node(0)
    presence.watch('broken', [tag], () => { throw new Error('the stream is gone') })
    const beats = watch(node(0))
    presence.beat('session', device.publicKey, { now: await beatOf('online'), will: new Uint8Array(0) })
    assert.equal(beats.length, 1)
    presence.goodbye('watcher')
    presence.lost('session')
    await node(0).clock.advance(NODE_PRESENCE_DEFAULTS.spacingMs)
    presence.beat('session', device.publicKey, { now: await beatOf('away') })
    assert.equal(beats.length, 1)
  })
})

/** What a contact is shown: opened with the presence key, put in order by the client's core. */
async function opened (beats: Bytes[]): Promise<string[]> {
  const core = new ContactPresenceCore(PRESENCE_DEFAULTS)
  const shown: string[] = []
  for (const bytes of beats) {
    const beat = await openBeat(bytes, { presenceKey, crypto: webCrypto, allowedDevices: [device.publicKey] }).catch((error: Error) => {
      assert.equal(error.name, 'NotAuthenticError')
    })
    if (beat === undefined) continue
    for (const effect of core.handle({ type: 'beat', user: alice, beat }, Date.now())) {
      if (effect.type === 'presence') shown.push(effect.state)
    }
  }
  return shown
}
