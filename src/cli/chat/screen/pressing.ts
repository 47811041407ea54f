/** What each key does: while one writes, while a chat is chosen, and over a panel; choosing.ts has it while a message is chosen. */
import * as drafts from './draft.core.ts'
import { onChooseKey } from './choosing.ts'
import { USER_ID, slashCommand, type SlashCommand } from './commands.core.ts'
import { frameOf, layoutOf } from './frame.ts'
import { pageOf } from './layout.ts'
import { foldName } from '../../../client/petnames.ts'
import { duration, shortId } from '../../output.ts'
import type { Names } from '../../naming.ts'
import type { Millis } from '../../../types.ts'
import type { Key, KeyName } from './keys.ts'
import type { ChatEffect, ChatHands, Conversation, Mode } from './state.ts'

const EDITS: Readonly<Partial<Record<KeyName, (draft: drafts.Draft) => drafts.Draft>>> = Object.freeze({
  left: drafts.left,
  right: drafts.right,
  wordleft: drafts.wordLeft,
  wordright: drafts.wordRight,
  home: drafts.home,
  end: drafts.end,
  backspace: drafts.eraseLeft,
  delete: drafts.eraseRight,
  eraseword: drafts.eraseWord,
  erasetohome: drafts.eraseToHome,
  erasetoend: drafts.eraseToEnd
})

export function onKey (core: ChatHands, key: Key, now: Millis): ChatEffect[] {
  const { state } = core
  if (key.name === 'interrupt') return state.open.draft.text === '' || state.mode.name !== 'write' ? [{ type: 'leave' }] : clear(core)
  if (key.name === 'redraw') return [{ type: 'redraw' }]
  switch (state.mode.name) {
    case 'panel': return closePanel(core)
    case 'switch': return onSwitchKey(core, key, state.mode, now)
    case 'choose': return onChooseKey(core, key, state.mode, now)
    case 'write': return onWriteKey(core, key, now)
  }
}

function onWriteKey (core: ChatHands, key: Key, now: Millis): ChatEffect[] {
  const { open } = core.state
  if (key.name === 'text') return core.type(key.text, now)
  const edit = EDITS[key.name]
  if (edit !== undefined && !(open.draft.text === '' && (key.name === 'home' || key.name === 'end'))) {
    open.draft = edit(open.draft)
    return []
  }
  switch (key.name) {
    case 'newline': return core.type('\n', now)
    case 'enter': return enter(core, now)
    case 'escape': return escape(core)
    case 'up': return upwards(core, now)
    case 'down': open.draft = drafts.down(open.draft) ?? open.draft; return []
    case 'pageup': return core.scroll(1 - frameOf(core.state).pageRows, now)
    case 'pagedown': return core.scroll(frameOf(core.state).pageRows - 1, now)
    case 'home': return core.scroll(-Number.MAX_SAFE_INTEGER, now)
    case 'end': return core.scroll(Number.MAX_SAFE_INTEGER, now)
    case 'next': return neighbour(core, 1)
    case 'previous': return neighbour(core, -1)
    case 'tab': return nextUnread(core, now)
    case 'switch': core.state.mode = { name: 'switch', filter: '', at: 0 }; return []
    case 'help': core.state.mode = { name: 'panel', panel: { type: 'help' } }; return []
    case 'leave': return open.draft.text === '' ? [{ type: 'leave' }] : []
    default: return []
  }
}

function enter (core: ChatHands, now: Millis): ChatEffect[] {
  const { open } = core.state
  const { text } = open.draft
  const command = open.editing === undefined ? slashCommand(text) : undefined
  if (command !== undefined) {
    open.draft = drafts.EMPTY
    return perform(core, command, now)
  }
  if (text.trim() === '') return []
  return core.sendTyped(text.startsWith('//') ? text.slice(1) : text)
}

function perform (core: ChatHands, command: SlashCommand, now: Millis): ChatEffect[] {
  const { state } = core
  const { userId, expiresAfterSeconds } = state.open
  switch (command.type) {
    case 'help': state.mode = { name: 'panel', panel: { type: 'help' } }; return []
    case 'leave': return [{ type: 'leave' }]
    case 'to': return goTo(core, command.user, now)
    case 'name': return giveName(core, command.name, now)
    case 'timer':
      if (command.seconds !== undefined) return [{ type: 'timer', user: userId, seconds: command.seconds }]
      core.say(expiresAfterSeconds === 0 ? 'Messages stay. /timer 1d makes them disappear a day after they were read.' : `Messages disappear ${duration(expiresAfterSeconds)} after they were read.`, 'plain', now)
      return []
    case 'verify':
      state.mode = { name: 'panel', panel: { type: 'code', userId, code: undefined } }
      return [{ type: 'verify', user: userId }]
    case 'wrong': core.say(command.sentence, 'yellow', now); return []
  }
}

