import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { chat } from '../../../src/cli/chat/chat.ts'
import { Output } from '../../../src/cli/output.ts'
import { capturedIo, type CapturedIo } from '../captured-io.ts'
import { ALICE, BOB, CAROL, idOf, lineOf } from '../lines.ts'
import type { Agent, AgentCallOptions, AgentMethod, ContactEntry, ConversationLine, Happening, Params } from '../../../src/cli/agent/calls.ts'

/** Somebody to talk to, by hand. */
class Conversation implements Agent {
  readonly sent: string[] = []
  readonly read: string[] = []
  history: ConversationLine[] = []
  contacts: ContactEntry[] = []
  happen: (happening: Happening) => Promise<void> = async () => {}

  readonly call = (async (method: AgentMethod, params: never, options: AgentCallOptions<never> = {}) => await this.#perform(method, params, options)) as Agent['call']
  async close (): Promise<void> {}

  async #perform (method: AgentMethod, params: Params<AgentMethod>, { signal, onEvent }: AgentCallOptions<never>): Promise<unknown> {
    switch (method) {
      case 'whoami': return { userId: ALICE }
      case 'contacts':
        for (const contact of this.contacts) await (onEvent as unknown as (contact: ContactEntry) => Promise<void>)(contact)
        return {}
      case 'history':
        for (const line of this.history) await (onEvent as unknown as (line: ConversationLine) => Promise<void>)(line)
        return {}
      case 'markRead': return this.read.push(...(params as Params<'markRead'>).ids)
      case 'send': return { id: idOf(100 + this.sent.push((params as Params<'send'>).text)) }
      case 'until': return { id: '', state: 'stored' }
      case 'watch':
        this.happen = onEvent as never
        await this.happen({ type: 'look' })
        break
      default: assert.fail(method)
    }
    if (signal?.aborted !== true) await once(signal as AbortSignal, 'abort')
    signal?.throwIfAborted()
    return {}
  }
}

