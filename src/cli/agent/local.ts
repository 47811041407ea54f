/** The agent of the process that has the store open: calls become what the library does. */
import { receiptToJson, type ChatMessage, type Client, type ClientEvents, type MessageId, type SentMessage } from '../../client/index.ts'
import { IdentityError } from '../../errors.ts'
import { isNamed } from '../failures.ts'
import { Signpost } from './signpost.ts'
import type { Agent, AgentCallOptions, AgentMethod, ConversationLine, Event, MessageProgress, Params, Result } from './calls.ts'

interface Performance<M extends AgentMethod> {
  signal: AbortSignal
  emit: (event: Event<M>) => Promise<void>
}
type Performers = { [M in AgentMethod]: (client: Client, params: Params<M>, performance: Performance<M>) => Promise<Result<M>> }

/** A call that ends because of its signal throws the signal's reason; one that has done its work returns the result. */
const PERFORMERS: Performers = {
  whoami: async client => ({ userId: client.userId }),
  status: async client => {
    const { userId, nodes, connected, queued } = client.status()
    return { userId, nodes, connected, queued, pid: process.pid }
  },
  route: async (client, { user, fresh }, { signal }) => await client.route(user, { fresh, signal }),
  send: async (client, { user, text }) => ({ id: (await (await client.chat(user)).send(text)).id }),
  until,
  messages,
  history: async (client, { user, lines }) => ({ lines: (await (await client.chat(user)).history({ limit: lines })).map(lineOf) }),
  markRead: async (client, { user, ids }) => {
    await (await client.chat(user)).markRead(ids as MessageId[])
    return {}
  },
  settle: async (client, { timeoutMs }, { signal }) => await settle(client, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), signal),
  watch
}

export class LocalAgent implements Agent {
  readonly #client: Client

  constructor (client: Client) {
    this.#client = client
  }

  async call<M extends AgentMethod> (method: M, params: Params<M>, { signal, onEvent }: AgentCallOptions<M> = {}): Promise<Result<M>> {
    // `user show` needs no network; whoever attaches to it in that moment does.
    if (method !== 'whoami') await this.#client.start()
    return await PERFORMERS[method](this.#client, params, {
      signal: signal ?? new AbortController().signal,
      emit: async event => { await onEvent?.(event) }
    })
  }

  async close (): Promise<void> {
    await this.#client.stop()
  }
}

async function until (client: Client, { id, state, timeoutMs }: Params<'until'>, { signal, emit }: Performance<'until'>): Promise<MessageProgress> {
  const sent = await client.sent(id as MessageId)
  if (sent === undefined) throw new IdentityError(`there is no message ${id} of yours`)
  // One step a state, in order: what waits for a slow listener is bounded by the number of states.
  const steps = new Map([[sent.state, progressOf(sent)]])
  const news = new Signpost()
  const onState = ({ detail }: ClientEvents['state']): void => {
    if (detail.id !== id) return
    steps.set(detail.state, { ...progressOf(sent), state: detail.state })
    news.point()
  }
  client.addEventListener('state', onState)
  const ended = new AbortController()
  const telling = tell(steps, news, { signal: AbortSignal.any([signal, ended.signal]), emit })
  // A listener that went away ends the wait; the reason comes with the await below.
  telling.catch(() => { ended.abort() })
  try {
    await sent.until(state, { signal: AbortSignal.any([signal, ended.signal, AbortSignal.timeout(timeoutMs)]) })
    return progressOf(sent)
  } catch (error) {
    signal.throwIfAborted()
    if (isNamed(error, 'ConnectionLostError') || isNamed(error, 'StoreFailedError')) throw error
    return progressOf(sent)
  } finally {
    client.removeEventListener('state', onState)
    ended.abort()
    await telling
  }
}

async function tell (steps: Map<string, MessageProgress>, news: Signpost, { signal, emit }: Performance<'until'>): Promise<void> {
  const emitAll = async (): Promise<void> => {
    for (const [state, progress] of steps) {
      steps.delete(state)
      await emit(progress)
    }
  }
  do await emitAll()
  while (await news.pointed(signal))
  await emitAll()
}

