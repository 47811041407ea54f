import assert from 'node:assert/strict'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { GROUPS_DEFAULTS } from '../../../src/client/groups/defaults.ts'
import { parseUserId } from '../../../src/identity/index.ts'
import { systemClock } from '../../../src/system.ts'
import { memoryStore, next, soon, TestNetwork, texts } from '../network.ts'
import { until as watch } from '../../until.ts'
import type { MemoryLevel } from 'memory-level'
import type { ComponentLogger, Logger } from '@libp2p/interface'
import type { Client, ClientInit, ContactSummary } from '../../../src/client/index.ts'
import type { RootKey } from '../../../src/types.ts'

/** Hears what a client logs. */
function logging (heard: (name: string, text: string) => void): ComponentLogger {
  const forComponent = (name: string): Logger => {
    const log = (text: unknown): void => { heard(name, String(text)) }
    return Object.assign(log, { error: log, trace: () => {}, enabled: true, newScope: (scope: string) => forComponent(`${name}:${scope}`) }) as unknown as Logger
  }
  return { forComponent }
}

/** As if the device had never been in the conversation with this user. */
async function forgetGroups (store: ClientInit['store'], conversation: RootKey): Promise<void> {
  const database = store as unknown as MemoryLevel<string, string>
  await database.open()
  const entries = await database.iterator().all()
  const groups = entries.filter(([key, record]) => key.startsWith('!group!') && record.includes(conversation)).map(([key]) => key.slice('!group!'.length))
  const keys = entries.map(([key]) => key).filter(key => key.startsWith('!group') && [...groups, conversation].some(name => key.includes(name)))
  assert.ok(groups.length > 0 && keys.length > 0)
  await database.batch(keys.map(key => ({ type: 'del', key })))
}

/** The whole client over real nodes: several devices of one person. */
/** Devices ask each other, and nodes, in between; and what waits for its commit does so for 20 s. */
const WAIT_MS = 40_000
const PATIENCE_MS = 120_000

