/** The agent of the process that has the store open: calls become what the library does. */
import { bringPiece, exportPieces, importPieces, invite } from './account.ts'
import { findLine, lineOf } from './line-of.ts'
import { messages, settle } from './messages.ts'
import { until } from './until.ts'
import { watch } from './watch.ts'
import type { Client, MessageId } from '../../../client/index.ts'
import type { Agent, AgentCallOptions, AgentMethod, Params, Result } from '../calls.ts'
import type { Performance, Performer } from './performance.ts'

const PERFORMERS: { [M in AgentMethod]: Performer<M> } = {
  whoami: async client => ({ userId: client.userId }),
  status: async client => {
    const { userId, nodes, connected, queued } = client.status()
    return { userId, nodes, connected, queued, pid: process.pid }
  },
  route: async (client, { user, fresh }, { signal }) => await client.route(user, { fresh, signal }),
  send: async (client, { user, text, replyTo }) => {
    const chat = await client.chat(user)
    return { id: (await chat.send(text, replyTo === undefined ? {} : { replyTo: replyTo as MessageId })).id }
  },
  until,
  messages,
  settle: async (client, { timeoutMs }, { signal }) => await settle(client, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), signal),
  history,
  line: async (client, { user, id }) => {
    const line = await findLine(client, user, id)
    return line === undefined ? {} : { line }
  },
  conversations,
  contacts: async (client, _, { emit }) => {
    for (const contact of await client.contacts()) await emit(contact)
    return {}
  },
  nameContact: async (client, { user, name }) => {
    await client.nameContact(user, name)
    return {}
  },
  react: async (client, { user, id, emoji, remove }) => {
    await (await client.chat(user)).react(id as MessageId, emoji, { remove })
    return {}
  },
  edit: async (client, { user, id, text }) => {
    await (await client.chat(user)).edit(id as MessageId, text)
    return {}
  },
  delete: async (client, { user, id }) => {
    await (await client.chat(user)).delete(id as MessageId)
    return {}
  },
  timer: async (client, { user, seconds }) => {
    await (await client.chat(user)).setTimer(seconds)
    return {}
  },
  typing: async (client, { user }) => {
    (await client.chat(user)).typing()
    return {}
  },
  markRead: async (client, { user, ids }) => {
    await (await client.chat(user)).markRead(ids as MessageId[])
    return {}
  },
  safetyCode: async (client, { user }) => {
    const code = await (await client.chat(user)).safetyCode()
    return code === undefined ? {} : { code }
  },
  watch,
  devices: async client => ({ devices: client.devices() }),
  invite,
  revoke: async (client, { device, phrase }) => {
    await client.revoke(device, phrase)
    return {}
  },
  export: exportPieces,
  import: importPieces,
  piece: bringPiece
}

/** What commands ask of the client that this process has open itself. */
export class LocalAgent implements Agent {
  readonly #client: Client

  constructor (client: Client) {
    this.#client = client
  }

  async call<M extends AgentMethod> (method: M, params: Params<M>, { signal, onEvent }: AgentCallOptions<M> = {}): Promise<Result<M>> {
    // `user show` needs no network; whoever attaches to it in that moment does. A watch listens before it starts.
    if (method !== 'whoami' && method !== 'watch') await this.#client.start()
    return await PERFORMERS[method](this.#client, params, {
      signal: signal ?? new AbortController().signal,
      emit: async event => { await onEvent?.(event) }
    })
  }

  async close (): Promise<void> {
    await this.#client.stop()
  }
}

async function history (client: Client, { user, lines, before, after }: Params<'history'>, { emit }: Performance<'history'>): Promise<Result<'history'>> {
  const chat = await client.chat(user)
  const page = await chat.history({
    limit: lines,
    ...before !== undefined && { before: before as MessageId },
    ...after !== undefined && { after: after as MessageId }
  })
  for (const message of page) await emit(lineOf(message))
  return {}
}

async function conversations (client: Client, _: Params<'conversations'>, { emit }: Performance<'conversations'>): Promise<Result<'conversations'>> {
  for (const { userId, unread, last, expiresAfterSeconds } of await client.conversations()) {
    await emit({ userId, unread, expiresAfterSeconds, ...last !== undefined && { last: lineOf(last) } })
  }
  return {}
}
