import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { Contacts } from '../../../src/client/contacts.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { OutboxService } from '../../../src/client/outbox/service.ts'
import { deviceSigned, newSealingKeys } from '../../../src/client/sealing/index.ts'
import { Links } from '../../../src/client/session/service.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { makeRouteRecord } from '../../../src/dht/record.ts'
import { UnreachableError } from '../../../src/errors.ts'
import { makeProfile } from '../../../src/identity/index.ts'
import { systemRandom as random } from '../../../src/system.ts'
import { MESSAGE_STATES } from '../../../src/types.ts'
import { DAY_MS, makePerson, makeTickets, NOW, NOW_S } from '../../identity/people.ts'
import { until } from '../../until.ts'
import { memoryStore } from '../network.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import type { EnvelopeId, MessageId, MessageState, PeerKey, RootKey } from '../../../src/types.ts'

const LINK = '0a'.repeat(32) as PeerKey

describe('outbox service', () => {
  let store: ClientStore
  let outbox: OutboxService
  let bob: RootKey
  let nodes: PeerKey[]
  let told: MessageState[]

  beforeEach(async () => {
    const clock = new VirtualClock(NOW)
    const log = defaultLogger().forComponent('test')
    const failed = (error: Error): void => assert.fail(error)
    store = await ClientStore.open({ store: memoryStore(), onDamaged: () => assert.fail('nothing is damaged') })
    const { account } = await makeAccount({ store, crypto, clock, random }, {})
    const contacts = new Contacts({ store, vault: account.vault, crypto, clock, log, ask: async () => { throw new UnreachableError('nobody is there') }, changed: () => {} })
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
    outbox = new OutboxService({ store, account, contacts, links, protection: deviceSigned(account.signer, { crypto }), crypto, clock, random, log, failed, told: ({ state }) => { told.push(state) } })
    await outbox.start()
  })

  afterEach(async () => {
    await outbox.stop()
    await store.close()
  })

  /** A first message to Bob, sealed and handed over. */
  const accepted = async (id: MessageId): Promise<void> => {
    const draft = { id, to: bob, sentAt: NOW, parents: [], introduction: undefined, content: { type: 'text', text: 'hello' } } as const
    await outbox.queue({ to: bob, kind: 'text', expiry: NOW_S + 30 * DAY_MS / 1000, draft: () => ({ ...draft, parents: [] }), write: async writes => { await store.write(writes) } })
    outbox.handle({ type: 'connected', link: LINK })
    await until('it is sealed', async () => (await store.outgoing.get(id))?.entry.envelopes.length === 1)
    const envelope = (await store.outgoing.get(id))?.entry.envelopes[0] as EnvelopeId
    outbox.handle({ type: 'accepted', envelope, link: LINK })
    await settled()
    for (const node of nodes.slice(0, 2)) outbox.handle({ type: 'receipt', envelope, node })
  }

  it('tells states in their order, also when the reader answers while a first message is still being noted as introduced', async () => {
    const id = '01'.repeat(16) as MessageId
    await accepted(id)
    outbox.handle({ type: 'marked', from: bob, mark: 'delivered', ids: [id] })
    await until('both are told', () => told.includes('delivered') && told.includes('stored'))
    const ranks = told.map(state => MESSAGE_STATES.indexOf(state))
    assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b), told.join(' '))
  })
})