async function messages (client: Client, { since, follow, timeoutMs }: Params<'messages'>, { signal, emit }: Performance<'messages'>): Promise<Result<'messages'>> {
  const arrivals = new Signpost()
  const onMessage = (): void => { arrivals.point() }
  client.addEventListener('message', onMessage)
  let last = since as MessageId | undefined
  const emitNext = async (): Promise<void> => {
    for await (const message of client.messages(last === undefined ? {} : { since: last })) {
      signal.throwIfAborted()
      last = message.id
      if (message.from !== client.userId) await emit(lineOf(message))
    }
  }
  try {
    await emitNext()
    if (!follow) return await settleWhile(client, { timeoutMs, signal, arrivals, onArrival: emitNext })
    while (await arrivals.pointed(signal)) await emitNext()
    signal.throwIfAborted()
    return { settled: true }
  } finally {
    client.removeEventListener('message', onMessage)
  }
}

/** Large mailboxes take their time: only when nothing has arrived for `timeoutMs` are they given up. */
async function settleWhile (client: Client, { timeoutMs, signal, arrivals, onArrival }: {
  timeoutMs: number
  signal: AbortSignal
  arrivals: Signpost
  onArrival: () => Promise<void>
}): Promise<Result<'settle'>> {
  const [stalled, ended] = [new AbortController(), new AbortController()]
  const timer = setTimeout(() => { stalled.abort() }, timeoutMs)
  const showing = (async () => {
    while (await arrivals.pointed(AbortSignal.any([signal, ended.signal]))) {
      timer.refresh()
      await onArrival()
    }
  })()
  // A reader that went away ends the wait; the reason comes with the await below.
  showing.catch(() => { stalled.abort() })
  try {
    return await settle(client, AbortSignal.any([signal, stalled.signal]), signal)
  } finally {
    clearTimeout(timer)
    ended.abort()
    await showing
    await onArrival()
  }
}

/** signal: the caller's own, whose end is no answer. */
async function settle (client: Client, patience: AbortSignal, signal: AbortSignal): Promise<Result<'settle'>> {
  try {
    await client.settled({ signal: patience })
    return { settled: true }
  } catch (error) {
    signal.throwIfAborted()
    if (!isNamed(error, 'TimedOutError') && !isNamed(error, 'UnreachableError')) throw error
    return { settled: false, problem: error.message }
  }
}

async function watch (client: Client, { user }: Params<'watch'>, { signal, emit }: Performance<'watch'>): Promise<Result<'watch'>> {
  // Only the newest of each message counts, so what waits is bounded by the messages under way.
  const waiting = new Map<string, Event<'watch'>>()
  const news = new Signpost()
  const put = (key: string, event: Event<'watch'>): void => {
    waiting.set(key, event)
    news.point()
  }
  const onState = ({ detail: { id, to, state, problem } }: ClientEvents['state']): void => {
    if (to === user) put(id, { type: 'state', id, state, ...problem !== undefined && { problem } })
  }
  const onPresence = ({ detail: { userId, state } }: ClientEvents['presence']): void => {
    if (userId === user) put('presence', { type: 'presence', state })
  }
  client.addEventListener('state', onState)
  client.addEventListener('presence', onPresence)
  try {
    while (await news.pointed(signal)) {
      for (const [key, event] of waiting) {
        waiting.delete(key)
        await emit(event)
      }
    }
    signal.throwIfAborted()
    return {}
  } finally {
    client.removeEventListener('state', onState)
    client.removeEventListener('presence', onPresence)
  }
}

function lineOf ({ id, from, conversation, text, sentAt, parents, state }: ChatMessage): ConversationLine & { state?: MessageProgress['state'] } {
  return { id, from, conversation, text, sentAt, parents, ...state !== undefined && { state } }
}

function progressOf ({ id, state, copies, w, receipts, problem }: SentMessage): MessageProgress {
  return { id, state, copies, w, receipts: receipts.map(receiptToJson), ...problem !== undefined && { problem } }
}
