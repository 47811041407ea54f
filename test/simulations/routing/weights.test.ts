// What the model says that messages weigh, against two real nodes and a scale.
import assert from 'node:assert/strict'
import { MemoryDatastore } from 'datastore-core'
import { KAD_MODEL } from '../../../simulations/routing/defaults.ts'
import { kadService, openRouteMemory } from '../../../src/dht/index.ts'
import { routeKey } from '../../../src/dht/key.ts'
import { putValue } from '../../../src/dht/put-value.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { BASE_SERVICES, createHost } from '../../../src/node/host.ts'
import { systemClock } from '../../../src/system.ts'
import { makeRoute, mapShelf, quiet } from '../../dht/network.ts'
import { makePerson } from '../../identity/people.ts'
import { until } from '../../until.ts'
import { countedMemory } from './counted-memory.ts'
import type { Libp2p } from '@libp2p/interface'
import type { Ping } from '@libp2p/ping'
import type { KadDHT, SingleKadDHT } from '@libp2p/kad-dht'

/** The model's weights are round numbers. */
const TOLERANCE = 0.2
/** Two nodes have nothing more to say when nothing was sent for so long. */
const QUIET_MS = 200

interface Services extends Record<string, unknown> { dht: KadDHT, ping: Ping }

describe('the weights of the routing model, against real nodes', function () {
  this.timeout(60_000)
  let sent = 0
  let lastAt = 0
  let one: Libp2p<Services>
  let other: Libp2p<Services>

  before(async () => {
    [one, other] = [await start(1), await start(2)]
    await Promise.all([one, other].map(queriedSelf))
  })
  after(async () => { await Promise.all([one.stop(), other.stop()]) })

  it('a connection, with the pings by which they come to know each other', async () => {
    const bytes = await weigh(async () => {
      await one.dial(other.getMultiaddrs())
      await until('each in the other’s table', () => [one, other].every(({ services: { dht } }) => (dht as SingleKadDHT).routingTable.size === 1))
    })
    near(bytes, KAD_MODEL.dialBytes + 4 * KAD_MODEL.pingBytes)
  })

  it('a ping and its answer', async () => {
    near(await weigh(async () => { await one.services.ping.ping(other.peerId) }), 2 * KAD_MODEL.pingBytes)
  })

  it('questions and answers, without and with a record, and a put', async () => {
    const { root, bytes: value } = await makeRoute(await makePerson(4000))
    const key = routeKey(root, 0, crypto)
    const { questionBytes, answerBytes, recordBytes } = KAD_MODEL
    near(await weigh(async () => { await drain(one.services.dht.getClosestPeers(key)) }), questionBytes + answerBytes)
    near(await weigh(async () => { await drain(one.services.dht.get(key)) }), questionBytes + answerBytes)
    const put = await weigh(async () => { await putValue(one, other.peerId, { key, value, now: systemClock.now(), signal: AbortSignal.timeout(5000) }) })
    near(put, 2 * (questionBytes + recordBytes + value.length))
    near(await weigh(async () => { await drain(one.services.dht.get(key)) }), questionBytes + answerBytes + recordBytes + value.length)
  })

  async function start (number: number): Promise<Libp2p<Services>> {
    const seed = crypto.sha256(new TextEncoder().encode(`weighed ${number}`))
    const { publicKey: self } = await crypto.signingKey(seed)
    const memory = await openRouteMemory({ self, shelf: mapShelf(), crypto, clock: systemClock, logger: quiet })
    const transport = countedMemory(bytes => {
      sent += bytes
      lastAt = performance.now()
    })
    const host = await createHost({
      seed,
      listen: [`/memory/weighed-${number}`],
      datastore: new MemoryDatastore(),
      gater: {},
      transports: [transport],
      services: { ...BASE_SERVICES, dht: kadService({ memory, privateAddresses: true }) }
    })
    await host.start()
    return host
  }

  /** What is sent because of an act, until nothing more is. */
  async function weigh (act: () => Promise<void>): Promise<number> {
    await nothingMore()
    const before = sent
    await act()
    await nothingMore()
    return sent - before
  }

  async function nothingMore (): Promise<void> {
    lastAt = performance.now()
    await until('silence', () => performance.now() - lastAt > QUIET_MS)
  }
})

/** After that, a node does nothing by itself for five minutes. */
async function queriedSelf (host: Libp2p<Services>): Promise<void> {
  await new Promise(resolve => { (host as unknown as EventTarget).addEventListener('kad-dht:query:self', resolve, { once: true }) })
}

function near (real: number, model: number): void {
  assert.ok(Math.abs(model / real - 1) <= TOLERANCE, `${real} bytes, the model has ${model}`)
}

async function drain (events: AsyncIterable<unknown>): Promise<void> {
  for await (const event of events) void event
}
