import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { streamPair } from '@libp2p/utils'
import { Contacts } from '../../src/client/contacts.ts'
import { webCrypto as crypto } from '../../src/client/crypto.ts'
import { History } from '../../src/client/history/index.ts'
import { InboxService } from '../../src/client/inbox/service.ts'
import { Mailbox } from '../../src/client/mailbox.ts'
import { makeAccount } from '../../src/client/origin.ts'
import { chooseSealingKey, deviceNotes, FORMAT, sealMessage } from '../../src/client/sealing/index.ts'
import { Session } from '../../src/client/session/session.ts'
import { ClientStore } from '../../src/client/store/store.ts'
import { UnreachableError } from '../../src/errors.ts'
import { systemRandom } from '../../src/system.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { pushFrame } from '../../src/wire/frames.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { makePerson, NOW, NOW_S } from '../identity/people.ts'
import { memoryStore } from './network.ts'
import { Peer } from './session/peer.ts'
import { VirtualClock } from './virtual-clock.ts'
import { until } from '../until.ts'
import type { Stream } from '@libp2p/interface'
import type { Account } from '../../src/client/account.ts'
import type { SessionEvents } from '../../src/client/session/session.ts'
import type { Cursor, Envelope, MessageId, PeerKey, StoreId } from '../../src/types.ts'

const NODE = 'a'.repeat(64) as PeerKey
const STORE_ID = '5'.repeat(32) as StoreId

/** Parts of an inbox that notes never come to. */
const CONVERSATIONS = { shown: () => {}, amended: () => {}, heed: async () => {}, repair: async () => {}, taken: async () => {} }

/** Bob's side of one session, real from the stream to the store; the node's side is spoken by hand. */
class World {
  readonly clock = new VirtualClock(NOW)
  /** What came of the notes that were pushed; of conversations nothing is said here. */
  readonly shown: string[] = []
  readonly #texts = new Map<MessageId, string>()
  readonly drained: PeerKey[] = []
  open: () => Promise<Stream> = async () => { throw new UnreachableError('no drains here') }
  store!: ClientStore
  account!: Account
  inbox!: InboxService
  mailbox!: Mailbox
  session!: Session
  node!: Peer

  static async start (pushQueueBytes = 1 << 20): Promise<World> {
    const world = new World()
    await world.#start(pushQueueBytes)
    return world
  }

