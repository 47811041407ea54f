// The command at work: through the control socket of a process that has the store open, whose client is played.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalAgent } from '../../../src/cli/agent/local/index.ts'
import { serveAgent } from '../../../src/cli/agent/served.ts'
import { serveControl, type ControlServer } from '../../../src/cli/control/server.ts'
import { main } from '../../../src/cli/main.ts'
import { controlSocketOf, placesIn } from '../../../src/cli/places.ts'
import { PlayedClient } from '../agent/local/played-client.ts'
import { capturedIo } from '../captured-io.ts'
import { recordingLog } from '../recording-log.ts'
import { ALICE, BOB, CAROL, lineOf } from '../lines.ts'
import type { ChatMessage, ContactSummary, UserId } from '../../../src/client/index.ts'

describe('cli/commands/contact', function () {
  if (process.platform === 'win32') return // a named pipe is nobody's own

  let data: string
  let server: ControlServer
  let names: Map<string, string>
  let written: Array<[to: string, text: string]>

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'posthouse-contact-'))
    const { user } = placesIn(data)
    await mkdir(user.directory)
    await writeFile(user.key, '')
    names = new Map([[BOB, 'Bob'], [CAROL, '']])
    written = []
    const message = { ...lineOf(1, 'hello'), replyTo: undefined, expiresAt: undefined, custom: undefined, state: undefined, isRead: true } as unknown as ChatMessage
    const client = PlayedClient.make({
      userId: ALICE as UserId,
      contacts: async () => [...names].map(([userId, name]) => ({ userId, name }) as ContactSummary),
      nameContact: async (userId, name) => { names.set(userId, name) },
      devices: () => [{ id: 'this', isThis: true, linkedAt: 1 }],
      messages: async function * ({ since } = {}) { if (since === undefined) yield message },
      settled: async () => {},
      chat: async to => ({
        send: async (text: string) => {
          written.push([to, text])
          return { id: '0'.repeat(32) }
        }
      }) as never,
      sent: async () => ({ id: '0'.repeat(32), state: 'stored', copies: 1, w: 1, receipts: [], until: async () => {} }) as never
    })
    server = await serveControl(await controlSocketOf(user.directory) as string, serveAgent(new LocalAgent(client)), { log: recordingLog() })
  })

  afterEach(async () => {
    await server.close()
    await rm(data, { recursive: true })
  })

  async function run (...args: string[]): Promise<{ code: number, stdout: string, stderr: string }> {
    const io = capturedIo()
    return { code: await main([...args, '--data', data], io), ...io.written }
  }

  const done = (stdout: string): { code: number, stdout: string, stderr: string } => ({ code: 0, stdout, stderr: '' })

  it('gives, changes and takes away a name', async () => {
    assert.deepEqual(await run('contact', 'name', CAROL, '  Carol  King '), done('✓ z6Mk…sdvktH is called Carol  King\n'))
    assert.deepEqual(await run('contact', 'name', 'carol  king', 'Caro', '--json'), done(`{"userId":"${CAROL}","name":"Caro"}\n`))
    assert.equal(names.get(CAROL), 'Caro')
    assert.match((await run('contact', 'name', CAROL, 'BOB')).stdout, /is called BOB\n2 of your contacts are called so: .*\n$/)
    names.set(CAROL, 'Caro')
    assert.deepEqual(await run('contact', 'name', 'Caro', '--remove'), done('✓ z6Mk…sdvktH has no name any more\n'))
    assert.equal(names.get(CAROL), '')
  })

  it('refuses what is no name, and whom nobody knows', async () => {
    assert.deepEqual(await run('contact', 'name', BOB, 'x'.repeat(65)), { code: 2, stdout: '', stderr: 'A name has at most 64 characters.\n' })
    assert.match((await run('contact', 'name', BOB, CAROL)).stderr, /^A name must not look like a user id.*\.\n$/)
    const { code, stderr } = await run('contact', 'name', 'Dora', 'Dorothea')
    assert.equal(code, 2)
    assert.match(stderr, /^Nobody is called “Dora” here: .*\.\n$/)
    assert.deepEqual([...names], [[BOB, 'Bob'], [CAROL, '']])
  })

  it('lists everybody, one row or one object each', async () => {
    names.set(BOB, '安娜\u001b[2J')
    assert.deepEqual(await run('contact', 'list'), done(`安娜  ${BOB}\n–     ${CAROL}\n`))
    names.set(BOB, 'Bob')
    const { stdout } = await run('contact', 'list', '--json')
    assert.deepEqual(stdout.trim().split('\n').map(line => JSON.parse(line) as unknown), [{ userId: BOB, name: 'Bob' }, { userId: CAROL, name: '' }])
    names.clear()
    assert.match((await run('contact', 'list')).stdout, /^You know nobody yet/)
    assert.deepEqual(await run('contact', 'list', '--json'), done(''))
  })

  it('other commands take the name, and show it', async () => {
    assert.equal((await run('send', 'bob', 'hello')).code, 0)
    assert.equal((await run('send', CAROL, 'hello')).code, 0)
    assert.deepEqual(written, [[BOB, 'hello'], [CAROL, 'hello']])
    assert.match((await run('inbox')).stdout, /12:01 {2}Bob {2}hello\n/)
    assert.deepEqual(JSON.parse((await run('inbox', '--json')).stdout), { ...lineOf(1, 'hello'), name: 'Bob' })
    names.set(CAROL, 'BOB')
    const { code, stderr } = await run('send', 'Bob', 'to whom?')
    assert.deepEqual([code, written.length], [1, 2])
    assert.match(stderr, /^“Bob” is the name of 2 contacts/)
  })
})
