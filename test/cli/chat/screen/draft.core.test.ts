import assert from 'node:assert/strict'
import fc from 'fast-check'
import { graphemes } from '../../../../src/cli/graphemes.core.ts'
import * as drafts from '../../../../src/cli/chat/screen/draft.core.ts'
import type { Draft } from '../../../../src/cli/chat/screen/draft.core.ts'

const MAX = 1000
/** `|` stands for the cursor. */
const draft = (text: string): Draft => ({ text: text.replace('|', ''), at: text.indexOf('|') })
const shown = ({ text, at }: Draft): string => `${text.slice(0, at)}|${text.slice(at)}`

describe('cli/chat/screen/draft.core', () => {
  it('inserts and erases where the cursor is', () => {
    assert.equal(shown(drafts.insert(draft('a|b'), 'xy', MAX)), 'axy|b')
    assert.equal(shown(drafts.eraseLeft(draft('ab|c'))), 'a|c')
    assert.equal(shown(drafts.eraseRight(draft('a|bc'))), 'a|c')
    assert.equal(shown(drafts.eraseWord(draft('one two  |three'))), 'one |three')
    assert.equal(shown(drafts.eraseToHome(draft('one\ntwo| three'))), 'one\n| three')
    assert.equal(shown(drafts.eraseToEnd(draft('o|ne\ntwo'))), 'o|\ntwo')
    for (const erase of [drafts.eraseLeft, drafts.eraseWord]) assert.equal(shown(erase(draft('|abc'))), '|abc')
    assert.equal(shown(drafts.eraseRight(draft('abc|'))), 'abc|')
  })

  it('what people see as one character is one', () => {
    const family = '👨‍👩‍👧'
    assert.equal(drafts.eraseLeft(drafts.draftOf(`a${family}`)).text, 'a')
    assert.equal(drafts.left(drafts.draftOf(`a${family}`)).at, 1)
    assert.equal(drafts.right({ text: `${family}b`, at: 0 }).at, family.length)
    assert.equal(drafts.insert(drafts.EMPTY, family, family.length - 1).text, '')
  })

  it('moves by words, lines, and to both ends', () => {
    assert.equal(shown(drafts.wordLeft(draft('one two|'))), 'one |two')
    assert.equal(shown(drafts.wordRight(draft('|one two'))), 'one| two')
    assert.equal(shown(drafts.home(draft('one\ntw|o'))), 'one\n|two')
    assert.equal(shown(drafts.end(draft('o|ne\ntwo'))), 'one|\ntwo')
    assert.equal(shown(drafts.up(draft('one\ntw|o')) ?? drafts.EMPTY), 'on|e\ntwo')
    assert.equal(shown(drafts.up(draft('o\ntwo|')) ?? drafts.EMPTY), 'o|\ntwo')
    assert.equal(shown(drafts.down(draft('on|e\ntwo')) ?? drafts.EMPTY), 'one\ntw|o')
    assert.equal(drafts.up(draft('one|')), undefined)
    assert.equal(drafts.down(draft('one|')), undefined)
  })

  it('is bounded: what does not fit is not inserted', () => {
    assert.equal(drafts.insert(draft('12|'), '3456', 4).text, '1234')
  })

  it('whatever is done, the cursor stands between two characters', () => {
    const { insert, draftOf, EMPTY, ...moves } = drafts
    const character = fc.oneof(fc.constantFrom('a', ' ', '\n', '👨‍👩‍👧', 'é', '中'), fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }))
    const step = fc.oneof(character, fc.constantFrom(...Object.values(moves)))
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), steps => {
      let now = EMPTY
      for (const each of steps) now = typeof each === 'string' ? insert(now, each, MAX) : each(now) ?? now
      const places = new Set([0])
      for (const grapheme of graphemes(now.text)) places.add([...places].at(-1) as number + grapheme.length)
      return places.has(now.at)
    }))
  })
})
