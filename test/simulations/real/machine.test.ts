// A killed node: what its peers see of it, and that it comes back as the same.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { memory } from '@libp2p/memory'
import { multiaddr } from '@multiformats/multiaddr'
import { createHost } from '../../../src/client/host.ts'
import { systemRandom } from '../../../src/system.ts'
import { RunClock } from '../../../simulations/real/clock.ts'
import { RealMachine } from '../../../simulations/real/machine.ts'
import { witnesses, type Witness } from '../../../simulations/checks/witness.ts'
import type { Libp2p } from '@libp2p/interface'

describe('simulations/real machine', function () {
  this.timeout(20_000)
  let folder: string
  let peer: Libp2p
  let machine: RealMachine
  let told: Array<[up: boolean, left: boolean]>

  beforeEach(async () => {
    folder = await mkdtemp(`${tmpdir()}/posthouse-machine-`)
    peer = await createHost({ deviceSeed: systemRandom.bytes(32), transports: [memory()] })
    told = []
    const witness = witnesses([{ process: ({ up, left }: Parameters<Witness['process']>[0]) => { told.push([up, left]) } }])
    machine = await RealMachine.make({ number: 1, seed: systemRandom.bytes(32), listen: '/memory/machine-test', folder, network: 'test' }, { clock: new RunClock(), witness })
  })
  afterEach(async () => {
    await machine.stop()
    await peer.stop()
    await rm(folder, { recursive: true })
  })

  it('is reset in its peers’ eyes at once, and cannot be dialled', async () => {
    await machine.start([])
    const connection = await peer.dial(multiaddr(machine.address))
    const closed = once(connection as unknown as NodeJS.EventEmitter, 'close')
    const killed = machine.kill({ forGood: false })
    assert.ok(!machine.isUp)
    await assert.rejects(peer.dial(multiaddr(machine.address), { force: true }))
    await closed
    await killed
    assert.deepEqual(told, [[true, false], [false, false]])
  })

  it('comes back under the same key and address', async () => {
    await machine.start([])
    await machine.kill({ forGood: false })
    await machine.start([])
    assert.ok(machine.isUp)
    assert.equal((await peer.dial(multiaddr(machine.address))).remotePeer.toString(), machine.address.split('/').at(-1))
  })

  it('can be killed while it starts, and started while it is being killed', async () => {
    const starting = machine.start([])
    await Promise.resolve()
    const killing = machine.kill({ forGood: false })
    const again = machine.start([])
    await Promise.all([starting, killing, again])
    assert.ok(machine.isUp)
    await Promise.all([machine.kill({ forGood: true }), machine.kill({ forGood: true })])
    assert.ok(machine.isGone && !machine.isUp)
  })
})
