import assert from 'node:assert/strict'
import { judge, Lines } from '../../soak/complaints.ts'

const line = (level: string, msg: string): string => JSON.stringify({ level, time: '2026-01-01T00:00:00.000Z', pid: 1, scope: 'posthouse:relay', msg })

describe('soak: what nodes complain about', () => {
  it('tells bugs from what peers bring about', () => {
    assert.equal(judge(line('info', 'ready')), 'nothing')
    assert.equal(judge(''), 'nothing')
    assert.equal(judge(line('warn', 'the stream of peer 12D3… ended')), 'warning')
    assert.equal(judge(line('warn', 'TypeError: Cannot read properties of undefined')), 'bug')
    assert.equal(judge(line('error', 'anything')), 'bug')
    for (const text of [
      '    at Socket.emit (node:events:508:28)',
      '(node:7) MaxListenersExceededWarning: Possible EventTarget memory leak detected.',
      'Something went wrong in posthouse itself (POSTHOUSE_LOG=trace shows where): x is not a function.',
      '{"level":"warn"'
    ]) assert.equal(judge(text), 'bug', text)
  })

  it('makes lines of pieces', () => {
    const heard: string[] = []
    const lines = new Lines(heard.push.bind(heard))
    for (const piece of ['on', 'e\ntwo', '\n\nthr', 'ee']) lines.add(piece)
    lines.end()
    lines.end()
    assert.deepEqual(heard, ['one', 'two', '', 'three'])
  })
})
