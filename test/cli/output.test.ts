import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { ConversationView } from '../../src/cli/conversation-view.ts'
import { Names } from '../../src/cli/naming.ts'
import { Output, byteCount, duration, printable, shortId, type OutputStream } from '../../src/cli/output.ts'
import { capturedIo } from './captured-io.ts'
import { ALICE, BOB, idOf, lineOf } from './lines.ts'

describe('cli/output', () => {
  it('writes one JSON object a line', async () => {
    const { stdout, written } = capturedIo()
    const out = new Output(stdout, { json: true })
    await out.object({ text: 'a\nb' })
    await out.object({ n: 1 })
    assert.equal(written.stdout, '{"text":"a\\nb"}\n{"n":1}\n')
  })

  it('writes no byte in JSON that a terminal obeys', async () => {
    const { stdout, written } = capturedIo()
    const text = '\u001b[2J\u009b2J\u007f\u0000'
    await new Output(stdout, { json: true }).object({ text })
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(written.stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    assert.deepEqual(JSON.parse(written.stdout), { text })
  })

  it('colours only on a terminal', () => {
    const { stdout } = capturedIo()
    assert.equal(new Output(stdout).paint('red', 'x'), 'x')
  })

  it('waits for a reader that does not keep up, and not for one that is gone', async () => {
    let release = (): void => {}
    const slow: OutputStream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => { release = done } })
    const out = new Output(slow)
    let done = false
    const writing = out.line('x').then(() => { done = true })
    await new Promise(resolve => { setImmediate(resolve) })
    assert.equal(done, false)
    release()
    await writing
    assert.deepEqual(['drain', 'close', 'error'].map(event => slow.listenerCount(event)), [0, 0, 0])
    const stuck = out.line('y')
    slow.destroy()
    await stuck
    await out.line('z')
  })

  it('leaves a failure to whoever has the stream', async () => {
    const full: OutputStream = new Writable({ write: (_chunk, _encoding, done) => { done(new Error('no space left')) } })
    const failures: string[] = []
    full.on('error', ({ message }) => { failures.push(message) })
    await new Output(full).line('x')
    assert.deepEqual(failures, ['no space left'])
  })

  it('aligns a table', async () => {
    const { stdout, written } = capturedIo()
    await new Output(stdout).table([['node', 'x'], ['listens on', 'y'], ['', 'z']])
    assert.equal(written.stdout, 'node        x\nlistens on  y\n            z\n')
  })
})

describe('cli/printable', () => {
  it('lets no foreign text command a terminal or turn around', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(printable(text), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }))
    assert.equal(printable('\u001b[31mred\u001b[0m \u001b]0;title\u0007'), 'red ')
    assert.equal(printable('evil\u202Etxt.exe'), 'evil\ufffdtxt.exe')
  })

  it('leaves words as they are', () => {
    for (const text of ['hello', 'a\tb\nc', 'naïve 日本語 👩‍🚀 שלום']) assert.equal(printable(text), text)
  })
})

describe('cli numbers', () => {
  it('ids keep their ends', () => {
    assert.equal(shortId('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'), 'z6Mk…ta2doK')
    assert.equal(shortId('short'), 'short')
  })

  it('durations have their two largest units', () => {
    assert.deepEqual([0, 0.4, 59, 60, 3600, 3661, 90_061].map(duration), ['0 s', '0 s', '59 s', '1 min', '1 h', '1 h 1 min', '1 d 1 h'])
  })

  it('bytes have one unit', () => {
    assert.deepEqual([0, 1, 1023, 1024, 1536, 10_240, 5 * 1024 ** 3].map(byteCount), ['0 B', '1 B', '1023 B', '1.0 KiB', '1.5 KiB', '10 KiB', '5.0 GiB'])
  })
})

describe('cli/conversation-view', () => {
  const own = { from: ALICE, state: 'delivered' as const }
  let names: Names

  beforeEach(() => { names = new Names() })

  function view (): ConversationView {
    const view = new ConversationView(new Output(capturedIo().stdout), names)
    view.self = ALICE
    return view
  }

  it('heads each day, indents what follows, and marks own messages', () => {
    const lines = view()
    assert.equal(lines.text(lineOf(7, 'hello')), '── 2026-11-22 ──\n12:07  z6Mk…ta2doK  hello\n')
    assert.equal(lines.text(lineOf(7, 'one\ntwo')), '12:07  z6Mk…ta2doK  one\n                    two\n')
    assert.equal(lines.text(lineOf(24 * 60, 'hello', own)), '── 2026-11-23 ──\n12:00  you  hello ✓✓\n')
  })

  it('calls people by their names, printable and not too long', () => {
    const lines = view()
    names.set(BOB, '安娜')
    assert.equal(lines.text(lineOf(7, 'one\ntwo')), '── 2026-11-22 ──\n12:07  安娜  one\n             two\n')
    names.set(BOB, `${'x'.repeat(30)}`)
    assert.equal(lines.text(lineOf(7, 'hello')), `12:07  ${'x'.repeat(23)}…  hello\n`)
    names.set(BOB, 'Evil\u001b[2J\u202e')
    assert.equal(lines.text(lineOf(7, 'hello')), '12:07  Evil\ufffd  hello\n')
    names.set(BOB, '')
    assert.equal(lines.text(lineOf(7, 'hello')), '12:07  z6Mk…ta2doK  hello\n')
  })

  it('says what is missing, what is answered, and what was done to a line', () => {
    const lines = view()
    lines.text(lineOf(1, 'question'))
    const line = lineOf(2, 'answer', { ...own, replyTo: idOf(1), missing: [idOf(9)], late: true, isEdited: true, reactions: [{ emoji: '👍', from: [BOB, ALICE] }] })
    assert.equal(lines.text(line), [
      '┄┄ one message before this did not come ┄┄',
      '            ↪ z6Mk…ta2doK: question',
      '12:02  you  answer (edited, came late) ✓✓',
      '            👍 z6Mk…ta2doK, you',
      ''
    ].join('\n'))
    assert.equal(lines.text(lineOf(3, 'x', { replyTo: idOf(77) })).split('\n')[0]?.trim(), '↪ an earlier message')
    assert.match(lines.text(lineOf(4, '', { isDeleted: true })), /deleted\n$/)
    assert.match(lines.text(lineOf(5, 'a map', { kind: 'custom', custom: { kind: 'map\u001b[2J', body: '' } })), /a map \[map\]\n$/)
    assert.match(lines.text(lineOf(6, '', { kind: 'unknown' })), /something that this version of posthouse does not know\n$/)
  })

  it('tells what became of a line that was shown', () => {
    const lines = view()
    lines.text(lineOf(1, 'before'))
    const tell = (more: Parameters<typeof lineOf>[2], text = 'after'): string => lines.happening({ type: 'changed', line: lineOf(1, text, more) }).trim()
    assert.equal(tell({ isEdited: true }), 'z6Mk…ta2doK edited: after')
    assert.equal(tell({ isEdited: true, reactions: [{ emoji: '❤️', from: [ALICE] }] }), '“after”: ❤️ you')
    assert.equal(tell({ isEdited: true }), '“after”: no reactions any more')
    assert.equal(tell({ isDeleted: true }, ''), 'z6Mk…ta2doK deleted “after”')
    assert.equal(lines.happening({ type: 'disappeared', conversation: BOB, id: idOf(8) }).trim(), 'a message has disappeared')
  })
})
