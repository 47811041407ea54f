import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { makeRouteRecord, openRouteRecord, replicationFor, type RouteRecordInit } from '../../src/dht/record.ts'
import { keyBytes, mailboxOf, makeSigned, userIdOf, type Signer } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { CAPABILITY } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN } from '../../src/wire/protocols.ts'
import { RouteBody } from '../../src/wire/route.ts'
import { refusesHostileBytes } from '../identity/hostile.ts'
import { DAY_S, linkDevice, makePerson, makeTickets, NOW, NOW_S, type Person } from '../identity/people.ts'
import type { RouteRecord, ServingTicket } from '../../src/types.ts'

const MALFORMED = { name: 'MalformedError' }
const NOT_AUTHENTIC = { name: 'NotAuthenticError' }
const EXPIRED = { name: 'ExpiredError' }
const PROFILE = { epoch: 1, seq: NOW, hash: 'ab'.repeat(32) }
const PEER = '12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB'
/** 24 bytes: the longest hint that there is. */
const LONG_HINT = '/ip6/2001:db8:1:2:3:4:5:6/tcp/4502/tls/ws'

describe('route records', () => {
  let alice: Person
  let bob: Person
  let tickets: ServingTicket[]
  before(async () => {
    alice = await makePerson(1)
    bob = await makePerson(2)
    tickets = await makeTickets(alice.rootKey, LIMITS.routeEntries)
  })

  it('tell who serves whom, in order of preference', async () => {
    const entries = [{ ticket: ticket(2), addressHint: '/ip4/192.0.2.1/tcp/4501' }, { ticket: ticket(0) }, { ticket: ticket(1) }]
    const made = await make({ entries })
    const { bytes, order, ...said } = await openRouteRecord(made.bytes, { crypto, now: NOW, root: alice.rootKey })
    assert.deepEqual(said, {
      root: alice.rootKey,
      userId: userIdOf(alice.rootKey),
      mailbox: mailboxOf(alice.rootKey, crypto),
      notAfter: ticket(0).expiry,
      n: 3,
      w: 2,
      profile: PROFILE,
      entries: [
        { node: ticket(2).node, ticket: ticket(2), addressHint: '/ip4/192.0.2.1/tcp/4501' },
        { node: ticket(0).node, ticket: ticket(0), addressHint: undefined },
        { node: ticket(1).node, ticket: ticket(1), addressHint: undefined }
      ]
    })
    assert.deepEqual({ epoch: order.epoch, seq: order.seq }, { epoch: 1, seq: NOW })
    assert.deepEqual(bytes, made.bytes)
  })

  describe('within 2 KiB', () => {
    it('hold twelve nodes with the longest hints, signed by a device that the root certified', async () => {
      const record = await make({ entries: twelve() })
      assert.ok(record.bytes.byteLength <= LIMITS.routeRecordBytes, `${record.bytes.byteLength} bytes`)
      assert.deepEqual(record.entries.map(({ addressHint }) => addressHint), twelve().map(() => LONG_HINT))
    })

    it('leave out the last hints when the chain is long', async () => {
      const third = await linkDevice(alice, 3, await linkDevice(alice, 2, alice.signer))
      const record = await make({ entries: twelve() }, third)
      assert.ok(record.bytes.byteLength <= LIMITS.routeRecordBytes)
      assert.equal(record.entries.length, LIMITS.routeEntries)
      const hints = record.entries.map(({ addressHint }) => addressHint)
      const kept = hints.indexOf(undefined)
      assert.ok(kept >= 4, 'no more than needed')
      assert.ok(hints.slice(0, kept).every((hint) => hint === LONG_HINT) && hints.slice(kept).every((hint) => hint == null))
    })

    it('name no thirteenth node', async () => {
      const thirteen = await makeTickets(alice.rootKey, LIMITS.routeEntries + 1)
      await assert.rejects(make({ entries: thirteen.map((ticket) => ({ ticket })) }), MALFORMED)
    })
  })

  it('are signed by the root or a route device of their user and epoch', async () => {
    await make({}, alice.root)
    await make({}, await linkDevice(alice, 2, alice.signer, { capabilities: CAPABILITY.route }))
    await assert.rejects(make({}, await linkDevice(alice, 2, alice.signer, { capabilities: CAPABILITY.profile })), NOT_AUTHENTIC)
    await assert.rejects(make({}, bob.signer), NOT_AUTHENTIC)
    await assert.rejects(make({ epoch: 2 }), NOT_AUTHENTIC)
    await assert.rejects(make({ epoch: 0 }), MALFORMED)
  })

  it('of another user are refused when one is asked for', async () => {
    const { bytes } = await make({})
    await assert.rejects(openRouteRecord(bytes, { crypto, now: NOW, root: bob.rootKey }), NOT_AUTHENTIC)
  })

  describe('carry promises', () => {
    it('of every node, else they are refused', async () => {
      const [forBob] = await makeTickets(bob.rootKey, 1)
      assert.ok(forBob != null)
      await assert.rejects(make({ entries: [{ ticket: ticket(1) }, { ticket: forBob }] }), NOT_AUTHENTIC)
    })

    it('that have run out: those entries are skipped', async () => {
      const [soon] = await makeTickets(alice.rootKey, 1, NOW_S + 60)
      const bytes = await sign({ entries: [entry(soon as ServingTicket), entry(ticket(1))], n: 2, w: 2 })
      assert.equal((await open(bytes, NOW)).entries.length, 2)
      const later = await open(bytes, NOW + 60_000)
      assert.deepEqual(later.entries.map(({ node }) => node), [ticket(1).node])
      assert.deepEqual({ n: later.n, w: later.w }, { n: 2, w: 2 })
    })

    it('of which one holds at least', async () => {
      const [soon] = await makeTickets(alice.rootKey, 1, NOW_S + 60)
      const bytes = await sign({ entries: [entry(soon as ServingTicket)] })
      await open(bytes, NOW + 59_999)
      await assert.rejects(open(bytes, NOW + 60_000), EXPIRED)
    })

    it('that are true, also those that have run out', async () => {
      const [past] = await makeTickets(alice.rootKey, 1, NOW_S - 60)
      const wrong = { ...entry(past as ServingTicket), ticketExpiry: NOW_S - 61 }
      await assert.rejects(open(await sign({ entries: [wrong, entry(ticket(1))] })), NOT_AUTHENTIC)
    })

    it('that last as long as the record, when a maker makes it', async () => {
      const [short] = await makeTickets(alice.rootKey, 1, NOW_S + 60)
      const entries = [{ ticket: ticket(1) }, { ticket: short as ServingTicket }]
      assert.equal((await make({ entries })).notAfter, NOW_S + 60)
      await assert.rejects(make({ entries, notAfter: NOW_S + 61 }), EXPIRED)
    })
  })

  describe('hold for a time', () => {
    it('that ends', async () => {
      const { bytes } = await make({ notAfter: NOW_S + 60 })
      await open(bytes, NOW + 59_999)
      await assert.rejects(open(bytes, NOW + 60_000), EXPIRED)
    })

    it('of 45 days and ten minutes for clocks that disagree', async () => {
      const limitS = NOW_S + (LIMITS.routeLifeMs + LIMITS.clockAheadMs) / 1000
      const [long] = await makeTickets(alice.rootKey, 1, limitS + DAY_S)
      const entries = [entry(long as ServingTicket)]
      await open(await sign({ entries, notAfter: limitS }))
      await assert.rejects(open(await sign({ entries, notAfter: limitS + 1 })), EXPIRED)
      assert.equal((await make({ entries: [{ ticket: long as ServingTicket }] })).notAfter, NOW_S + 45 * DAY_S, 'makers stay below')
    })

    it('that began at most ten minutes from now', async () => {
      const { bytes } = await make({})
      await open(bytes, NOW - LIMITS.clockAheadMs)
      await assert.rejects(open(bytes, NOW - LIMITS.clockAheadMs - 1), EXPIRED)
    })
  })

  it('ask for 1 ≤ w ≤ n ≤ entries', async () => {
    const wrong = [{ n: 0, w: 0 }, { n: 1, w: 0 }, { n: 1, w: 2 }, { n: 2, w: 1 }]
    for (const replication of wrong) await assert.rejects(make({ replication }), MALFORMED)
    await assert.rejects(make({ entries: [] }), MALFORMED)
  })

  it('name each node once, by a whole key, and a whole hash', async () => {
    const wrong: Array<Partial<RouteBody>> = [
      { entries: [entry(ticket(1)), entry(ticket(1))] }, { entries: [{ ...entry(ticket(1)), node: new Uint8Array(31) }] }, { profileHash: new Uint8Array() },
      { profileEpoch: 0 }, { profileSeq: 0n }, { seq: 2n ** 63n }, { root: new Uint8Array(33) }
    ]
    for (const change of wrong) await assert.rejects(open(await sign(change)), MALFORMED, Object.keys(change)[0])
  })

  describe('hint at addresses', () => {
    it('without the peer id, and only where they fit and lead somewhere', async () => {
      const hints = [
        [`/ip4/192.0.2.1/tcp/4501/p2p/${PEER}`, '/ip4/192.0.2.1/tcp/4501'],
        ['/dns4/example.com/tcp/4501', '/dns4/example.com/tcp/4501'],
        ['/dns4/a-name-that-is-too-long.example.com/tcp/4501', undefined],
        [`/ip4/192.0.2.1/tcp/4501/p2p/${PEER}/p2p-circuit`, undefined],
        [`/p2p/${PEER}`, undefined]
      ]
      for (const [addressHint, expected] of hints) {
        const record = await make({ entries: [{ ticket: ticket(1), addressHint }] })
        assert.equal(record.entries[0]?.addressHint, expected, addressHint)
      }
      await assert.rejects(make({ entries: [{ ticket: ticket(1), addressHint: 'localhost:4501' }] }), MALFORMED)
    })

    it('of which readers take what they can read', async () => {
      for (const address of [new Uint8Array([0xff, 0xff, 0xff]), multiaddr('/p2p-circuit').bytes, new Uint8Array(24)]) {
        const opened = await open(await sign({ entries: [{ ...entry(ticket(1)), address: new Uint8Array(address) }] }))
        assert.equal(opened.entries[0]?.addressHint, undefined)
      }
      await assert.rejects(open(await sign({ entries: [{ ...entry(ticket(1)), address: new Uint8Array(25) }] })), MALFORMED)
    })

    it('and never break a record', async () => {
      await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: LIMITS.addressHintBytes }), async (address) => {
        const opened = await open(await sign({ entries: [{ ...entry(ticket(1)), address: new Uint8Array(address) }] }))
        const hint = opened.entries[0]?.addressHint
        if (hint != null) assert.equal(multiaddr(hint).toString(), hint)
      }), { examples: [[Uint8Array.of(53, 1)]] })
    })
  })

  describe('from hostile hands', () => {
    let record: RouteRecord
    before(async () => { record = await make({ entries: [{ ticket: ticket(0), addressHint: '/ip4/192.0.2.1/tcp/4501' }, { ticket: ticket(1) }] }) })
    refusesHostileBytes({ valid: () => record.bytes, open, bytesMax: LIMITS.routeRecordBytes })

    it('cost no ticket check unless the user has signed them', async () => {
      let verified = 0
      const counting = { ...crypto, verify: async () => { verified++; return verified < 2 } }
      await assert.rejects(openRouteRecord(record.bytes, { crypto: counting, now: NOW }), NOT_AUTHENTIC)
      assert.equal(verified, 2, 'certificate and record')
    })
  })

  function ticket (at: number): ServingTicket {
    return tickets[at] as ServingTicket
  }

  function twelve (): RouteRecordInit['entries'] {
    return tickets.map((ticket) => ({ ticket, addressHint: LONG_HINT }))
  }

  async function make (change: Partial<RouteRecordInit>, signer: Signer = alice.signer): Promise<RouteRecord> {
    return await makeRouteRecord({ root: alice.rootKey, epoch: 1, seq: NOW, profile: PROFILE, entries: [{ ticket: ticket(0) }], ...change }, signer, { crypto })
  }

  /** What no maker of ours would sign. */
  async function sign (change: Partial<RouteBody>): Promise<Uint8Array> {
    const body: RouteBody = {
      root: keyBytes(alice.rootKey), epoch: 1, seq: BigInt(NOW), notAfter: NOW_S + DAY_S, n: 1, w: 1, profileEpoch: 1, profileSeq: 1n, profileHash: new Uint8Array(32), entries: [entry(ticket(0))], ...change
    }
    return await makeSigned({ name: 'the route record', domain: DOMAIN.route, bytesMax: LIMITS.routeRecordBytes }, RouteBody.encode(body), alice.signer)
  }
})

describe('replication', () => {
  it('grows with the number of nodes', () => {
    const expected = [[0, 1, 1], [1, 1, 1], [2, 2, 2], [3, 3, 2], [9, 3, 2], [10, 5, 3], [12, 5, 3]]
    assert.deepEqual(expected.map(([nodes = 0]) => ({ nodes, ...replicationFor(nodes) })), expected.map(([nodes, n, w]) => ({ nodes, n, w })))
  })
})

function entry (ticket: ServingTicket): RouteBody['entries'][number] {
  return { node: keyBytes(ticket.node), ticketExpiry: ticket.expiry, ticketSignature: ticket.signature, address: new Uint8Array() }
}

async function open (bytes: Uint8Array, now = NOW): Promise<RouteRecord> {
  return await openRouteRecord(bytes, { crypto, now })
}
