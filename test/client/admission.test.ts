// Delivery keys between people over real nodes: who is a stranger, and how one becomes a contact.
import assert from 'node:assert/strict'
import { Judged } from '../judged.ts'
import { until } from '../until.ts'
import { soon, TestNetwork, texts } from './network.ts'
import type { Client } from '../../src/client/index.ts'

const WAIT_MS = 20_000

describe('mail of contacts', function () {
  this.timeout(60_000)
  let network: TestNetwork
  let judged: Judged
  let alice: Client
  let bob: Client

  beforeEach(async () => {
    judged = new Judged()
    network = await TestNetwork.start(0)
    for (let nodes = 0; nodes < 2; nodes++) await network.addNode({ openStore: judged.openStore })
    alice = await network.user()
    bob = await network.user()
  })

  afterEach(async () => { await network.stop() })

  const say = async (from: Client, to: Client, text: string): Promise<void> => {
    await (await (await from.chat(to.userId)).send(text)).until('delivered', soon(WAIT_MS))
  }

  const link = async (by: Client): Promise<Client> => {
    const { code, linked } = await by.invite()
    const [client] = await Promise.all([network.client({ linkCode: code, nodes: [] }), linked])
    return client
  }

  /** Writes until everything that it causes is taken for a contact's. */
  const becomesKnown = async (from: Client, to: Client): Promise<void> => {
    let tries = 0
    await until('all mail is a contact’s', async () => {
      judged.admissions = []
      await say(from, to, `try ${++tries}`)
      return judged.kinds.join() === 'admitted'
    }, WAIT_MS)
  }

  it('is known as such from the first answer on, both ways and to own devices', async () => {
    await say(alice, bob, 'hello')
    assert.ok(judged.admissions.includes('request'), 'nobody knows Bob’s key before he says a word')
    await say(bob, alice, 'who is it?')
    judged.admissions = []
    await say(alice, bob, 'Alice')
    await say(bob, alice, 'I see')
    assert.deepEqual(judged.kinds, ['admitted'])
    await until('both have it', async () => (await texts(alice)).length === 4 && (await texts(bob)).length === 4, WAIT_MS)

    const phone = await link(alice)
    await until('the history comes over', async () => (await texts(phone)).length === 4, WAIT_MS)
    judged.admissions = []
    await say(phone, bob, 'from the phone')
    await until('the laptop has it', async () => (await texts(alice)).includes('from the phone'), WAIT_MS)
    assert.deepEqual(judged.kinds, ['admitted'])
  })

  it('is known again after a device was taken away and every key changed', async () => {
    const phrase = alice.recoveryPhrase as string
    const phone = await link(alice)
    await until('they know each other', () => alice.devices().length === 2, WAIT_MS)
    await say(alice, bob, 'hello')
    await becomesKnown(bob, alice)
    await alice.revoke(phone.device, phrase)
    await becomesKnown(bob, alice)
    await becomesKnown(alice, bob)
  })

  it('is known to whoever comes back from the phrase', async () => {
    const phrase = alice.recoveryPhrase as string
    await say(alice, bob, 'hello')
    await alice.stop()
    alice = await network.client({ phrase, nodes: [], bootstrap: network.addrs })
    await say(alice, bob, 'it is me')
    await becomesKnown(bob, alice)
  })
})
