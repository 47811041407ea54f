import assert from 'node:assert/strict'
import { StoreFailedError } from '../../../src/errors.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { RELAY_DEFAULTS } from '../../../src/relay/defaults.ts'
import { RECONCILE_DEFAULTS } from '../../../src/relay/reconcile/defaults.ts'
import { openEnvelope } from '../../../src/wire/envelope.ts'
import { SYNC_PROTOCOL } from '../../../src/wire/protocols.ts'
import { telling } from '../../judged.ts'
import { World, type TestNode, type TestUser } from '../world.ts'
import type { EnvelopeStore } from '../../../src/ports.ts'
import type { Envelope } from '../../../src/types.ts'

const MINUTE = 60_000
/** A round at its longest, and the time to pull. */
const ROUND_MS = 1.5 * RECONCILE_DEFAULTS.roundMs + MINUTE

describe('reconciliation, on real hosts', () => {
  let world: World
  let bob: TestUser
  beforeEach(() => { world = new World() })
  afterEach(async () => { await world.stop() })

  const fill = async (node: TestNode, count: number, { first = 0, bodyBytes = 100 } = {}): Promise<Envelope[]> => {
    const envelopes = Array.from({ length: count }, (_, number) => world.envelope(bob.mailbox, first + number, bodyBytes))
    await node.envelopes.append(envelopes)
    return envelopes
  }
  const held = (node: TestNode): number => node.envelopes.usage(bob.mailbox).envelopes

  it('brings a replica what it missed while it was away, page after page, as the same envelopes', async () => {
    const [a, b] = await world.startNodes(2) as [TestNode, TestNode]
    bob = await world.newUser([a, b])
    await world.publish(bob, [a, b], { n: 2 })
    await b.relay.stop()
    const envelopes = await fill(a, 600, { bodyBytes: 1000 })
    await b.relay.start()
    await world.passes(ROUND_MS, 'all are there', () => held(b) === 600)
    const page = await b.envelopes.page(bob.mailbox, 0, 1e7)
    assert.deepEqual(page.envelopes.map(({ envelope }) => openEnvelope(envelope.bytes, crypto).id).toSorted(), envelopes.map(({ id }) => id).toSorted())
    assert.deepEqual(await a.envelopes.digest(bob.mailbox), await b.envelopes.digest(bob.mailbox))
    assert.match(b.log.lines.join('\n'), /600 envelopes of mailbox .* came from/)
  })

  it('brings what strangers wrote and another replica has promised, as a copy of it', async () => {
    const judged = new Set<string>()
    const a = await world.startNode()
    const b = await world.startNode({ envelopes: store => telling(store, (_, admission) => { judged.add(admission) }) })
    b.users.admits = () => false
    bob = await world.newUser([a, b])
    await world.publish(bob, [a, b], { n: 2 })
    await fill(a, 3)
    await world.passes(ROUND_MS, 'all are there', () => held(b) === 3)
    assert.deepEqual(judged, new Set(['copied']))
  })

  it('shows attached devices what it brings', async () => {
    const [a, b] = await world.startNodes(2) as [TestNode, TestNode]
    bob = await world.newUser([a, b])
    await world.publish(bob, [a, b], { n: 2 })
    const device = await world.attach(bob, b)
    const [envelope] = await fill(a, 1)
    await world.passes(ROUND_MS, 'it is shown', () => device.pushes.length === 1)
    assert.deepEqual(device.pushes, [envelope?.id])
  })

  it('brings collections before ids: what was collected while a replica was away goes there too, and does not come back', async () => {
    const [a, b] = await world.startNodes(2) as [TestNode, TestNode]
    bob = await world.newUser([a, b])
    await world.publish(bob, [a, b], { n: 2 })
    const envelopes = await fill(a, 5)
    await b.envelopes.append(envelopes)
    await b.relay.stop()
    const ids = envelopes.slice(0, 3).map(({ id }) => id)
    await a.envelopes.collect(await world.collection(bob, ids), [bob.key.publicKey])
    await b.relay.start()
    await world.passes(ROUND_MS, 'both hold the same', () => held(b) === 2)
    await world.passes(ROUND_MS, 'nothing is pulled', () => [a, b].every(({ relay }) => relay.status().pulls === 0))
    assert.deepEqual([held(a), held(b)], [2, 2])
    assert.deepEqual(await a.envelopes.missing(bob.mailbox, ids), [])
  })

  it('refills a node that lost its disk: it serves again whom its own tickets promise service, and holds all', async () => {
    const [a, b, lost] = await world.startNodes(3) as [TestNode, TestNode, TestNode]
    bob = await world.newUser([a, b, lost])
    const route = await world.publish(bob, [a, b, lost], { n: 3 })
    await fill(a, 20)
    await fill(b, 20)
    await lost.relay.stop()
    await lost.host.stop()
    world.nodes.splice(world.nodes.indexOf(lost), 1)
    const wiped = await world.startNode({ seed: lost.seed })
    await wiped.host.dial(a.host.getMultiaddrs())
    assert.equal(wiped.users.devices(bob.mailbox), undefined)
    await world.passes(2 * ROUND_MS, 'it has all', () => held(wiped) === 20)
    assert.deepEqual(wiped.users.devices(bob.mailbox), [bob.key.publicKey])
    assert.equal(wiped.users.route(bob.mailbox)?.order.hash, route.order.hash)
    await lost.envelopes.close()
  })

  it('replaces a member that has been gone for an hour by the next on the list, which then holds everything', async () => {
    const nodes = await world.startNodes(3) as [TestNode, TestNode, TestNode]
    const [a, gone, next] = nodes
    bob = await world.newUser(nodes)
    await world.publish(bob, [a, gone, next], { n: 2 })
    await fill(a, 30)
    await world.passes(ROUND_MS, 'both members have it', () => held(gone) === 30)
    assert.equal(held(next), 0)
    await gone.relay.stop()
    await gone.host.stop()
    world.nodes.splice(1, 1)
    await world.passes(RELAY_DEFAULTS.goneMs - ROUND_MS, 'nothing', () => false).catch(() => {})
    assert.equal(held(next), 0, 'an hour is not over')
    await world.passes(3 * ROUND_MS, 'the next has all', () => held(next) === 30)
    await gone.envelopes.close()
  })

  it('has a member whose disk refuses writes for an hour replaced by the next on the list, until it takes mail again', async () => {
    const a = await world.startNode()
    let isReadOnly = true
    const refusing = (store: EnvelopeStore): EnvelopeStore => {
      const append = store.append.bind(store)
      store.append = async (...given) => {
        if (isReadOnly) throw new StoreFailedError('the disk refused what was to be kept')
        return await append(...given)
      }
      return store
    }
    const full = await world.startNode({ envelopes: refusing, isReadOnly: () => isReadOnly })
    const next = await world.startNode()
    let pulls = 0
    const open = full.network.open.bind(full.network)
    full.network.open = async (...given) => {
      if (given[2] === SYNC_PROTOCOL) pulls++
      return await open(...given)
    }
    bob = await world.newUser(world.nodes)
    await world.publish(bob, [a, full, next], { n: 2 })
    await fill(a, 30)
    await world.passes(RELAY_DEFAULTS.goneMs - ROUND_MS, 'nothing', () => false).catch(() => {})
    assert.equal(held(next), 0, 'an hour is not over')
    await world.passes(3 * ROUND_MS, 'the next has all', () => held(next) === 30)
    assert.deepEqual([held(full), pulls], [0, 0], 'it asks for nothing that it cannot take')
    isReadOnly = false
    await world.passes(ROUND_MS, 'it has what it missed', () => held(full) === 30)
    await world.passes(ROUND_MS, 'nothing', () => false).catch(() => {})
    await fill(a, 1, { first: 30 })
    await world.passes(ROUND_MS, 'it is a member again', () => held(full) === 31)
    await world.passes(2 * ROUND_MS, 'nothing', () => false).catch(() => {})
    assert.equal(held(next), 30, 'and the next is none')
  })

  it('tells a node that is not on the record nothing but the newer record', async () => {
    const [a, stranger] = await world.startNodes(2) as [TestNode, TestNode]
    bob = await world.newUser([a, stranger])
    await world.publish(bob, [a, stranger], { n: 2, knownTo: [stranger, a] })
    await fill(a, 3)
    const newer = await world.publish(bob, [a], { n: 1, seq: 5, knownTo: [a] })
    await world.passes(ROUND_MS, 'it has heard', () => stranger.users.route(bob.mailbox)?.order.seq === newer.order.seq)
    await world.passes(2 * MINUTE, 'nothing is pulled', () => stranger.relay.status().pulls === 0)
    assert.equal(held(stranger), 0)
  })

  it('reads everything again until its disk lets it, and tells others then', async () => {
    let failures = Infinity
    const failing = (store: EnvelopeStore): EnvelopeStore => {
      const scrub = store.scrub.bind(store)
      store.scrub = async (...given) => {
        if (failures-- > 0) throw new StoreFailedError('the disk refused what was to be kept')
        return await scrub(...given)
      }
      return store
    }
    const a = await world.startNode()
    const b = await world.startNode({ envelopes: failing, wasClean: false })
    bob = await world.newUser([a, b])
    await world.publish(bob, [a, b], { n: 2 })
    await fill(b, 3)
    await world.passes(ROUND_MS, 'nothing', () => false).catch(() => {})
    assert.deepEqual([b.relay.status().verifying, held(a)], [true, 0])
    failures = 0
    await world.passes(ROUND_MS, 'the other has it', () => held(a) === 3)
    await world.passes(RECONCILE_DEFAULTS.verifyMaxMs, 'it has been compared', () => !b.relay.status().verifying)
  })

  it('reads everything again after an unclean end, and says that it verifies until it has been compared', async () => {
    const a = await world.startNode()
    let scrubs = 0
    const b = await world.startNode({
      wasClean: false,
      envelopes: store => new Proxy(store, {
        get: (target, name) => {
          if (name === 'scrub') scrubs++
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        }
      })
    })
    assert.equal(b.relay.status().verifying, true)
    bob = await world.newUser([a, b])
    await world.publish(bob, [a, b], { n: 2 })
    await fill(a, 3)
    await world.passes(RECONCILE_DEFAULTS.verifyMaxMs, 'it is over', () => !b.relay.status().verifying)
    assert.deepEqual([scrubs, held(b)], [1, 3])
  })
}).timeout(60_000)
