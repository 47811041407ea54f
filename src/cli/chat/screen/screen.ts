/**
 * The chat on a screen: what happens and what is pressed, in; what is to be done, out. It knows several conversations, one of
 * which is open. No clock, no terminal, no library in here: the picture (picture.ts) is made of the state, and the session
 * (session.ts) does what the effects ask for.
 */
import { CLI_DEFAULTS } from '../../defaults.ts'
import { Names } from '../../naming.ts'
import { reached } from '../../states.ts'
import { EMPTY, draftOf, insert } from './draft.core.ts'
import { frameOf, layoutOf } from './frame.ts'
import { moved } from './layout.ts'
import { onKey } from './pressing.ts'
import { Timeline } from './timeline.ts'
import type { ConversationEntry, ConversationLine, Happening } from '../../agent/calls.ts'
import type { Millis } from '../../../types.ts'
import type { ChatEffect, ChatEvent, ChatHands, ChatState, Conversation, Notice } from './state.ts'

const SECOND = 1000

/** How long what happens stays on the screen, and that somebody is writing without saying so again. */
const NOTICE_MS = 10 * SECOND
const TYPING_SHOWN_MS = 7 * SECOND
/** Between two words that one is writing. */
const TYPING_EVERY_MS = 4 * SECOND
/** Own messages whose way is remembered: far more than are under way. */
const PASSAGES_MAX = 1000
/** When the page is nearer to the first line at hand than this, older ones are loaded. */
const LOAD_AHEAD_LINES = 10

export class ChatCore implements ChatHands {
  readonly state: ChatState
  #typingSaidAt: Millis = 0

  /** user: whose conversation is open in the beginning. */
  constructor ({ self, user, columns, rows }: { self: string, user: string, columns: number, rows: number }) {
    const open = conversationOf(user)
    this.state = { self, names: new Names(), columns, rows, isFocused: true, conversations: [open], open, mode: { name: 'write' }, notice: undefined, passages: new Map(), connection: undefined }
  }

  handle (event: ChatEvent, now: Millis): ChatEffect[] {
    const { state } = this
    switch (event.type) {
      case 'key': return onKey(this, event.key, now)
      case 'paste': return this.type(event.text, now)
      case 'resize': return this.#resize(event)
      case 'focus': state.isFocused = event.isFocused; return []
      case 'tick': return this.#tick(now)
      case 'happening': return this.#onHappening(event.happening, now)
      case 'conversations': return this.#onConversations(event.entries)
      case 'contacts': state.names.replace(event.entries); return []
      case 'page': return this.#onPage(event)
      case 'line': return this.#onLine(event.line, { isNew: false, now })
      case 'sent': return this.#onSent(event.line)
      case 'safetyCode':
        if (state.mode.name === 'panel' && state.mode.panel.type === 'code' && state.mode.panel.userId === event.user) {
          state.mode = { name: 'panel', panel: { type: 'code', userId: event.user, code: event.code } }
        }
        return []
      case 'shown': return this.#onShown(event.user, event.ids)
      case 'failed': return this.#onFailed(event, now)
    }
  }

  say (text: string, style: Notice['style'], now: Millis): void {
    this.state.notice = { text, style, until: now + NOTICE_MS }
  }

