import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { History } from '../../../src/client/history/index.ts'
import { INBOX_DEFAULTS } from '../../../src/client/inbox/defaults.ts'
import { InboxService, type InboxComponents } from '../../../src/client/inbox/service.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { chooseSealingKey, deviceNotes, FORMAT, sealMessage } from '../../../src/client/sealing/index.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { StoreFailedError, TimedOutError, TooLargeError } from '../../../src/errors.ts'
import { systemRandom as random } from '../../../src/system.ts'
import { makePerson, NOW, NOW_S } from '../../identity/people.ts'
import { until } from '../../until.ts'
import { BOB, id, line } from '../history/story.ts'
import { memoryStore } from '../network.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import type { Account } from '../../../src/client/account.ts'
import type { Envelope, Message, MessageId } from '../../../src/types.ts'

/** An inbox on a store in memory; nobody answers unless a test says so. */
class World {
  readonly clock = new VirtualClock(NOW)
  readonly shown: string[] = []
  /** What went out, or was told to others. */
  readonly begun: string[] = []
  readonly failures: string[] = []
  readonly database = memoryStore() as unknown as { batch: (...given: unknown[]) => Promise<void> }
  store!: ClientStore
  account!: Account
  inbox!: InboxService

  static async start (components: Partial<InboxComponents> = {}): Promise<World> {
    const world = new World()
    await world.#start(components)
    return world
  }

  async #start (components: Partial<InboxComponents>): Promise<void> {
    const { clock } = this
    const log = defaultLogger().forComponent('test')
    const store = this.store = await ClientStore.open({ store: this.database as never, onDamaged: () => assert.fail('nothing is damaged') })
    const { account } = await makeAccount({ store, crypto, clock, random }, {})
    this.account = account
    this.inbox = new InboxService({
      store,
      account,
      crypto,
      clock,
      log,
      contacts: { touch: async () => {}, get: async () => ({}), introduce: async () => {} } as never,
      history: await History.open({ store, own: account.root, clock, log }),
      groups: { open: async () => assert.fail('no frame comes'), lost: async () => {}, heard: () => {}, releaseWrites: () => [] },
      notes: deviceNotes(() => account.signer, { crypto }),
      ask: async () => { this.begun.push('a question'); return undefined as never },
      shown: ({ message }) => { this.shown.push(message.id) },
      amended: () => {},
      heed: async () => {},
      taken: async () => {},
      repair: async () => {},
      marked: () => {},
      markDelivered: async () => { this.begun.push('a mark') },
      settled: () => { this.begun.push('a cursor') },
      postponed: () => {},
      failed: error => { this.failures.push(error.message) },
      ...components
    })
    await this.inbox.start()
  }

  /** A message of a chat, decrypted. */
  read (message: Message): void { this.inbox.opened(message.id, { type: 'message', message }) }

  /** A note in an envelope. */
  async take (number: number): Promise<void> {
    const alice = await makePerson(1)
    const messageId = number.toString(16).padStart(32, '0') as MessageId
    const whole = await deviceNotes(() => alice.signer, { crypto }).sign({ id: messageId, to: this.account.root, sentAt: NOW, content: { type: 'delivered', ids: [messageId] } }, undefined)
    const key = chooseSealingKey(this.account.profile.sealingKeys, NOW) ?? assert.fail()
    const [envelope] = await sealMessage(whole, { format: FORMAT.note, messageId, key, mailbox: this.account.mailbox, expiry: NOW_S + 100_000 }, crypto)
    this.inbox.take(envelope as Envelope, () => {})
  }

  /** The disk refuses until that is called. */
  refuse (): () => void {
    const { batch } = this.database
    this.database.batch = async () => { throw new Error('no space left on device') }
    return () => { this.database.batch = batch.bind(this.database) }
  }

  async settles (): Promise<void> {
    await until('the inbox is settled', async () => {
      await this.clock.advance(INBOX_DEFAULTS.batchMs)
      return this.inbox.isSettled
    })
  }

  async stop (): Promise<void> {
    await this.inbox.stop()
    await this.store.close()
  }
}

