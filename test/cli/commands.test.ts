import assert from 'node:assert/strict'
import { unopenedSentence } from '../../src/cli/commands/inbox.ts'
import { lateSentence } from '../../src/cli/commands/send.ts'
import { reached } from '../../src/cli/states.ts'
import type { MessageProgress } from '../../src/cli/agent/calls.ts'

const at = (progress: Partial<MessageProgress>): MessageProgress => ({ id: '0'.repeat(32), state: 'queued', copies: 0, w: 0, receipts: [], ...progress })

describe('cli/commands/send', () => {
  const late = 'the message is not stored after 30 s'

  it('says why it is late, how far it is, and what becomes of it', () => {
    assert.equal(lateSentence(at({}), late), 'the message is not stored after 30 s; it is queued and stays queued: any running posthouse client goes on with it')
    assert.equal(lateSentence(at({ state: 'accepted', copies: 1, w: 2 }), late),
      'the message is not stored after 30 s; it is accepted, copies: 1/2, and stays queued: any running posthouse client goes on with it')
    assert.equal(lateSentence(at({ state: 'accepted', copies: 1, w: 2, problem: 'too few nodes can be reached: copies: 1/2' }), late),
      'too few nodes can be reached: copies: 1/2; it is accepted and stays queued: any running posthouse client goes on with it')
    assert.equal(lateSentence(at({ state: 'stored', copies: 2, w: 2 }), 'the message is not read after 5 s'),
      'the message is not read after 5 s: it is stored, and waits for its reader')
  })

  it('a state is reached with every later one', () => {
    assert.ok(reached('stored', 'stored') && reached('read', 'accepted'))
    assert.ok(!reached('accepted', 'stored'))
  })
})

describe('cli/commands/inbox', () => {
  it('says what has come and cannot be shown yet', () => {
    assert.equal(unopenedSentence(1), 'one message has come that cannot be opened yet: what opens it is asked for')
    assert.equal(unopenedSentence(7), '7 messages have come that cannot be opened yet: what opens them is asked for')
  })
})
