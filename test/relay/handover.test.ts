// Handing over between real hosts and stores: what a node has that leaves, and what it has of users who moved away.
import assert from 'node:assert/strict'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { World, type TestNode } from './world.ts'
import { telling } from '../judged.ts'
import { until } from '../until.ts'
import type { HandoverReport } from '../../src/relay/index.ts'
import type { Envelope, MailboxId } from '../../src/types.ts'

const ENVELOPES = 700

describe('handing over, on real hosts', () => {
  let world: World
  beforeEach(() => { world = new World() })
  afterEach(async () => { await world.stop() })

  async function fill (node: TestNode, mailbox: MailboxId, count = ENVELOPES): Promise<Envelope[]> {
    const envelopes = Array.from({ length: count }, (_, at) => world.envelope(mailbox, at, 1000))
    await node.envelopes.append(envelopes)
    return envelopes
  }

  async function idsAt (node: TestNode, mailbox: MailboxId): Promise<Set<string>> {
    const { envelopes } = await node.envelopes.page(mailbox, 0, 16 * 1024 * 1024)
    return new Set(envelopes.map(({ envelope }) => envelope.id))
  }

  /** Time passes until it is over. */
  async function leave (node: TestNode): Promise<HandoverReport> {
    await node.relay.drain()
    const leaving = node.relay.handOver()
    for (;;) {
      const report = await Promise.race([leaving, new Promise<undefined>(resolve => { setImmediate(() => { resolve(undefined) }) })])
      if (report !== undefined) return report
      // In small steps: real streams have their turns between them.
      await world.clock.advance(RELAY_DEFAULTS.handoverTickMs / 50)
    }
  }

  it('everything is at w other nodes afterwards, page by page, and the leaving node takes nothing meanwhile', async () => {
    const nodes = await world.startNodes(4)
    const [leaving, ...others] = nodes
    const users = await Promise.all([1, 2, 3].map(async () => await world.newUser(nodes)))
    for (const user of users) await world.publish(user, [others[0]!, leaving!, others[1]!, others[2]!], { n: 2 })
    const mail = await Promise.all(users.map(async ({ mailbox }) => await fill(leaving!, mailbox)))
    // Part of it is where it belongs already.
    await others[0]!.envelopes.append(mail[0]!.slice(0, 300))
    const progress: number[] = []
    await leaving!.relay.drain()
    const report = await leaving!.relay.handOver({ onProgress: ({ envelopes }) => { progress.push(envelopes.done) } })
    assert.deepEqual(report, { handedOver: 3 * ENVELOPES, collected: 0, kept: 0, lacking: [], lackingEnvelopes: 0, damagedEnvelopes: 0, mailboxes: 3, seconds: 0 })
    assert.equal(progress.at(-1), 3 * ENVELOPES)
    for (const [at, { mailbox }] of users.entries()) {
      for (const node of others.slice(0, 2)) assert.deepEqual(await idsAt(node, mailbox), new Set(mail[at]?.map(({ id }) => id)))
      assert.equal(leaving!.envelopes.usage(mailbox).envelopes, ENVELOPES, 'a node that leaves keeps its copy')
    }
  })

  it('says what lacks holders when a node that should take it stays away, and waits no longer than it should', async () => {
    const [leaving, there, away] = await world.startNodes(3)
    const [bob, carol] = [await world.newUser(world.nodes), await world.newUser([leaving!])]
    await world.publish(bob, [leaving!, there!, away!], { n: 2 })
    await world.publish(carol, [leaving!], { n: 1 })
    await fill(leaving!, bob.mailbox, 5)
    await fill(leaving!, carol.mailbox, 3)
    await away!.relay.stop()
    const report = await leave(leaving!)
    assert.deepEqual([report.handedOver, report.kept, report.lackingEnvelopes], [0, 3, 5])
    assert.deepEqual(report.lacking, [{ mailbox: bob.mailbox.slice(0, 8), envelopes: 5 }])
    assert.ok(report.seconds * 1000 >= RELAY_DEFAULTS.handoverAloneMs && report.seconds * 1000 < 3 * RELAY_DEFAULTS.handoverAloneMs, `${report.seconds} s`)
    assert.equal(there!.envelopes.usage(bob.mailbox).envelopes, 5)
  })

  it('what was promised to strangers is a copy where it is handed over to, but from a node that the record does not list', async () => {
    const judged = new Set<string>()
    const leaving = await world.startNode()
    const other = await world.startNode({ envelopes: store => telling(store, ({ mailbox }, admission) => { judged.add(`${mailbox} ${admission}`) }) })
    other.users.admits = () => false
    const [bob, carol] = [await world.newUser(world.nodes), await world.newUser(world.nodes)]
    await world.publish(bob, [leaving, other], { n: 1 })
    await world.publish(carol, [other], { n: 1 })
    await fill(leaving, bob.mailbox, 5)
    await fill(leaving, carol.mailbox, 2)
    assert.equal((await leave(leaving)).handedOver, 7)
    assert.deepEqual(judged, new Set([`${bob.mailbox} copied`, `${carol.mailbox} request`]))
  })

  it('a record that comes meanwhile brings new nodes', async () => {
    const [leaving, other] = await world.startNodes(2)
    const bob = await world.newUser(world.nodes)
    await world.publish(bob, [leaving!], { n: 1 })
    await fill(leaving!, bob.mailbox, 5)
    await leaving!.relay.drain()
    assert.equal((await leaving!.relay.handOver()).kept, 5)
    await world.publish(bob, [leaving!, other!], { n: 1, seq: 1 })
    assert.equal((await leave(leaving!)).handedOver, 5)
    assert.equal(other!.envelopes.usage(bob.mailbox).envelopes, 5)
  })

  it('a record that the leaving node’s disk cannot take is heeded all the same', async () => {
    const nodes = await world.startNodes(3)
    const [leaving, a, b] = nodes as [TestNode, TestNode, TestNode]
    const bob = await world.newUser(nodes)
    await world.publish(bob, nodes, { n: 2 })
    await fill(leaving, bob.mailbox, 20)
    leaving.users.takeRoute = () => { /* learnt, and not kept */ }
    await world.publish(bob, [a, b, leaving], { n: 2, seq: 1000, knownTo: [a, b] })
    const report = await leave(leaving)
    assert.deepEqual([report.handedOver, report.lackingEnvelopes], [20, 0])
    for (const node of [a, b]) assert.equal(node.envelopes.usage(bob.mailbox).envelopes, 20)
  })

  it('mail of a user who moved away goes to the new nodes, and only then from here', async () => {
    const [old, first, second] = await world.startNodes(3)
    const bob = await world.newUser(world.nodes)
    await world.publish(bob, [old!], { n: 1 })
    const mail = await fill(old!, bob.mailbox, 20)
    await world.clock.advance(RELAY_DEFAULTS.movedLookMs)
    assert.equal(old!.envelopes.usage(bob.mailbox).envelopes, 20)
    await second!.relay.stop()
    await world.publish(bob, [first!, second!], { n: 2, seq: 1 })
    for (let passedMs = 0; passedMs < 2 * RELAY_DEFAULTS.movedLookMs; passedMs += 10_000) await world.clock.advance(10_000)
    assert.equal(old!.envelopes.usage(bob.mailbox).envelopes, 20, 'one of two is not enough')
    await second!.relay.start()
    await until('it is let go of', async () => {
      await world.clock.advance(10_000)
      return old!.envelopes.usage(bob.mailbox).envelopes === 0
    })
    for (const node of [first, second]) assert.deepEqual(await idsAt(node!, bob.mailbox), new Set(mail.map(({ id }) => id)))
  })

  it('ends at once when nobody wants to wait any longer', async () => {
    const [leaving, away] = await world.startNodes(2)
    const bob = await world.newUser(world.nodes)
    await world.publish(bob, [leaving!, away!], { n: 1 })
    await fill(leaving!, bob.mailbox, 5)
    await away!.relay.stop()
    const enough = new AbortController()
    const leave = leaving!.relay.handOver({ signal: enough.signal })
    enough.abort()
    assert.equal((await leave).lackingEnvelopes, 5)
  })
})
