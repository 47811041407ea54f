import assert from 'node:assert/strict'
import { slashCommand } from '../../../../src/cli/chat/screen/commands.core.ts'
import { BOB } from '../../lines.ts'

describe('cli/chat/screen/commands.core', () => {
  it('knows its commands, and what is a message', () => {
    assert.equal(slashCommand('hello /help'), undefined)
    assert.equal(slashCommand('//path'), undefined)
    assert.deepEqual(slashCommand('/help'), { type: 'help' })
    assert.deepEqual(slashCommand('/q'), { type: 'leave' })
    assert.deepEqual(slashCommand(`/to  ${BOB}`), { type: 'to', user: BOB })
    assert.deepEqual(slashCommand('/to Anna Ørsted '), { type: 'to', user: 'Anna Ørsted' })
    assert.deepEqual(slashCommand('/name  Anna Ørsted '), { type: 'name', name: 'Anna Ørsted' })
    assert.deepEqual(slashCommand('/name'), { type: 'name', name: '' })
    assert.deepEqual(slashCommand('/verify'), { type: 'verify' })
  })

  it('timers have their units', () => {
    const seconds = (text: string): unknown => slashCommand(`/timer ${text}`)
    assert.deepEqual(seconds(''), { type: 'timer', seconds: undefined })
    for (const [text, count] of [['off', 0], ['30s', 30], ['5min', 300], ['2 h', 7200], ['1d', 86_400], ['4w', 2_419_200]] as const) assert.deepEqual(seconds(text), { type: 'timer', seconds: count })
    for (const text of ['soon', '1y', '-1d', '0s', '999999999w']) assert.equal(slashCommand(`/timer ${text}`)?.type, 'wrong', text)
  })

  it('says how to write what it does not understand', () => {
    for (const text of ['/', '/nonsense', '/to', '/to did:key:z6Mkshort']) assert.match((slashCommand(text) as { sentence: string }).sentence, /\.$/, text)
  })
})
