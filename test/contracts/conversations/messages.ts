/** Messages between two people: their states, their order, and what outlasts restarts and nodes that are away. */
import assert from 'node:assert/strict'
import { next, texts } from '../../client/waiting.ts'
import { inTime } from './world.ts'
import type { ChatMessage, PresenceChange } from '../../../src/client/index.ts'
import type { Conversations } from './world.ts'

export const MESSAGES: Conversations = {
  async 'carries a message and its answer, with each state on the way' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const arrival = next<ChatMessage>(bob, 'message')
    const sent = await (await alice.chat(bob.userId)).send('hello')
    await sent.until('stored', inTime())
    const message = await arrival
    assert.deepEqual([message.text, message.from, message.conversation], ['hello', alice.userId, alice.userId])
    await sent.until('delivered', inTime())

    const chat = await bob.chat(alice.userId)
    await chat.markRead([message.id])
    await sent.until('read', inTime())
    const answer = await chat.send('hello yourself')
    await answer.until('delivered', inTime())
    const history = await (await alice.chat(bob.userId)).history()
    assert.deepEqual(history.map(({ text, state }) => [text, state]), [['hello', 'read'], ['hello yourself', undefined]])
    assert.deepEqual(history[1]?.parents, [sent.id], 'an answer names what it answers')
  },

  async 'shows who is there once somebody has written' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const online = next<PresenceChange>(bob, 'presence', ({ state }) => state === 'online')
    await (await (await alice.chat(bob.userId)).send('it is me')).until('delivered', inTime())
    assert.equal((await online).userId, alice.userId)
  },

  async 'keeps a first message for somebody who is away, and the answer for who has left' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    await bob.stop()
    const sent = await (await alice.chat(bob.userId)).send('are you there?')
    await sent.until('stored', inTime())
    await alice.stop()

    const laterBob = await world.reopen(bob)
    await laterBob.settled(inTime())
    assert.deepEqual(await texts(laterBob), ['are you there?'])
    const answer = await (await laterBob.chat(alice.userId)).send('I am now')
    await answer.until('stored', inTime())
    await laterBob.stop()

    const laterAlice = await world.reopen(alice)
    await laterAlice.settled(inTime())
    assert.deepEqual(await texts(laterAlice), ['are you there?', 'I am now'])
    await (await laterAlice.sent(sent.id))?.until('delivered', inTime())
  },

  async 'has the same history after a restart, and shows nothing again' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const chat = await alice.chat(bob.userId)
    const lines = []
    for (let at = 0; at < 10; at++) lines.push(await chat.send(`line ${at}`))
    await lines.at(-1)?.until('delivered', inTime())
    await (await (await bob.chat(alice.userId)).send('ten lines')).until('delivered', inTime())
    const before = await (await bob.chat(alice.userId)).history()
    assert.equal(before.length, 11)

    const later = await world.reopen(bob)
    const shown: ChatMessage[] = []
    later.addEventListener('message', ({ detail }) => { shown.push(detail) })
    await later.settled(inTime())
    assert.deepEqual(await (await later.chat(alice.userId)).history(), before)
    assert.deepEqual((await (await later.chat(alice.userId)).history({ limit: 2 })).map(({ text }) => text), ['line 9', 'ten lines'])
    assert.deepEqual(shown, [])
  },

  async 'gives many messages in the order in which they were written, and none twice' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const shown: string[] = []
    bob.addEventListener('message', ({ detail }) => { shown.push(detail.text) })
    const chat = await alice.chat(bob.userId)
    const expected = Array.from({ length: 50 }, (_, at) => String(at))
    const sent = []
    for (const text of expected) sent.push(await chat.send(text))
    await Promise.all(sent.map(async message => { await message.until('delivered', inTime()) }))
    assert.deepEqual(shown, expected)
    assert.deepEqual(await texts(bob), expected)
  }
}
