import assert from 'node:assert/strict'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { post } from '../../../src/client/devices/posting.ts'
import { dialingNetwork } from '../../../src/client/host.ts'
import { systemClock } from '../../../src/system.ts'
import { makeEnvelope } from '../../../src/wire/envelope.ts'
import { DeviceRig, startNodes } from './rig.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { PosthouseNode } from '../../../src/index.ts'
import type { Envelope, MailboxId, RouteRecord } from '../../../src/types.ts'

describe('posting into the own mailbox', function () {
  this.timeout(20_000)
  let nodes: PosthouseNode[]
  let rig: DeviceRig
  let record: RouteRecord

  beforeEach(async () => {
    nodes = await startNodes(2)
    rig = await DeviceRig.open({ nodes: nodes.flatMap(({ addrs }) => addrs) })
    record = rig.account.record as RouteRecord
  })

  afterEach(async () => {
    await rig.stop()
    await Promise.all(nodes.map(async node => { await node.stop() }))
  })

  const envelope = (mailbox: MailboxId = rig.account.mailbox): Envelope =>
    makeEnvelope({ mailbox, expiry: Math.floor(Date.now() / 1000) + 1000, body: crypto.sha256(new Uint8Array([1])) }, crypto)
  const components = (): Parameters<typeof post>[0] => ({ network: dialingNetwork(rig.host), networkId: 'test', crypto, clock: systemClock })

  it('is done when w nodes have signed, and may be done twice', async () => {
    assert.equal(record.w, 2)
    await post(components(), record, [envelope()])
    await post(components(), record, [envelope()])
  })

  it('fails when fewer than w take it', async () => {
    await nodes[1]?.stop()
    await assert.rejects(post(components(), record, [envelope()]), { name: 'UnreachableError', message: /only 1 of the 2/ })
  })

  it('fails when the nodes refuse', async () => {
    await assert.rejects(post(components(), record, [envelope('ab'.repeat(32) as MailboxId)]), { name: 'UnreachableError' })
    await assert.rejects(post({ ...components(), networkId: 'other' }, record, [envelope()]), { name: 'UnreachableError' })
  })

  it('waits for a silent node only so long, and not when it is given up', async () => {
    const clock = new VirtualClock()
    const silent: Parameters<typeof post>[0]['network'] = {
      async open (_peer, _hints, _protocol, { signal }) {
        await new Promise<void>(resolve => { signal.addEventListener('abort', () => { resolve() }) })
        throw signal.reason
      }
    }
    const waiting = post({ ...components(), network: silent, clock }, record, [envelope()])
    waiting.catch(() => {})
    await clock.advance(DEVICES_DEFAULTS.postTimeoutMs)
    await assert.rejects(waiting, { name: 'UnreachableError' })
    const abort = new AbortController()
    const given = post({ ...components(), network: silent, clock }, record, [envelope()], { signal: abort.signal })
    abort.abort(new Error('enough'))
    await assert.rejects(given, { message: 'enough' })
  })
})
