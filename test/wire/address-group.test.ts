import assert from 'node:assert/strict'
import { addressGroup } from '../../src/wire/address-group.ts'

describe('address groups', () => {
  it('are the /16 of IPv4 and the /48 of IPv6', () => {
    assert.equal(addressGroup('/ip4/203.0.112.7/tcp/4501'), '203.0')
    assert.equal(addressGroup('/ip6/2a01:4f8:c0c:1::1/tcp/4501'), '2a01:4f8:c0c')
    assert.equal(addressGroup('/ip6/2a01:04f8:0c0c::/tcp/4501'), '2a01:4f8:c0c', 'however it is written')
    assert.equal(addressGroup('/ip6/2a01::1/tcp/4501'), '2a01:0:0')
  })

  it('say nothing of private addresses, names and rubbish', () => {
    for (const address of ['/ip4/127.0.0.1/tcp/1', '/ip4/10.1.2.3/tcp/1', '/ip4/192.168.0.9/tcp/1', '/ip6/::1/tcp/1', '/ip6/fd00::1/tcp/1', '/dns4/node.example/tcp/4501', 'rubbish', '']) {
      assert.equal(addressGroup(address), undefined, address)
    }
  })
})
