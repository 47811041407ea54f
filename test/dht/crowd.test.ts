// Twenty ids of one address prefix next to each of a user's three keys, against real nodes: every one of them is nearer
// than any honest node, acknowledges every record, keeps none, and names nobody but its own kind.
import assert from 'node:assert/strict'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { fromString } from 'uint8arrays/from-string'
import { routeKeys } from '../../src/dht/key.ts'
import { placeOf, placeOfPeer } from '../../src/dht/place.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { KAD_PROTOCOL, ROUTE_NAMESPACE } from '../../src/wire/protocols.ts'
import { makePerson } from '../identity/people.ts'
import { makeRoute, startHost, startRouteNode, type DhtHost, type RouteNode } from './network.ts'
import type { PeerId } from '@libp2p/interface'
import type { GroupOf } from '../../src/dht/peer-groups.ts'

const CROWD = 20
/** Of so many ids the twenty nearest to a key are nearer than any of a few honest nodes. */
const GROUND = 3000
const PREFIX = '203.0'

describe('a crowd of ids next to all three keys of a user', () => {
  const crowd = new Set<string>()
  let liars: DhtHost[]
  before(async function () {
    this.timeout(60_000)
    const { rootKey } = await makePerson(5000)
    const ids = await Promise.all(Array.from({ length: GROUND }, async (_, number) => {
      const seed = crypto.sha256(fromString(`ground ${number}`))
      return { number, place: placeOfPeer(peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)), crypto) }
    }))
    const chosen = new Set(routeKeys(rootKey, crypto).flatMap(key => {
      const target = placeOf(key, crypto)
      return ids.toSorted((a, b) => (a.place ^ target) < (b.place ^ target) ? -1 : 1).slice(0, CROWD).map(({ number }) => number)
    }))
    liars = await Promise.all([...chosen].map(async number => await startLiar(number)))
    for (const { peerId } of liars) crowd.add(peerId.toString())
  })
  after(async () => { await Promise.all(liars.map(async host => { await host.stop() })) })

  async function startLiar (number: number): Promise<DhtHost> {
    const datastore = new MemoryDatastore()
    datastore.put = key => key
    return await startHost(kadDHT({
      protocol: KAD_PROTOCOL,
      clientMode: false,
      peerInfoMapper: info => crowd.has(info.id.toString()) ? passthroughMapper(info) : { ...info, multiaddrs: [] },
      validators: { [ROUTE_NAMESPACE]: async () => {} },
      selectors: { [ROUTE_NAMESPACE]: async () => 0 }
    }), `ground ${number}`, datastore)
  }

  function crowdIn (host: DhtHost): number { return tableOf(host).closestPeers(new Uint8Array(32), { count: 1000 }).filter(peer => crowd.has(peer.toString())).length }

  /** A few honest nodes that have met the crowd first and then each other; the first publishes, the last looks for it. */
  async function find (groupOf: GroupOf): Promise<{ found: boolean, inTables: number }> {
    const nodes: RouteNode[] = []
    for (let number = 0; number < 3; number++) nodes.push(await startRouteNode({ groupOf }))
    try {
      for (const { host } of nodes) for (const liar of liars) await meet(host, liar, 2)
      for (const { host } of nodes) for (const other of nodes) if (other.host !== host) assert.ok(await meet(host, other.host, 10), 'the honest know each other')
      const record = await makeRoute(await makePerson(5000))
      const [publisher, reader] = [nodes[0] as RouteNode, nodes.at(-1) as RouteNode]
      await publisher.finder.publish(record)
      const found = await reader.finder.find(record.root, { fresh: true })
      return { found: found?.order.hash === record.order.hash, inTables: crowdIn(reader.host) }
    } finally {
      await Promise.all(nodes.map(async ({ host }) => { await host.stop() }))
    }
  }

  it('hides the record when nobody looks at addresses', async () => {
    const { found, inTables } = await find(() => undefined)
    assert.ok(inTables >= CROWD, `${inTables} of the crowd are in the table`)
    assert.equal(found, false)
  }).timeout(120_000)

  it('hides nothing when two of a prefix count', async () => {
    const { found, inTables } = await find(peer => crowd.has(peer.toString()) ? PREFIX : undefined)
    assert.ok(inTables >= 2 && inTables < CROWD, `${inTables} of the crowd are in the table`)
    assert.equal(found, true)
  }).timeout(120_000)
})

/** What of kad-dht's table the test looks at, or hurries: its own pings are given up on a machine that is busy. */
interface Table {
  add: (peer: PeerId) => Promise<void>
  find: (peer: PeerId) => Promise<PeerId | undefined>
  closestPeers: (place: Uint8Array, options: { count: number }) => PeerId[]
}

function tableOf ({ services: { dht } }: DhtHost): Table { return (dht as unknown as { routingTable: Table }).routingTable }

/** One connects to another and offers it to its table; false: it was not let in. */
async function meet (host: DhtHost, other: DhtHost, tries: number): Promise<boolean> {
  await host.dial(other.getMultiaddrs())
  const table = tableOf(host)
  for (let tried = 0; tried < tries; tried++) {
    if (await table.find(other.peerId) !== undefined) return true
    await table.add(other.peerId)
  }
  return await table.find(other.peerId) !== undefined
}