describe('cli/chat/lines', () => {
  let bob: Conversation
  let io: CapturedIo

  beforeEach(() => { bob = new Conversation() })

  function start ({ json = false } = {}): { keys: PassThrough, ended: Promise<void> } {
    const keys = new PassThrough()
    io = capturedIo()
    io.stdin = keys
    const ended = chat({ agent: bob, user: BOB, io, out: new Output(io.stdout, { json }), err: new Output(io.stderr) })
    return { keys, ended }
  }

  /** Resolves when `text` stands in what was written. */
  async function written (text: string): Promise<void> {
    for (let turn = 0; !io.written.stdout.includes(text); turn++) {
      assert.ok(turn < 10_000, `“${text}” does not come in ${JSON.stringify(io.written.stdout)}`)
      await new Promise(resolve => { setImmediate(resolve) })
    }
  }

  it('shows the end of the history, what comes in, and what becomes of it; what was shown is read', async () => {
    bob.history = [lineOf(1, 'before', { isRead: false }), lineOf(2, 'own', { from: ALICE, state: 'delivered' })]
    const { keys, ended } = start()
    await written('you  own ✓✓')
    await bob.happen({ type: 'line', isNew: true, line: lineOf(3, 'meanwhile\u001b[2J', { isRead: false }) })
    await bob.happen({ type: 'line', isNew: true, line: lineOf(4, 'for another chat', { conversation: CAROL, from: CAROL }) })
    await bob.happen({ type: 'line', isNew: false, line: lineOf(3, 'corrected', { isEdited: true }) })
    await bob.happen({ type: 'line', isNew: false, line: lineOf(3, 'corrected', { isEdited: true }) })
    await bob.happen({ type: 'line', isNew: false, line: lineOf(3, 'corrected', { isEdited: true, reactions: [{ emoji: '👍', from: [ALICE] }] }) })
    await bob.happen({ type: 'disappeared', conversation: BOB, id: idOf(3) })
    await bob.happen({ type: 'presence', user: BOB, state: 'online', at: 1 })
    keys.end()
    await ended
    const { stdout } = io.written
    assert.match(stdout, /meanwhile\n/)
    assert.ok(!stdout.includes('\u001b[2J') && !stdout.includes('another chat'))
    assert.equal(stdout.split('edited: corrected').length, 2)
    assert.match(stdout, /“corrected”: 👍 you/)
    assert.match(stdout, /“corrected” has disappeared/)
    assert.match(stdout, /is online/)
    assert.deepEqual(bob.read, [idOf(1), idOf(3)])
  })

  it('calls people by their names, as they are now', async () => {
    bob.contacts = [{ userId: BOB, name: 'Bob' }]
    bob.history = [lineOf(1, 'hello')]
    const { keys, ended } = start()
    await written('Bob  hello')
    await bob.happen({ type: 'presence', user: BOB, state: 'online', at: 1 })
    await written('Bob is online')
    await bob.happen({ type: 'contact', user: BOB, name: 'Bobby' })
    await bob.happen({ type: 'line', isNew: true, line: lineOf(2, 'again') })
    await written('Bobby  again')
    keys.end()
    await ended
  })

  it('looks again when it is told to, and shows only what is new', async () => {
    bob.history = [lineOf(1, 'first')]
    const { keys, ended } = start()
    await written('first')
    bob.history = [lineOf(1, 'first'), lineOf(2, 'missed')]
    await bob.happen({ type: 'look' })
    await written('missed')
    keys.end()
    await ended
    assert.equal(io.written.stdout.split('first').length, 2)
  })

  it('says once what stands in the way', async () => {
    const { keys, ended } = start()
    keys.write('hello\n')
    while (bob.sent.length === 0) await new Promise(resolve => { setImmediate(resolve) })
    const problem = 'none of your nodes can be reached'
    for (let at = 0; at < 3; at++) await bob.happen({ type: 'state', conversation: BOB, id: idOf(101), state: 'queued', copies: 0, w: 0, problem })
    await written('None of your nodes can be reached.')
    assert.equal(io.written.stdout.split('None of your nodes').length, 2)
    keys.end()
    await ended
  })

  it('each line is a message, and JSON tells what becomes of it', async () => {
    const { keys, ended } = start({ json: true })
    keys.end('one\n\ntwo')
    await ended
    assert.deepEqual(bob.sent, ['one', 'two'])
    assert.deepEqual(io.written.stdout.trim().split('\n').map(line => JSON.parse(line) as unknown), [101, 102].map(at => ({ event: 'state', id: idOf(at), state: 'queued' })))
  })

  it('JSON tells each step of a message once, with the copies so far', async () => {
    const { keys, ended } = start({ json: true })
    keys.write('hello\n')
    await written('queued')
    const event = { type: 'state', conversation: BOB, id: idOf(101) } as const
    for (const w of [0, 2]) await bob.happen({ ...event, state: 'queued', copies: 0, w })
    for (const copies of [0, 1, 1]) await bob.happen({ ...event, state: 'accepted', copies, w: 2 })
    await bob.happen({ ...event, state: 'stored', copies: 2, w: 2 })
    await written('stored')
    keys.end()
    await ended
    const told = io.written.stdout.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(told.map(({ state, copies }) => [state, copies]), [['queued', undefined], ['accepted', '0/2'], ['accepted', '1/2'], ['stored', '2/2']])
  })

  it('JSON has a message as it is, and its changes as events', async () => {
    bob.history = [lineOf(1, 'as it is')]
    const { keys, ended } = start({ json: true })
    await written('as it is')
    await bob.happen({ type: 'line', isNew: false, line: lineOf(1, '', { isDeleted: true }) })
    keys.end()
    await ended
    const [message, changed] = io.written.stdout.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(message, lineOf(1, 'as it is'))
    assert.deepEqual(changed, { event: 'changed', ...lineOf(1, '', { isDeleted: true }) })
  })

  it('ends with the process', async () => {
    const { ended } = start()
    io.stopper.abort()
    await ended
  })

  it('needs to be told with whom', async () => {
    io = capturedIo()
    const out = new Output(io.stdout)
    await assert.rejects(chat({ agent: bob, user: undefined, io, out, err: out }), { name: 'UsageError' })
  })
})
