import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { dialableFrom, isPublicNode, placeOf, reachOf } from '../../src/node/reach.ts'

const REACHES = {
  '/memory/one': 'machine',
  '/ip4/127.0.0.1/tcp/4501': 'machine',
  '/ip4/127.9.9.9/tcp/4501': 'machine',
  '/ip6/::1/tcp/4501': 'machine',
  '/dns4/localhost/tcp/4501': 'machine',
  '/ip4/10.0.0.7/tcp/4501': 'lan',
  '/ip4/192.168.1.4/tcp/4502/ws': 'lan',
  '/ip4/100.64.0.1/tcp/4501': 'lan',
  '/ip6/fd00::1/tcp/4501': 'lan',
  '/ip4/8.8.8.8/tcp/4501': 'internet',
  '/ip4/8.8.8.8/tcp/4501/p2p/12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj': 'internet',
  '/ip6/2a00:1450::1/tcp/4501': 'internet',
  '/dns/node.example.org/tcp/4501': 'internet',
  '/ip4/0.0.0.0/tcp/4501': undefined,
  '/ip6/::/tcp/4501': undefined,
  '/ip4/169.254.3.4/tcp/4501': undefined,
  '/ip6/fe80::1/tcp/4501': undefined,
  '/ip6zone/eth0/ip6/fe80::1/tcp/4501': undefined,
  '/ip4/8.8.8.8/tcp/4501/p2p/12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj/p2p-circuit': undefined,
  '/unix/tmp%2Fsocket': undefined
} as const

describe('reach', () => {
  it('says from where an address can be dialled', () => {
    for (const [text, reach] of Object.entries(REACHES)) assert.equal(reachOf(multiaddr(text)), reach, text)
  })

  it('tells nobody an address that leads nowhere from where they are', () => {
    const all = Object.keys(REACHES).map(text => multiaddr(text))
    const told = (asker: 'machine' | 'lan' | 'internet'): Set<string | undefined> => new Set(dialableFrom(asker, all).map(address => REACHES[address.toString() as keyof typeof REACHES]))
    assert.deepEqual(told('machine'), new Set(['machine', 'lan', 'internet']))
    assert.deepEqual(told('lan'), new Set(['lan', 'internet']))
    assert.deepEqual(told('internet'), new Set(['internet']))
  })

  it('takes an IPv4 address or an IPv6 /64 for one place, and nothing private', () => {
    const place = (text: string): string | undefined => placeOf(multiaddr(text))
    assert.equal(place('/ip4/8.8.8.8/tcp/1'), '08080808')
    assert.equal(place('/ip4/8.8.8.8/tcp/1'), place('/ip4/8.8.8.8/tcp/2/ws'))
    assert.notEqual(place('/ip4/8.8.8.8/tcp/1'), place('/ip4/8.8.8.9/tcp/1'))
    assert.equal(place('/ip6/2a00:1450:1:2:3::4/tcp/1'), place('/ip6/2a00:1450:1:2:ffff::9/tcp/1'))
    assert.notEqual(place('/ip6/2a00:1450:1:2::1/tcp/1'), place('/ip6/2a00:1450:1:3::1/tcp/1'))
    assert.equal(place('/ip6/::ffff:8.8.8.8/tcp/1'), '08080808', 'as a socket for both reports IPv4')
    for (const text of ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1', '/memory/a', '/dns/example.org/tcp/1', '/ip6/::ffff:10.0.0.1/tcp/1']) assert.equal(place(text), undefined, text)
  })

  it('takes any IP address', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4().map(ip => `/ip4/${ip}/tcp/1`), fc.ipV6().map(ip => `/ip6/${ip}/tcp/1`)), text => {
      const address = multiaddr(text)
      const place = placeOf(address)
      assert.equal(place !== undefined, reachOf(address) === 'internet')
      assert.match(place ?? '00000000', /^([0-9a-f]{8}|[0-9a-f]{16})$/)
    }))
  })

  it('knows a node on the Internet by whom it joins, else by where it listens', () => {
    const here = ['/ip4/127.0.0.1/tcp/4501']
    assert.equal(isPublicNode(here, ['/ip4/8.8.8.8/tcp/4501/p2p/12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj']), true)
    assert.equal(isPublicNode(['/ip4/8.8.8.8/tcp/4501'], ['/ip4/10.0.0.1/tcp/4501']), false)
    assert.equal(isPublicNode(['/ip4/8.8.8.8/tcp/4501'], []), true)
    assert.equal(isPublicNode(here, []), false)
    assert.equal(isPublicNode(['/memory/a'], []), false)
    assert.equal(isPublicNode(here, ['/dns/node.example.org/tcp/4501']), true)
  })
})
