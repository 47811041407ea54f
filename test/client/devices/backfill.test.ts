// One device asks for messages that it could not open, another one gives them: two histories of the same person.
import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { Backfill } from '../../../src/client/devices/backfill.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { SyncBody, type GivenMessages, type WantedMessages } from '../../../src/wire/devices.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { ALICE, amendment, BOB, line, Story, text } from '../history/story.ts'
import type { Account } from '../../../src/client/account.ts'
import type { Bytes, Message, MessageId } from '../../../src/types.ts'

/** What one device has, says and takes in. */
class Side {
  readonly words: Bytes[] = []
  readonly taken: Message[] = []
  readonly backfill: Backfill
  readonly story: Story

  constructor (story: Story, devices = 2) {
    this.story = story
    this.backfill = new Backfill({
      account: { profile: { devices: Array.from({ length: devices }, () => ({})) } as unknown as Account['profile'] },
      history: story.history,
      store: story.store,
      log: defaultLogger().forComponent('test'),
      send: async body => { this.words.push(body) },
      given: async message => { this.taken.push(message) }
    })
  }

  wanted (): WantedMessages[] { return this.words.splice(0).map(word => SyncBody.decode(word).wanted ?? assert.fail('nothing is wanted')) }

  given (): GivenMessages[] { return this.words.splice(0).map(word => SyncBody.decode(word).given ?? assert.fail('nothing is given')) }
}

describe('messages that another own device has', () => {
  let phone: Side
  let laptop: Side

  beforeEach(async () => {
    [phone, laptop] = [new Side(await Story.begin()), new Side(await Story.begin())]
  })

  /** The phone asks, the laptop answers, and the phone takes it in. */
  const exchange = async (ids: MessageId[]): Promise<Message[]> => {
    await phone.backfill.ask(ids)
    for (const wanted of phone.wanted()) await laptop.backfill.give(wanted)
    for (const given of laptop.given()) await phone.backfill.take(given)
    return phone.taken.splice(0)
  }

  it('come as they were written, whoever wrote them, and read when they were read', async () => {
    const messages = [line(1, { parents: [line(7).id] }), line(2, { from: ALICE }), amendment(3, { type: 'reaction', target: line(1).id, emoji: '👍', isRemoved: false })]
    for (const message of messages) await (message.content.type === 'reaction' ? laptop.story.amend(message) : laptop.story.show(message))
    await laptop.story.read(BOB, [line(1).id], 1234)
    assert.deepEqual(await exchange([...messages.map(({ id }) => id), line(9).id]), messages)
    assert.deepEqual([await phone.story.history.readAt(BOB, line(1).id), await phone.story.history.readAt(BOB, line(2).id)], [1234, undefined])
  })

  it('are not asked for when they are here, or were, or nobody else is there', async () => {
    const reaction = amendment(3, { type: 'reaction', target: line(1).id, emoji: '👍', isRemoved: false })
    await phone.story.show(line(1))
    await phone.story.amend(reaction)
    await phone.story.amend(amendment(4, { type: 'delete', target: line(1).id }))
    assert.deepEqual(await phone.backfill.ask([line(1).id, reaction.id]), [line(1).id, reaction.id])
    const alone = new Side(await Story.begin(), 1)
    assert.deepEqual(await alone.backfill.ask([line(2).id]), [])
    assert.deepEqual([phone.words, alone.words], [[], []])
  })

  it('are not given when their author deleted them', async () => {
    await laptop.story.show(line(1))
    await laptop.story.amend(amendment(2, { type: 'delete', target: line(1).id }))
    assert.deepEqual(await exchange([line(1).id]), [])
  })

  it('fit one word each time, and one answer has a bound', async () => {
    const long = 'x'.repeat(LIMITS.messageTextBytes)
    const count = Math.ceil(DEVICES_DEFAULTS.backfillBytes / LIMITS.messageTextBytes) + 4
    const messages = Array.from({ length: count }, (_, at) => line(at + 1, { content: text(long) }))
    for (const message of messages) await laptop.story.show(message)
    await phone.backfill.ask(messages.map(({ id }) => id))
    for (const wanted of phone.wanted()) await laptop.backfill.give(wanted)
    assert.ok(laptop.words.length > 1 && laptop.words.every(({ byteLength }) => byteLength <= LIMITS.messageSyncBytes))
    const given = laptop.given().flatMap(({ messages: some }) => some)
    assert.ok(given.length < count && given.length > count - 8, `${given.length} of ${count}`)
  })

  it('are refused when they do not have the form of one', async () => {
    await laptop.story.show(line(1))
    await laptop.backfill.give({ ids: [Buffer.from(line(1).id, 'hex')] })
    const [message] = laptop.given()[0]?.messages ?? []
    assert.ok(message !== undefined)
    for (const wrong of [{ root: new Uint8Array(3) }, { device: new Uint8Array(3) }, { conversation: new Uint8Array(3) }, { chat: new Uint8Array([1, 2]) }, { readAt: 2n ** 63n }]) {
      await assert.rejects(phone.backfill.take({ messages: [{ ...message, ...wrong }] }), { name: 'MalformedError' }, Object.keys(wrong)[0])
    }
    await assert.rejects(laptop.backfill.give({ ids: [new Uint8Array(3)] }), { name: 'MalformedError' })
    assert.deepEqual(phone.taken, [])
  })
})