  /** Into the text of the open conversation. */
  type (text: string, now: Millis): ChatEffect[] {
    const { open, mode } = this.state
    if (mode.name === 'switch') this.state.mode = { ...mode, filter: mode.filter + text.replaceAll('\n', ''), at: 0 }
    if (mode.name !== 'write') return []
    open.draft = insert(open.draft, text, CLI_DEFAULTS.textBytes)
    const isCommand = open.draft.text.startsWith('/')
    if (isCommand || open.editing !== undefined || now - this.#typingSaidAt < TYPING_EVERY_MS) return []
    this.#typingSaidAt = now
    return [{ type: 'typing', user: open.userId }]
  }

  /** What was sent ends the writing: the next key says it anew. */
  sendTyped (text: string): ChatEffect[] {
    const { open } = this.state
    const { answering, editing } = open
    this.#typingSaidAt = 0
    Object.assign(open, { draft: EMPTY, answering: undefined, editing: undefined, anchor: undefined, firstUnread: undefined })
    if (editing !== undefined) return [{ type: 'edit', user: open.userId, id: editing, text }]
    return [{ type: 'send', user: open.userId, text, replyTo: answering }, ...this.#toTheEnd()]
  }

  /** Goes to this user's conversation, a new one if need be. */
  open (userId: string): ChatEffect[] {
    const { state } = this
    state.mode = { name: 'write' }
    if (state.open.userId === userId) return []
    Object.assign(state.open, { firstUnread: undefined, anchor: undefined })
    let conversation = state.conversations.find(known => known.userId === userId)
    if (conversation === undefined) {
      conversation = conversationOf(userId)
      state.conversations = [...state.conversations, conversation]
    }
    state.open = conversation
    conversation.firstUnread = this.#firstUnreadOf(conversation)
    return this.load(conversation, 'newest')
  }

  /** By so many rows, downwards when positive. */
  scroll (rows: number, now: Millis): ChatEffect[] {
    const { state } = this
    const { open } = state
    open.anchor = moved(layoutOf(state, now), frameOf(state).pageRows, rows)
    if (open.anchor === undefined) return open.timeline.hasNewer ? this.load(open, 'newer') : []
    const isNearTop = open.timeline.indexOf(open.anchor.id) < frameOf(state).pageRows + LOAD_AHEAD_LINES
    return rows < 0 && isNearTop && open.timeline.hasOlder ? this.load(open, 'older') : []
  }

  /** One page at a time. */
  load (conversation: Conversation, side: 'older' | 'newer' | 'newest'): ChatEffect[] {
    if (conversation.loading !== undefined && !(side === 'newest' && conversation.loading !== 'newest')) return []
    conversation.loading = side
    const edge = side === 'older' ? conversation.timeline.lines[0] : conversation.timeline.lines.at(-1)
    return [{ type: 'load', user: conversation.userId, side, ...side !== 'newest' && edge !== undefined && { id: edge.id } }]
  }

  #toTheEnd (): ChatEffect[] {
    return this.state.open.timeline.hasNewer ? this.load(this.state.open, 'newest') : []
  }

  #resize ({ columns, rows }: { columns: number, rows: number }): ChatEffect[] {
    Object.assign(this.state, { columns, rows })
    return []
  }

