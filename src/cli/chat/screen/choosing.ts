/** What each key does while a message is chosen: answer it, react to it, change it, delete it, ask about it. */
import { eraseLeft, draftOf } from './draft.core.ts'
import { frameOf, layoutOf } from './frame.ts'
import { revealing } from './layout.ts'
import { calendarDate, clockTime } from '../../output.ts'
import type { ConversationLine } from '../../agent/calls.ts'
import type { Millis } from '../../../types.ts'
import type { Key } from './keys.ts'
import type { ChatEffect, ChatHands, Mode } from './state.ts'

/** What a digit reacts with while a message is chosen. */
export const QUICK_REACTIONS = Object.freeze(['👍', '❤️', '😂', '😮', '😢', '🙏'])
/** An emoji can be long (families, flags), a word is none. */
const EMOJI_CHARACTERS_MAX = 32

/** When the chosen message is nearer to the first one at hand than this, older ones are loaded. */
const LOAD_AHEAD_LINES = 10

export function onChooseKey (core: ChatHands, key: Key, mode: Extract<Mode, { name: 'choose' }>, now: Millis): ChatEffect[] {
  const { state, state: { open } } = core
  const line = open.timeline.find(mode.id)
  if (line === undefined || key.name === 'escape') {
    state.mode = mode.emoji === undefined || line === undefined ? { name: 'write' } : { ...mode, emoji: undefined }
    return []
  }
  if (mode.emoji !== undefined) return onEmojiKey(core, key, { ...mode, emoji: mode.emoji }, line)
  if (key.name === 'up') return choose(core, -1, mode.id, now)
  if (key.name === 'down') return choose(core, 1, mode.id, now)
  if (key.name === 'pageup' || key.name === 'pagedown') return core.scroll((frameOf(state).pageRows - 1) * (key.name === 'pageup' ? -1 : 1), now)
  if (key.name === 'enter') return answer(core, line)
  return key.name === 'text' ? act(core, key.text, line, { isSure: mode.isSure, now }) : []
}

function choose (core: ChatHands, step: number, id: string, now: Millis): ChatEffect[] {
  const { state, state: { open } } = core
  const at = open.timeline.indexOf(id) + step
  const next = open.timeline.lines[at]
  if (next === undefined) {
    if (step > 0 && !open.timeline.hasNewer) state.mode = { name: 'write' }
    return step < 0 && open.timeline.hasOlder ? core.load(open, 'older') : []
  }
  state.mode = { name: 'choose', id: next.id, isSure: false, emoji: undefined }
  open.anchor = revealing(layoutOf(state, now), frameOf(state).pageRows, next.id)
  return at < LOAD_AHEAD_LINES && step < 0 && open.timeline.hasOlder ? core.load(open, 'older') : []
}

/** With the message that is chosen. */
function act (core: ChatHands, text: string, line: ConversationLine, { isSure, now }: { isSure: boolean, now: Millis }): ChatEffect[] {
  const { state } = core
  const emoji = QUICK_REACTIONS[Number(text) - 1]
  if (emoji !== undefined) return react(core, line, emoji)
  switch (text) {
    case 'r': return answer(core, line)
    case '+': state.mode = { name: 'choose', id: line.id, isSure: false, emoji: '' }; return []
    case 'e': return change(core, line, now)
    case 'd': return remove(core, line, { isSure, now })
    case 'i': core.say(detailsOf(line, core), 'plain', now); return []
    default: return []
  }
}

function answer ({ state }: ChatHands, { id, isDeleted }: ConversationLine): ChatEffect[] {
  state.mode = { name: 'write' }
  if (!isDeleted) Object.assign(state.open, { answering: id, editing: undefined })
  return []
}

function change (core: ChatHands, line: ConversationLine, now: Millis): ChatEffect[] {
  const { state } = core
  if (line.from !== state.self || line.kind !== 'text' || line.isDeleted) {
    core.say('Only your own texts can be changed.', 'yellow', now)
    return []
  }
  state.mode = { name: 'write' }
  Object.assign(state.open, { editing: line.id, answering: undefined, draft: draftOf(line.text) })
  return []
}

function remove (core: ChatHands, line: ConversationLine, { isSure, now }: { isSure: boolean, now: Millis }): ChatEffect[] {
  const { state } = core
  if (line.from !== state.self || line.isDeleted) {
    core.say('Only your own messages can be deleted.', 'yellow', now)
    return []
  }
  if (!isSure) {
    state.mode = { name: 'choose', id: line.id, isSure: true, emoji: undefined }
    core.say('Press d again to delete it for everybody.', 'yellow', now)
    return []
  }
  state.mode = { name: 'write' }
  state.notice = undefined
  return [{ type: 'delete', user: line.conversation, id: line.id }]
}

/** Once more takes it back. */
function react ({ state }: ChatHands, { conversation, id, reactions }: ConversationLine, emoji: string): ChatEffect[] {
  state.mode = { name: 'write' }
  const isThere = reactions.some(reaction => reaction.emoji === emoji && reaction.from.includes(state.self))
  return [{ type: 'react', user: conversation, id, emoji, remove: isThere }]
}

function onEmojiKey (core: ChatHands, key: Key, mode: Extract<Mode, { name: 'choose' }> & { emoji: string }, line: ConversationLine): ChatEffect[] {
  const { state } = core
  if (key.name === 'enter') return mode.emoji.trim() === '' ? [] : react(core, line, mode.emoji.trim())
  if (key.name === 'backspace') state.mode = { ...mode, emoji: eraseLeft(draftOf(mode.emoji)).text }
  if (key.name === 'text') state.mode = { ...mode, emoji: (mode.emoji + key.text).slice(0, EMOJI_CHARACTERS_MAX) }
  return []
}

/** What there is to know of a message: of an own one, how far it is and on what evidence. */
function detailsOf (line: ConversationLine, { state: { passages } }: ChatHands): string {
  const when = `written ${calendarDate(line.sentAt)} ${clockTime(line.sentAt)}, id ${line.id}`
  if (line.state === undefined) return when
  const passage = passages.get(line.id)
  const copies = passage === undefined || passage.w === 0 ? '' : `, signed for by ${passage.copies} of ${passage.w} nodes`
  const why = passage?.problem === undefined ? '' : ` (${passage.problem})`
  return `${line.state}${copies}${why}, ${when}`
}
