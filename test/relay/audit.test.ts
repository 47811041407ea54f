import assert from 'node:assert/strict'
import { libp2pNetwork } from '../../src/node/network.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { Audits } from '../../src/relay/audit.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { PeerLinks } from '../../src/relay/peer-links.ts'
import { openMemoryStore } from '../../src/store/index.ts'
import { systemRandom } from '../../src/system.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { fromHex, toHex } from '../../src/wire/hex.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { logOf } from './test-log.ts'
import { NETWORK, World } from './world.ts'
import { settled } from '../client/virtual-clock.ts'
import { until } from '../until.ts'
import type { NodeStore } from '../../src/store/node-store.ts'
import type { EnvelopeStore } from '../../src/ports.ts'
import type { Envelope, MailboxId, PeerKey } from '../../src/types.ts'
import type { Audited } from '../../src/wire/mail.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MAILBOX = 'ee'.repeat(32) as MailboxId

interface Side { key: PeerKey, links: PeerLinks, store: NodeStore, audits: Audits, caught: PeerKey[], asked: number, readOnly: boolean, answers: Audited[], lines: string[], host: Awaited<ReturnType<World['listener']>>['host'] }

describe('audits, on real streams', () => {
  let world: World
  let sides: Side[]
  beforeEach(() => {
    world = new World()
    sides = []
  })
  afterEach(async () => {
    for (const { audits, links, store } of sides) {
      audits.stop()
      const stopping = links.stop().then(() => 'stopped')
      while (await Promise.race([stopping, world.clock.advance(RELAY_DEFAULTS.closeMs)]) !== 'stopped');
      await store.close()
    }
    await world.stop()
  })

  /** A node of the mailbox's record. wrap: a store that lies. */
  async function startSide (wrap = (store: EnvelopeStore) => store): Promise<Side> {
    const { host, key } = await world.listener()
    const { logger, lines } = logOf(host.logger)
    const { clock } = world
    const log = logger.forComponent('posthouse:relay')
    const store = await openMemoryStore({ clock, random: systemRandom, logger })
    const side = { key, store, host, lines, caught: [], asked: 0, readOnly: false, answers: [] } as unknown as Side
    let sources = 0
    side.links = new PeerLinks({
      network: libp2pNetwork(host),
      clock,
      log,
      host: {
        network: NETWORK,
        storeId: store.envelopes.storeId,
        clock,
        newSource: () => --sources,
        onOpen: () => {},
        onEnd: ({ node }) => { if (!side.links.isLinked(node)) side.audits.unlinked(node) },
        onLost: () => {},
        onUnsent: () => {},
        onDeposit: () => {},
        onReceipts: () => {},
        onRefused: () => {},
        onMoved: () => {},
        onCollection: () => {},
        onWhisper: () => {},
        onDigests: ({ node }, digests) => { side.audits.onDigests(node, digests) },
        onAudit: (from, audit) => {
          side.asked++
          side.audits.onAudit(from, audit)
        },
        onAudited: (from, audited) => {
          side.answers.push(audited)
          side.audits.onAudited(from, audited)
        },
        onReached: node => { side.audits.linked(node) },
        onUnreachable: () => {}
      }
    })
    side.audits = new Audits({
      self: key,
      envelopes: wrap(store.envelopes),
      users: {
        devices: mailbox => mailbox === MAILBOX ? DEVICES : undefined,
        route: () => ({ entries: sides.map(({ key }) => ({ node: key })) }) as never,
        mailboxes: () => [MAILBOX],
        admits: () => true
      },
      crypto,
      clock,
      random: systemRandom,
      shelf: store.shelf('audits'),
      log,
      isReadOnly: () => side.readOnly,
      host: {
        members: () => sides.map(({ key }) => key).filter(node => !side.caught.includes(node)),
        say: (node, word) => side.links.isLinked(node) && side.links.say({ node, addressHint: undefined }, word),
        wasCollected: () => false,
        caught: node => { side.caught.push(node) }
      }
    })
    sides.push(side)
    await side.audits.start()
    await side.links.start()
    return side
  }

  const DEVICES = ['d1'.repeat(32) as PeerKey]

  /** Virtual days in which each side tells the others of the mailbox every five minutes, as reconciliation does. */
  async function pass (ms: number, isOver = (): boolean => false): Promise<void> {
    for (const end = world.clock.now() + ms; world.clock.now() < end && !isOver();) {
      for (const side of sides) for (const { key: node } of sides) if (node !== side.key) side.links.say({ node, addressHint: undefined }, { digests: { digests: [DIGEST], readOnly: side.readOnly } })
      // Streams take real turns of the event loop, beside virtual time.
      for (let turn = 0; turn < 4; turn++) await settled()
      await world.clock.advance(5 * MINUTE)
      for (let turn = 0; turn < 8; turn++) await settled()
    }
  }

  const DIGEST = { mailbox: fromHex(MAILBOX), count: 0, fingerprint: new Uint8Array(16), routeEpoch: 1, routeSeq: 1n, profileEpoch: 1, profileSeq: 1n }

  /** Mail that outlives the test. */
  function mail (count: number): Envelope[] {
    const expiry = Math.floor((world.clock.now() + 29 * DAY) / 1000)
    return Array.from({ length: count }, (_, number) => makeEnvelope({ mailbox: MAILBOX, expiry, body: new Uint8Array(100).fill(number) }, crypto))
  }

  it('find nothing at a node that has what we have, and a node out that signs and drops', async () => {
    const auditor = await startSide()
    const honest = await startSide()
    const liar = await startSide(store => ({ ...overlaid(store), read: async () => [] }))
    for (const { store } of sides) await store.envelopes.append(mail(40))
    await pass(3 * DAY, () => auditor.caught.length > 0 && honest.caught.length > 0)
    assert.deepEqual([auditor.caught, honest.caught, liar.caught], [[liar.key], [liar.key], []])
    assert.ok(auditor.answers.length >= 3 && auditor.answers.every(({ hashes }) => hashes.length > 0 && hashes.length <= LIMITS.auditIds))
    assert.ok(auditor.lines.some(line => line.includes('does not hold what it should')))
    // Whoever starts again still knows.
    auditor.audits.stop()
    auditor.caught.length = 0
    await auditor.audits.start()
    assert.deepEqual(auditor.caught, [liar.key])
  })

  it('ask neither of nor for a node whose disk refuses writes, and find it out when it lacks what it could have taken', async () => {
    const full = await startSide()
    const well = await startSide()
    full.readOnly = true
    // What the users of either collect meanwhile, the full one does not hear: its mail is not the other's.
    await full.store.envelopes.append(mail(40).slice(0, 20))
    await well.store.envelopes.append(mail(40).slice(20))
    await pass(3 * DAY)
    assert.deepEqual([full.caught, well.caught, full.asked, well.asked], [[], [], 0, 0])
    full.readOnly = false
    await pass(3 * DAY, () => well.caught.length > 0)
    assert.deepEqual(well.caught, [full.key])
  })

  it('tell the devices of a user whose record lists who is caught, then and when they come', async () => {
    const honest = await world.startNode()
    const liar = await world.startNode({ envelopes: store => ({ ...overlaid(store), read: async () => [] }) })
    const bob = await world.newUser(world.nodes)
    const route = await world.publish(bob, world.nodes, { n: 2 })
    const device = await world.attach(bob, honest)
    const other = await world.newUser([honest])
    const stranger = await world.attach(other, honest)
    const expiry = Math.floor((world.clock.now() + 29 * DAY) / 1000)
    for (let ticket = 0; ticket < 5; ticket++) device.deposit(ticket, route, makeEnvelope({ mailbox: bob.mailbox, expiry, body: new Uint8Array(100).fill(ticket) }, crypto))
    await until('both have signed', () => device.storedBy(liar).length === 5 && device.storedBy(honest).length === 5)
    for (let passed = 0; passed < 3 * DAY && device.accused.length === 0; passed += 5 * MINUTE) {
      await world.clock.advance(5 * MINUTE)
      for (let turn = 0; turn < 8; turn++) await settled()
    }
    assert.deepEqual(device.accused, [liar.key.publicKey])
    const later = await world.attach(bob, honest)
    await until('it is told when it comes', () => later.accused.length > 0)
    assert.deepEqual([later.accused, stranger.accused], [[liar.key.publicKey], []])
  })

  it('hold nothing against a node for what a device collected that its user has no more', async () => {
    const [there, away] = await world.startNodes(2)
    assert.ok(there !== undefined && away !== undefined)
    const bob = await world.newUser([there, away])
    await world.publish(bob, [there, away], { n: 2 })
    const letters = [1, 2, 3].map(number => world.envelope(bob.mailbox, number, 100, 20 * DAY / 1000))
    for (const { envelopes } of [there, away]) await envelopes.append(letters)
    await away.relay.stop()
    await there.envelopes.collect(await world.collection(bob, letters.map(({ id }) => id)), [bob.key.publicKey])
    await world.clock.advance(1000)
    // The only device is lost, and another one takes its place while the second node is away: it learns of the device before it hears what that had collected.
    const later = await world.replaceDevice(bob, [there])
    await world.publish(later, [there, away], { n: 2, knownTo: [there] })
    await there.envelopes.append([world.envelope(bob.mailbox, 4, 100, 20 * DAY / 1000)])
    await away.relay.start()
    await world.passes(HOUR, 'it knows the device, and has the new letter', () => away.users.devices(bob.mailbox)?.[0] === later.key.publicKey && away.envelopes.usage(bob.mailbox).envelopes === 4)
    assert.equal(there.envelopes.usage(bob.mailbox).envelopes, 1)
    const asked = (): number => away.log.lines.filter(line => line.includes('does not hold what it should')).length
    for (let passed = 0; passed < 3 * DAY && asked() === 0; passed += 5 * MINUTE) {
      await world.clock.advance(5 * MINUTE)
      for (let turn = 0; turn < 8; turn++) await settled()
    }
    assert.equal(asked(), 0)
  })

  it('hold nothing against a node for what was collected, and for what some device has', async () => {
    const auditor = await startSide()
    const other = await startSide(store => ({ ...overlaid(store), read: async () => [] }))
    DEVICES.push('d2'.repeat(32) as PeerKey)
    const envelopes = mail(10)
    await auditor.store.envelopes.append(envelopes)
    const bob = await world.newUser([])
    const { bytes } = await world.collection(bob, envelopes.map(({ id }) => id))
    await auditor.store.envelopes.collect({ root: bob.root, mailbox: MAILBOX, device: DEVICES[0]!, epoch: 1, ids: envelopes.map(({ id }) => id), time: 1, bytes } as never, DEVICES)
    await pass(1.5 * DAY)
    DEVICES.pop()
    assert.deepEqual([auditor.caught, other.caught], [[], []])
    assert.ok(auditor.answers.length > 0)
  })

  it('answer only whoever is of the record, a few times a minute, and end the stream of who asks for too much', async () => {
    const asker = await startSide()
    const asked = await startSide()
    const kept = mail(3)
    await asked.store.envelopes.append(kept)
    const ids = kept.map(({ id }) => fromHex(id))
    const audit = { number: 7, nonce: new Uint8Array(16), mailbox: fromHex(MAILBOX), ids }
    const say = (word: Partial<typeof audit>): void => { asker.links.say({ node: asked.key, addressHint: undefined }, { audit: { ...audit, ...word } }) }
    const answered = async (word: Partial<typeof audit>): Promise<void> => {
      const before = asker.answers.length
      say(word)
      await until('a question is answered', () => asker.answers.length > before)
    }
    for (let number = 0; number < RELAY_DEFAULTS.auditAnswersPerMinute; number++) await answered({ number })
    assert.deepEqual(asker.answers[0]?.hashes.map(toHex), kept.map(({ bytes }) => toHex(crypto.sha256(new Uint8Array(16), bytes))))
    for (let more = 0; more < 4; more++) say({ number: 100 + more })
    await until('they have come', () => asked.asked === RELAY_DEFAULTS.auditAnswersPerMinute + 4)
    await world.clock.advance(MINUTE)
    await answered({ number: 200, ids: [new Uint8Array(32)] })
    assert.equal(asker.answers.length, RELAY_DEFAULTS.auditAnswersPerMinute + 1)
    assert.deepEqual(asker.answers.at(-1)?.hashes.map(({ byteLength }) => byteLength), [0])
    say({ mailbox: new Uint8Array(32) })
    await answered({ number: 201 })
    assert.deepEqual(asker.answers.at(-1)?.number, 201)
    const stranger = await startSide()
    sides.pop()
    stranger.links.say({ node: asked.key, addressHint: undefined }, { audit })
    await until('the stranger is linked', () => stranger.links.isLinked(asked.key))
    await answered({ number: 202 })
    assert.equal(stranger.answers.length, 0)
    sides.push(stranger)
    for (const malformed of [{ nonce: new Uint8Array(15) }, { ids: [] }, { ids: [new Uint8Array(31)] }, { mailbox: new Uint8Array(0) }, { ids: Array<Uint8Array<ArrayBuffer>>(LIMITS.auditIds + 1).fill(new Uint8Array(32)) }]) {
      say(malformed)
      await until(`a stream with ${Object.keys(malformed).join()} was ended`, () => !asker.links.isLinked(asked.key))
      await world.clock.advance(MINUTE)
      await answered({})
    }
  })
})

/** A class's methods, to be spread. */
function overlaid (store: EnvelopeStore): EnvelopeStore {
  return {
    storeId: store.storeId,
    queuedBytes: 0,
    append: async envelopes => await store.append(envelopes),
    page: async (...asked) => await store.page(...asked),
    collect: async (...asked) => { await store.collect(...asked) },
    collections: mailbox => store.collections(mailbox),
    sweep: async now => await store.sweep(now),
    usage: mailbox => store.usage(mailbox),
    digest: async mailbox => await store.digest(mailbox),
    ids: async (...asked) => await store.ids(...asked),
    missing: async (...asked) => await store.missing(...asked),
    read: async (...asked) => await store.read(...asked),
    release: async (...asked) => await store.release(...asked),
    scrub: async options => await store.scrub(options),
    lastPosition: mailbox => store.lastPosition(mailbox),
    close: async () => { await store.close() }
  }
}
