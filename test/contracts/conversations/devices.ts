/** Several devices of one person: each has everything, once, in the same order. */
import assert from 'node:assert/strict'
import { texts } from '../../client/waiting.ts'
import { inTime, until } from './world.ts'
import type { Client } from '../../../src/client/index.ts'
import type { Conversations } from './world.ts'

export const DEVICES: Conversations = {
  async 'has every message once on two devices each, in the same order' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const [alicesPhone, bobsPhone] = await Promise.all([world.device(alice), world.device(bob)])
    assert.equal(alicesPhone.userId, alice.userId)
    await say(alice, bob, 'from the desk')
    await say(bobsPhone, alice, 'from the train')
    await say(alicesPhone, bob, 'from the phone')
    await say(bob, alice, 'from the other desk')
    // At once on all four: whatever order they choose, it is the same.
    await Promise.all([say(alice, bob, '1'), say(alicesPhone, bob, '2'), say(bob, alice, '3'), say(bobsPhone, alice, '4')])
    const sides: Array<[Client, Client]> = [[alice, bob], [alicesPhone, bob], [bob, alice], [bobsPhone, alice]]
    for (const [client, other] of sides) await until('all is there', async () => (await order(client, other)).length === 8)
    const orders = await Promise.all(sides.map(async ([client, other]) => await order(client, other)))
    for (const other of orders) assert.deepEqual(other, orders[0])
    for (const [client] of sides) assert.deepEqual((await texts(client)).sort(), ['1', '2', '3', '4', 'from the desk', 'from the other desk', 'from the phone', 'from the train'])
  },

  async 'brings to a device that was away what the other one wrote and read' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const phone = await world.device(alice)
    await say(bob, alice, 'one')
    await until('the phone has it', async () => (await texts(phone)).length === 1)
    await phone.stop()
    await say(bob, alice, 'two')
    await say(alice, bob, 'three')
    const chat = await alice.chat(bob.userId)
    await chat.markRead((await chat.history()).filter(({ from }) => from === bob.userId).map(({ id }) => id))
    const later = await world.reopen(phone)
    await until('it has caught up', async () => {
      const [conversation] = await later.conversations()
      return conversation?.unread === 0 && conversation.last?.text === 'three'
    })
    assert.deepEqual((await order(later, bob)), await order(alice, bob))
  },

  async 'gives a new device the history that was before it' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    for (let at = 0; at < 5; at++) await say(at % 2 === 0 ? alice : bob, at % 2 === 0 ? bob : alice, String(at))
    const phone = await world.device(alice)
    await until('the history has come', async () => (await order(phone, bob)).length === 5)
    assert.deepEqual(await order(phone, bob), await order(alice, bob))
    await say(phone, bob, 'and on')
    assert.equal((await texts(bob)).at(-1), 'and on')
  },

  async 'keeps notes to oneself on all own devices' (world) {
    const alice = await world.user()
    const phone = await world.device(alice)
    await (await alice.chat(alice.userId)).send('milk')
    await until('the phone has it', async () => (await texts(phone)).includes('milk'))
    assert.deepEqual((await (await phone.chat(alice.userId)).history()).map(({ text }) => text), ['milk'])
  },

  async 'shuts a revoked device out of what comes after' (world) {
    const [alice, bob] = await Promise.all([world.user(), world.user()])
    const phone = await world.device(alice)
    await say(bob, alice, 'for both')
    await until('the phone has it', async () => (await texts(phone)).includes('for both'))
    assert.equal(alice.devices().length, 2)
    await alice.revoke(phone.device, alice.recoveryPhrase ?? '')
    assert.deepEqual(alice.devices().map(({ id }) => id), [alice.device])
    await say(bob, alice, 'for one')
    await until('the other one has it', async () => (await texts(alice)).includes('for one'))
    await say(alice, bob, 'heard')
    assert.deepEqual(await texts(phone), ['for both'])
    await assert.rejects(alice.revoke(alice.device, 'not the phrase'), { name: 'MalformedError' })
  }
}

async function say (from: Client, to: Client, text: string): Promise<void> {
  await (await (await from.chat(to.userId)).send(text)).until('delivered', inTime())
}

async function order (client: Client, other: Client): Promise<string[]> {
  return (await (await client.chat(other.userId)).history()).map(({ text }) => text)
}
