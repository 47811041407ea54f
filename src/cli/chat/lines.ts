/**
 * A conversation on a pipe, or where a screen would be in the way: each line of the input is a message, and its end waits
 * until all are stored. What comes in is written below.
 */
import { createInterface } from 'node:readline'
import { messageObject, type LineHappening } from '../agent/lines.ts'
import { ReadMarks } from '../agent/read-marks.ts'
import { Signpost } from '../agent/signpost.ts'
import { ConversationView } from '../conversation-view.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { Names } from '../naming.ts'
import { CommandFailedError, sentence, sentenceOf } from '../failures.ts'
import type { Output } from '../output.ts'
import { reached } from '../states.ts'
import type { Agent, ConversationLine, Happening } from '../agent/calls.ts'
import type { Io } from '../io.ts'
import type { MessageState } from '../../types.ts'

export interface LineChatInit { agent: Agent, user: string, io: Io, out: Output, err: Output }

/** In the place of what it looks like: it stands there already, as it was typed. */
const TYPED = ''

export class LineChat {
  readonly #init: LineChatInit
  readonly #names = new Names()
  readonly #view: ConversationView
  readonly #marks: ReadMarks
  /** Own messages of this run that are not stored yet. */
  readonly #waiting = new Set<string>()
  readonly #looks = new Signpost()
  /** The lines that were shown, as they looked then. */
  readonly #shown = new Map<string, string>()
  /** What was last told of own messages. */
  readonly #told = new Map<string, string>()
  readonly #history: Promise<void>
  readonly #begun: () => void
  #isShown = false
  #problem: string | undefined
  #presence: string | undefined

  constructor (init: LineChatInit) {
    this.#init = init
    this.#view = new ConversationView(init.out, this.#names)
    this.#marks = new ReadMarks(init.agent)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#history = promise
    this.#begun = resolve
  }

  async run (): Promise<void> {
    const { agent, io } = this.#init
    await this.#names.load(agent)
    this.#view.self = (await agent.call('whoami', {})).userId
    const ended = new AbortController()
    const signal = AbortSignal.any([io.stop, ended.signal])
    const working = [
      agent.call('watch', {}, { signal, onEvent: async event => { await this.#onHappening(event) } }),
      this.#lookOn(signal),
      this.#write(signal)
    ]
    try {
      await Promise.race(working)
    } catch (error) {
      if (!io.stop.aborted) throw error
    } finally {
      ended.abort()
      await Promise.allSettled(working)
      await this.#marks.sent()
    }
  }

  /** The watch says when there may be lines that it did not tell of. */
  async #lookOn (signal: AbortSignal): Promise<void> {
    const { agent, user } = this.#init
    try {
      while (await this.#looks.pointed(signal)) {
        if (this.#isShown) await this.#names.load(agent)
        const lines = this.#isShown ? CLI_DEFAULTS.chatPageLines : CLI_DEFAULTS.chatHistoryLines
        await agent.call('history', { user, lines }, { onEvent: async line => { await this.#show(line) } })
        this.#isShown = true
        this.#begun()
      }
      signal.throwIfAborted()
    } finally {
      this.#begun()
    }
  }

  async #show (line: ConversationLine): Promise<void> {
    const { user } = this.#init
    const face = JSON.stringify([line.text, line.isDeleted, line.reactions])
    const earlier = this.#shown.get(line.id)
    this.#remember(this.#shown, line.id, face)
    if (earlier === face || earlier === TYPED) return
    const event: LineHappening = earlier === undefined ? { type: 'message', line } : { type: 'changed', line }
    await this.#tell(event)
    if (line.from === user && !line.isRead) this.#marks.add(line)
  }

  async #tell (event: LineHappening): Promise<void> {
    const { out } = this.#init
    await (out.json ? out.object(messageObject(event, userId => this.#names.of(userId))) : out.write(this.#view.happening(event)))
  }

  async #write (signal: AbortSignal): Promise<void> {
    await this.#history
    if (signal.aborted) return
    const lines = createInterface({ input: this.#init.io.stdin, terminal: false })
    const close = (): void => { lines.close() }
    signal.addEventListener('abort', close, { once: true })
    for await (const text of lines) if (text.trim() !== '') await this.#send(text)
    signal.removeEventListener('abort', close)
    await this.#allStored(signal)
  }

  async #send (text: string): Promise<void> {
    const { agent, user, out } = this.#init
    try {
      const { id } = await agent.call('send', { user, text })
      this.#waiting.add(id)
      this.#remember(this.#shown, id, TYPED)
      this.#problem = undefined
      if (out.json) await this.#tellState({ event: 'state', id, state: 'queued' })
    } catch (error) {
      // A message that cannot be taken is no reason to leave.
      await this.#note('red', sentenceOf(error))
    }
  }

  #remember (faces: Map<string, string>, id: string, face: string): void {
    faces.delete(id)
    faces.set(id, face)
    const [oldest] = faces.keys()
    if (faces.size > CLI_DEFAULTS.happeningsMax && oldest !== undefined) faces.delete(oldest)
  }

  async #onHappening (event: Happening): Promise<void> {
    const { user } = this.#init
    if (event.type === 'look') this.#looks.point()
    else if (event.type === 'state') await this.#onState(event)
    else if (event.type === 'presence' && event.user === user && event.state !== this.#presence) await this.#onPresence(event.state)
    else if (event.type === 'line' && event.line.conversation === user) await this.#show(event.line)
    else if (event.type === 'disappeared' && event.conversation === user) await this.#tell(event)
    else if (event.type === 'contact') this.#names.set(event.user, event.name)
  }

  async #onState ({ id, state, copies, w, problem }: Extract<Happening, { type: 'state' }>): Promise<void> {
    const { out } = this.#init
    if (reached(state, 'stored')) this.#waiting.delete(id)
    if (out.json) await this.#tellState({ event: 'state', id, state, ...w > 0 && reached(state, 'accepted') && { copies: `${copies}/${w}` }, ...problem !== undefined && { problem } })
    if (problem !== undefined && problem !== this.#problem && this.#waiting.has(id)) await this.#note('yellow', sentence(problem))
    this.#problem = problem
  }

  /** Once: what is told again of a message may be what this chat has said already. */
  async #tellState (event: { event: 'state', id: string, state: MessageState, copies?: string, problem?: string }): Promise<void> {
    const text = JSON.stringify(event)
    if (this.#told.get(event.id) === text) return
    this.#remember(this.#told, event.id, text)
    await this.#init.out.object(event)
  }

  async #onPresence (state: string): Promise<void> {
    const { out, user } = this.#init
    this.#presence = state
    if (out.json) await out.object({ event: 'presence', userId: user, state })
    else if (state !== 'unknown') await this.#note('dim', `${this.#names.called(user)} is ${state}`)
  }

  async #note (style: 'red' | 'yellow' | 'dim', text: string): Promise<void> {
    const { out, err } = this.#init
    const to = out.json ? err : out
    await to.line(to.paint(style, out.json ? text : `       ${text}`))
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
