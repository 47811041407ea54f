import assert from 'node:assert/strict'
import { groupsOf, safetyCode } from '../../../src/client/devices/safety-code.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makePerson } from '../../identity/people.ts'

describe('safety code', () => {
  it('is the same sixty digits on both sides, whichever root key is the lower', async () => {
    const [one, two] = [await makePerson(1), await makePerson(2)]
    const code = safetyCode(one.rootKey, two.rootKey, crypto)
    assert.match(code, /^\d{60}$/)
    assert.equal(safetyCode(two.rootKey, one.rootKey, crypto), code)
    assert.equal(groupsOf(code).length, 12)
    assert.equal(groupsOf(code).join(''), code)
  })

  it('is another one for anybody else, in the half that is theirs', async () => {
    const [one, two, three] = [await makePerson(1), await makePerson(2), await makePerson(3)]
    const codes = [safetyCode(one.rootKey, two.rootKey, crypto), safetyCode(one.rootKey, three.rootKey, crypto)]
    assert.notEqual(codes[0], codes[1])
    const halves = codes.map(code => new Set([code.slice(0, 30), code.slice(30)]))
    assert.equal([...halves[0] as Set<string>].filter(half => halves[1]?.has(half)).length, 1)
  })
})