function goTo (core: ChatHands, text: string, now: Millis): ChatEffect[] {
  if (USER_ID.test(text)) return core.open(text)
  try {
    return core.open(core.state.names.find(text))
  } catch (error) {
    core.say((error as Error).message, 'yellow', now)
    return []
  }
}

function giveName (core: ChatHands, name: string, now: Millis): ChatEffect[] {
  const { open: { userId }, names } = core.state
  if (name !== '' || names.of(userId) !== '') return [{ type: 'name', user: userId, name }]
  core.say('This chat has no name: /name Anna gives it one.', 'yellow', now)
  return []
}

/** Step by step: what is answered, where one is, what is said. */
function escape (core: ChatHands): ChatEffect[] {
  const { state, state: { open } } = core
  if (open.editing !== undefined) Object.assign(open, { editing: undefined, draft: drafts.EMPTY })
  else if (open.answering !== undefined) open.answering = undefined
  else if (open.anchor !== undefined) open.anchor = undefined
  else state.notice = undefined
  return open.anchor === undefined && open.timeline.hasNewer ? core.load(open, 'newest') : []
}

function clear (core: ChatHands): ChatEffect[] {
  Object.assign(core.state.open, { draft: drafts.EMPTY, editing: undefined })
  return []
}

/** To the line above of what is typed; from the first, to the messages. */
function upwards (core: ChatHands, now: Millis): ChatEffect[] {
  const { state, state: { open } } = core
  const above = drafts.up(open.draft)
  if (above !== undefined) {
    open.draft = above
    return []
  }
  if (open.draft.text !== '') return []
  const lowest = pageOf(layoutOf(state, now), frameOf(state).pageRows).at(-1)
  if (lowest !== undefined) state.mode = { name: 'choose', id: lowest.id, isSure: false, emoji: undefined }
  return []
}

function neighbour (core: ChatHands, step: number): ChatEffect[] {
  const { conversations, open } = core.state
  const at = conversations.indexOf(open)
  const next = conversations[(at + step + conversations.length) % conversations.length]
  return next === undefined ? [] : core.open(next.userId)
}

function nextUnread (core: ChatHands, now: Millis): ChatEffect[] {
  const { conversations, open } = core.state
  const unread = conversations.find(conversation => conversation !== open && conversation.unread > 0)
  if (unread !== undefined) return core.open(unread.userId)
  core.say('Nothing is unread elsewhere.', 'plain', now)
  return []
}

function onSwitchKey (core: ChatHands, key: Key, mode: Extract<Mode, { name: 'switch' }>, now: Millis): ChatEffect[] {
  const { state } = core
  const found = filtered(state.conversations, mode.filter, state.names)
  switch (key.name) {
    case 'escape': case 'switch': state.mode = { name: 'write' }; return []
    case 'up': case 'previous': case 'backtab': state.mode = { ...mode, at: Math.max(0, mode.at - 1) }; return []
    case 'down': case 'next': case 'tab': state.mode = { ...mode, at: Math.min(Math.max(0, found.length - 1), mode.at + 1) }; return []
    case 'backspace': state.mode = { ...mode, filter: drafts.eraseLeft(drafts.draftOf(mode.filter)).text, at: 0 }; return []
    case 'text': state.mode = { ...mode, filter: (mode.filter + key.text).slice(0, FILTER_CHARACTERS_MAX), at: 0 }; return []
    case 'enter': {
      const chosen = found[mode.at]?.userId
      return chosen === undefined ? goTo(core, mode.filter.trim(), now) : core.open(chosen)
    }
    default: return []
  }
}

const FILTER_CHARACTERS_MAX = 128

/** The chats whose name, user id or last words have this in them. */
export function filtered (conversations: readonly Conversation[], filter: string, names: Names): Conversation[] {
  const wanted = filter.trim().toLowerCase()
  const named = foldName(filter)
  return conversations.filter(({ userId, last }) => foldName(names.of(userId)).includes(named) || userId.toLowerCase().includes(wanted) || shortId(userId).toLowerCase().includes(wanted) || (last?.text.toLowerCase().includes(wanted) ?? false))
}

function closePanel ({ state }: ChatHands): ChatEffect[] {
  state.mode = { name: 'write' }
  return []
}