  async #start (pushQueueBytes: number): Promise<void> {
    const { clock } = this
    const log = defaultLogger().forComponent('test')
    const store = this.store = await ClientStore.open({ store: memoryStore(), onDamaged: () => assert.fail('nothing is damaged') })
    const { account } = await makeAccount({ store, crypto, clock, random: systemRandom }, {})
    this.account = account
    const failed = (error: Error): void => { throw error }
    const ask = async (): Promise<never> => { throw new UnreachableError('nobody is asked here') }
    const contacts = new Contacts({ store, account, crypto, clock, log, ask, changed: () => {} })
    this.inbox = new InboxService({
      store,
      account,
      contacts,
      history: await History.open({ store, own: account.root, clock, log }),
      groups: { open: async () => assert.fail('no frame comes'), lost: async () => {}, heard: () => {}, releaseWrites: () => [] },
      notes: deviceNotes(() => account.signer, { crypto }),
      crypto,
      clock,
      log,
      ask,
      failed,
      ...CONVERSATIONS,
      marked: (_from, ids) => { this.shown.push(...ids.map(id => this.#texts.get(id) ?? '')) },
      markDelivered: async (_to, _ids, writes) => { await store.write(writes) },
      settled: ids => { this.mailbox.settled(ids) },
      postponed: id => { this.mailbox.postponed(id) }
    })
    const network = { open: async (node: PeerKey) => { this.drained.push(node); return await this.open() } }
    this.mailbox = new Mailbox({ store, account, network, networkId: 'test', links: undefined as never, inbox: this.inbox, crypto, clock, log, failed, drained: () => {} })
    await this.inbox.start()
    await this.mailbox.start()
    const [outbound, inbound] = await streamPair()
    this.node = new Peer(inbound)
    this.session = new Session({ stream: outbound, node: NODE, network: 'test', clock, pushQueueBytes, events: this.#events() })
    this.node.send({ hello: makeHello('test', STORE_ID) })
    await this.session.ready
  }

  #events (): SessionEvents {
    const ignore = (): void => {}
    return {
      push: (session, _position, envelope, opened) => { this.mailbox.push(session, envelope, opened) },
      pushMissed: (session, envelope) => { this.mailbox.missed(session, envelope) },
      pushed: (session, from, to) => { this.mailbox.pushed(session, from, to) },
      behind: session => { this.mailbox.behind(session) },
      presence: ignore,
      leaving: ignore,
      accused: ignore,
      whispered: ignore,
      keyPackagesFew: ignore,
      accepted: ignore,
      receipts: ignore,
      refused: ignore,
      moved: ignore,
      room: ignore,
      heard: ignore,
      ended: ignore
    }
  }

  async seal (text: string): Promise<Envelope> {
    const alice = await makePerson(1)
    const id = crypto.sha256(new TextEncoder().encode(text)).subarray(0, 16)
    const messageId = Buffer.from(id).toString('hex') as MessageId
    this.#texts.set(messageId, text)
    const whole = await deviceNotes(() => alice.signer, { crypto }).sign({ id: messageId, to: this.account.root, sentAt: NOW, content: { type: 'delivered', ids: [messageId] } }, undefined)
    const key = chooseSealingKey(this.account.profile.sealingKeys, NOW)
    assert.ok(key !== undefined)
    const [envelope] = await sealMessage(whole, { format: FORMAT.note, messageId, key, mailbox: this.account.mailbox, expiry: NOW_S + 1000 }, crypto)
    return envelope as Envelope
  }

  push (position: number, bytes: Uint8Array): void { this.node.frames.send(...pushFrame(position, bytes as never)) }

  /** What would be there after a crash now. */
  async cursor (): Promise<Cursor | undefined> {
    await this.clock.advance(1000)
    return await this.store.cursors.get(NODE)
  }

  async until (holds: () => boolean | Promise<boolean>): Promise<void> {
    await until('it has come so far', holds)
  }

  /** What the node of a drain says, by hand. Nobody can be drained before. */
  drains (): { opened: Promise<FrameStream> } {
    const { promise, resolve } = Promise.withResolvers<FrameStream>()
    this.open = async () => {
      const [outbound, inbound] = await streamPair()
      resolve(new FrameStream(inbound, { onFrame: () => {} }))
      return outbound
    }
    this.mailbox.list([{ node: NODE, addressHints: [] }])
    this.mailbox.attached(this.session)
    return { opened: promise }
  }

  async stop (): Promise<void> {
    this.session.abort(new Error('over'))
    await this.mailbox.stop()
    await this.inbox.stop()
    await this.store.close()
  }
}

describe('mailbox', () => {
  let world: World

  afterEach(async () => { await world.stop() })

  it('moves the cursor past what was pushed when it is durable here, and shows it once', async () => {
    world = await World.start()
    const envelope = await world.seal('hello')
    world.push(0, envelope.bytes)
    world.push(7, envelope.bytes)
    world.node.send({ pushed: { from: 0n, to: 7n } })
    await world.until(() => world.shown.length > 0)
    await world.until(async () => (await world.cursor())?.position === 7)
    assert.deepEqual(world.shown, ['hello'])
    assert.equal((await world.cursor())?.storeId, STORE_ID)
  })

  it('never moves it by a push that is not on the node’s disk', async () => {
    world = await World.start()
    world.push(0, (await world.seal('beside the write')).bytes)
    await world.until(() => world.shown.length > 0)
    assert.equal((await world.cursor())?.position, 0)
  })

  it('leaves it before a push that there was no room for, and asks for a drain', async () => {
    const first = await (world = await World.start(3000)).seal('one')
    const second = await world.seal('two')
    assert.ok(first.bytes.byteLength < 3000 && first.bytes.byteLength + second.bytes.byteLength > 3000)
    world.mailbox.list([{ node: NODE, addressHints: [] }])
    world.mailbox.attached(world.session)
    await world.until(() => world.drained.length === 1)
    world.push(1, first.bytes)
    world.push(2, second.bytes)
    world.node.send({ pushed: { from: 0n, to: 1n } })
    world.node.send({ pushed: { from: 1n, to: 2n } })
    await world.until(() => world.shown.length === 1)
    assert.ok(((await world.cursor())?.position ?? 0) < 2, 'the second envelope is not here')
    await world.clock.advance(2000)
    await world.until(() => world.drained.length === 2)
  })

  it('asks for a drain when the node says that there is more', async () => {
    world = await World.start()
    world.mailbox.list([{ node: NODE, addressHints: [] }])
    world.mailbox.attached(world.session)
    await world.until(() => world.drained.length === 1)
    world.node.send({ behind: { position: 9n } })
    await world.until(() => world.drained.length === 2)
    assert.equal((await world.cursor())?.position ?? 0, 0)
  })

  it('passes over whatever is no envelope for us, and takes the next', async () => {
    world = await World.start()
    const envelope = await world.seal('after the rubbish')
    const foreign = Uint8Array.from(envelope.bytes)
    foreign[10] = (foreign[10] as number) ^ 1
    const broken = Uint8Array.from(envelope.bytes)
    broken[broken.byteLength - 1] = (broken.at(-1) as number) ^ 1
    for (const bytes of [new Uint8Array(0), new Uint8Array(76), envelope.bytes.subarray(0, 90), new Uint8Array(LIMITS.envelopeBytes + 1), foreign, broken]) world.push(1, bytes)
    world.push(2, envelope.bytes)
    world.node.send({ pushed: { from: 0n, to: 2n } })
    await world.until(async () => (await world.cursor())?.position === 2)
    assert.deepEqual(world.shown, ['after the rubbish'])
    assert.equal(world.session.open, true)
  })

  it('stops at once, though a node that is being drained says nothing', async () => {
    world = await World.start()
    await world.drains().opened
    let isStopped = false
    void world.mailbox.stop().then(() => { isStopped = true })
    await until('the mailbox has stopped', () => isStopped)
  })
})
