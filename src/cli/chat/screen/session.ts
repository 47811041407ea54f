/** The chat on a screen at work: the terminal's keys and the agent's news go into the core, and what it wants is done. */
import { CLI_DEFAULTS } from '../../defaults.ts'
import { sentenceOf } from '../../failures.ts'
import { ChatCore } from './screen.ts'
import { pictureOf } from './picture.ts'
import { Terminal } from './terminal.ts'
import type { Agent, ContactEntry, ConversationEntry, ConversationLine } from '../../agent/calls.ts'
import type { Io } from '../../io.ts'
import type { Output } from '../../output.ts'
import type { ChatEffect, ChatEvent } from './state.ts'

export interface ScreenChatInit {
  agent: Agent
  /** Whose conversation is open first. Undefined: the last used. */
  user: string
  io: Io
  out: Output
}

/** What is said goes away, and times go on, this often. */
const TICK_MS = 1000

export class ScreenChat {
  readonly #agent: Agent
  readonly #io: Io
  readonly #user: string
  readonly #terminal: Terminal
  readonly #left = new AbortController()
  /** Effects of one kind are performed in order: messages must not overtake each other. */
  #writing: Promise<void> = Promise.resolve()
  readonly #working = new Set<Promise<void>>()
  #core: ChatCore | undefined
  #isPaintDue = false

  constructor ({ agent, user, io, out }: ScreenChatInit) {
    this.#agent = agent
    this.#io = io
    this.#user = user
    this.#terminal = new Terminal(io, out, event => { this.#handle(event) })
  }

  /** Resolves when it is left. */
  async run (): Promise<void> {
    const signal = AbortSignal.any([this.#io.stop, this.#left.signal])
    const { userId: self } = await this.#agent.call('whoami', {})
    this.#core = new ChatCore({ self, user: this.#user, ...this.#terminal.size })
    const ticking = setInterval(() => { this.#handle({ type: 'tick' }) }, TICK_MS)
    this.#terminal.open()
    this.#paint()
    try {
      await this.#agent.call('watch', {}, { signal, onEvent: happening => { this.#handle({ type: 'happening', happening }) } })
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      clearInterval(ticking)
      this.#left.abort()
      this.#terminal.close()
      await Promise.all([...this.#working])
    }
  }

  #handle (event: ChatEvent): void {
    for (const effect of this.#core?.handle(event, Date.now()) ?? []) this.#perform(effect)
    this.#paintSoon()
  }

  /** Many events in one turn are one picture. */
  #paintSoon (): void {
    if (this.#isPaintDue) return
    this.#isPaintDue = true
    setImmediate(() => {
      this.#isPaintDue = false
      this.#paint()
    })
  }

  #paint (): void {
    const core = this.#core
    if (core === undefined || this.#left.signal.aborted) return
    const picture = pictureOf(core.state, Date.now())
    this.#terminal.paint(picture)
    if (core.state.mode.name === 'panel' || core.state.mode.name === 'switch') return
    const effects = core.handle({ type: 'shown', user: core.state.open.userId, ids: picture.shown }, Date.now())
    for (const effect of effects) this.#perform(effect)
    if (effects.length > 0) this.#paintSoon()
  }

  #perform (effect: ChatEffect): void {
    switch (effect.type) {
      case 'bell': this.#terminal.bell(); return
      case 'redraw': this.#terminal.forget(); return
      case 'leave': this.#left.abort(); return
      case 'send': case 'edit': case 'delete': case 'react': case 'timer': case 'name': case 'read':
        this.#writing = this.#tried(this.#writing.then(async () => { await this.#write(effect) }), effect)
        return
      default: void this.#tried(this.#ask(effect), effect)
    }
  }

  /** What fails is said, and is no reason to leave. */
  async #tried (work: Promise<void>, effect: ChatEffect): Promise<void> {
    const tried = work.catch((error: unknown) => {
      if (this.#left.signal.aborted) return
      this.#handle({
        type: 'failed',
        text: sentenceOf(error),
        ...effect.type === 'send' && { draft: { user: effect.user, text: effect.text } },
        ...effect.type === 'load' && { loading: effect.user }
      })
    })
    this.#working.add(tried)
    await tried
    this.#working.delete(tried)
  }

  async #write (effect: Extract<ChatEffect, { type: 'send' | 'edit' | 'delete' | 'react' | 'timer' | 'name' | 'read' }>): Promise<void> {
    const agent = this.#agent
    const { user } = effect
    switch (effect.type) {
      case 'send': {
        const { id } = await agent.call('send', { user, text: effect.text, ...effect.replyTo !== undefined && { replyTo: effect.replyTo } })
        await this.#look(user, id, 'sent')
        return
      }
      case 'edit': await agent.call('edit', { user, id: effect.id, text: effect.text }); break
      case 'delete': await agent.call('delete', { user, id: effect.id }); break
      case 'react': await agent.call('react', { user, id: effect.id, emoji: effect.emoji, remove: effect.remove }); break
      case 'timer': {
        await agent.call('timer', { user, seconds: effect.seconds })
        await this.#ask({ type: 'conversations' })
        await this.#ask({ type: 'load', user, side: 'newest' })
        return
      }
      case 'name': await agent.call('nameContact', { user, name: effect.name }); return
      case 'read': await agent.call('markRead', { user, ids: effect.ids }); return
    }
    await this.#look(user, effect.id, 'line')
  }

  async #ask (effect: Exclude<ChatEffect, { type: 'send' | 'edit' | 'delete' | 'react' | 'timer' | 'name' | 'read' | 'bell' | 'redraw' | 'leave' }>): Promise<void> {
    const agent = this.#agent
    switch (effect.type) {
      case 'load': await this.#load(effect); return
      case 'conversations': {
        const entries: ConversationEntry[] = []
        await agent.call('conversations', {}, { onEvent: entry => { entries.push(entry) } })
        this.#handle({ type: 'conversations', entries })
        const contacts: ContactEntry[] = []
        await agent.call('contacts', {}, { onEvent: contact => { contacts.push(contact) } })
        this.#handle({ type: 'contacts', entries: contacts })
        return
      }
      case 'typing': await agent.call('typing', { user: effect.user }); return
      case 'verify': {
        const { code } = await agent.call('safetyCode', { user: effect.user })
        this.#handle({ type: 'safetyCode', user: effect.user, code })
        return
      }
      case 'look': await this.#look(effect.user, effect.id, 'line')
    }
  }

  async #load ({ user, side, id }: Extract<ChatEffect, { type: 'load' }>): Promise<void> {
    const lines: ConversationLine[] = []
    const edge = id === undefined || side === 'newest' ? {} : side === 'older' ? { before: id } : { after: id }
    await this.#agent.call('history', { user, lines: CLI_DEFAULTS.chatPageLines, ...edge }, { onEvent: line => { lines.push(line) } })
    this.#handle({ type: 'page', user, side, lines, isEnd: lines.length < CLI_DEFAULTS.chatPageLines })
  }

  /** The line as it is now. */
  async #look (user: string, id: string, type: 'sent' | 'line'): Promise<void> {
    const { line } = await this.#agent.call('line', { user, id })
    if (line !== undefined) this.#handle({ type, line })
  }
}
