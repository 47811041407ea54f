/** What else there is than plain text, and what comes to a line later: alike on both sides. */
import assert from 'node:assert/strict'
import { next, texts } from '../../client/waiting.ts'
import { inTime, until } from './world.ts'
import type { ChatMessage, Client } from '../../../src/client/index.ts'
import type { Conversations } from './world.ts'

export const KINDS: Conversations = {
  async 'shows replies, mentions, reactions, edits and deletions alike on both sides' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const [toBob, toAlice] = [await alice.chat(bob.userId), await bob.chat(alice.userId)]
    const question = await toBob.send('lunch?')
    await question.until('delivered', inTime())
    const reply = await toAlice.send('yess', { replyTo: question.id, mentions: [alice.userId] })
    await reply.until('delivered', inTime())
    const slip = await toAlice.send('wrong window')
    await slip.until('delivered', inTime())

    await toBob.react(reply.id, '👍')
    await toBob.react(reply.id, '🎉')
    await toAlice.react(reply.id, '👍')
    await toBob.react(reply.id, '🎉', { remove: true })
    await toAlice.edit(reply.id, 'yes')
    await toAlice.delete(slip.id)
    await until('both sides show the same', async () => {
      const [hers, his] = await Promise.all([shown(alice, bob), shown(bob, alice)])
      return hers.at(-1)?.isDeleted === true && his.at(-2)?.reactions[0]?.from.length === 2 && JSON.stringify(hers) === JSON.stringify(his)
    })
    const [first, second, third] = await shown(alice, bob)
    assert.deepEqual(first, { ...PLAIN, id: question.id, from: alice.userId, text: 'lunch?' })
    const reactions = [{ emoji: '👍', from: [alice.userId, bob.userId].sort() }]
    assert.deepEqual(second, { ...PLAIN, id: reply.id, from: bob.userId, text: 'yes', replyTo: question.id, mentions: [alice.userId], reactions, isEdited: true })
    assert.deepEqual(third, { ...PLAIN, id: slip.id, from: bob.userId, text: '', isDeleted: true })
    await assert.rejects(toBob.edit(reply.id, 'no'), { name: 'MalformedError' })
    await assert.rejects(toBob.delete(reply.id), { name: 'MalformedError' })
  },

  async 'counts what is unread until it is read, and tells its author' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const toBob = await alice.chat(bob.userId)
    const sent = [await toBob.send('1'), await toBob.send('2'), await toBob.send('3')]
    await Promise.all(sent.map(async message => { await message.until('delivered', inTime()) }))
    const unread = async (): Promise<unknown> => (await bob.conversations()).map(({ userId, unread, last }) => [userId, unread, last?.text])
    assert.deepEqual(await unread(), [[alice.userId, 3, '3']])
    await (await bob.chat(alice.userId)).markRead(sent.slice(0, 2).map(({ id }) => id))
    await Promise.all(sent.slice(0, 2).map(async message => { await message.until('read', inTime()) }))
    assert.deepEqual(await unread(), [[alice.userId, 1, '3']])
    assert.equal(sent[2]?.state, 'delivered')
    assert.deepEqual((await (await bob.chat(alice.userId)).history()).map(({ isRead }) => isRead), [true, true, false])
  },

  async 'tells that somebody is writing, and keeps nothing of it' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const chat = await alice.chat(bob.userId)
    await (await chat.send('hello')).until('delivered', inTime())
    const typing = next<{ conversation: string, from: string }>(bob, 'typing')
    chat.typing()
    assert.deepEqual(await typing, { conversation: alice.userId, from: alice.userId })
    assert.deepEqual(await texts(bob), ['hello'])
  },

  async 'carries a program’s own kind, with what others show instead' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const arrival = next<ChatMessage>(bob, 'message')
    await (await alice.chat(bob.userId)).sendCustom('poll', Uint8Array.of(1, 2, 3), 'a poll: lunch?')
    const { kind, text, custom } = await arrival
    assert.deepEqual([kind, text, custom?.kind, [...custom?.body ?? []]], ['custom', 'a poll: lunch?', 'poll', [1, 2, 3]])
  },

  async 'lets texts disappear on both sides once a timer is set' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const chat = await alice.chat(bob.userId)
    await (await chat.send('stays')).until('delivered', inTime())
    await chat.setTimer(1)
    const arrival = next<ChatMessage>(bob, 'message', ({ kind }) => kind === 'text')
    const sent = await chat.send('goes')
    const { id } = await arrival
    await (await bob.chat(alice.userId)).markRead([id])
    await sent.until('read', inTime())
    for (const client of [alice, bob]) await until('it has disappeared', async () => !(await texts(client)).includes('goes'))
    assert.ok((await texts(bob)).includes('stays'))
  },

  async 'pages through a history both ways' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const chat = await alice.chat(bob.userId)
    const sent = []
    for (let at = 0; at < 9; at++) sent.push(await chat.send(String(at)))
    await sent.at(-1)?.until('delivered', inTime())
    for (const client of [alice, bob]) {
      const side = await client.chat(client === alice ? bob.userId : alice.userId)
      const page = async (options: Parameters<typeof side.history>[0]): Promise<string> => (await side.history(options)).map(({ text }) => text).join('')
      assert.equal(await page({ limit: 3 }), '678')
      assert.equal(await page({ limit: 3, before: sent[6]?.id as never }), '345')
      assert.equal(await page({ limit: 3, after: sent[2]?.id as never }), '345')
      assert.equal(await page({ after: sent[6]?.id as never }), '78')
      await assert.rejects(side.history({ before: '00'.repeat(16) as never }), { name: 'MalformedError' })
    }
  },

  async 'gives both sides one safety code' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    await (await (await alice.chat(bob.userId)).send('compare?')).until('delivered', inTime())
    const [hers, his] = [await (await alice.chat(bob.userId)).safetyCode(), await (await bob.chat(alice.userId)).safetyCode()]
    assert.match(hers, /^(\d{5} ?){12}$/)
    assert.equal(hers, his)
  }
}

/** Of a line to which nothing has come. */
const PLAIN = { kind: 'text', mentions: [], replyTo: undefined, reactions: [], isEdited: false, isDeleted: false }

/** A conversation without what differs from one side to the other. */
async function shown (client: Client, other: Client): Promise<Array<Pick<ChatMessage, keyof typeof PLAIN | 'id' | 'from' | 'text'>>> {
  const history = await (await client.chat(other.userId)).history()
  return history.map(({ id, from, text, kind, mentions, replyTo, reactions, isEdited, isDeleted }) => {
    const sorted = reactions.map(reaction => ({ ...reaction, from: [...reaction.from].sort() }))
    return { id, from, text, kind, mentions, replyTo, reactions: sorted, isEdited, isDeleted }
  })
}
