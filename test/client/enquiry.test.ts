import assert from 'node:assert/strict'
import { enquire, findUser } from '../../src/client/enquiry.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { Links } from '../../src/client/session/service.ts'
import type { Session } from '../../src/client/session/session.ts'
import type { RootKey } from '../../src/types.ts'

describe('client/enquiry', () => {
  it('does not wait for a node when it was given up before', async () => {
    const links = { sessions: [], hurry: () => {}, arrival: async () => await new Promise(() => {}) } as unknown as Links
    const components = { links, others: [], clock: new VirtualClock(), network: { open: async () => await new Promise<never>(() => {}) }, networkId: 'test' }
    const reason = new Error('stopping')
    await assert.rejects(enquire(components, async () => {}, { signal: AbortSignal.abort(reason) }), reason)
  })

  it('has nodes dialled at once when somebody waits for the answer, and only then', async () => {
    let hurries = 0
    const links = { sessions: [], hurry: () => { hurries++ }, arrival: async () => {}, ask: async () => 'an answer' } as unknown as Links
    const components = { links, others: [], clock: new VirtualClock(), network: { open: async () => await new Promise<never>(() => {}) }, networkId: 'test' }
    assert.equal(await enquire(components, async () => '', { isPatient: true }), 'an answer')
    assert.equal(hurries, 0)
    await enquire(components, async () => '')
    assert.equal(hurries, 1)
  })

  it('takes no record for an answer that another node may have', async () => {
    const nothing = { record: new Uint8Array(0), profile: new Uint8Array(0), source: 3 }
    const session = { findProfile: async () => nothing } as unknown as Session
    await assert.rejects(findUser(session, '0a'.repeat(32) as RootKey, true), { name: 'UserNotRoutedError', message: /^nobody knows which nodes serve did:key:/ })
  })
})
