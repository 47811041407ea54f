import assert from 'node:assert/strict'
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'
import { Heeding } from '../../src/client/heeding.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { ConversationId, Message, MessageId, PeerKey, RootKey, SignalContent } from '../../src/types.ts'

const ME = '0a'.repeat(32) as RootKey
const BOB = '0b'.repeat(32) as RootKey
const PHONE = '0c'.repeat(32) as PeerKey
const NOW = 1_800_000_000_000

describe('client/heeding', () => {
  let clock: VirtualClock
  let done: unknown[][]
  let heeding: Heeding

  beforeEach(() => {
    clock = new VirtualClock(NOW)
    done = []
    heeding = new Heeding({
      own: ME,
      clock,
      marked: (...what) => { done.push(['marked', ...what]) },
      readElsewhere: async (...what) => { done.push(['readElsewhere', ...what]) },
      resend: async (...what) => { done.push(['resend', ...what]) },
      synced: async (...what) => { done.push(['synced', ...what]) }
    })
  })

  const heed = async (from: RootKey, conversation: ConversationId, content: SignalContent): Promise<void> => {
    const message: Message = { id: id(99), from, device: PHONE, conversation, sentAt: NOW - 5, stamp: NOW, parents: [], content }
    await heeding.heed(message)
  }

  it('tells what another user has read, and what we have read elsewhere, with its time', async () => {
    await heed(BOB, BOB, { type: 'read', ids: [id(1)] })
    await heed(ME, BOB, { type: 'read', ids: [id(2)] })
    assert.deepEqual(done, [['marked', BOB, [id(1)]], ['readElsewhere', BOB, [id(2)], NOW - 5]])
  })

  it('sends a message again to whoever asks, but not again and again', async () => {
    await heed(BOB, BOB, { type: 'repair', ids: [id(1), id(2)] })
    await heed(BOB, BOB, { type: 'repair', ids: [id(2), id(3)] })
    await heed(ME, BOB, { type: 'repair', ids: [id(2)] })
    assert.deepEqual(done, [['resend', BOB, [id(1), id(2)]], ['resend', BOB, [id(3)]], ['resend', ME, [id(2)]]])
    await clock.advance(CLIENT_DEFAULTS.repairAnsweredMs)
    await heed(BOB, BOB, { type: 'repair', ids: [id(1)] })
    assert.deepEqual(done.at(-1), ['resend', BOB, [id(1)]])
  })

  it('remembers a bounded number of answers', async () => {
    await heed(BOB, BOB, { type: 'repair', ids: [id(0)] })
    await heed(BOB, BOB, { type: 'repair', ids: Array.from({ length: CLIENT_DEFAULTS.repairsAnsweredMax }, (_, at) => id(at + 1)) })
    await heed(BOB, BOB, { type: 'repair', ids: [id(0), id(CLIENT_DEFAULTS.repairsAnsweredMax)] })
    assert.deepEqual(done.at(-1), ['resend', BOB, [id(0)]])
  })

  it('takes words between devices from our own alone, and among ourselves alone', async () => {
    const sync: SignalContent = { type: 'sync', body: Uint8Array.of(1) }
    await heed(BOB, BOB, sync)
    await heed(ME, BOB, sync)
    assert.deepEqual(done, [])
    await heed(ME, ME, sync)
    assert.deepEqual(done, [['synced', PHONE, Uint8Array.of(1)]])
  })
})

function id (name: number): MessageId { return name.toString(16).padStart(32, '0') as MessageId }
