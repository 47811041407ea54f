import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { Chat } from '../../../src/cli/chat/chat.ts'
import { Output } from '../../../src/cli/output.ts'
import { capturedIo, type CapturedIo } from '../captured-io.ts'
import type { Agent, AgentCallOptions, AgentMethod, ConversationLine, Event, Params } from '../../../src/cli/agent/calls.ts'

const BOB = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'
const ALICE = 'did:key:z6MkwMNHSNhrKLFzievAN5eoHs5RTbTwWp5KZ5ntZYBTMeYY'
const lineOf = (at: number, text: string, from = BOB): ConversationLine => ({ id: String(at).padStart(32, '0'), from, conversation: BOB, text, sentAt: Date.now(), parents: [] })

/** Somebody to talk to, by hand. */
class Conversation implements Agent {
  readonly sent: string[] = []
  readonly read: string[] = []
  history: ConversationLine[] = []
  hear: (line: ConversationLine) => Promise<void> = async () => {}
  notice: (event: Event<'watch'>) => Promise<void> = async () => {}

  readonly call = (async (method: AgentMethod, params: never, options: AgentCallOptions<never> = {}) => await this.#perform(method, params, options)) as Agent['call']
  async close (): Promise<void> {}

  async #perform (method: AgentMethod, params: Params<AgentMethod>, { signal, onEvent }: AgentCallOptions<never>): Promise<unknown> {
    switch (method) {
      case 'whoami': return { userId: ALICE }
      case 'history': return { lines: this.history }
      case 'markRead': return this.read.push(...(params as Params<'markRead'>).ids)
      case 'send': return { id: lineOf(this.sent.push((params as Params<'send'>).text), '').id }
      case 'until': return { id: '', state: 'stored' }
      case 'messages': this.hear = onEvent as never; break
      case 'watch': this.notice = onEvent as never; break
      default: assert.fail(method)
    }
    if (signal?.aborted !== true) await once(signal as AbortSignal, 'abort')
    signal?.throwIfAborted()
    return {}
  }
}

describe('cli/chat', () => {
  let bob: Conversation
  let io: CapturedIo

  beforeEach(() => { bob = new Conversation() })

  function start (isTTY: boolean, json = false): { keys: PassThrough, ended: Promise<void> } {
    const keys = new PassThrough()
    io = capturedIo()
    io.stdin = Object.assign(keys, { isTTY })
    if (isTTY) Object.assign(io.stdout, { isTTY, columns: 80 })
    const ended = new Chat({ agent: bob, user: BOB, io, out: new Output(io.stdout, { json }) }).run()
    return { keys, ended }
  }

  /** Resolves when `text` stands in what was written. */
  async function written (text: string): Promise<void> {
    for (let turn = 0; !stripVTControlCharacters(io.written.stdout).includes(text); turn++) {
      assert.ok(turn < 10_000, `“${text}” does not come in ${JSON.stringify(io.written.stdout)}`)
      await new Promise(resolve => { setImmediate(resolve) })
    }
  }

  it('shows the end of the history, what comes in above the line being typed, and how far the last own message is', async () => {
    bob.history = [lineOf(1, 'before'), { ...lineOf(2, 'own', ALICE), state: 'delivered' } as ConversationLine]
    const { keys, ended } = start(true)
    await written('you  own ✓✓')
    await written('› ')
    keys.write('half a li')
    await bob.hear(lineOf(3, 'meanwhile\u001b[2J'))
    await written('meanwhile\n› half a li')
    keys.write('ne\r')
    await written('you  half a line\n')
    assert.deepEqual(bob.sent, ['half a line'])
    await bob.notice({ type: 'state', id: lineOf(1, '').id, state: 'stored' })
    await written('✓ stored › ')
    await bob.notice({ type: 'presence', state: 'online' })
    await written('is online')
    keys.write('\u0004')
    await ended
    assert.deepEqual(bob.read, [lineOf(1, '').id, lineOf(3, '').id])
    assert.ok(!io.written.stdout.includes('\u001b[2J'))
  })

  it('says once what stands in the way', async () => {
    const { keys, ended } = start(true)
    await written('› ')
    keys.write('hello\r')
    await written('you  hello')
    for (let at = 0; at < 3; at++) await bob.notice({ type: 'state', id: lineOf(1, '').id, state: 'queued', problem: 'none of your nodes can be reached' })
    await written('None of your nodes can be reached.')
    assert.equal(io.written.stdout.split('None of your nodes').length, 2)
    keys.end()
    await ended
  })

  it('on a pipe, each line is a message, and JSON tells what becomes of it', async () => {
    const { keys, ended } = start(false, true)
    keys.end('one\n\ntwo')
    await ended
    assert.deepEqual(bob.sent, ['one', 'two'])
    assert.deepEqual(io.written.stdout.trim().split('\n').map(line => JSON.parse(line) as unknown), [1, 2].map(at => ({ event: 'state', id: lineOf(at, '').id, state: 'queued' })))
  })

  it('ends with the process', async () => {
    const { ended } = start(true)
    await written('› ')
    io.stopper.abort()
    await ended
  })
})
