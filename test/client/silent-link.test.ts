import assert from 'node:assert/strict'
import { memoryStore, next, soon, TestNetwork, texts } from './network.ts'
import { Proxy } from './proxy.ts'
import { VirtualClock } from './virtual-clock.ts'
import { until } from '../until.ts'
import type { ChatMessage } from '../../src/client/index.ts'

/** At every look, which takes 2 ms and more: sockets have the real time, and on a busy machine need a tenth of a second for what the client waits seconds for. */
const STEP_MS = 25
/** Real time, for registering and making key packages beside other tests. */
const PATIENCE_MS = 25_000

describe('a link that dies without a word', function () {
  this.timeout(60_000)
  let network: TestNetwork
  let proxy: Proxy | undefined

  afterEach(async () => {
    await network.stop()
    await proxy?.stop()
  })

  it('is left by what waits on it, given up by the heartbeat, and shows nothing twice when it is back', async () => {
    network = await TestNetwork.start(2)
    const [first, second] = network.addrs as [string, string]
    proxy = await Proxy.start(Number(/tcp\/(\d+)/.exec(first)?.[1]))
    const clock = new VirtualClock(Date.now())
    const begunAt = clock.now()
    const alice = await network.client({ store: memoryStore(), clock, nodes: [first.replace(/tcp\/\d+/, `tcp/${proxy.port}`), second] })
    const bob = await network.user()
    await alice.register()
    // Only the client's own time is virtual: sockets, nodes and Bob have the real one.
    const passUntil = async (what: string, holds: () => boolean): Promise<number> => {
      const from = clock.now()
      await until(what, async () => {
        if (!holds()) await clock.advance(STEP_MS)
        return holds()
      }, PATIENCE_MS)
      return clock.now() - from
    }
    const [through, direct] = network.nodes.map(({ peerId }) => peerId) as [string, string]
    await passUntil('both serve her', () => alice.status().connected.length === 2)
    await (await (await alice.chat(bob.userId)).send('before')).until('stored', soon())
    const isDirectFirst = alice.status().connected[0] === direct
    assert.equal(isDirectFirst, false)

    proxy.swallows = true
    const arrival = next<ChatMessage>(bob, 'message', ({ text }) => text === 'after')
    const sent = await (await alice.chat(bob.userId)).send('after')
    const movedMs = await passUntil('the message is stored by the other way', () => ['stored', 'delivered', 'read'].includes(sent.state))
    assert.ok(movedMs <= 6000, `${movedMs} ms`)
    await arrival
    const shown = next<ChatMessage>(alice, 'message')
    await (await bob.chat(alice.userId)).send('answer')
    await shown
    const silentMs = await passUntil('the heartbeat gives it up', () => !alice.status().connected.includes(through))
    assert.ok(movedMs + silentMs <= 25_000, `${movedMs + silentMs} ms`)
    assert.deepEqual(alice.status().connected, [direct])

    proxy.swallows = false
    await passUntil('it serves her again', () => alice.status().connected.length === 2)
    let isSettled = false
    void alice.settled().then(() => { isSettled = true })
    await passUntil('everything is drained', () => isSettled)
    assert.deepEqual(await texts(alice), ['before', 'after', 'answer'])
    assert.deepEqual(await texts(bob), ['before', 'after', 'answer'])
    assert.ok(clock.now() - begunAt < 10 * 60_000)
  })
})
