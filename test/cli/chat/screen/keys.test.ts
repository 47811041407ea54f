import assert from 'node:assert/strict'
import { emitKeypressEvents } from 'node:readline'
import { PassThrough } from 'node:stream'
import { keyOf, typedText, type Key, type Keypress } from '../../../../src/cli/chat/screen/keys.ts'

/** What a terminal sends, as readline and then the chat understand it. */
function pressed (bytes: string): Array<Key | undefined> {
  const input = new PassThrough()
  emitKeypressEvents(input)
  const keys: Array<Key | undefined> = []
  input.on('keypress', (typed: string | undefined, key: Keypress) => { keys.push(keyOf(typed, key)) })
  input.emit('data', Buffer.from(bytes))
  return keys
}

describe('cli/chat/screen/keys', () => {
  it('letters, capitals and emoji are text', () => {
    assert.deepEqual(pressed('aB é👍'), ['a', 'B', ' ', 'é', '👍'].map(text => ({ name: 'text', text })))
  })

  it('keys of terminals have their names', () => {
    const names: Array<[string, string]> = [
      ['\r', 'enter'], ['\n', 'newline'], ['\u001b\r', 'newline'], ['\u007f', 'backspace'], ['\u001b[3~', 'delete'], ['\u001b[A', 'up'], ['\u001bOB', 'down'], ['\u001b[5~', 'pageup'], ['\u001b[6~', 'pagedown'],
      ['\u001b[H', 'home'], ['\u001b[F', 'end'], ['\u001b[1;5D', 'wordleft'], ['\u001bf', 'wordright'], ['\u0017', 'eraseword'], ['\t', 'tab'], ['\u001b[Z', 'backtab'],
      ['\u0003', 'interrupt'], ['\u001b\u0003', 'interrupt'], ['\u0004', 'leave'], ['\u0014', 'switch'], ['\u000e', 'next'], ['\u0010', 'previous'], ['\u000c', 'redraw']
    ]
    for (const [bytes, name] of names) assert.deepEqual(pressed(bytes), [{ name }], JSON.stringify(bytes))
  })

  it('what means nothing is nothing', () => {
    assert.deepEqual(pressed('\u001b[24~\u0007\u001bx'), [undefined, undefined, undefined])
  })

  it('a paste keeps its lines and loses its control characters', () => {
    assert.equal(typedText('a\r\nb\rc\td\u001b[31m\u0000'), 'a\nb\nc  d[31m')
  })
})
