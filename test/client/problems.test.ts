import assert from 'node:assert/strict'
import { problemOf, whileQueued } from '../../src/client/problems.ts'
import { refusalOf, refusalSentence } from '../../src/client/refusals.ts'
import { REFUSAL } from '../../src/types.ts'
import type { SentStatus } from '../../src/client/outbox/status.ts'
import type { MessageId, RootKey } from '../../src/types.ts'

const reachable = { isRevoked: false, nodes: 3, connected: 2, isUnrouted: true }
const to = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' as RootKey

function status (changes: Partial<SentStatus> = {}): SentStatus {
  return { id: '1'.repeat(32) as MessageId, to, state: 'accepted', copies: 0, w: 2, receipts: [], problem: undefined, ended: false, ...changes }
}

describe('what stands in the way of a message', () => {
  for (const [what, changes, surroundings, name, sentence] of [
    ['no route', { problem: 'noRoute' }, {}, 'UserNotRoutedError', /^nobody knows which nodes serve did:key:z6Mk/],
    ['nobody to ask', { problem: 'noRoute' }, { isUnrouted: false }, 'UnreachableError', /^the network could not be asked which nodes serve/],
    ['no network', { problem: 'noRoute' }, { connected: 0 }, 'UnreachableError', /^none of your nodes can be reached$/],
    ['nobody who serves us', {}, { nodes: 0 }, 'UnreachableError', /^no node serves you yet$/],
    ['no keys', { problem: 'noKey' }, {}, 'UnreachableError', /can be reached and has the keys to write to them$/],
    ['an own disk', { problem: 'unwritten' }, {}, 'StoreFailedError', /^the store of this device could not be written$/],
    ['a full mailbox', { problem: { refusal: REFUSAL.mailboxFull } }, {}, 'RefusedError', /^the mailbox of did:key.* is full until one of their devices collects its mail$/],
    ['a full requests box', { problem: { refusal: REFUSAL.requestsFull } }, {}, 'RefusedError', /^the mailbox of did:key.* does not know you yet, and takes no more from strangers until one of their devices collects its mail$/],
    ['all nodes down', { problem: { refusal: REFUSAL.tooFewNodes } }, {}, 'UnreachableError', /^none of the nodes that serve did:key.* can be reached and keep it$/],
    ['too few nodes', { problem: { refusal: REFUSAL.tooFewNodes }, copies: 1 }, {}, 'UnreachableError', /too few of the nodes .* copies: 1\/2$/],
    ['a disk', { problem: { refusal: REFUSAL.storeFailed } }, {}, 'RefusedError', /^the node cannot write to its disk$/],
    ['a device that was taken away', {}, { isRevoked: true, connected: 0 }, 'RevokedError', /^this device does not belong to you any more/],
    ['its age', { ended: true }, {}, 'ExpiredError', /^the message expired before it was delivered$/]
  ] as const) {
    it(`${what} has its own sentence, and says what becomes of the message`, () => {
      const problem = problemOf(status(changes), { ...reachable, ...surroundings })
      assert.equal(problem?.name, name)
      assert.match(problem.message, sentence)
      const told = whileQueued(problem, status(changes))
      assert.equal(told.name, name)
      if (name !== 'ExpiredError' && name !== 'RevokedError') assert.match(told.message, /; the message stays queued and goes out when that changes$/)
    })
  }

  it('says how far a message is when nothing is known to be wrong', () => {
    assert.equal(problemOf(status(), reachable), undefined)
    assert.equal(whileQueued(undefined, status({ copies: 1 })).message, 'the message is accepted, copies: 1/2, and stays queued')
  })

  it('has a sentence for every refusal, and for those of later versions', () => {
    const sentences = Object.values(REFUSAL).map(code => refusalSentence({ code, retryAfterSeconds: 0 }))
    assert.equal(new Set(sentences).size, sentences.length)
    assert.match(refusalSentence(refusalOf({ code: 999, retryAfterSeconds: 0 })), /not known here \(999\)/)
    assert.equal(refusalOf(undefined).code, REFUSAL.malformed)
  })
})
