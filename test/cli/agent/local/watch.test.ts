import assert from 'node:assert/strict'
import { LocalAgent } from '../../../../src/cli/agent/local/index.ts'
import { CLI_DEFAULTS } from '../../../../src/cli/defaults.ts'
import { BOB, idOf, lineOf } from '../../lines.ts'
import { PlayedClient } from './played-client.ts'
import type { Happening } from '../../../../src/cli/agent/calls.ts'
import type { Chat, ChatMessage, Client, MessageId, UserId } from '../../../../src/client/index.ts'

const USER = BOB as UserId

/** A client with these lines; what is not among them has disappeared. */
function clientWith (lines: Map<string, ChatMessage>): PlayedClient & Client {
  return PlayedClient.make({
    chat: async () => ({ message: async (id: MessageId) => lines.get(id) }) as unknown as Chat,
    status: () => ({ userId: USER, nodes: ['a', 'b'], connected: ['a'], queued: 0, unopened: 0, warnings: [] })
  })
}

const messageOf = (at: number, text: string): ChatMessage => ({ ...lineOf(at, text), replyTo: undefined, expiresAt: undefined, custom: undefined, state: undefined }) as unknown as ChatMessage

describe('cli/agent/local/watch', () => {
  async function watched (client: PlayedClient & Client, play: (heard: Happening, count: number) => void | Promise<void>): Promise<Happening[]> {
    const heard: Happening[] = []
    const end = new AbortController()
    const watching = new LocalAgent(client).call('watch', {}, {
      signal: end.signal,
      onEvent: async happening => {
        heard.push(happening)
        if (happening.type === 'warning' && happening.text === 'end') end.abort()
        else await play(happening, heard.length)
      }
    })
    await assert.rejects(watching, { name: 'AbortError' })
    return heard
  }

  it('begins with a look, and tells of everything', async () => {
    const client = clientWith(new Map([[idOf(1), messageOf(1, 'hello')]]))
    const heard = await watched(client, (_, count) => {
      if (count !== 2) return
      client.tell('message', messageOf(1, 'hello'))
      client.tell('changed', { conversation: USER, id: idOf(2) as MessageId })
      client.tell('state', { id: idOf(3) as MessageId, to: USER, state: 'accepted', copies: 1, w: 2, problem: 'slow' })
      client.tell('presence', { userId: USER, state: 'online', at: 7 })
      client.tell('typing', { conversation: USER, from: USER })
      client.tell('contact', { userId: USER, name: 'Bob' })
      client.tell('transfer', { done: 1, total: 2 })
      client.tell('devices', [])
      client.tell('warning', 'end')
    })
    assert.deepEqual(heard, [
      { type: 'look' },
      { type: 'connection', connected: 1, nodes: 2 },
      { type: 'line', isNew: true, line: lineOf(1, 'hello') },
      { type: 'disappeared', conversation: BOB, id: idOf(2) },
      { type: 'state', conversation: BOB, id: idOf(3), state: 'accepted', copies: 1, w: 2, problem: 'slow' },
      { type: 'presence', user: BOB, state: 'online', at: 7 },
      { type: 'typing', conversation: BOB, from: BOB },
      { type: 'contact', user: BOB, name: 'Bob' },
      { type: 'transfer', done: 1, total: 2 },
      { type: 'devices', devices: [] },
      { type: 'warning', text: 'end' }
    ])
  })

  it('of one line only the newest waits, and it is still a new one', async () => {
    const client = clientWith(new Map([[idOf(1), messageOf(1, 'edited')]]))
    const heard = await watched(client, (_, count) => {
      if (count !== 2) return
      client.tell('message', messageOf(1, 'hello'))
      for (let at = 0; at < 100; at++) client.tell('changed', { conversation: USER, id: idOf(1) as MessageId })
      client.tell('warning', 'end')
    })
    assert.deepEqual(heard.slice(2, -1), [{ type: 'line', isNew: true, line: lineOf(1, 'edited') }])
  })

  it('who does not keep up is told to look anew instead', async () => {
    const client = clientWith(new Map())
    const heard = await watched(client, (_, count) => {
      if (count !== 2) return
      for (let at = 0; at < CLI_DEFAULTS.happeningsMax + 1; at++) client.tell('changed', { conversation: USER, id: idOf(at) as MessageId })
      client.tell('warning', 'end')
    })
    assert.ok(heard.length < 6)
    assert.deepEqual(heard[2], { type: 'look' })
  })
})

describe('cli/agent/local/messages', () => {
  it('tells a follower what becomes of lines, but not that they were read', async () => {
    const lines = new Map([[idOf(1), messageOf(1, 'hello')]])
    const client = Object.assign(clientWith(lines), {
      messages: async function * ({ since }: { since?: string } = {}) { if (since === undefined) yield messageOf(1, 'hello') }
    })
    const seen: unknown[] = []
    const end = new AbortController()
    const change = (message: ChatMessage | undefined): void => {
      if (message === undefined) lines.delete(idOf(1))
      else lines.set(idOf(1), message)
      client.tell('changed', { conversation: USER, id: idOf(1) as MessageId })
    }
    const following = new LocalAgent(client).call('messages', { follow: true, timeoutMs: 1000 }, {
      signal: end.signal,
      onEvent: event => {
        seen.push(event.type === 'disappeared' ? event.type : event.type === 'contact' ? [event.user, event.name] : [event.type, event.line.text])
        if (seen.length === 1) {
          change({ ...messageOf(1, 'hello'), isRead: true })
          setImmediate(() => { change({ ...messageOf(1, 'edited'), isEdited: true }) })
        }
        if (seen.length === 2) change(undefined)
        if (seen.length === 3) client.tell('contact', { userId: USER, name: 'Bob' })
        if (seen.length === 4) end.abort()
      }
    })
    await assert.rejects(following, { name: 'AbortError' })
    assert.deepEqual(seen, [['message', 'hello'], ['changed', 'edited'], 'disappeared', [BOB, 'Bob']])
  })

  it('tells who follows since a line what was done to it, but not that it was read', async () => {
    const lines = new Map([[idOf(1), messageOf(1, 'hello')]])
    const client = Object.assign(clientWith(lines), { messages: async function * () {} })
    const seen: unknown[] = []
    const end = new AbortController()
    const following = new LocalAgent(client).call('messages', { follow: true, since: idOf(1), timeoutMs: 1000 }, {
      signal: end.signal,
      onEvent: event => {
        seen.push(event.type === 'changed' ? event.line.text : event.type)
        end.abort()
      }
    })
    const change = (how: Partial<ChatMessage>): void => {
      lines.set(idOf(1), { ...messageOf(1, 'hello'), ...how })
      client.tell('changed', { conversation: USER, id: idOf(1) as MessageId })
    }
    setImmediate(() => {
      change({ isRead: true })
      setImmediate(() => { change({ isRead: true, isEdited: true, text: 'edited' } as Partial<ChatMessage>) })
    })
    await assert.rejects(following, { name: 'AbortError' })
    assert.deepEqual(seen, ['edited'])
  })
})
