import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { memory } from '@libp2p/memory'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { connectionGate } from '../../src/node/connection-gate.ts'
import { BASE_SERVICES, createHost, startHost } from '../../src/node/host.ts'
import { systemRandom } from '../../src/system.ts'
import { TestHouse } from './visitors.ts'
import { until } from '../until.ts'
import type { ConnectionGater, Libp2p } from '@libp2p/interface'

async function makeHost (gater: ConnectionGater, listen = ['/ip4/127.0.0.1/tcp/0']): Promise<Libp2p> {
  return await createHost({ seed: systemRandom.bytes(32), listen, gater, transports: [tcp(), memory()], datastore: new MemoryDatastore(), services: BASE_SERVICES })
}

describe('connection gate', () => {
  const house = new TestHouse()
  const hosts: Libp2p[] = []
  afterEach(async () => {
    await house.close()
    await Promise.all(hosts.splice(0).map(async host => { await host.stop() }))
  })

  it('takes so many connections of one place, and another when one has gone', async () => {
    const host = await makeHost(connectionGate({ perPlaceMax: 2, isPublic: false, named: [], place: () => 'here' }))
    hosts.push(host)
    await startHost(host)
    const [one, two, three] = [await house.visitor(), await house.visitor(), await house.visitor()]
    const dial = async ({ host: visitor }: typeof one): Promise<void> => { await visitor.dial(host.getMultiaddrs()) }
    await dial(one)
    await dial(two)
    await assert.rejects(dial(three))
    await one.host.hangUp(host.peerId)
    await until('the end of the connection', () => host.getConnections().length === 1)
    await dial(three)
  })

  it('counts connections that never say anything', async () => {
    const gate = connectionGate({ perPlaceMax: 2, isPublic: false, named: [], place: () => 'here' })
    const host = await makeHost(gate)
    hosts.push(host)
    await startHost(host)
    const port = Number(host.getMultiaddrs()[0]?.getComponents().find(({ name }) => name === 'tcp')?.value)
    const sockets = await Promise.all([0, 1, 2].map(async () => await new Promise<Socket>(resolve => { const socket = connect(port, '127.0.0.1', () => { resolve(socket) }) })))
    let open = 3
    for (const socket of sockets) socket.on('error', () => {}).on('close', () => { open-- }).resume()
    await until('the third to be turned away', () => open === 2)
    for (const socket of sockets) socket.destroy()
    await until('the others to be gone', () => open === 0)
    await new Promise(resolve => setImmediate(resolve))
    await (await house.visitor()).host.dial(host.getMultiaddrs())
  })

  it('does not count where an address says nothing of who is behind it', async () => {
    const host = await makeHost(connectionGate({ perPlaceMax: 1, isPublic: false, named: [] }))
    hosts.push(host)
    await startHost(host)
    for (let n = 0; n < 3; n++) await (await house.visitor()).host.dial(host.getMultiaddrs())
    await until('three connections', () => host.getConnections().length === 3)
  })

  it('keeps a public node from dialling into its owner’s network, but for whom the owner named', () => {
    const named = multiaddr('/ip4/10.0.0.1/tcp/4501/p2p/12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj')
    const { denyDialMultiaddr } = connectionGate({ perPlaceMax: 1, isPublic: true, named: [named] })
    const denied = (text: string): boolean => denyDialMultiaddr(multiaddr(text)) === true
    assert.deepEqual(['/ip4/127.0.0.1/tcp/22', '/ip4/192.168.0.1/tcp/80', '/ip6/fd00::1/tcp/80', '/ip4/8.8.8.8/tcp/4501', '/dns/node.example.org/tcp/4501', named.toString()].map(denied), [true, true, true, false, false, false])
    assert.equal(connectionGate({ perPlaceMax: 1, isPublic: false, named: [] }).denyDialMultiaddr(multiaddr('/ip4/127.0.0.1/tcp/22')), false)
  })
})

describe('a host that cannot listen', () => {
  it('says on which address and why, in one sentence, and can be stopped', async () => {
    const host = await makeHost({})
    await startHost(host)
    const [taken] = host.getMultiaddrs()
    assert.ok(taken !== undefined)
    const address = taken.decapsulate('/p2p')
    const sentences = [
      [[address.toString()], `cannot listen on ${address.toString()}: the address is in use`],
      [['/ip4/203.0.113.7/tcp/4501'], 'cannot listen on /ip4/203.0.113.7/tcp/4501: this machine does not have that address'],
      [['/ip4/127.0.0.1/udp/4501/quic-v1'], 'cannot listen on /ip4/127.0.0.1/udp/4501/quic-v1: there is no transport for it']
    ] as const
    for (const [listen, message] of sentences) {
      const other = await makeHost({}, [...listen])
      await assert.rejects(startHost(other), { name: 'ListenFailedError', message })
      await other.stop()
    }
    await host.stop()
  })
})
