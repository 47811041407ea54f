// A node with more devices than its share: when it looks, whom it sends, and that it stops.
import assert from 'node:assert/strict'
import { BalanceCore } from '../../src/node/balance.core.ts'
import { Balance } from '../../src/node/balance.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { keepLog } from './visitors.ts'
import type { Session } from '../../src/node/session.ts'
import type { Sessions } from '../../src/node/sessions.ts'
import type { MailboxId, PeerKey } from '../../src/types.ts'

const session = (number: number): Session => ({ device: `${number}` as PeerKey, attached: { mailbox: `of ${number}` as MailboxId } }) as unknown as Session

describe('the balance of a node', () => {
  it('sends those elsewhere that are above its share, once a look, and stops', async () => {
    const clock = new VirtualClock()
    const sent: Session[][] = []
    const attached = [session(1), session(2), session(3)]
    const sessions = { attached, depart: async (_: unknown, only: Session[]) => { sent.push(only) } } as unknown as Sessions
    const balance = new Balance({
      sessions,
      clock,
      random: { fraction: () => 0 },
      log: keepLog().forComponent('posthouse:session'),
      hasElsewhere: mailbox => mailbox !== 'of 1',
      leaving: () => ({ retryAfterSeconds: 1, nodes: [] })
    }, new BalanceCore({ sessionsMax: 2, share: 1 }))
    balance.start()
    assert.deepEqual(sent, [])
    await clock.advance(NODE_DEFAULTS.balanceLookMs)
    assert.deepEqual(sent, [[attached[1]]])
    attached.splice(1, 1)
    await clock.advance(NODE_DEFAULTS.balanceLookMs)
    assert.equal(sent.length, 1, 'within its share')
    attached.push(session(4))
    balance.stop()
    await clock.advance(NODE_DEFAULTS.balanceLookMs)
    assert.equal(sent.length, 1)
  })
})
