import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connectControl, type ControlConnection } from '../../../src/cli/control/connection.ts'
import { serveControl, type ControlServer } from '../../../src/cli/control/server.ts'
import { recordingLog, type RecordingLog } from '../recording-log.ts'
import type { ServeCall } from '../../../src/cli/control/served-connection.ts'
import type { ControlBounds } from '../../../src/cli/defaults.ts'

describe('cli/control', function () {
  if (process.platform === 'win32') return // these look at a socket file

  let directory: string
  let path: string
  let server: ControlServer | undefined
  let log: RecordingLog

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'posthouse-control-'))
    path = join(directory, 'control.sock')
    log = recordingLog()
  })

  afterEach(async () => {
    await server?.close()
    server = undefined
    await rm(directory, { recursive: true })
  })

  async function serve (call: ServeCall, limits: Partial<ControlBounds> = {}): Promise<void> {
    server = await serveControl(path, call, { log, limits })
  }

  async function attach (): Promise<ControlConnection> {
    const connection = await connectControl(path)
    assert.ok(connection !== undefined)
    return connection
  }

  async function rawSocket (): Promise<Socket> {
    const socket = connect(path)
    await once(socket, 'connect')
    return socket
  }

  it('carries calls, their events in order, and their results, side by side', async () => {
    await serve(async (method, params, { emit }) => {
      for (let at = 0; at < 3; at++) await emit({ method, at })
      return params
    })
    const connection = await attach()
    const seen: unknown[] = []
    const results = await Promise.all(['a', 'b'].map(async method => await connection.call(method, { of: method }, {
      onEvent: event => { if (method === 'a') seen.push(event) }
    })))
    assert.deepEqual(results, [{ of: 'a' }, { of: 'b' }])
    assert.deepEqual(seen, [0, 1, 2].map(at => ({ method: 'a', at })))
    await connection.close()
  })

  it('passes a failure on under its own name, and no more than its sentence', async () => {
    await serve(async () => { throw new TypeError('no such thing') })
    const connection = await attach()
    await assert.rejects(connection.call('x', {}), { name: 'TypeError', message: 'no such thing' })
    await connection.close()
  })

  it('is open to its owner alone', async () => {
    await serve(async () => {})
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  it('takes the place of a socket file that nobody listens on', async () => {
    await writeFile(path, '')
    assert.equal(await connectControl(path), undefined)
    await serve(async () => 'new')
    const connection = await attach()
    assert.equal(await connection.call('x', {}), 'new')
    await connection.close()
  })

  it('leaves no socket file behind', async () => {
    await serve(async () => {})
    await server?.close()
    server = undefined
    await assert.rejects(stat(path), { code: 'ENOENT' })
    assert.equal(await connectControl(path), undefined)
  })

  it('aborts a call that its caller takes back', async () => {
    const aborted = Promise.withResolvers<string>()
    await serve(async (_method, _params, { signal, emit }) => {
      await emit('begun')
      await once(signal, 'abort')
      aborted.resolve('aborted')
      signal.throwIfAborted()
    })
    const connection = await attach()
    const controller = new AbortController()
    const call = connection.call('x', {}, { signal: controller.signal, onEvent: () => { controller.abort() } })
    call.catch(() => {}) // looked at below
    assert.equal(await aborted.promise, 'aborted')
    await assert.rejects(call, { name: 'AbortError' })
    await connection.close()
  })

  it('aborts the calls of a process that is gone', async () => {
    const begun = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    await serve(async (_method, _params, { signal }) => {
      begun.resolve()
      await once(signal, 'abort')
      aborted.resolve()
    })
    const socket = await rawSocket()
    socket.write('{"id":1,"method":"x","params":{}}\n')
    await begun.promise
    socket.destroy()
    await aborted.promise
  })

  it('lets calls in flight finish before it closes, and takes no more', async () => {
    const finish = Promise.withResolvers<void>()
    await serve(async (_method, _params, { emit }) => {
      await emit('begun')
      await finish.promise
      return 'finished'
    })
    const connection = await attach()
    const begun = Promise.withResolvers<void>()
    const first = connection.call('first', {}, { onEvent: () => { begun.resolve() } })
    await begun.promise
    const closing = server?.close()
    await assert.rejects(connection.call('second', {}), { name: 'OwnerGoneError', begun: false })
    finish.resolve()
    assert.equal(await first, 'finished')
    await closing
    await connection.close()
    server = undefined
  })

  it('ends every call when the other process dies', async () => {
    await serve(async (_method, _params, { emit }) => {
      await emit('begun')
      await new Promise(() => {})
    })
    const connection = await attach()
    const call = connection.call('x', {}, { onEvent: () => { void connection.close() } })
    await assert.rejects(call, { name: 'OwnerGoneError', begun: true })
    await assert.rejects(connection.call('y', {}), { name: 'OwnerGoneError', begun: false })
  })

  describe('bad input', () => {
    for (const [what, bytes] of [
      ['no JSON', 'hello\n'],
      ['another form', '{"id":"1"}\n'],
      ['a line over the limit', `${'x'.repeat(2000)}`]
    ] as const) {
      it(`closes the connection and logs one line: ${what}`, async () => {
        await serve(async () => 'never', { lineBytes: 1000 })
        const socket = await rawSocket()
        socket.write(bytes)
        assert.equal(await text(socket), '')
        assert.equal(log.lines.length, 1)
        const connection = await attach()
        assert.equal(await connection.call('x', {}), 'never')
        await connection.close()
      })
    }

    it('refuses more calls at once than the limit', async () => {
      const finish = Promise.withResolvers<void>()
      await serve(async () => { await finish.promise }, { callsPerConnection: 2 })
      const connection = await attach()
      const taken = [connection.call('a', {}), connection.call('b', {})]
      await assert.rejects(connection.call('c', {}), { name: 'BusyError' })
      finish.resolve()
      await Promise.all(taken)
      await connection.close()
    })

    it('accepts no more connections than the limit', async () => {
      await serve(async () => 'in', { connections: 1 })
      const first = await attach()
      assert.equal(await first.call('x', {}), 'in')
      const second = await connectControl(path)
      await assert.rejects(async () => await second?.call('x', {}) ?? Promise.reject(new Error('refused at once')))
      await second?.close()
      await first.close()
    })

    it('a reader that does not read stops its own events, not the memory', async () => {
      const emitted = { count: 0 }
      await serve(async (_method, _params, { emit, signal }) => {
        while (!signal.aborted) {
          await emit('x'.repeat(64 * 1024))
          emitted.count++
        }
      }, { queueBytes: 256 * 1024 })
      const socket = await rawSocket()
      socket.pause()
      socket.write('{"id":1,"method":"x","params":{}}\n')
      // As soon as the kernel's buffers are full, nothing more is made.
      let before = -1
      while (before !== emitted.count || emitted.count === 0) {
        before = emitted.count
        for (let turn = 0; turn < 50; turn++) await new Promise(resolve => { setImmediate(resolve) })
      }
      assert.ok(emitted.count < 100, `${emitted.count} events of 64 KiB`)
      socket.destroy()
    })

    it('many calls whose answers nobody reads end the connection', async () => {
      await serve(async () => 'x'.repeat(64 * 1024), { queueBytes: 256 * 1024, callsPerConnection: 1000 })
      const socket = await rawSocket()
      socket.pause()
      for (let id = 1; id <= 100; id++) socket.write(`{"id":${id},"method":"x","params":{}}\n`)
      await log.next()
      assert.match(log.lines[0] ?? '', /wait for a reader that does not read/)
      socket.destroy()
    })
  })
})
