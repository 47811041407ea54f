import assert from 'node:assert/strict'
import fc from 'fast-check'
import { project, type AmendmentMessage, type LineMessage } from '../../../src/client/messages/index.ts'
import { plain } from './arbitraries.ts'
import type { AmendmentContent, LineContent, MessageId, PeerKey, RootKey } from '../../../src/types.ts'

const ALICE = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' as RootKey
const BOB = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c' as RootKey
const LINE = id(1)

const line = (content: LineContent = { type: 'text', text: 'hello', mentions: [BOB], replyTo: id(9), expiresAfterSeconds: 0 }): LineMessage => ({ ...common(ALICE, 1, 10), content })
const by = (from: RootKey, number: number, stamp: number, content: AmendmentContent): AmendmentMessage => ({ ...common(from, number, stamp), content })
const edit = (text: string): AmendmentContent => ({ type: 'edit', target: LINE, text, mentions: [] })
const reaction = (emoji: string, isRemoved = false): AmendmentContent => ({ type: 'reaction', target: LINE, emoji, isRemoved })
const DELETE: AmendmentContent = { type: 'delete', target: LINE }

describe('client/messages projection', () => {
  it('is the line itself while nothing was said about it', () => {
    assert.deepEqual(project(line(), []), { text: 'hello', mentions: [BOB], replyTo: id(9), reactions: [], isEdited: false, isDeleted: false, custom: undefined })
    const custom = { kind: 'org.example.chess', body: Uint8Array.of(1) }
    assert.deepEqual(project(line({ type: 'custom', ...custom, fallback: 'e4' }), []), { text: 'e4', mentions: [], replyTo: undefined, reactions: [], isEdited: false, isDeleted: false, custom })
    assert.equal(project(line({ type: 'unknown', fallback: 'a place' }), []).text, 'a place')
    assert.equal(project(line({ type: 'timer', seconds: 0 }), []).text, 'From now on messages stay.')
    assert.equal(project(line({ type: 'timer', seconds: 60 }), []).text, 'From now on messages disappear 60 s after they were read.')
  })

  it('is what its author wrote last, by stamp and then by id', () => {
    const { text, mentions, isEdited } = project(line(), [by(ALICE, 4, 30, edit('third')), by(ALICE, 3, 30, edit('second')), by(ALICE, 5, 20, edit('first'))])
    assert.deepEqual({ text, mentions, isEdited }, { text: 'third', mentions: [], isEdited: true })
    assert.equal(project(line(), [by(BOB, 4, 30, edit('forged'))]).text, 'hello')
    assert.equal(project(line({ type: 'custom', kind: 'k', body: new Uint8Array(0), fallback: 'e4' }), [by(ALICE, 4, 30, edit('e5'))]).text, 'e4', 'texts only')
  })

  it('is nothing once its author deleted it, whatever else comes', () => {
    const gone = project(line(), [by(ALICE, 2, 20, DELETE), by(ALICE, 3, 30, edit('back')), by(BOB, 4, 40, reaction('👍'))])
    assert.deepEqual(gone, { text: '', mentions: [], replyTo: undefined, reactions: [], isEdited: false, isDeleted: true, custom: undefined })
    assert.equal(project(line(), [by(BOB, 2, 20, DELETE)]).isDeleted, false)
  })

  it('has one reaction of a user and emoji, which can be taken back and made again', () => {
    const said = [by(BOB, 2, 20, reaction('👍')), by(ALICE, 3, 21, reaction('👍')), by(BOB, 4, 22, reaction('❤️')), by(BOB, 5, 23, reaction('👍', true))]
    assert.deepEqual(project(line(), said).reactions, [{ emoji: '👍', from: [ALICE] }, { emoji: '❤️', from: [BOB] }])
    assert.deepEqual(project(line(), [...said, by(BOB, 6, 24, reaction('👍'))]).reactions, [{ emoji: '👍', from: [ALICE, BOB] }, { emoji: '❤️', from: [BOB] }])
  })

  it('comes to the same in any order and however often anything arrives', () => {
    const content = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c').map(edit) },
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom('👍', '❤️'), fc.boolean()).map(([emoji, isRemoved]) => reaction(emoji, isRemoved)) },
      { weight: 1, arbitrary: fc.constant(DELETE) }
    )
    const said = fc.uniqueArray(plain({ from: fc.constantFrom(ALICE, BOB), number: fc.integer({ min: 2, max: 200 }), stamp: fc.integer({ min: 1, max: 5 }), content }), { selector: ({ number }) => number, maxLength: 12 })
      .map(amendments => amendments.map(({ from, number, stamp, content }) => by(from, number, stamp, content)))
    const arrivals = said.chain(amendments => fc.tuple(fc.constant(amendments), fc.shuffledSubarray([...amendments, ...amendments], { minLength: 0 })))
    fc.assert(fc.property(arrivals, ([amendments, again]) => {
      const late = [...again, ...amendments]
      const early = [...amendments, ...again].reverse()
      assert.deepEqual(project(line(), late), project(line(), amendments))
      assert.deepEqual(project(line(), early), project(line(), amendments))
    }), { numRuns: 1000 })
  })
})

function common (from: RootKey, number: number, stamp: number): Omit<LineMessage, 'content'> {
  return { id: id(number), from, device: 'c'.repeat(64) as PeerKey, conversation: BOB, sentAt: stamp, stamp, parents: [] }
}

function id (number: number): MessageId {
  return number.toString(16).padStart(32, '0') as MessageId
}
