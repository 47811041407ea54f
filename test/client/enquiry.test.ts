import assert from 'node:assert/strict'
import { enquire } from '../../src/client/enquiry.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { Links } from '../../src/client/session/service.ts'

describe('client/enquiry', () => {
  it('does not wait for a node when it was given up before', async () => {
    const links = { sessions: [], hurry: () => {}, arrival: async () => await new Promise(() => {}) } as unknown as Links
    const components = { links, others: [], clock: new VirtualClock(), network: { open: async () => await new Promise<never>(() => {}) }, networkId: 'test' }
    const reason = new Error('stopping')
    await assert.rejects(enquire(components, async () => {}, { signal: AbortSignal.abort(reason) }), reason)
  })
})
