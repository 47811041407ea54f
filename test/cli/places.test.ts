import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectControl } from '../../src/cli/control/connection.ts'
import { serveControl } from '../../src/cli/control/server.ts'
import { CONTROL_DEFAULTS } from '../../src/cli/defaults.ts'
import { controlSocketOf, placesIn } from '../../src/cli/places.ts'
import { recordingLog } from './recording-log.ts'

describe('cli/places', function () {
  if (process.platform === 'win32') return // pipes have no path

  let directory: string
  beforeEach(async () => { directory = await realpath(await mkdtemp(join(tmpdir(), 'posthouse-places-'))) })
  afterEach(async () => { await rm(directory, { recursive: true }) })

  it('node and user lie side by side in the data directory', () => {
    const { node, user } = placesIn(join(directory, 'x', '..'))
    assert.deepEqual([node, user.directory, user.key], [join(directory, 'node'), join(directory, 'user'), join(directory, 'user', 'device.key')])
  })

  it('the control socket lies beside what it stands for, however that is spelled', async () => {
    await mkdir(join(directory, 'user'))
    await symlink(join(directory, 'user'), join(directory, 'link'))
    assert.equal(await controlSocketOf(join(directory, 'user')), join(directory, 'user', 'control.sock'))
    assert.equal(await controlSocketOf(join(directory, 'link')), join(directory, 'user', 'control.sock'))
    assert.equal(await controlSocketOf(join(directory, 'nothing')), undefined)
  })

  it('where the path is too long for a socket it lies in the runtime directory, and works', async () => {
    const [deep, other] = ['deep', 'other'].map(name => join(directory, name.repeat(CONTROL_DEFAULTS.socketPathBytes / 5)))
    assert.ok(deep !== undefined && other !== undefined)
    await Promise.all([mkdir(deep), mkdir(other)])
    const socket = await controlSocketOf(deep)
    assert.ok(socket !== undefined && Buffer.byteLength(socket) <= CONTROL_DEFAULTS.socketPathBytes)
    assert.equal(await controlSocketOf(deep), socket)
    assert.notEqual(await controlSocketOf(other), socket)
    const server = await serveControl(socket, async () => 'here', { log: recordingLog() })
    const connection = await connectControl(socket)
    assert.equal(await connection?.call('x', {}), 'here')
    await connection?.close()
    await server.close()
  })
})
