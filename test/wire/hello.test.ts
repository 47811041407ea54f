// Hello: who is talked to, and who is told no.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { REFUSAL } from '../../src/types.ts'
import { helloStoreId, makeHello, refuseHello } from '../../src/wire/hello.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { Hello } from '../../src/wire/mail.ts'
import type { StoreId } from '../../src/types.ts'

const STORE = '0123456789abcdef0123456789abcdef' as StoreId

describe('a Hello', () => {
  it('of our own is taken by ourselves, and says limits and store', () => {
    const node = Hello.decode(Hello.encode(makeHello('here', STORE)))
    assert.equal(refuseHello(node, 'here'), undefined)
    assert.equal(helloStoreId(node), STORE)
    assert.deepEqual(node.limits, { frameBytes: LIMITS.frameBytes, inFlightDeposits: LIMITS.inFlightDeposits })
    assert.equal(helloStoreId(Hello.decode(Hello.encode(makeHello('here')))), undefined)
  })

  it('is refused by network first, then by versions and critical features; nothing else matters', () => {
    const hello = fc.record({
      versions: fc.array(fc.nat({ max: 4 }), { maxLength: LIMITS.helloVersions }),
      features: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      criticalFeatures: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
      network: fc.constantFrom('here', 'there', '', 'Here', 'here '),
      limits: fc.option(fc.record({ frameBytes: fc.nat(), inFlightDeposits: fc.nat() }), { nil: undefined }),
      storeId: fc.uint8Array({ maxLength: 40 })
    })
    fc.assert(fc.property(hello, hello => {
      const carried = Hello.decode(Hello.encode(hello))
      const code = hello.network !== 'here' ? REFUSAL.wrongNetwork : !hello.versions.includes(1) || hello.criticalFeatures !== 0n ? REFUSAL.unsupported : undefined
      assert.equal(refuseHello(carried, 'here')?.code, code)
      assert.equal(helloStoreId(carried)?.length, hello.storeId.byteLength === 16 ? 32 : undefined)
    }), { numRuns: 500 })
  })

  it('that says nothing is refused', () => {
    assert.equal(refuseHello(Hello.decode(new Uint8Array()), 'here')?.code, REFUSAL.wrongNetwork)
    assert.equal(refuseHello(Hello.decode(new Uint8Array()), '')?.code, REFUSAL.unsupported)
  })
})
