// The command at work: through the control socket of a process that has the store open, whose client is played.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalAgent } from '../../../src/cli/agent/local/index.ts'
import { serveAgent } from '../../../src/cli/agent/served.ts'
import { serveControl, type ControlServer } from '../../../src/cli/control/server.ts'
import { main } from '../../../src/cli/main.ts'
import { controlSocketOf, placesIn } from '../../../src/cli/places.ts'
import { PlayedClient } from '../agent/local/played-client.ts'
import { capturedIo, type CapturedIo } from '../captured-io.ts'
import { BOB } from '../lines.ts'
import { recordingLog } from '../recording-log.ts'

const SENT = { id: '0'.repeat(32), copies: 0, w: 0, receipts: [] }

describe('cli/commands/send', function () {
  if (process.platform === 'win32') return // a named pipe is nobody's own

  let data: string
  let io: CapturedIo
  let state: string
  let server: ControlServer

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'posthouse-send-'))
    io = capturedIo()
    const { user } = placesIn(data)
    await mkdir(user.directory)
    await writeFile(user.key, '')
    // Whoever waits presses Ctrl-C.
    const until = async (_: string, { signal }: { signal: AbortSignal }): Promise<void> => {
      io.stopper.abort()
      await once(signal, 'abort')
      throw new Error('taken back')
    }
    const client = PlayedClient.make({
      chat: async () => ({ send: async () => SENT }) as never,
      sent: async () => ({ ...SENT, state, until }) as never
    })
    server = await serveControl(await controlSocketOf(user.directory) as string, serveAgent(new LocalAgent(client)), { log: recordingLog() })
  })

  afterEach(async () => {
    await server.close()
    await rm(data, { recursive: true })
  })

  for (const [reached, sentence] of [
    ['queued', 'Ended before the message was read; it is queued and stays queued: any running posthouse client goes on with it.\n'],
    ['stored', 'Ended before the message was read: it is stored, and waits for its reader.\n']
  ] as const) {
    it(`ends by Ctrl-C with what becomes of a message that is ${reached}`, async () => {
      state = reached
      const code = await main(['send', BOB, 'hello', '--until', 'read', '--data', data], io)
      assert.deepEqual({ code, ...io.written }, { code: 1, stdout: '', stderr: sentence })
    })
  }
})
