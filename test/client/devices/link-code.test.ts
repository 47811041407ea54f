import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeLinkCode, encodeLinkCode, type LinkCode } from '../../../src/client/devices/link-code.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makePerson } from '../../identity/people.ts'

describe('link code', () => {
  let code: LinkCode
  let text: string

  beforeEach(async () => {
    code = { root: (await makePerson(1)).rootKey, secret: new Uint8Array(16).fill(7), address: '/ip4/192.0.2.1/tcp/4501' }
    text = encodeLinkCode(code, crypto)
  })

  it('comes back as it was, however it is spaced and typed', () => {
    assert.match(text, /^[A-Z2-7]{5}(-[A-Z2-7]{1,5})+$/)
    assert.ok(text.length <= 120, `${text.length} characters`)
    for (const typed of [text, text.toLowerCase(), text.replaceAll('-', ' '), ` ${text.replaceAll('-', '')}\n`, text.replaceAll('O', '0').replaceAll('I', '1').replaceAll('B', '8')]) {
      assert.deepEqual(decodeLinkCode(typed, crypto), code)
    }
  })

  it('leaves out an address that does not fit, and needs none', () => {
    assert.equal(decodeLinkCode(encodeLinkCode({ ...code, address: undefined }, crypto), crypto).address, undefined)
    assert.equal(decodeLinkCode(encodeLinkCode({ ...code, address: `/dns4/${'a'.repeat(40)}.example/tcp/4501` }, crypto), crypto).address, undefined)
  })

  it('notices every single slip', () => {
    const letters = text.replaceAll('-', '')
    for (let at = 0; at < letters.length; at++) {
      const slip = letters[at] === 'A' ? 'Q' : 'A'
      assert.throws(() => decodeLinkCode(letters.slice(0, at) + slip + letters.slice(at + 1), crypto), /MalformedError|UnsupportedError/)
    }
    assert.throws(() => decodeLinkCode(text.slice(0, -2), crypto), { name: 'MalformedError' })
    assert.throws(() => decodeLinkCode('A'.repeat(100_000), crypto), { name: 'MalformedError' })
  })

  it('throws only named errors, whatever is typed', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), typed => {
      assert.throws(() => decodeLinkCode(typed, crypto), { name: /^(Malformed|Unsupported)Error$/ })
    }))
  })

  it('comes back from any secret and address', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.ipV6(), fc.integer({ min: 1, max: 65535 }), (secret, host, port) => {
      const decoded = decodeLinkCode(encodeLinkCode({ ...code, secret: new Uint8Array(secret), address: `/ip6/${host}/tcp/${port}` }, crypto), crypto)
      assert.deepEqual(decoded.secret, new Uint8Array(secret))
      assert.match(decoded.address ?? '', /^\/ip6\//)
    }))
  })
})
