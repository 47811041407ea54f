import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { Contacts } from '../../../src/client/contacts.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { OUTBOX_DEFAULTS } from '../../../src/client/outbox/defaults.ts'
import { addressKey, type OutboxKind } from '../../../src/client/outbox/events.core.ts'
import { OutboxService } from '../../../src/client/outbox/service.ts'
import { deviceNotes, newSealingKeys } from '../../../src/client/sealing/index.ts'
import { Links } from '../../../src/client/session/service.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { makeRouteRecord } from '../../../src/dht/record.ts'
import { UnreachableError } from '../../../src/errors.ts'
import { makeProfile } from '../../../src/identity/index.ts'
import { signCommit } from '../../../src/relay/receipt.ts'
import { systemRandom as random } from '../../../src/system.ts'
import { MESSAGE_STATES } from '../../../src/types.ts'
import { DAY_MS, makePerson, makeTickets, NOW, NOW_S } from '../../identity/people.ts'
import { until } from '../../until.ts'
import { memoryStore } from '../network.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import type { Draft } from '../../../src/client/groups/port.ts'
import type { OutboxComponents } from '../../../src/client/outbox/components.ts'
import type { SentStatus } from '../../../src/client/outbox/status.ts'
import type { Bytes, EnvelopeId, LineContent, MessageId, MessageState, PeerKey, RootKey, StoreId } from '../../../src/types.ts'

