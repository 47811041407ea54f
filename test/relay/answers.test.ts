import assert from 'node:assert/strict'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { Answers } from '../../src/relay/answers.ts'
import { Gate } from '../../src/relay/gate.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { SessionFrame } from '../../src/wire/mail.ts'
import { VirtualClock, settled } from '../client/virtual-clock.ts'
import type { Receipts } from '../../src/wire/mail.ts'

const no = { code: 8, retryAfterSeconds: 2 } as const
const receipts: Receipts = { node: new Uint8Array(32), storeId: new Uint8Array(16), time: 1n, leafCount: 1, firstLeaf: 0, tickets: [1], proof: [], signature: new Uint8Array(64) }

describe('answers', () => {
  let clock: VirtualClock
  let sent: string[]
  let cut: number
  let hasRoom: boolean
  let reads: boolean
  let answers: Answers
  beforeEach(() => {
    clock = new VirtualClock()
    sent = []
    cut = 0
    hasRoom = reads = true
    const sink = {
      send: (kind: Uint8Array, frame?: Uint8Array) => {
        if (hasRoom) sent.push(kind[0] === 0 && frame !== undefined ? describeFrame(frame) : 'push')
        return hasRoom
      },
      sendOrAbort: () => { cut++ }
    }
    const gate = new Gate({ pause: () => { reads = false }, resume: () => { reads = true } })
    answers = new Answers({ sink, encode: answer => SessionFrame.encode(answer), gate, clock })
  })

  it('says in one frame what comes in one go', async () => {
    for (const ticket of [1, 2, 3]) answers.accept(ticket)
    answers.refuse(4, no)
    answers.refuse(5, { code: 5, retryAfterSeconds: 0 })
    answers.refuse(6, no)
    answers.pushed(1, 2)
    answers.pushed(2, 5)
    await settled()
    assert.deepEqual(sent, ['accepted 1,2,3', 'refused 8: 4,6', 'refused 5: 5', 'pushed 1-5'])
  })

  it('says accepted before receipts, and a newer record before the refusal that speaks of it', async () => {
    answers.accept(1)
    answers.receipts(receipts)
    const [route, other] = [new Uint8Array(3), new Uint8Array(3)]
    answers.moved(2, route)
    answers.moved(3, other)
    answers.moved(4, route)
    await settled()
    assert.deepEqual(sent, ['accepted 1', 'receipts 1', 'route', 'refused 11: 2,4', 'route', 'refused 11: 3'])
  })

  it('says behind when what was shown does not follow on', async () => {
    answers.pushed(1, 2)
    answers.pushed(4, 6)
    await settled()
    answers.behind(8)
    answers.pushed(8, 9)
    await settled()
    assert.deepEqual(sent, ['behind 6', 'behind 9'])
  })

  it('splits what one frame cannot hold', async () => {
    for (let ticket = 0; ticket < LIMITS.inFlightDeposits + 1; ticket++) answers.accept(ticket)
    await settled()
    assert.equal(sent.length, 2)
    assert.equal(sent[1], `accepted ${LIMITS.inFlightDeposits}`)
  })

  it('holds answers while there is no room, reads nothing meanwhile, and lets no push overtake them', async () => {
    hasRoom = false
    answers.receipts(receipts)
    answers.accept(7)
    answers.pushed(1, 2)
    await settled()
    assert.equal(reads, false)
    hasRoom = true
    assert.equal(answers.push(Uint8Array.of(2)), false)
    for (let to = 3; to < 1000; to++) answers.pushed(to - 1, to)
    await clock.advance(RELAY_DEFAULTS.answersRetryMs)
    assert.deepEqual(sent, ['receipts 1', 'accepted 7', 'pushed 1-999'])
    assert.equal(reads, true)
    assert.equal(answers.push(Uint8Array.of(2)), true)
    assert.equal(cut, 0)
  })

  it('cuts off a peer that leaves no room for too long', async () => {
    hasRoom = false
    answers.receipts(receipts)
    await clock.advance(RELAY_DEFAULTS.answersStallMs)
    assert.equal(cut, 0)
    await clock.advance(2 * RELAY_DEFAULTS.answersRetryMs)
    assert.equal(cut, 1)
  })

  it('says nothing once closed', async () => {
    hasRoom = false
    answers.receipts(receipts)
    answers.close()
    hasRoom = true
    answers.accept(1)
    await clock.advance(10 * RELAY_DEFAULTS.answersRetryMs)
    assert.deepEqual(sent, [])
  })
})

describe('a gate', () => {
  it('is open again when the last reason has gone', () => {
    const calls: string[] = []
    const gate = new Gate({ pause: () => { calls.push('pause') }, resume: () => { calls.push('resume') } })
    gate.open('answers')
    gate.close('coordinator')
    gate.close('coordinator')
    gate.close('replica')
    gate.open('coordinator')
    assert.deepEqual(calls, ['pause'])
    gate.open('replica')
    gate.open('replica')
    assert.deepEqual(calls, ['pause', 'resume'])
  })
})

function describeFrame (bytes: Uint8Array): string {
  const { accepted, refused, receipts, route, pushed, behind } = SessionFrame.decode(bytes)
  if (accepted !== undefined) return `accepted ${accepted.tickets.join()}`
  if (refused !== undefined) return `refused ${refused.refusal?.code}: ${refused.tickets.join()}`
  if (receipts !== undefined) return `receipts ${receipts.tickets.join()}`
  if (pushed !== undefined) return `pushed ${pushed.from}-${pushed.to}`
  if (behind !== undefined) return `behind ${behind.position}`
  return route === undefined ? 'nothing' : 'route'
}
