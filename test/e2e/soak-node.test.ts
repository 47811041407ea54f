// What the soak takes for the end of a node, and what not, with real processes.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeProcess } from '../../soak/node-process.ts'
import { freePorts } from '../../soak/ports.ts'
import { Chance } from '../../simulations/world/chance.ts'
import { until } from '../until.ts'

describe('soak: a node’s process', function () {
  this.timeout(60_000)
  this.slow(10_000)

  let folder: string
  let node: NodeProcess
  let ups: boolean[]
  let endings: string[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-process-'))
    ups = []
    endings = []
    const [port = 0] = await freePorts(1, new Chance(folder))
    node = new NodeProcess({ number: 0, folder, port }, {
      up: (_, up) => { ups.push(up) },
      endedByItself: (_, how) => { endings.push(how) },
      bug: (_, line) => { endings.push(line) },
      warning: () => {}
    })
  })
  afterEach(async () => {
    await node.end()
    await rm(folder, { recursive: true })
  })

  it('is killed and comes back as the same node, which is no ending of its own', async () => {
    assert.ok((await node.start([]) ?? 0) > 0)
    const { key, address } = node
    await node.kill()
    assert.deepEqual({ isUp: node.isUp, isRunning: node.isRunning }, { isUp: false, isRunning: false })
    await node.start([])
    assert.deepEqual({ key: node.key, address: node.address, isUp: node.isUp }, { key, address, isUp: true })
    assert.deepEqual(ups, [true, false, true])
    assert.deepEqual(endings, [])
  })

  it('an end that nobody asked for is told', async () => {
    await node.start([])
    process.kill(node.pid ?? assert.fail(), 'SIGTERM')
    await until('the end is told', () => endings.length > 0)
    assert.deepEqual(endings, ['ended by itself with exit code 0'])
    assert.equal(node.isUp, false)
    assert.deepEqual(ups, [true, false])
  })

  it('a start that fails is an ending too, with its sentence in the log', async () => {
    const other = new NodeProcess({ number: 1, folder, port: 1 }, {
      up: () => {}, endedByItself: (_, how) => { endings.push(how) }, bug: (_, line) => { endings.push(line) }, warning: () => {}
    })
    await node.start([])
    assert.ok(node.address !== undefined)
    assert.equal(await other.start(['not an address']), undefined)
    await until('both are told', () => endings.length > 1)
    await other.end()
    assert.match(endings.join(), /--bootstrap.*ended by itself with exit code 2/)
  })
})