  #tick (now: Millis): ChatEffect[] {
    const { state } = this
    if (state.notice !== undefined && state.notice.until <= now) state.notice = undefined
    return []
  }

  #onHappening (happening: Happening, now: Millis): ChatEffect[] {
    const { state } = this
    switch (happening.type) {
      case 'look': return [{ type: 'conversations' }, ...this.load(state.open, 'newest')]
      case 'line': return this.#onLine(happening.line, { isNew: happening.isNew, now })
      case 'disappeared': {
        const conversation = this.#find(happening.conversation)
        conversation?.timeline.remove(happening.id)
        if (conversation?.last?.id === happening.id) conversation.last = undefined
        if (state.mode.name === 'choose' && state.mode.id === happening.id) state.mode = { name: 'write' }
        return []
      }
      case 'state': return this.#onState(happening, now)
      case 'presence': {
        const conversation = this.#find(happening.user)
        if (conversation !== undefined) conversation.presence = happening.state
        return []
      }
      case 'typing': {
        const conversation = this.#find(happening.conversation)
        // Whoever writes is there: a beat that says so may come half a minute later.
        if (conversation !== undefined && happening.from !== state.self) Object.assign(conversation, { typingUntil: now + TYPING_SHOWN_MS, presence: 'online' })
        return []
      }
      case 'connection': state.connection = happening; return []
      case 'devices': this.say(`You have ${happening.devices.length === 1 ? 'one device' : `${happening.devices.length} devices`} now.`, 'plain', now); return []
      case 'transfer': this.say(`History moves: ${happening.done} of ${happening.total}.`, 'plain', now); return []
      case 'contact': state.names.set(happening.user, happening.name); return []
      case 'warning': this.say(happening.text, 'yellow', now); return []
    }
  }

  #onLine (line: ConversationLine, { isNew, now }: { isNew: boolean, now: Millis }): ChatEffect[] {
    const { state } = this
    const conversation = this.#find(line.conversation)
    // The first word of somebody new, or a timer, is for the list to tell of.
    if (conversation === undefined) return [{ type: 'conversations' }, { type: 'bell' }]
    const isHere = conversation === state.open
    if (conversation.timeline.lines.length > 0 || isHere) conversation.timeline.put(line)
    if (conversation.last === undefined || line.stamp >= conversation.last.stamp) conversation.last = line
    if (!isNew) return line.kind === 'timer' ? [{ type: 'conversations' }] : []
    if (line.from !== state.self) conversation.typingUntil = now
    state.conversations = [conversation, ...state.conversations.filter(other => other !== conversation)]
    const bell: ChatEffect[] = line.from !== state.self && (!isHere || !state.isFocused) ? [{ type: 'bell' }] : []
    if (!line.isRead && line.from !== state.self) conversation.unread++
    return line.kind === 'timer' ? [{ type: 'conversations' }, ...bell] : bell
  }

  #onSent (line: ConversationLine): ChatEffect[] {
    const conversation = this.#find(line.conversation)
    if (conversation === undefined) return []
    conversation.timeline.put(line)
    conversation.last = line
    this.state.conversations = [conversation, ...this.state.conversations.filter(other => other !== conversation)]
    return []
  }

  #onState ({ conversation: userId, id, state, copies, w, problem }: Extract<Happening, { type: 'state' }>, now: Millis): ChatEffect[] {
    const { passages } = this.state
    const earlier = passages.get(id)
    passages.delete(id)
    passages.set(id, { state, copies, w, problem })
    const [oldest] = passages.keys()
    if (passages.size > PASSAGES_MAX && oldest !== undefined) passages.delete(oldest)
    if (problem !== undefined && problem !== earlier?.problem && !reached(state, 'stored')) this.say(problem, 'yellow', now)
    const conversation = this.#find(userId)
    const line = conversation?.timeline.find(id)
    if (line !== undefined) conversation?.timeline.put({ ...line, state })
    return line === undefined && conversation === this.state.open && !conversation.timeline.hasNewer ? [{ type: 'look', user: userId, id }] : []
  }

  #onConversations (entries: ConversationEntry[]): ChatEffect[] {
    const { state } = this
    const known = new Map(state.conversations.map(conversation => [conversation.userId, conversation]))
    const listed = entries.map(({ userId, unread, last, expiresAfterSeconds }) => Object.assign(known.get(userId) ?? conversationOf(userId), { unread, last, expiresAfterSeconds }))
    const rest = state.conversations.filter(conversation => !listed.includes(conversation))
    state.conversations = [...listed, ...rest]
    return []
  }

  #onPage ({ user, side, lines, isEnd }: Extract<ChatEvent, { type: 'page' }>): ChatEffect[] {
    const conversation = this.#find(user)
    if (conversation?.loading !== side) return []
    conversation.loading = undefined
    const { timeline } = conversation
    const isFirst = timeline.lines.length === 0
    if (side === 'newest') timeline.putNewest(lines, isEnd)
    else if (side === 'older') timeline.putOlder(lines, isEnd)
    else timeline.putNewer(lines, isEnd)
    if (isFirst) conversation.firstUnread = this.#firstUnreadOf(conversation)
    return []
  }

  #firstUnreadOf ({ timeline }: Conversation): string | undefined {
    return timeline.lines.find(line => !line.isRead && line.from !== this.state.self)?.id
  }

  #onShown (user: string, ids: string[]): ChatEffect[] {
    const conversation = this.#find(user)
    if (conversation === undefined || !this.state.isFocused) return []
    const unread = ids.filter(id => {
      const line = conversation.timeline.find(id)
      return line !== undefined && !line.isRead && line.from !== this.state.self
    })
    for (const id of unread) {
      const line = conversation.timeline.find(id)
      if (line !== undefined) conversation.timeline.put({ ...line, isRead: true })
    }
    conversation.unread = Math.max(0, conversation.unread - unread.length)
    return unread.length === 0 ? [] : [{ type: 'read', user, ids: unread }]
  }

  #onFailed ({ text, draft, loading }: Extract<ChatEvent, { type: 'failed' }>, now: Millis): ChatEffect[] {
    this.say(text, 'red', now)
    const conversation = draft === undefined ? undefined : this.#find(draft.user)
    // What was typed since is not overwritten.
    if (draft !== undefined && conversation?.draft.text === '') conversation.draft = draftOf(draft.text)
    const loader = loading === undefined ? undefined : this.#find(loading)
    if (loader !== undefined) loader.loading = undefined
    return []
  }

  #find (userId: string): Conversation | undefined {
    return this.state.conversations.find(conversation => conversation.userId === userId)
  }
}

function conversationOf (userId: string): Conversation {
  return {
    userId,
    unread: 0,
    expiresAfterSeconds: 0,
    last: undefined,
    presence: 'unknown',
    typingUntil: 0,
    timeline: new Timeline(),
    loading: undefined,
    draft: EMPTY,
    anchor: undefined,
    answering: undefined,
    editing: undefined,
    firstUnread: undefined
  }
}
