/**
 * A conversation as it happens: what comes in appears above the line being typed, and the prompt says how far the
 * last own message is. On a pipe each line is a message, and the end of the input waits until all are stored.
 */
import { createInterface, type Interface } from 'node:readline'
import { ReadMarks } from '../agent/read-marks.ts'
import { ConversationView, STATE_MARKS } from '../conversation-view.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { sentenceOf } from '../failures.ts'
import { shortId, type Output } from '../output.ts'
import type { Agent, ConversationLine, Event } from '../agent/calls.ts'
import type { Io } from '../io.ts'
import type { MessageState } from '../../types.ts'

export interface ChatInit { agent: Agent, user: string, io: Io, out: Output }

/** After the end of a piped input, what was written gets this long to be stored. */
const STORE_TIMEOUT_MS = CLI_DEFAULTS.sendTimeoutSeconds * 1000

export class Chat {
  readonly #init: ChatInit
  readonly #view: ConversationView
  readonly #marks: ReadMarks
  /** Own messages of this run that are not stored yet, and the newest of all. */
  readonly #states = new Map<string, MessageState>()
  #newest: string | undefined
  #presence: string | undefined
  #lines: Interface | undefined

  constructor (init: ChatInit) {
    this.#init = init
    this.#view = new ConversationView(init.out, new Map([[init.user, shortId(init.user)]]))
    this.#marks = new ReadMarks(init.agent)
  }

  async run (): Promise<void> {
    const { agent, user, io } = this.#init
    const last = await this.#showHistory()
    const ended = new AbortController()
    const signal = AbortSignal.any([io.stop, ended.signal])
    const follow = { follow: true, timeoutMs: CLI_DEFAULTS.settleTimeoutMs, ...last !== undefined && { since: last } }
    const listening = [
      agent.call('messages', follow, { signal, onEvent: async line => { await this.#onMessage(line) } }),
      agent.call('watch', { user }, { signal, onEvent: async event => { await this.#onEvent(event) } })
    ]
    // Whoever fails first ends the chat; being ended is no failure.
    const failed = Promise.all(listening.map(async call => await call.catch((error: unknown) => { if (!signal.aborted) throw error })))
    try {
      await Promise.race([failed.then(async () => await new Promise<never>(() => {})), this.#readLines(signal)])
    } finally {
      ended.abort()
      this.#lines?.close()
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

  async #readLines (signal: AbortSignal): Promise<void> {
    const { io, out } = this.#init
    const terminal = out.isTerminal && io.stdin.isTTY === true && !out.json
    const lines = createInterface({ input: io.stdin, terminal, ...terminal && { output: out.stream } })
    this.#lines = lines
    signal.addEventListener('abort', () => { lines.close() }, { once: true })
    // readline takes Ctrl-C for itself in a terminal.
    lines.on('SIGINT', () => { lines.close() })
    if (terminal) this.#prompt()
    for await (const line of lines) {
      if (line.trim() !== '') await this.#send(line)
      if (terminal) this.#prompt()
    }
    if (terminal) await out.line()
    else if (!signal.aborted) await this.#allStored(signal)
  }

  async #send (text: string): Promise<void> {
    const { agent, user, out, io } = this.#init
    try {
      const { id } = await agent.call('send', { user, text }, { signal: io.stop })
      this.#newest = id
      if (!this.#states.has(id)) this.#states.set(id, 'queued')
      if (out.json) await out.object({ event: 'state', id, state: 'queued' })
    } catch (error) {
      // A message that cannot be sent is no reason to leave.
      await this.#above(`${this.#init.out.paint('red', sentenceOf(error))}\n`)
    }
  }

  async #onMessage (line: ConversationLine): Promise<void> {
    if (line.conversation !== this.#init.user) return
    if (this.#init.out.json) await this.#init.out.object(line)
    else await this.#above(this.#view.text(line))
    this.#marks.add(line)
  }

  async #onEvent (event: Event<'watch'>): Promise<void> {
    const { out, user } = this.#init
    if (event.type === 'state') {
      this.#states.set(event.id, event.state)
      if (out.json) await out.object({ event: 'state', id: event.id, state: event.state })
      else if (event.id === this.#newest) this.#refresh()
    } else if (event.state !== this.#presence) {
      this.#presence = event.state
      if (out.json) await out.object({ event: 'presence', userId: user, state: event.state })
      else await this.#above(out.paint('dim', `   ${shortId(user)} is ${event.state}\n`))
    }
  }

  async #allStored (signal: AbortSignal): Promise<void> {
    const { agent } = this.#init
    await Promise.all([...this.#states.keys()].map(async id => {
      await agent.call('until', { id, state: 'stored', timeoutMs: STORE_TIMEOUT_MS }, { signal })
    }))
  }

  /** Writes above the line that is being typed. */
  async #above (text: string): Promise<void> {
    const { out } = this.#init
    if (this.#lines?.terminal === true) out.stream.write('\r\u001b[J')
    await out.write(text)
    this.#refresh()
  }

  #refresh (): void {
    if (this.#lines?.terminal === true) this.#prompt(true)
  }

  #prompt (keepCursor = false): void {
    const { out } = this.#init
    const state = this.#newest === undefined ? undefined : this.#states.get(this.#newest)
    const mark = state === undefined ? '' : `${out.paint('dim', `${STATE_MARKS[state]} ${state}`)} `
    this.#lines?.setPrompt(`${mark}${out.paint('bold', '›')} `)
    this.#lines?.prompt(keepCursor)
  }
}