const TEXT: LineContent = { type: 'text', text: 'hello', mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
const LINK = '0a'.repeat(32) as PeerKey

describe('outbox service', () => {
  let database: { batch: (...given: unknown[]) => Promise<void> }
  let store: ClientStore
  let components: OutboxComponents
  let outbox: OutboxService
  let bob: RootKey
  let nodes: PeerKey[]
  let told: MessageState[]
  let own: RootKey
  /** What the groups were asked for. */
  let protectedIds: MessageId[]
  let forgotten: MessageId[]

  beforeEach(async () => {
    const clock = new VirtualClock(NOW)
    const log = defaultLogger().forComponent('test')
    const failed = (error: Error): void => assert.fail(error)
    database = memoryStore() as unknown as typeof database
    store = await ClientStore.open({ store: database as never, onDamaged: () => assert.fail('nothing is damaged') })
    const { account } = await makeAccount({ store, crypto, clock, random }, {})
    const contacts = new Contacts({ store, account, crypto, clock, log, ask: async () => { throw new UnreachableError('nobody is there') }, changed: () => {} })
    const links = new Links({ network: { open: async () => { throw new UnreachableError('nobody is there') } }, clock, random, log }, { networkId: 'test', attach: async () => {}, events: {} as never, attached: () => {}, detached: () => {}, failed: () => {} })
    const person = await makePerson(1)
    bob = person.rootKey
    const sealingKeys = await newSealingKeys({ keyEpoch: 0, notAfter: NOW_S + 1000 }, random)
    const profile = await makeProfile({ root: bob, epoch: 1, seq: NOW, devices: [person.certificate], sealingKeys }, person.signer, { crypto })
    const tickets = await makeTickets(bob, 3)
    const record = await makeRouteRecord({ root: bob, epoch: 1, seq: NOW, profile: profile.order, entries: tickets.map(ticket => ({ ticket })) }, person.signer, { crypto })
    nodes = record.entries.map(({ node }) => node)
    await contacts.take(bob, { record: record.bytes, profile: profile.bytes })
    told = []
    own = account.root
    protectedIds = []
    forgotten = []
    // Whatever stands inside the seal: what the outbox makes of it is the same.
    const groups = {
      protect: async ({ id }: Draft) => { protectedIds.push(id); return new Uint8Array(300) },
      forget: async (ids: MessageId[]) => { forgotten.push(...ids) }
    }
    components = { store, account, contacts, links, groups, notes: deviceNotes(() => account.signer, { crypto }), crypto, clock, random, log, failed, told: ({ state }) => { told.push(state) } }
    outbox = new OutboxService(components)
    await outbox.start()
  })

  afterEach(async () => {
    await outbox.stop()
    await store.close()
  })

  const queue = async (id: MessageId, kind: OutboxKind = 'text', recipients = [bob]): Promise<SentStatus | undefined> => await outbox.queue({
    recipients,
    expiry: NOW_S + 30 * DAY_MS / 1000,
    entries: () => recipients.map(recipient => ({
      id, recipient, kind: recipient === own ? 'once' : kind, words: { type: 'chat', draft: { id, conversation: bob, sentAt: NOW, stamp: NOW, parents: [], content: TEXT } }
    })),
    write: async writes => { await store.write(writes) }
  })

  const contactRecord = async (): Promise<Uint8Array> => (await components.contacts.get(bob)).record?.bytes ?? assert.fail('Bob has a record')

  /** A first message to Bob, sealed and handed over. */
  const accepted = async (id: MessageId): Promise<void> => {
    await queue(id)
    outbox.handle({ type: 'connected', link: LINK })
    await until('it is sealed', async () => (await store.outgoing.get(addressKey({ id, recipient: bob })))?.entry.envelopes.length === 1)
    const envelope = (await store.outgoing.get(addressKey({ id, recipient: bob })))?.entry.envelopes[0] as EnvelopeId
    outbox.handle({ type: 'accepted', envelope, link: LINK })
    await settled()
    for (const node of nodes.slice(0, 2)) outbox.handle({ type: 'receipt', envelope, node })
  }

  it('keeps one entry for each user, and one state for the message', async () => {
    const id = '02'.repeat(16) as MessageId
    const status = await queue(id, 'text', [bob, own])
    assert.equal(status?.to, bob)
    assert.deepEqual([outbox.size, outbox.has({ id, recipient: own })], [1, true])
    const keys: string[] = []
    for await (const [key] of store.outgoing.entries()) keys.push(key)
    assert.deepEqual(keys.sort(), [addressKey({ id, recipient: bob }), addressKey({ id, recipient: own })].sort())
    assert.equal((await store.sent.get(id))?.to, bob)
  })

  it('tells nobody of control frames, and forgets what was protected with the last entry', async () => {
    const id = '03'.repeat(16) as MessageId
    assert.equal(await queue(id, 'control'), undefined)
    outbox.handle({ type: 'connected', link: LINK })
    await until('it is sealed', () => protectedIds.length === 1)
    outbox.handle({ type: 'marked', from: bob, mark: 'delivered', ids: [id] })
    await until('it is forgotten', () => forgotten.includes(id))
    assert.deepEqual([told, outbox.size, await store.sent.get(id)], [[], 0, undefined])
  })

  it('protects again what was lost', async () => {
    const id = '04'.repeat(16) as MessageId
    await accepted(id)
    outbox.handle({ type: 'lost', recipient: bob, ids: [id] })
    await until('it was protected twice', () => protectedIds.length === 2)
  })

  describe('over a session', () => {
    let session: { node: PeerKey, open: boolean, depositsMax: number, hasRoom: boolean, deposited: number[], deposit: (ticket: number) => boolean }
    let failures: string[]
    let statuses: SentStatus[]
    const clock = (): VirtualClock => components.clock as VirtualClock

    beforeEach(async () => {
      await outbox.stop()
      failures = []
      statuses = []
      session = {
        node: LINK,
        open: true,
        depositsMax: 4,
        hasRoom: true,
        deposited: [],
        deposit (ticket) {
          if (this.hasRoom) this.deposited.push(ticket)
          return this.hasRoom
        }
      }
      outbox = new OutboxService({ ...components, links: { session: () => session, said: () => {} } as never, failed: error => { failures.push(error.message) }, told: status => { statuses.push(status) } })
      await outbox.start()
      outbox.handle({ type: 'connected', link: LINK })
    })

    /** The disk refuses until that is called. */
    const refuse = (): () => void => {
      const { batch } = database
      database.batch = async () => { throw new Error('no space left on device') }
      return () => { database.batch = batch.bind(database) }
    }

    const idOf = (number: number): MessageId => number.toString(16).padStart(32, '0') as MessageId

    it('takes receipts of strangers for no evidence', async () => {
      await queue(idOf(1))
      await until('it is deposited', () => session.deposited.length === 1)
      const [envelope] = (await store.outgoing.get(addressKey({ id: idOf(1), recipient: bob })))?.entry.envelopes ?? []
      outbox.accepted(session as never, session.deposited)
      for (let stranger = 0; stranger < 20; stranger++) {
        const run = await signCommit({ time: NOW, leaves: [envelope as EnvelopeId] }, { storeId: '05'.repeat(16) as StoreId, key: await crypto.signingKey(random.bytes(32)), crypto })
        outbox.receipts(session as never, run.frame(0, session.deposited))
      }
      await outbox.stop()
      const status = outbox.status(idOf(1))
      assert.deepEqual([status?.state, status?.copies, status?.receipts], ['accepted', 0, []])
    })

    it('counts what had no room as not said', async () => {
      session.hasRoom = false
      for (let number = 1; number <= 4; number++) await queue(idOf(number))
      await until('all are sealed', () => protectedIds.length === 4)
      await clock().advance(1000)
      session.hasRoom = true
      await until('all went out', async () => {
        await clock().advance(10_000)
        return new Set(session.deposited).size >= 4
      })
    })

    it('seals when the disk takes it, and says meanwhile what is wrong', async () => {
      let takes = (): void => {}
      await outbox.queue({
        recipients: [bob],
        expiry: NOW_S + 30 * DAY_MS / 1000,
        entries: () => [{ id: idOf(1), recipient: bob, kind: 'text', words: { type: 'chat', draft: { id: idOf(1), conversation: bob, sentAt: NOW, stamp: NOW, parents: [], content: TEXT } } }],
        write: async writes => {
          await store.write(writes)
          takes = refuse()
        }
      })
      await until('the disk refused', () => failures.length > 0)
      await until('it says so', () => outbox.status(idOf(1))?.problem === 'unwritten')
      takes()
      await until('it is deposited', async () => {
        await clock().advance(10_000)
        return session.deposited.length > 0
      })
      await until('the program is told', async () => {
        await clock().advance(1000)
        return statuses.some(({ problem }) => problem === undefined)
      })
    })

    it('tells of a state when the disk takes it', async () => {
      await queue(idOf(1))
      await until('it is deposited', () => session.deposited.length === 1)
      const [envelope] = (await store.outgoing.get(addressKey({ id: idOf(1), recipient: bob })))?.entry.envelopes ?? []
      const takes = refuse()
      outbox.accepted(session as never, session.deposited)
      for (const node of nodes.slice(0, 2)) outbox.handle({ type: 'receipt', envelope: envelope as EnvelopeId, node })
      await until('the disk refused', () => failures.length > 0)
      await clock().advance(OUTBOX_DEFAULTS.writeAgainMs)
      assert.equal(statuses.some(({ state }) => state === 'stored'), false)
      takes()
      await until('the program is told', async () => {
        await clock().advance(OUTBOX_DEFAULTS.writeAgainMs)
        return statuses.some(({ state }) => state === 'stored')
      })
    })

    it('lets a node say only so many newer records at once', async () => {
      let verified = 0
      const slow = new OutboxService({ ...components, crypto: { ...crypto, verify: async () => { verified++; return await new Promise<never>(() => {}) } } })
      const record = await contactRecord()
      for (let frame = 0; frame < 2 * OUTBOX_DEFAULTS.recordsVerifiedMax; frame++) slow.moved(Uint8Array.from(record) as Bytes)
      await settled()
      assert.equal(verified, OUTBOX_DEFAULTS.recordsVerifiedMax)
    })
  })

  it('goes on with all entries after a restart', async () => {
    const id = '05'.repeat(16) as MessageId
    await queue(id, 'text', [bob, own])
    const { entry } = await store.outgoing.get(addressKey({ id, recipient: bob })) ?? assert.fail()
    assert.deepEqual([entry.kind, entry.route?.nodes], ['text', nodes])
    const again = new OutboxService({ ...components, told: () => {} })
    await again.start()
    assert.deepEqual([again.size, again.has({ id, recipient: own }), again.status(id)?.state], [1, true, 'queued'])
    await again.stop()
  })

  it('tells states in their order, also when the reader answers while a first message is still being noted as introduced', async () => {
    const id = '01'.repeat(16) as MessageId
    await accepted(id)
    outbox.handle({ type: 'marked', from: bob, mark: 'delivered', ids: [id] })
    await until('both are told', () => told.includes('delivered') && told.includes('stored'))
    const ranks = told.map(state => MESSAGE_STATES.indexOf(state))
    assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b), told.join(' '))
  })
})
