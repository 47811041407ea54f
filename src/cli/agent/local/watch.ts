/**
 * What happens, for one who looks on. Of each thing only the newest waits for a slow reader, and of many things only that
 * there were many: then the watcher is told to look at everything anew.
 */
import { CLI_DEFAULTS } from '../../defaults.ts'
import { Signpost } from '../signpost.ts'
import { findLine } from './line-of.ts'
import type { Client, ClientEvents } from '../../../client/index.ts'
import type { Happening, Params, Result } from '../calls.ts'
import type { Performance } from './performance.ts'

type Waiting = Happening | { type: 'touched', isNew: boolean, conversation: string, id: string }

export async function watch (client: Client, _: Params<'watch'>, { signal, emit }: Performance<'watch'>): Promise<Result<'watch'>> {
  const happenings = new Happenings()
  const end = gather(client, happenings)
  try {
    // Nothing that the start brings with it is missed.
    await client.start()
    happenings.add('connection', connectionOf(client))
    do {
      for (const happening of happenings.take()) {
        const told = happening.type === 'touched' ? await look(client, happening) : happening
        if (told !== undefined) await emit(told)
      }
    } while (await happenings.news.pointed(signal))
    signal.throwIfAborted()
    return {}
  } finally {
    end()
  }
}

class Happenings {
  readonly news = new Signpost()
  #waiting = new Map<string, Waiting>([['look', { type: 'look' }]])

  add (key: string, happening: Waiting): void {
    const earlier = this.#waiting.get(key)
    if (earlier === undefined && this.#waiting.size >= CLI_DEFAULTS.happeningsMax) this.#waiting = new Map([['look', { type: 'look' }]])
    const isStillNew = earlier?.type === 'touched' && earlier.isNew && happening.type === 'touched'
    this.#waiting.set(key, isStillNew ? { ...happening, isNew: true } : happening)
    this.news.point()
  }

  take (): Waiting[] {
    const taken = [...this.#waiting.values()]
    this.#waiting = new Map()
    return taken
  }
}

/** The line as it is now. */
async function look (client: Client, { conversation, id, isNew }: Extract<Waiting, { type: 'touched' }>): Promise<Happening | undefined> {
  const line = await findLine(client, conversation, id)
  return line === undefined ? { type: 'disappeared', conversation, id } : { type: 'line', isNew, line }
}

/** Gathers what happens; returns what ends that. */
function gather (client: Client, happenings: Happenings): () => void {
  const hear = <Type extends keyof ClientEvents>(type: Type, add: (detail: ClientEvents[Type]['detail']) => void): (() => void) => {
    const listener = (event: ClientEvents[Type]): void => { add(event.detail) }
    client.addEventListener(type, listener)
    return () => { client.removeEventListener(type, listener) }
  }
  const ends = [
    hear('message', ({ id, conversation }) => { happenings.add(`line ${id}`, { type: 'touched', isNew: true, conversation, id }) }),
    hear('changed', ({ id, conversation }) => { happenings.add(`line ${id}`, { type: 'touched', isNew: false, conversation, id }) }),
    hear('state', ({ id, to, state, copies, w, problem }) => {
      happenings.add(`state ${id}`, { type: 'state', conversation: to, id, state, copies, w, ...problem !== undefined && { problem } })
    }),
    hear('presence', ({ userId, state, at }) => { happenings.add(`presence ${userId}`, { type: 'presence', user: userId, state, at }) }),
    hear('typing', ({ conversation, from }) => { happenings.add(`typing ${conversation} ${from}`, { type: 'typing', conversation, from }) }),
    hear('contact', ({ userId, name }) => { happenings.add(`contact ${userId}`, { type: 'contact', user: userId, name }) }),
    hear('connection', () => { happenings.add('connection', connectionOf(client)) }),
    hear('devices', devices => { happenings.add('devices', { type: 'devices', devices }) }),
    hear('transfer', ({ done, total }) => { happenings.add('transfer', { type: 'transfer', done, total }) }),
    hear('warning', text => { happenings.add(`warning ${text}`, { type: 'warning', text }) })
  ]
  return () => { for (const end of ends) end() }
}

function connectionOf (client: Client): Happening {
  const { connected, nodes } = client.status()
  return { type: 'connection', connected: connected.length, nodes: nodes.length }
}
