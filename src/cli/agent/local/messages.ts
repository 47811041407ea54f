/** What others wrote, in the order of its arrival, and what becomes of it while somebody follows. */
import { isNamed } from '../../failures.ts'
import { CLI_DEFAULTS } from '../../defaults.ts'
import { Signpost } from '../signpost.ts'
import { findLine, lineOf } from './line-of.ts'
import type { Client, ClientEvents, MessageId } from '../../../client/index.ts'
import type { Params, Result } from '../calls.ts'
import type { Performance } from './performance.ts'

export async function messages (client: Client, { since, follow, timeoutMs }: Params<'messages'>, { signal, emit }: Performance<'messages'>): Promise<Result<'messages'>> {
  const arrivals = new Signpost()
  const changes = new Changes()
  const onMessage = (): void => { arrivals.point() }
  const onChanged = ({ detail: { conversation, id } }: ClientEvents['changed']): void => {
    changes.add(id, conversation)
    arrivals.point()
  }
  const onContact = ({ detail: { userId, name } }: ClientEvents['contact']): void => {
    changes.name(userId, name)
    arrivals.point()
  }
  client.addEventListener('message', onMessage)
  if (follow) {
    client.addEventListener('changed', onChanged)
    client.addEventListener('contact', onContact)
  }
  let last = since as MessageId | undefined
  const emitNext = async (): Promise<void> => {
    for (const [user, name] of changes.takeNames()) await emit({ type: 'contact', user, name })
    for await (const message of client.messages(last === undefined ? {} : { since: last })) {
      signal.throwIfAborted()
      last = message.id
      changes.drop(message.id)
      if (message.from !== client.userId) await emit({ type: 'message', line: changes.shown(lineOf(message)) })
    }
    for (const [id, conversation] of changes.take()) {
      const line = await findLine(client, conversation, id)
      if (line === undefined) await emit({ type: 'disappeared', conversation, id })
      else if (changes.isNews(line)) await emit({ type: 'changed', line })
    }
  }
  try {
    await emitNext()
    if (!follow) {
      const settled = await settleWhile(client, { timeoutMs, signal, arrivals, onArrival: emitNext })
      return { ...settled, unopened: client.status().unopened }
    }
    while (await arrivals.pointed(signal)) await emitNext()
    signal.throwIfAborted()
    return { settled: true, unopened: 0 }
  } finally {
    client.removeEventListener('message', onMessage)
    client.removeEventListener('changed', onChanged)
    client.removeEventListener('contact', onContact)
  }
}

type Line = ReturnType<typeof lineOf>

/** Lines that changed since they were shown, a read mark alone is no news; and names since they were told. */
class Changes {
  readonly #waiting = new Map<string, string>()
  readonly #faces = new Map<string, string>()
  readonly #names = new Map<string, string>()

  add (id: string, conversation: string): void {
    // Who does not read for so long is not told of the oldest.
    if (this.#waiting.size >= CLI_DEFAULTS.happeningsMax) this.#forgetOldest(this.#waiting)
    this.#waiting.set(id, conversation)
  }

  drop (id: string): void { this.#waiting.delete(id) }

  take (): Array<[id: string, conversation: string]> {
    const taken = [...this.#waiting]
    this.#waiting.clear()
    return taken
  }

  name (user: string, name: string): void {
    if (this.#names.size >= CLI_DEFAULTS.happeningsMax) this.#forgetOldest(this.#names)
    this.#names.set(user, name)
  }

  takeNames (): Array<[user: string, name: string]> {
    const taken = [...this.#names]
    this.#names.clear()
    return taken
  }

  shown (line: Line): Line {
    this.#faces.delete(line.id)
    if (this.#faces.size >= CLI_DEFAULTS.happeningsMax) this.#forgetOldest(this.#faces)
    this.#faces.set(line.id, faceOf(line))
    return line
  }

  isNews (line: Line): boolean {
    const face = this.#faces.get(line.id)
    this.shown(line)
    // Shown by another process, or long ago: that a line as it was written was read is no news.
    if (face === undefined) return line.isEdited || line.isDeleted || line.reactions.length > 0
    return face !== faceOf(line)
  }

  #forgetOldest (map: Map<string, string>): void {
    const [oldest] = map.keys()
    if (oldest !== undefined) map.delete(oldest)
  }
}

function faceOf ({ text, isEdited, isDeleted, reactions }: Line): string {
  return JSON.stringify([text, isEdited, isDeleted, reactions])
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
export async function settle (client: Client, patience: AbortSignal, signal: AbortSignal): Promise<Result<'settle'>> {
  try {
    await client.settled({ signal: patience })
    return { settled: true }
  } catch (error) {
    signal.throwIfAborted()
    if (!isNamed(error, 'TimedOutError') && !isNamed(error, 'UnreachableError')) throw error
    return { settled: false, problem: error.message }
  }
}
