import assert from 'node:assert/strict'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { ALICE, BOB, CAROL, idOf, lineOf } from '../../lines.ts'
import { Stage } from './stage.ts'
import type { ConversationLine } from '../../../../src/cli/agent/calls.ts'
import type { KeyName } from '../../../../src/cli/chat/screen/keys.ts'

const lines = (from: number, to: number): ConversationLine[] => Array.from({ length: to - from + 1 }, (_, at) => lineOf(from + at, `line ${from + at}`))

describe('cli/chat/screen', () => {
  describe('shows', () => {
    it('the conversation above what is typed, and the cursor in it', () => {
      const stage = new Stage()
      stage.load([lineOf(1, 'hello'), lineOf(2, 'hi', { from: ALICE, state: 'read' })])
      stage.happen({ type: 'presence', user: BOB, state: 'online', at: 0 })
      stage.happen({ type: 'connection', connected: 2, nodes: 3 })
      stage.write('half a li')
      const { rows } = stage
      assert.equal(rows.length, 24)
      assert.match(rows[0] ?? '', /^ z6Mk…ta2doK ● online/)
      assert.deepEqual(rows.slice(-6), [
        '── 2026-11-22 ──',
        ' 12:01  z6Mk…ta2doK  hello',
        ' 12:02  you  hi ✓✓',
        '',
        '› half a li',
        ' Enter sends · ↑ chooses a message · Ctrl-T goes to a chat · /help 2 of 3 nodes'
      ])
      assert.deepEqual(stage.picture.cursor, { row: 22, column: 11 })
    })

    it('how far an own message is, with its evidence and what stands in the way', () => {
      const stage = new Stage()
      stage.load([lineOf(1, 'hi', { from: ALICE, state: 'queued' })])
      const state = (state: 'queued' | 'accepted' | 'stored' | 'delivered' | 'read', copies: number, problem?: string): string => {
        stage.happen({ type: 'state', conversation: BOB, id: idOf(1), state, copies, w: 2, ...problem !== undefined && { problem } })
        return stage.screen
      }
      assert.match(state('queued', 0, 'none of your nodes can be reached'), /hi ○\n.*None of your nodes can be reached\./s)
      assert.match(state('accepted', 1), /hi · 1\/2/)
      assert.match(state('stored', 2), /hi ✓\n/)
      assert.match(state('delivered', 2), /hi ✓✓\n/)
      state('read', 2)
      assert.ok(stage.picture.rows.some(row => row.some(({ style, text }) => style === 'blue' && text === ' ✓✓')))
    })

    it('gaps, late lines, edits, deletions, reactions, timers and what is answered', () => {
      const stage = new Stage()
      stage.load([
        lineOf(1, 'question'),
        lineOf(2, 'answer', { from: ALICE, replyTo: idOf(1), isEdited: true }),
        lineOf(3, '', { isDeleted: true }),
        lineOf(4, 'after a gap', { missing: [idOf(77)], late: true, expiresAt: stage.now + 3_600_000 }),
        lineOf(5, 'messages disappear after 1 d', { kind: 'timer' }),
        lineOf(6, 'popular', { reactions: [{ emoji: '👍', from: [ALICE] }, { emoji: '😂', from: [ALICE, BOB, CAROL] }] })
      ])
      for (const part of [
        '↪ z6Mk…ta2doK: question\n', 'answer (edited) ✓', 'ta2doK  deleted', '┄┄ one message before this did not come ┄┄\n', 'after a gap (came late, disappears in 1 h)',
        'messages disappear after 1 d', '👍 you   😂 3'
      ]) assert.ok(stage.screen.includes(part), part)
    })

    it('that somebody is writing, until it is written or not said again', () => {
      const stage = new Stage()
      stage.load([])
      stage.happen({ type: 'typing', conversation: BOB, from: BOB })
      assert.match(stage.screen, /is writing…/)
      stage.now += 8_000
      assert.ok(!stage.screen.includes('is writing'))
      stage.happen({ type: 'typing', conversation: BOB, from: BOB })
      stage.happen({ type: 'line', isNew: true, line: lineOf(1, 'here') })
      assert.ok(!stage.screen.includes('is writing'))
    })

    it('people by their names, with the id beside them where one is chosen or verified', () => {
      const stage = new Stage({ columns: 110 })
      stage.conversations({ userId: BOB }, { userId: CAROL })
      stage.event({ type: 'contacts', entries: [{ userId: BOB, name: 'Bob' }, { userId: CAROL, name: '' }] })
      stage.load([lineOf(1, 'hello'), lineOf(2, 'hi', { from: ALICE, replyTo: idOf(1), reactions: [{ emoji: '👍', from: [BOB] }] })])
      stage.happen({ type: 'presence', user: BOB, state: 'online', at: 0 })
      stage.happen({ type: 'typing', conversation: BOB, from: BOB })
      for (const part of ['12:01  Bob  hello', '↪ Bob: hello', '👍 Bob', 'Bob is writing…', '▸Bob ●', ' z6Mk…sdvktH']) assert.ok(stage.screen.includes(part), part)
      assert.match(stage.rows[0] ?? '', /^ Bob ● online/)
      assert.ok(!stage.screen.includes('z6Mk…ta2doK'))
      stage.key('switch')
      assert.match(stage.screen, / Bob ● {2}z6Mk…ta2doK/)
      stage.key('escape')
      stage.enter('/verify')
      assert.match(stage.screen, /devices of Bob \(z6Mk…ta2doK\)/)
      stage.event({ type: 'safetyCode', user: BOB, code: '12345'.repeat(12) })
      assert.match(stage.rows.join(' ').replace(/\s+/g, ' '), /what Bob .*\(z6Mk…ta2doK\) .*sees/)
      stage.key('escape')
      stage.happen({ type: 'contact', user: BOB, name: 'Evil\u001b[2J\u202e' })
      // eslint-disable-next-line no-control-regex
      assert.ok(stage.screen.includes('Evil') && !/[\u001b\u202e]/.test(stage.screen))
      stage.happen({ type: 'contact', user: BOB, name: '' })
      assert.match(stage.rows[0] ?? '', /^ z6Mk…ta2doK ● online/)
    })

    it('warnings for a while, and foreign text without its control characters', () => {
      const stage = new Stage()
      stage.load([lineOf(1, 'evil\u001b[2J\u202e')])
      stage.happen({ type: 'warning', text: 'your disk is nearly full' })
      assert.match(stage.screen, /Your disk is nearly full\./)
      // eslint-disable-next-line no-control-regex
      assert.ok(!/[\u001b\u202e]/.test(stage.screen))
      stage.now += 20_000
      stage.event({ type: 'tick' })
      assert.ok(!stage.screen.includes('disk'))
    })

    it('nothing that is wider or higher than the screen, whatever its size', () => {
      const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 8 })
      fc.assert(fc.property(texts, fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 40 }), fc.string({ unit: 'grapheme', maxLength: 90 }), fc.string({ unit: 'grapheme', maxLength: 64 }), (said, columns, rows, typed, name) => {
        const stage = new Stage({ columns, rows })
        stage.conversations({ userId: BOB }, { userId: CAROL, unread: 3 })
        stage.event({ type: 'contacts', entries: [{ userId: BOB, name }, { userId: CAROL, name }] })
        stage.load(said.map((text, at) => lineOf(at + 1, text, at % 2 === 0 ? {} : { from: ALICE })))
        stage.event({ type: 'paste', text: typed })
        const { picture } = stage
        assert.ok(picture.rows.length <= Math.max(rows, 1))
        for (const row of picture.rows) assert.ok(stringWidth(row.map(({ text }) => text).join('')) <= columns)
        assert.ok(picture.cursor.row < rows && picture.cursor.column < columns)
      }), { numRuns: 150 })
    })
  })

  describe('writes', () => {
    it('sends, says that one is writing now and then, and begins with a slash by two', () => {
      const stage = new Stage()
      stage.load([])
      assert.deepEqual(stage.enter('hello'), [{ type: 'typing', user: BOB }, { type: 'send', user: BOB, text: 'hello', replyTo: undefined }])
      assert.deepEqual(stage.enter('//etc').at(-1), { type: 'send', user: BOB, text: '/etc', replyTo: undefined })
      assert.deepEqual(stage.enter('   '), [{ type: 'typing', user: BOB }])
      stage.now += 5_000
      assert.deepEqual(stage.write('x'), [{ type: 'typing', user: BOB }])
      assert.deepEqual(stage.write('y'), [])
    })

    it('several lines, pasted or typed', () => {
      const stage = new Stage()
      stage.load([])
      stage.event({ type: 'paste', text: 'one\ntwo' })
      stage.key('newline')
      stage.write('three')
      assert.match(stage.screen, /› one\n {2}two\n {2}three\n/)
      assert.deepEqual(stage.key('enter'), [{ type: 'send', user: BOB, text: 'one\ntwo\nthree', replyTo: undefined }])
    })

    it('what could not be sent is there to be sent again', () => {
      const stage = new Stage()
      stage.load([])
      stage.enter('too much')
      stage.event({ type: 'failed', text: 'the disk is full.', draft: { user: BOB, text: 'too much' } })
      assert.match(stage.screen, /The disk is full\.\n› too much/)
    })

    it('commands', () => {
      const stage = new Stage()
      stage.load([])
      assert.deepEqual(stage.enter('/timer 1d'), [{ type: 'timer', user: BOB, seconds: 86_400 }])
      stage.enter('/timer')
      assert.match(stage.screen, /Messages stay\./)
      stage.enter('/nonsense')
      assert.match(stage.screen, /There is no \/nonsense/)
      assert.deepEqual(stage.enter('/verify'), [{ type: 'verify', user: BOB }])
      stage.event({ type: 'safetyCode', user: BOB, code: '1234567890'.repeat(6) })
      assert.match(stage.screen, /12345 67890 12345 67890 .*█/)
      stage.key('escape')
      stage.enter('/help')
      assert.match(stage.screen, /moves? .*through the history|move through the history/)
      stage.key('escape')
      assert.deepEqual(stage.enter('/quit'), [{ type: 'leave' }])
    })

    it('Ctrl-C clears what is typed, then leaves; Ctrl-D leaves an empty line', () => {
      const stage = new Stage()
      stage.load([])
      stage.write('x')
      assert.deepEqual(stage.key('leave'), [])
      assert.deepEqual(stage.key('interrupt'), [])
      assert.deepEqual(stage.key('interrupt'), [{ type: 'leave' }])
      assert.deepEqual(stage.key('leave'), [{ type: 'leave' }])
    })
  })

  describe('a chosen message', () => {
    it('is answered', () => {
      const stage = new Stage()
      stage.load(lines(1, 3))
      stage.key('up')
      stage.key('up')
      assert.match(stage.screen, /▌12:02 {2}z6Mk…ta2doK {2}line 2/)
      stage.write('r')
      assert.match(stage.screen, /answering z6Mk…ta2doK “line 2”/)
      assert.deepEqual(stage.enter('indeed').at(-1), { type: 'send', user: BOB, text: 'indeed', replyTo: idOf(2) })
      assert.ok(!stage.screen.includes('answering'))
    })

    it('is reacted to, and the same again takes it back', () => {
      const stage = new Stage()
      stage.load([lineOf(1, 'fun', { reactions: [{ emoji: '👍', from: [ALICE] }] })])
      stage.key('up')
      assert.deepEqual(stage.write('3'), [{ type: 'react', user: BOB, id: idOf(1), emoji: '😂', remove: false }])
      stage.key('up')
      assert.deepEqual(stage.write('1'), [{ type: 'react', user: BOB, id: idOf(1), emoji: '👍', remove: true }])
      stage.key('up')
      stage.write('+🎉')
      assert.deepEqual(stage.key('enter'), [{ type: 'react', user: BOB, id: idOf(1), emoji: '🎉', remove: false }])
    })

    it('is changed or deleted when it is one’s own', () => {
      const stage = new Stage()
      stage.load([lineOf(1, 'theirs'), lineOf(2, 'mine', { from: ALICE })])
      stage.key('up')
      stage.write('e')
      assert.deepEqual(stage.enter('!'), [{ type: 'edit', user: BOB, id: idOf(2), text: 'mine!' }])
      stage.key('up')
      assert.deepEqual(stage.write('d'), [])
      assert.match(stage.screen, /Press d again/)
      assert.deepEqual(stage.write('d'), [{ type: 'delete', user: BOB, id: idOf(2) }])
      stage.key('up')
      stage.key('up')
      assert.deepEqual(stage.write('d'), [])
      assert.match(stage.screen, /Only your own/)
      stage.write('i')
      assert.match(stage.screen, new RegExp(`id ${idOf(1)}`, 'i'))
    })

    it('that disappears is no longer chosen', () => {
      const stage = new Stage()
      stage.load(lines(1, 2))
      stage.key('up')
      stage.happen({ type: 'disappeared', conversation: BOB, id: idOf(2) })
      assert.equal(stage.core.state.mode.name, 'write')
      assert.ok(!stage.screen.includes('line 2'))
    })
  })

  describe('moves', () => {
    it('up by pages, loads what is older, stays there when something comes, and goes back to the end', () => {
      const stage = new Stage()
      stage.load(lines(101, 200), { isEnd: false })
      assert.match(stage.screen, /line 200/)
      stage.key('pageup')
      assert.ok(!stage.screen.includes('line 200'))
      const here = stage.rows[3]
      stage.happen({ type: 'line', isNew: true, line: lineOf(201, 'new') })
      assert.equal(stage.rows[3], here)
      assert.match(stage.screen, /there is more below/)
      for (let at = 0; at < 20; at++) stage.key('pageup')
      assert.deepEqual(stage.effects.filter(({ type }) => type === 'load'), [{ type: 'load', user: BOB, side: 'older', id: idOf(101) }])
      const top = stage.rows[2]
      stage.load(lines(1, 100), { side: 'older' })
      assert.equal(stage.rows[2], top)
      stage.key('home')
      assert.match(stage.screen, /line 1\n/)
      stage.key('escape')
      assert.match(stage.screen, /new\n/)
    })

    it('by pages down: every line is seen', () => {
      const stage = new Stage({ columns: 60, rows: 12 })
      stage.load(Array.from({ length: 40 }, (_, at) => lineOf(at + 1, `line ${at + 1} ${'word '.repeat(at % 17)}`)))
      stage.key('home')
      const seen = new Set<string>()
      for (let at = 0; at < 40; at++) {
        for (const id of stage.picture.shown) seen.add(id)
        stage.key('pagedown')
      }
      assert.equal(seen.size, 40)
      assert.equal(stage.core.state.open.anchor, undefined)
    })

    it('to somebody by name, with or without a chat', () => {
      const stage = new Stage()
      stage.conversations({ userId: BOB })
      stage.event({ type: 'contacts', entries: [{ userId: BOB, name: 'Bob' }, { userId: CAROL, name: 'Caroline' }] })
      stage.load([])
      stage.enter('/to caroline')
      assert.equal(stage.core.state.open.userId, CAROL)
      stage.key('switch')
      stage.write('BOB')
      stage.key('enter')
      assert.equal(stage.core.state.open.userId, BOB)
      assert.deepEqual(stage.enter('/to Dora'), [])
      assert.match(stage.screen, /Nobody is called “Dora” here/)
      stage.happen({ type: 'contact', user: CAROL, name: 'bob' })
      assert.deepEqual(stage.enter('/to Bob'), [])
      assert.match(stage.screen, /“Bob” is the name of 2 contacts/)
    })

    it('between chats, with what is unread in each', () => {
      const stage = new Stage({ columns: 110 })
      stage.conversations({ userId: BOB }, { userId: CAROL, unread: 2, last: lineOf(9, 'are you there?', { from: CAROL, conversation: CAROL }) })
      stage.load(lines(1, 2))
      assert.match(stage.screen, /2 unread elsewhere \(Tab\)/)
      assert.match(stage.screen, /▸z6Mk…ta2doK .*\n z6Mk…sdvktH 2/)
      stage.write('a draft')
      assert.deepEqual(stage.key('tab'), [{ type: 'load', user: CAROL, side: 'newest' }])
      stage.load([lineOf(8, 'hi', { from: CAROL, conversation: CAROL, isRead: false }), lineOf(9, 'are you there?', { from: CAROL, conversation: CAROL, isRead: false })])
      assert.match(stage.screen, /── new ──.*hi/s)
      assert.deepEqual(stage.event({ type: 'shown', user: CAROL, ids: stage.picture.shown }), [{ type: 'read', user: CAROL, ids: [idOf(8), idOf(9)] }])
      assert.ok(!stage.screen.includes('unread elsewhere'))
      stage.key('next')
      assert.match(stage.screen, /› a draft/)
      stage.key('erasetohome')
      stage.key('switch')
      stage.write('sdvk')
      assert.ok(stage.key('enter').every(({ type }) => type === 'load'))
      assert.equal(stage.core.state.open.userId, CAROL)
    })
  })

  it('gives the open chat a name, and takes it away', () => {
    const stage = new Stage()
    stage.load([])
    assert.deepEqual(stage.enter('/name'), [])
    assert.match(stage.screen, /This chat has no name/)
    assert.deepEqual(stage.enter('/name Anna Ørsted'), [{ type: 'name', user: BOB, name: 'Anna Ørsted' }])
    stage.happen({ type: 'contact', user: BOB, name: 'Anna Ørsted' })
    assert.match(stage.rows[0] ?? '', /^ Anna Ørsted/)
    assert.deepEqual(stage.enter('/name'), [{ type: 'name', user: BOB, name: '' }])
    stage.enter('/help')
    assert.match(stage.screen, /\/name Anna · \/name/)
  })

  describe('hears', () => {
    it('what comes elsewhere: unread counts, a bell, and the chat at the top', () => {
      const stage = new Stage()
      stage.conversations({ userId: BOB }, { userId: CAROL })
      stage.load([])
      const line = lineOf(1, 'psst', { from: CAROL, conversation: CAROL, isRead: false })
      assert.deepEqual(stage.happen({ type: 'line', isNew: true, line }), [{ type: 'bell' }])
      assert.match(stage.screen, /1 unread elsewhere/)
      assert.equal(stage.core.state.conversations[0]?.userId, CAROL)
    })

    it('what comes here is read when it is on the screen and somebody looks at it', () => {
      const stage = new Stage()
      stage.load([])
      stage.event({ type: 'focus', isFocused: false })
      assert.deepEqual(stage.happen({ type: 'line', isNew: true, line: lineOf(1, 'hello', { isRead: false }) }), [{ type: 'bell' }])
      assert.deepEqual(stage.event({ type: 'shown', user: BOB, ids: stage.picture.shown }), [])
      stage.event({ type: 'focus', isFocused: true })
      assert.deepEqual(stage.event({ type: 'shown', user: BOB, ids: stage.picture.shown }), [{ type: 'read', user: BOB, ids: [idOf(1)] }])
      assert.deepEqual(stage.event({ type: 'shown', user: BOB, ids: stage.picture.shown }), [])
    })

    it('the first word of somebody new', () => {
      const stage = new Stage()
      stage.load([])
      assert.deepEqual(stage.happen({ type: 'line', isNew: true, line: lineOf(1, 'hello', { from: CAROL, conversation: CAROL }) }), [{ type: 'conversations' }, { type: 'bell' }])
      stage.conversations({ userId: CAROL, unread: 1 })
      assert.match(stage.screen, /1 unread elsewhere/)
    })

    it('an own message that another device wrote', () => {
      const stage = new Stage()
      stage.load([])
      assert.deepEqual(stage.happen({ type: 'state', conversation: BOB, id: idOf(7), state: 'stored', copies: 2, w: 2 }), [{ type: 'look', user: BOB, id: idOf(7) }])
      stage.event({ type: 'line', line: lineOf(7, 'from the phone', { from: ALICE }) })
      assert.match(stage.screen, /you {2}from the phone/)
    })

    it('that it must look anew, and does', () => {
      const stage = new Stage()
      assert.deepEqual(stage.happen({ type: 'look' }), [{ type: 'conversations' }, { type: 'load', user: BOB, side: 'newest' }])
    })
  })

  it('no key in any order makes it throw', () => {
    const names: KeyName[] = ['enter', 'newline', 'escape', 'tab', 'backtab', 'left', 'right', 'up', 'down', 'home', 'end', 'pageup', 'pagedown', 'wordleft', 'wordright', 'backspace', 'delete', 'eraseword', 'erasetohome', 'erasetoend', 'next', 'previous', 'switch', 'help', 'redraw', 'leave', 'interrupt']
    const key = fc.oneof(fc.constantFrom(...names), fc.constantFrom('a', 'r', 'e', 'd', '1', '+', 'i', '/timer', '👍'))
    fc.assert(fc.property(fc.array(key, { maxLength: 60 }), keys => {
      const stage = new Stage({ columns: 100, rows: 14 })
      stage.conversations({ userId: BOB }, { userId: CAROL, unread: 1 })
      stage.load([...lines(1, 30), lineOf(31, 'mine', { from: ALICE })])
      for (const each of keys) {
        if ((names as string[]).includes(each)) stage.key(each as KeyName)
        else stage.event({ type: 'key', key: { name: 'text', text: each } })
        assert.equal(stage.picture.rows.length, 14)
      }
    }), { numRuns: 200 })
  })
})
