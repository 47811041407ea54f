import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isExpired, makeTicket, openTicket, verifyTicket } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { keyOf, makePerson, NOW, NOW_S } from './people.ts'
import type { ServingTicket } from '../../src/types.ts'

describe('serving tickets', () => {
  let ticket: ServingTicket
  before(async () => { ticket = await makeTicket(await keyOf('node', 1), (await makePerson(1)).rootKey, NOW_S + 60) })

  it('hold until the second of their expiry', async () => {
    assert.deepEqual(await openTicket({ ...ticket }, { crypto, now: NOW + 59_999 }), ticket)
    await assert.rejects(openTicket(ticket, { crypto, now: NOW + 60_000 }), { name: 'ExpiredError' })
    assert.equal(isExpired(ticket, NOW + 60_000), true)
    assert.deepEqual(await verifyTicket(ticket, { crypto }), ticket, 'and are still tickets then')
  })

  it('are for one user, one node and one time', async () => {
    const changes = [{ root: (await makePerson(2)).rootKey }, { node: (await keyOf('node', 2)).publicKey }, { expiry: ticket.expiry + 1 }]
    for (const change of changes) await assert.rejects(openTicket({ ...ticket, ...change }, { crypto, now: NOW }), { name: 'NotAuthenticError' })
  })

  it('are refused with any other signature', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 64, maxLength: 64 })), async (signature) => {
      await assert.rejects(openTicket({ ...ticket, signature }, { crypto, now: NOW }), { name: 'NotAuthenticError' })
    }))
  })
})
