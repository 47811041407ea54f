import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AttachedAgent } from '../../../src/cli/agent/attached.ts'
import { ReadMarks } from '../../../src/cli/agent/read-marks.ts'
import { serveAgent } from '../../../src/cli/agent/served.ts'
import { connectControl } from '../../../src/cli/control/connection.ts'
import { serveControl } from '../../../src/cli/control/server.ts'
import { StoreLockedError } from '../../../src/errors.ts'
import { BOB, idOf, lineOf } from '../lines.ts'
import { recordingLog } from '../recording-log.ts'
import type { Agent, AgentCallOptions, AgentMethod, ConversationLine, Params, Result } from '../../../src/cli/agent/calls.ts'

const lineAt = (at: number): ConversationLine => lineOf(at, `line ${at}`)

/** A user's store that only one process at a time may have open, with ten lines in it. */
class House {
  owners = 0
  locked = false
  /** Called when a `send` arrives; what it does decides how the call ends. */
  onSend: () => Promise<void> = async () => {}
  /** A follower is shown this many lines before it waits. */
  linesShown = 10
  readonly #socket: string

  constructor (socket: string) { this.#socket = socket }

  attach (timeoutMs = 2000): AttachedAgent {
    return new AttachedAgent({ socket: this.#socket, own: async () => await this.#own(), timeoutMs })
  }

  async #own (): Promise<Agent> {
    if (this.locked) throw new StoreLockedError('another process has the store open')
    this.locked = true
    this.owners++
    const call = (async (method: AgentMethod, params: never, options: never) => await this.#perform(method, params, options)) as Agent['call']
    const server = await serveControl(this.#socket, serveAgent({ call }), { log: recordingLog() })
    return {
      call,
      close: async () => {
        await server.close()
        this.locked = false
      }
    }
  }

  async #perform (method: AgentMethod, params: Params<'messages'>, { signal, onEvent }: AgentCallOptions<'messages'>): Promise<Result<AgentMethod>> {
    if (method === 'whoami') return { userId: BOB }
    if (method === 'send') {
      await this.onSend()
      return { id: idOf(1) }
    }
    assert.equal(method, 'messages')
    const since = params.since === undefined ? 0 : parseInt(params.since, 16)
    for (let at = since + 1; at <= this.linesShown; at++) await onEvent?.({ type: 'message', line: lineAt(at) })
    if (params.follow && signal?.aborted !== true) await once(signal ?? new AbortController().signal, 'abort')
    signal?.throwIfAborted()
    return { settled: true }
  }
}

describe('cli/agent/attached', () => {
  let directory: string
  let house: House

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'posthouse-agent-'))
    house = new House(join(directory, 'control.sock'))
  })
  afterEach(async () => { await rm(directory, { recursive: true }) })

  it('the first becomes the owner, the next goes through it', async () => {
    const [first, second] = [house.attach(), house.attach()]
    assert.deepEqual(await first.call('whoami', {}), { userId: BOB })
    assert.deepEqual(await second.call('whoami', {}), { userId: BOB })
    assert.equal(house.owners, 1)
    await second.close()
    await first.close()
    assert.equal(house.locked, false)
  })

  it('many at once agree on one owner', async () => {
    const agents = Array.from({ length: 8 }, () => house.attach())
    await Promise.all(agents.map(async agent => { await agent.call('whoami', {}) }))
    assert.equal(house.owners, 1)
    await Promise.all(agents.map(async agent => { await agent.close() }))
  })

  it('a follower outlives the owner, and sees every line once', async () => {
    house.linesShown = 4
    const first = house.attach()
    await first.call('whoami', {})
    const follower = house.attach()
    const seen: string[] = []
    const end = new AbortController()
    const following = follower.call('messages', { follow: true, timeoutMs: 1000 }, {
      signal: end.signal,
      onEvent: event => {
        seen.push(event.type === 'message' ? event.line.text : event.type)
        if (seen.length === 4) {
          house.linesShown = 7
          void first.close()
        }
        if (seen.length === 7) end.abort()
      }
    })
    await assert.rejects(following, { name: 'AbortError' })
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7].map(at => `line ${at}`))
    assert.equal(house.owners, 2)
    await follower.close()
  })

  it('a call that an ending owner did not begin goes to the next one', async () => {
    const first = house.attach()
    await first.call('whoami', {})
    const second = house.attach()
    await second.call('whoami', {})
    const closing = first.close()
    assert.deepEqual(await second.call('send', { user: BOB, text: 'x' }), { id: idOf(1) })
    await closing
    await second.close()
  })

  it('a message that a dying owner may have queued is not sent twice', async () => {
    const first = house.attach()
    await first.call('whoami', {})
    const second = house.attach()
    house.onSend = async () => {
      // As after SIGKILL: every connection ends at once, nothing is answered.
      await first.close()
      await new Promise(() => {})
    }
    await assert.rejects(second.call('send', { user: BOB, text: 'x' }), { name: 'CommandFailedError', message: /may be queued or not/ })
    await second.close()
  }).timeout(10_000)

  it('gives up on a store that is neither free nor served', async () => {
    house.locked = true
    await assert.rejects(house.attach(200).call('whoami', {}), { name: 'StoreLockedError' })
  })

  it('stops trying when the command is ended', async () => {
    house.locked = true
    const signal = AbortSignal.timeout(50)
    await assert.rejects(house.attach(60_000).call('whoami', {}, { signal }), { name: /AbortError|TimeoutError/ })
  })

  it('its calls refuse parameters without their form, and calls that do not exist', async () => {
    const agent = house.attach()
    await agent.attach(undefined)
    const connection = await connectControl(join(directory, 'control.sock'))
    await assert.rejects(connection?.call('send', { user: BOB, text: 1 }) ?? Promise.resolve(), { name: 'MalformedError' })
    await assert.rejects(connection?.call('constructor', {}) ?? Promise.resolve(), { name: 'UnsupportedError' })
    await connection?.close()
    await agent.close()
  })
})

describe('cli/agent/read-marks', () => {
  it('marks every line once, a few calls for many lines, and reports a failure', async () => {
    const calls: Array<Params<'markRead'>> = []
    const agent = { call: async (_method: string, params: Params<'markRead'>) => { calls.push(params) }, close: async () => {} } as unknown as Agent
    const marks = new ReadMarks(agent)
    for (let at = 1; at <= 600; at++) marks.add(lineAt(at))
    await marks.sent()
    assert.deepEqual(calls.flatMap(({ ids }) => ids), Array.from({ length: 600 }, (_, at) => idOf(at + 1)))
    assert.equal(calls.length, 3)
    const failing = new ReadMarks({ call: async () => { throw new Error('disk') }, close: async () => {} })
    failing.add(lineAt(1))
    await assert.rejects(failing.sent(), { message: 'disk' })
  })
})