describe('several devices of one person', function () {
  this.timeout(60_000)
  let network: TestNetwork
  let alice: Client
  let bob: Client

  beforeEach(async () => {
    network = await TestNetwork.start(3)
    alice = await network.user()
    bob = await network.user()
  })

  afterEach(async () => { await network.stop() })

  const say = async (from: Client, to: string, text: string): Promise<void> => {
    const sent = await (await from.chat(to)).send(text)
    await sent.until('delivered', soon(20_000))
  }

  const link = async (by: Client, init: Partial<ClientInit> = {}): Promise<Client> => {
    const { code, linked } = await by.invite()
    const [client] = await Promise.all([network.client({ linkCode: code, nodes: [], ...init }), linked])
    return client
  }

  const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
    await watch(what, condition, WAIT_MS).catch((error: Error) => {
      assert.fail(`${error.message}; warnings: ${[alice, bob].flatMap(client => client.status().warnings).join('; ')}`)
    })
  }

  it('link brings contacts and history, and from then on every message', async () => {
    await say(alice, bob.userId, 'before')
    await say(bob, alice.userId, 'answered before')
    await alice.nameContact(bob.userId, '  Bob ')
    await assert.rejects(alice.nameContact(alice.userId, 'Me'), { name: 'MalformedError', message: /your own id/ })
    await assert.rejects(alice.nameContact(bob.userId, 'two\nlines'), { name: 'MalformedError' })
    const phone = await link(alice)
    assert.equal(phone.userId, alice.userId)
    assert.equal(alice.devices().length, 2)
    await until('the history comes over', async () => (await texts(phone)).length === 2)
    assert.deepEqual((await texts(phone)).sort(), ['answered before', 'before'])
    await say(bob, alice.userId, 'to both')
    await until('the phone hears it', async () => (await texts(phone)).includes('to both'))
    await until('so does the laptop', async () => (await texts(alice)).includes('to both'))
    await say(phone, bob.userId, 'from the phone')
    await until('the laptop has it too', async () => (await texts(alice)).includes('from the phone'))
    assert.deepEqual(await phone.contacts(), [{ userId: bob.userId, name: 'Bob' }], 'what one calls others comes along')
    const renamed = next<ContactSummary>(alice, 'contact', () => true)
    await phone.nameContact(bob.userId, 'Bobby')
    assert.deepEqual(await renamed, { userId: bob.userId, name: 'Bobby' })
    assert.deepEqual((await alice.conversations()).map(({ userId, name }) => [userId, name]), [[bob.userId, 'Bobby']])
    assert.deepEqual((await bob.contacts()).map(({ name }) => name), [''], 'and nobody else hears of it')
  })

  it('what was written in the moment of linking is on the new device, though its author is gone', async () => {
    await say(bob, alice.userId, 'before')
    const chat = await bob.chat(alice.userId)
    const { code, linked } = await alice.invite()
    const phone = await network.client({ linkCode: code, nodes: [] })
    // Nobody has told Bob of the phone yet.
    const sent = await chat.send('in the moment')
    await sent.until('stored', soon(20_000))
    await bob.stop()
    await linked
    await until('it is on both', async () => (await Promise.all([alice, phone].map(async client => (await texts(client)).includes('in the moment')))).every(Boolean))
    await until('nothing is said to be missing', () => phone.status().unopened === 0)
    assert.deepEqual((await texts(phone)).sort(), ['before', 'in the moment'])
  }).timeout(PATIENCE_MS)

  it('what one of them cannot open comes from another, though its author is gone', async () => {
    await say(bob, alice.userId, 'before')
    const store = memoryStore()
    let phone = await link(alice, { store })
    await until('the history comes over', async () => (await texts(phone)).length === 1)
    await say(bob, alice.userId, 'to the phone, too')
    await until('the phone hears it', async () => (await texts(phone)).length === 2)
    await phone.stop()
    await forgetGroups(store, parseUserId(bob.userId))
    await say(bob, alice.userId, 'to both')
    await bob.stop()
    phone = await network.client({ store, nodes: [] })
    await until('the phone has it, and cannot open it', () => phone.status().unopened > 0)
    await phone.stop()
    // What opens it did not come in time.
    phone = await network.client({ store, nodes: [], clock: { ...systemClock, now: () => Date.now() + GROUPS_DEFAULTS.waitMs } })
    await until('it is given', async () => (await texts(phone)).includes('to both'))
    assert.deepEqual((await texts(phone)).sort(), ['before', 'to both', 'to the phone, too'])
  }).timeout(PATIENCE_MS)

  it('revoke shuts a device out, and the others go on', async () => {
    const phrase = alice.recoveryPhrase as string
    const phone = await link(alice)
    const tablet = await link(alice)
    await until('all know each other', () => phone.devices().length === 3)
    const told = next<string>(tablet, 'warning', sentence => sentence.includes('does not belong to you'))
    await alice.revoke(tablet.device, phrase)
    await told
    assert.deepEqual(alice.devices().map(({ id }) => id), [alice.device, phone.device])
    await until('the phone takes it over', () => phone.devices().length === 2)
    await say(bob, alice.userId, 'without the tablet')
    await until('the phone hears it', async () => (await texts(phone)).includes('without the tablet'))
    assert.deepEqual(await texts(tablet), [])
  })

  it('restore from the phrase brings back whom one knew, and they write on', async () => {
    const phrase = alice.recoveryPhrase as string
    const store = memoryStore()
    await alice.stop()
    alice = await network.client({ phrase, store, nodes: [], bootstrap: network.addrs })
    await say(alice, bob.userId, 'hello')
    await alice.nameContact(bob.userId, 'Bob')
    await alice.stop()
    // A backup is due, and the next run makes it.
    const later = { ...systemClock, now: () => Date.now() + DEVICES_DEFAULTS.backupDelayMs + 1000 }
    const made: string[] = []
    alice = await network.client({ store, clock: later, logger: logging((name, text) => { if (name.endsWith('devices')) made.push(text) }) })
    await until('a backup is stored', () => made.some(text => text.includes('a backup is stored')))
    await alice.stop()
    const back = await network.client({ phrase, store: memoryStore(), nodes: [], bootstrap: network.addrs })
    const sentence = await next<string>(back, 'warning', text => text.includes('from a backup'))
    assert.match(sentence, /^1 contact is back/)
    assert.deepEqual(await back.contacts(), [{ userId: bob.userId, name: 'Bob' }])
    await say(back, bob.userId, 'here I am')
    await say(bob, back.userId, 'good')
    await until('it is here', async () => (await texts(back)).length === 2)
    assert.deepEqual((await texts(back)).sort(), ['good', 'here I am'])
  })

  it('an export brings everything back', async () => {
    const phrase = alice.recoveryPhrase as string
    await say(alice, bob.userId, 'hello')
    await say(bob, alice.userId, 'hi')
    const pieces: Uint8Array[] = []
    await alice.nameContact(bob.userId, 'Bob')
    await alice.exportTo(async piece => { pieces.push(piece) }, 'correct horse')
    await alice.stop()
    const back = await network.client({ phrase, store: memoryStore(), nodes: [], bootstrap: network.addrs })
    const imported = await back.importFrom((async function * () { yield * pieces })(), 'correct horse')
    assert.deepEqual(imported, { contacts: 1, messages: 2 })
    assert.deepEqual(await back.contacts(), [{ userId: bob.userId, name: 'Bob' }])
    assert.deepEqual(await texts(back), ['hello', 'hi'])
    const history = await (await back.chat(bob.userId)).history()
    assert.equal(history[0]?.state, 'delivered')
    await assert.rejects(bob.importFrom((async function * () { yield * pieces })(), 'correct horse'), { name: 'IdentityError' })
  })
})
