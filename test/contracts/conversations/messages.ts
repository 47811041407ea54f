/** Messages between two people: their states, their order, and what outlasts restarts and nodes that are away. */
import assert from 'node:assert/strict'
import { next, soon, texts } from '../../client/waiting.ts'
import { until } from '../../until.ts'
import type { ChatMessage, PresenceChange } from '../../../src/client/index.ts'
import type { Conversations } from './world.ts'

export const MESSAGES: Conversations = {
  async 'carries a message and its answer, with each state on the way' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const arrival = next<ChatMessage>(bob, 'message')
    const sent = await (await alice.chat(bob.userId)).send('hello')
    await sent.until('stored', soon())
    const message = await arrival
    assert.deepEqual([message.text, message.from, message.conversation], ['hello', alice.userId, alice.userId])
    await sent.until('delivered', soon())

    const chat = await bob.chat(alice.userId)
    await chat.markRead([message.id])
    await sent.until('read', soon())
    const answer = await chat.send('hello yourself')
    await answer.until('delivered', soon())
    const history = await (await alice.chat(bob.userId)).history()
    assert.deepEqual(history.map(({ text, state }) => [text, state]), [['hello', 'read'], ['hello yourself', undefined]])
    assert.deepEqual(history[1]?.parents, [sent.id], 'an answer names what it answers')
  },

  async 'shows who is there once somebody has written' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const online = next<PresenceChange>(bob, 'presence', ({ state }) => state === 'online')
    await (await (await alice.chat(bob.userId)).send('it is me')).until('delivered', soon())
    assert.equal((await online).userId, alice.userId)
  },

  async 'keeps a first message for somebody who is away, and the answer for who has left' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    await bob.stop()
    const sent = await (await alice.chat(bob.userId)).send('are you there?')
    await sent.until('stored', soon())
    await alice.stop()

    const laterBob = await world.reopen(bob)
    await laterBob.settled(soon())
    assert.deepEqual(await texts(laterBob), ['are you there?'])
    const answer = await (await laterBob.chat(alice.userId)).send('I am now')
    await answer.until('stored', soon())
    await laterBob.stop()

    const laterAlice = await world.reopen(alice)
    await laterAlice.settled(soon())
    assert.deepEqual(await texts(laterAlice), ['are you there?', 'I am now'])
    await (await laterAlice.sent(sent.id))?.until('delivered', soon())
  },

  async 'sends in order what was written while no node could be reached, also after a restart' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    await (await (await alice.chat(bob.userId)).send('0')).until('delivered', soon())
    await world.stopNodes()
    try {
      for (const text of ['1', '2', '3']) await (await alice.chat(bob.userId)).send(text)
      const again = await world.reopen(alice)
      const last = await (await again.chat(bob.userId)).send('4')
      assert.equal(last.state, 'queued')
      await world.startNodes()
      await last.until('delivered', soon(20_000))
    } finally {
      await world.startNodes()
    }
    assert.deepEqual(await texts(bob), ['0', '1', '2', '3', '4'])
  },

  async 'has the same history after a restart, and shows nothing again' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const chat = await alice.chat(bob.userId)
    const lines = []
    for (let at = 0; at < 10; at++) lines.push(await chat.send(`line ${at}`))
    await lines.at(-1)?.until('delivered', soon())
    await (await (await bob.chat(alice.userId)).send('ten lines')).until('delivered', soon())
    const before = await (await bob.chat(alice.userId)).history()
    assert.equal(before.length, 11)

    const later = await world.reopen(bob)
    const shown: ChatMessage[] = []
    later.addEventListener('message', ({ detail }) => { shown.push(detail) })
    await later.settled(soon(20_000))
    assert.deepEqual(await (await later.chat(alice.userId)).history(), before)
    assert.deepEqual((await (await later.chat(alice.userId)).history({ limit: 2 })).map(({ text }) => text), ['line 9', 'ten lines'])
    assert.deepEqual(shown, [])
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
    await sent.until('delivered', soon(20_000))
  },

  async 'gives many messages in the order in which they were written, and none twice' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const shown: string[] = []
    bob.addEventListener('message', ({ detail }) => { shown.push(detail.text) })
    const chat = await alice.chat(bob.userId)
    const expected = Array.from({ length: 50 }, (_, at) => String(at))
    const sent = []
    for (const text of expected) sent.push(await chat.send(text))
    await Promise.all(sent.map(async message => { await message.until('delivered', soon(20_000)) }))
    assert.deepEqual(shown, expected)
    assert.deepEqual(await texts(bob), expected)
  }
}
