/** What nodes that are away do to a conversation: nothing. These stop all nodes, so each has them for itself. */
import assert from 'node:assert/strict'
import { next, texts } from '../../client/waiting.ts'
import { inTime, until } from './world.ts'
import type { ChatMessage } from '../../../src/client/index.ts'
import type { Conversations } from './world.ts'

export const OUTAGES: Conversations = {
  async 'sends in order what was written while no node could be reached, also after a restart' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    await (await (await alice.chat(bob.userId)).send('0')).until('delivered', inTime())
    await world.stopNodes()
    try {
      for (const text of ['1', '2', '3']) await (await alice.chat(bob.userId)).send(text)
      const again = await world.reopen(alice)
      const last = await (await again.chat(bob.userId)).send('4')
      assert.equal(last.state, 'queued')
      await world.startNodes()
      await last.until('delivered', inTime())
    } finally {
      await world.startNodes()
    }
    assert.deepEqual(await texts(bob), ['0', '1', '2', '3', '4'])
  },

  async 'comes back by itself when its nodes were away' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    await until('both nodes serve him', () => bob.status().connected.length === 2)
    const lost = next(bob, 'connection', ({ connected }: { connected: boolean }) => !connected)
    const arrival = next<ChatMessage>(bob, 'message')
    try {
      await world.stopNodes()
      await lost
    } finally {
      await world.startNodes()
    }
    const sent = await (await alice.chat(bob.userId)).send('still there?')
    assert.equal((await arrival).text, 'still there?')
    await sent.until('delivered', inTime())
  }
}
