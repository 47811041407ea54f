/**
 * A conversation as it happens. In a terminal, what comes in appears above the line being typed, and the prompt says
 * how far the last own message is. On a pipe each line of the input is a message, and its end waits until all are stored.
 */
import { ReadMarks } from '../agent/read-marks.ts'
import { ConversationView } from '../conversation-view.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { CommandFailedError, sentence, sentenceOf } from '../failures.ts'
import { shortId, type Output } from '../output.ts'
import { reached } from '../states.ts'
import { Typing } from './typing.ts'
import type { Agent, ConversationLine, Event } from '../agent/calls.ts'
import type { Io } from '../io.ts'
import type { MessageState } from '../../types.ts'

export interface ChatInit { agent: Agent, user: string, io: Io, out: Output }

export class Chat {
  readonly #init: ChatInit
  readonly #view: ConversationView
  readonly #marks: ReadMarks
  readonly #typing: Typing
  /** Own messages of this run that are not stored yet. */
  readonly #waiting = new Set<string>()
  #newest: { id: string, state: MessageState } | undefined
  #problem: string | undefined
  #presence: string | undefined

  constructor (init: ChatInit) {
    this.#init = init
    this.#view = new ConversationView(init.out)
    this.#marks = new ReadMarks(init.agent)
    this.#typing = new Typing(init.io, init.out)
  }

  async run (): Promise<void> {
    const { agent, user, io, out } = this.#init
    this.#view.call((await agent.call('whoami', {})).userId, 'you')
    if (this.#typing.isTerminal) await out.line(out.paint('dim', `${user}, Ctrl-D leaves`))
    const last = await this.#showHistory()
    const ended = new AbortController()
    const signal = AbortSignal.any([io.stop, ended.signal])
    const follow = { follow: true, timeoutMs: CLI_DEFAULTS.settleTimeoutMs, ...last !== undefined && { since: last } }
    const listening = [
      agent.call('messages', follow, { signal, onEvent: async line => { await this.#onMessage(line) } }),
      agent.call('watch', { user }, { signal, onEvent: async event => { await this.#onEvent(event) } })
    ]
    try {
      await Promise.race([...listening, this.#write(signal)])
    } catch (error) {
      if (!io.stop.aborted) throw error
    } finally {
      ended.abort()
      this.#typing.close()
      await Promise.allSettled(listening)
      await this.#marks.sent()
    }
  }

  /** Returns the last message of the other side that was shown. */
  async #showHistory (): Promise<string | undefined> {
    const { agent, user, out } = this.#init
    const { lines } = await agent.call('history', { user, lines: CLI_DEFAULTS.chatHistoryLines })
    for (const line of lines) await (out.json ? out.object(line) : this.#view.line(line))
    for (const line of lines) if (line.from === user) this.#marks.add(line)
    return lines.findLast(({ from }) => from === user)?.id
  }

  async #write (signal: AbortSignal): Promise<void> {
    for await (const text of this.#typing.lines(signal)) if (text.trim() !== '') await this.#send(text)
    if (!this.#typing.isTerminal) await this.#allStored(signal)
  }

  async #send (text: string): Promise<void> {
    const { agent, user, out } = this.#init
    try {
      const { id } = await agent.call('send', { user, text })
      this.#waiting.add(id)
      this.#newest = { id, state: 'queued' }
      this.#problem = undefined
      if (out.json) await out.object({ event: 'state', id, state: 'queued' })
      else if (this.#typing.isTerminal) this.#typing.replaceTyped(text, this.#view.own(text, Date.now()))
      this.#typing.say(this.#newest.state)
    } catch (error) {
      // A message that cannot be taken is no reason to leave.
      await this.#typing.above(`${out.paint('red', sentenceOf(error))}\n`)
    }
  }

  async #onMessage (line: ConversationLine): Promise<void> {
    const { user, out } = this.#init
    if (line.conversation !== user) return
    if (out.json) await out.object(line)
    else await this.#typing.above(this.#view.text(line))
    this.#marks.add(line)
  }

  async #onEvent (event: Event<'watch'>): Promise<void> {
    if (event.type === 'state') await this.#onState(event)
    else if (event.state !== this.#presence) await this.#onPresence(event.state)
  }

  async #onState ({ id, state, problem }: Extract<Event<'watch'>, { type: 'state' }>): Promise<void> {
    const { out } = this.#init
    if (reached(state, 'stored')) this.#waiting.delete(id)
    if (out.json) await out.object({ event: 'state', id, state, ...problem !== undefined && { problem } })
    if (out.json || id !== this.#newest?.id) return
    this.#newest = { id, state }
    this.#typing.say(state)
    if (problem !== undefined && problem !== this.#problem) await this.#typing.above(`${out.paint('yellow', sentence(problem))}\n`)
    this.#problem = problem
  }

  async #onPresence (state: string): Promise<void> {
    const { out, user } = this.#init
    this.#presence = state
    if (out.json) await out.object({ event: 'presence', userId: user, state })
    else if (state !== 'unknown') await this.#typing.above(out.paint('dim', `       ${shortId(user)} is ${state}\n`))
  }

  /** Throws a sentence when some are not, after a while. */
  async #allStored (signal: AbortSignal): Promise<void> {
    const { agent } = this.#init
    const timeoutMs = CLI_DEFAULTS.sendTimeoutSeconds * 1000
    for (const id of this.#waiting) {
      const { state, problem } = await agent.call('until', { id, state: 'stored', timeoutMs }, { signal })
      if (!reached(state, 'stored')) throw new CommandFailedError(`${problem ?? 'not everything is stored yet'}; what is not stored stays queued: any running posthouse client goes on with it`)
    }
  }
}