describe('inbox service', () => {
  it('shows what reaches the disk while it stops, and begins nothing else', async () => {
    const world = await World.start()
    const { inbox, database } = world
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const batch = database.batch.bind(database)
    database.batch = async (...given) => {
      reached.resolve()
      await released.promise
      await batch(...given)
    }
    world.read(line(1))
    await reached.promise
    const stopped = inbox.stop()
    released.resolve()
    await stopped
    assert.deepEqual(world.shown, [id(1)])
    world.read(line(2))
    await world.stop()
    assert.deepEqual([world.shown, world.begun], [[id(1)], []])
  })

  describe('on a disk that refuses', () => {
    it('shows what came, in order and once, when it takes it', async () => {
      const world = await World.start()
      const takes = world.refuse()
      world.read(line(1))
      await until('the disk refused', () => world.failures.length === 1)
      for (const number of [2, 3]) world.read({ ...line(number), parents: [id(number - 1)] })
      await settled()
      await world.clock.advance(INBOX_DEFAULTS.writeAgainMs)
      assert.deepEqual([world.shown, world.inbox.isSettled], [[], false])
      takes()
      await world.clock.advance(INBOX_DEFAULTS.writeAgainMs)
      await until('all is shown', () => world.shown.length === 3)
      assert.deepEqual(world.shown, [1, 2, 3].map(id))
      await world.settles()
      assert.equal(world.failures.length, 1, 'it is said once')
      await world.stop()
    })

    it('stops all the same', async () => {
      const world = await World.start()
      world.refuse()
      world.read(line(1))
      await until('the disk refused', () => world.failures.length === 1)
      await world.stop()
      assert.deepEqual(world.shown, [])
    })

    it('takes back what the program writes, and nothing answers it', async () => {
      const world = await World.start()
      const { inbox, account } = world
      const own = (number: number): Message => ({ ...line(number, { from: account.root }), device: account.device.publicKey, parents: inbox.heads(BOB) })
      await inbox.sent(own(1), [])
      const takes = world.refuse()
      await assert.rejects(inbox.sent(own(2), []), StoreFailedError)
      assert.deepEqual(inbox.heads(BOB), [id(1)])
      takes()
      world.read(line(3))
      await until('what comes later is shown', () => world.shown.length === 1)
      await inbox.sent(own(4), [])
      assert.deepEqual(inbox.heads(BOB), [id(4)])
      await world.settles()
      await world.stop()
    })

    it('heeds a word when it takes what that asks for', async () => {
      let heeds = 0
      const world = await World.start({ heed: async () => { if (++heeds === 1) throw new StoreFailedError('the store could not be written') } })
      world.read({ ...line(1), content: { type: 'repair', ids: [id(9)] } })
      await until('the disk refused', () => world.failures.length === 1)
      assert.equal(world.inbox.isSettled, false)
      await world.clock.advance(INBOX_DEFAULTS.writeAgainMs)
      await world.settles()
      assert.equal(heeds, 2)
      await world.stop()
    })
  })

  it('is not held up by a word that cannot be heeded', async () => {
    const world = await World.start({ heed: async () => { throw new TooLargeError('10000 messages wait to be delivered already') } })
    world.read({ ...line(1), content: { type: 'repair', ids: [id(9)] } })
    await world.settles()
    await world.stop()
  })

  it('collects everything, though the answer to one collection comes while another is out', async () => {
    const asked: Array<PromiseWithResolvers<undefined>> = []
    const answering = (): void => { for (const answer of asked) answer.resolve(undefined) }
    const world = await World.start({
      ask: async () => {
        const answer = Promise.withResolvers<undefined>()
        asked.push(answer)
        return await answer.promise as never
      }
    })
    const { inbox, clock, store } = world
    await world.take(1)
    await until('the first is asked for', () => asked.length === 1)
    await world.take(2)
    // The first is given up after ten seconds, and goes out again with the second; then its answer comes.
    await until('both are asked for', async () => {
      await clock.advance(INBOX_DEFAULTS.batchMs)
      return asked.length === 2
    })
    asked[0]?.resolve(undefined)
    await settled()
    asked[1]?.reject(new TimedOutError('the node did not answer within 2 s'))
    await until('all is collected', async () => {
      await clock.advance(INBOX_DEFAULTS.batchMs)
      answering()
      return inbox.isSettled
    })
    const uncollected: string[] = []
    for await (const [, fact] of store.facts.entries()) if (fact.type === 'envelope' && !fact.collected) uncollected.push(fact.envelope)
    assert.deepEqual(uncollected, [])
    await world.stop()
  })
})
