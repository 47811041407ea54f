import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalAgent } from '../../../../src/cli/agent/local/index.ts'
import { RemoteAgent } from '../../../../src/cli/agent/remote.ts'
import { serveAgent } from '../../../../src/cli/agent/served.ts'
import { connectControl } from '../../../../src/cli/control/connection.ts'
import { serveControl } from '../../../../src/cli/control/server.ts'
import { CLI_DEFAULTS } from '../../../../src/cli/defaults.ts'
import { recordingLog } from '../../recording-log.ts'
import { PlayedClient, type Played } from './played-client.ts'
import type { Agent, Event } from '../../../../src/cli/agent/calls.ts'
import type { Device } from '../../../../src/client/index.ts'

const DEVICE: Device = { id: '12D3KooWnew', isThis: false, linkedAt: 1 }
const TOKEN = 'a'.repeat(32)

/** Everything here must work the same in the process that has the store, and through its socket. */
for (const way of ['local', 'through the socket']) {
  describe(`cli/agent/local/account, ${way}`, () => {
    const ends: Array<() => Promise<void>> = []
    afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

    async function agentOf (client: PlayedClient & ReturnType<typeof PlayedClient.make>): Promise<Agent> {
      const local = new LocalAgent(client)
      if (way === 'local') return local
      const directory = await mkdtemp(join(tmpdir(), 'posthouse-account-'))
      ends.push(async () => { await rm(directory, { recursive: true }) })
      const socket = join(directory, 'control.sock')
      const server = await serveControl(socket, serveAgent(local), { log: recordingLog() })
      ends.push(async () => { await server.close() })
      const connection = await connectControl(socket)
      assert.ok(connection !== undefined)
      const remote = new RemoteAgent(connection)
      ends.push(async () => { await remote.close() })
      return remote
    }

    function play (played: Played): ReturnType<typeof PlayedClient.make> {
      return PlayedClient.make(played)
    }

    it('an invitation shows its code, tells of history, and ends with the device', async () => {
      const { promise: linked, resolve } = Promise.withResolvers<Device>()
      const client = play({ invite: async () => ({ code: 'CODE', expiresAt: 5, linked, cancel: () => {} }) })
      const agent = await agentOf(client)
      const events: Array<Event<'invite'>> = []
      const result = await agent.call('invite', {}, {
        onEvent: event => {
          events.push(event)
          if (event.type === 'code') client.tell('transfer', { done: 1, total: 2 })
          if (event.type === 'transfer') resolve(DEVICE)
        }
      })
      assert.deepEqual(result, { device: DEVICE })
      assert.deepEqual(events, [{ type: 'code', code: 'CODE', expiresAt: 5 }, { type: 'transfer', done: 1, total: 2 }])
    })

    it('an invitation that is taken back is worth nothing any more', async () => {
      const cancelled = Promise.withResolvers<void>()
      const client = play({ invite: async () => ({ code: 'CODE', expiresAt: 5, linked: new Promise<Device>(() => {}), cancel: () => { cancelled.resolve() } }) })
      const agent = await agentOf(client)
      const end = new AbortController()
      const inviting = agent.call('invite', {}, { signal: end.signal, onEvent: () => { end.abort() } })
      await assert.rejects(inviting, { name: 'AbortError' })
      await cancelled.promise
    })

    it('an invitation that ran out says so', async () => {
      const agent = await agentOf(play({
        invite: async () => ({ code: 'CODE', expiresAt: 5, linked: Promise.reject(Object.assign(new Error('the code has run out'), { name: 'TimedOutError' })), cancel: () => {} })
      }))
      await assert.rejects(agent.call('invite', {}), { name: 'TimedOutError' })
    })

    it('an export comes in pieces that fit the socket, whatever the library writes', async () => {
      const whole = randomBytes(3 * CLI_DEFAULTS.pieceBytes + 17)
      const agent = await agentOf(play({
        exportTo: async (write, passphrase, progress) => {
          assert.equal(passphrase, 'secret')
          await write(whole.subarray(0, 5))
          progress?.({ done: 1, total: 2 })
          await write(whole.subarray(5))
          progress?.({ done: 2, total: 2 })
        }
      }))
      const pieces: Buffer[] = []
      let last: unknown
      await agent.call('export', { passphrase: 'secret' }, {
        onEvent: event => {
          if ('piece' in event) pieces.push(Buffer.from(event.piece, 'base64'))
          else last = event
        }
      })
      assert.ok(Buffer.concat(pieces).equals(whole))
      assert.ok(pieces.every(({ byteLength }) => byteLength <= CLI_DEFAULTS.pieceBytes))
      assert.deepEqual(last, { done: 2, total: 2 })
    })

    it('an import takes what is brought, piece by piece', async () => {
      const taken: Uint8Array[] = []
      const agent = await agentOf(play({
        importFrom: async (pieces, passphrase, progress) => {
          for await (const piece of pieces) {
            taken.push(piece)
            progress?.({ done: taken.length, total: 3 })
          }
          return { contacts: 1, messages: taken.length }
        }
      }))
      const importing = agent.call('import', { token: TOKEN, passphrase: 'secret' })
      for (const text of ['one', 'two', 'three']) await agent.call('piece', { token: TOKEN, piece: Buffer.from(text).toString('base64') })
      await agent.call('piece', { token: TOKEN })
      assert.deepEqual(await importing, { contacts: 1, messages: 3 })
      assert.equal(Buffer.concat(taken).toString(), 'onetwothree')
      await assert.rejects(agent.call('piece', { token: TOKEN }), { name: 'MalformedError' })
    })

    it('an import that fails says why, and takes no more', async () => {
      const agent = await agentOf(play({ importFrom: async () => { throw Object.assign(new Error('the passphrase does not open it'), { name: 'PassphraseError' }) } }))
      await assert.rejects(agent.call('import', { token: TOKEN, passphrase: 'guess' }), { name: 'PassphraseError' })
      await assert.rejects(agent.call('piece', { token: TOKEN, piece: '' }), { name: 'MalformedError' })
    })
  })
}
