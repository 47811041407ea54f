import assert from 'node:assert/strict'
import fc from 'fast-check'
import { defaultLogger } from '@libp2p/logger'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { backupKeyPair } from '../../../src/client/devices/phrase-key.ts'
import { Backups, openBackup } from '../../../src/client/devices/self-envelope.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { openSealed } from '../../../src/client/sealing/index.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { systemClock, systemRandom } from '../../../src/system.ts'
import { SEALING_SUITE } from '../../../src/types.ts'
import { SyncBody } from '../../../src/wire/devices.ts'
import { DeviceRig, linkTo, memoryStore, startNodes, until } from './rig.ts'
import type { PosthouseNode } from '../../../src/index.ts'
import type { Clock } from '../../../src/ports.ts'
import type { Account } from '../../../src/client/account.ts'
import type { Envelope, PeerKey, RootKey, RouteRecord } from '../../../src/types.ts'

describe('backups over real nodes', function () {
  this.timeout(40_000)
  let nodes: PosthouseNode[]
  const rigs: DeviceRig[] = []
  const addrs = (): string[] => nodes.flatMap(node => node.addrs)
  const open = async (init: Parameters<typeof DeviceRig.open>[0]): Promise<DeviceRig> => {
    const rig = await DeviceRig.open(init)
    rigs.push(rig)
    return rig
  }

  /** Timers that wait for minutes ring when told. */
  class Bell {
    #waiting: Array<{ at: number, callback: () => void }> = []
    aheadMs = 0
    readonly clock: Clock = {
      now: () => Date.now() + this.aheadMs,
      after: (ms, callback) => {
        if (ms < 60_000) return systemClock.after(ms, callback)
        const timer = { at: this.clock.now() + ms, callback }
        this.#waiting.push(timer)
        return () => { this.#waiting = this.#waiting.filter(other => other !== timer) }
      }
    }

    ring (ms: number): void {
      this.aheadMs += ms
      const due = this.#waiting.filter(({ at }) => at <= this.clock.now())
      this.#waiting = this.#waiting.filter(timer => !due.includes(timer))
      for (const { callback } of due) callback()
    }
  }

  beforeEach(async () => { nodes = await startNodes(2) })

  afterEach(async () => {
    await Promise.all(rigs.splice(0).map(async rig => { await rig.stop() }))
    await Promise.all(nodes.map(async node => { await node.stop() }))
  })

  const meet = async (rig: DeviceRig, other: DeviceRig): Promise<void> => {
    await rig.contacts.learn(other.account.root, other.account.introduction, 5)
  }

  const madeBy = (rig: DeviceRig): SyncBody[] => rig.words.map(body => SyncBody.decode(body)).filter(({ backup }) => backup !== undefined)

  it('are found with nothing but the phrase, and the newest counts', async () => {
    const bell = new Bell()
    const alice = await open({ nodes: addrs(), clock: bell.clock })
    const [bob, carol] = [await open({ nodes: addrs() }), await open({ nodes: addrs() })]
    for (const other of [bob, carol]) {
      await meet(alice, other)
      await alice.contacts.setName(other.account.root, 'Bob')
      if (other === carol) await alice.contacts.setName(other.account.root, '')
      const before = madeBy(alice).length
      bell.ring(DEVICES_DEFAULTS.backupDelayMs)
      await until(() => madeBy(alice).length > before, async () => {})
    }
    const [, second] = madeBy(alice)
    assert.equal(second?.backup?.replaced.byteLength, madeBy(alice)[0]?.backup?.made.byteLength, 'the one before is let go of')
    await until(() => alice.unknown.size === 1, async () => {
      alice.unknown.clear()
      await alice.drain()
    })
    assert.deepEqual([...alice.unknown.values()], [SEALING_SUITE.backup], 'a device leaves the newest aside')

    const back = await open({ phrase: alice.opening.recoveryPhrase as string, bootstrap: addrs() })
    assert.deepEqual(back.account.nodes.map(({ node }) => node), alice.account.nodes.map(({ node }) => node), 'the same nodes serve')
    await back.register([])
    await back.drain()
    for (const other of [bob, carol]) {
      const contact = await back.contacts.get(other.account.root)
      assert.deepEqual([contact.record?.order, contact.profile?.order, contact.presenceKey, contact.usedAt], [other.account.record?.order, other.account.profile.order, other.account.presenceKey, 5])
    }
    assert.deepEqual([await back.contacts.get(bob.account.root), await back.contacts.get(carol.account.root)].map(({ name }) => name), ['Bob', ''], 'names come back too')
    for (const { node } of back.account.nodes) back.devices.drained(node, undefined)
    await until(() => back.warnings.length > 0 && back.introduced.length === 2, async () => {})
    assert.match(back.warnings[0] ?? '', /^2 contacts are back, from a backup of \d{4}-\d\d-\d\d; earlier messages were only on your lost devices/)
    await until(() => madeBy(back).length === 1, async () => {})
    assert.equal(await back.opening.store.secrets.get('restoring'), undefined, 'the key of backups is gone again')
  })

  it('are found at nodes of before, when others are named', async () => {
    const bell = new Bell()
    const [first, second] = nodes.map(node => node.addrs) as [string[], string[]]
    const alice = await open({ nodes: first, clock: bell.clock })
    const bob = await open({ nodes: first })
    await meet(alice, bob)
    bell.ring(DEVICES_DEFAULTS.backupDelayMs)
    await until(() => madeBy(alice).length > 0, async () => {})
    const back = await open({ phrase: alice.opening.recoveryPhrase as string, nodes: second, bootstrap: first })
    assert.deepEqual([back.account.nodes.length, back.account.former.length], [1, 1])
    const former = back.account.former[0]?.node as PeerKey
    assert.notEqual(former, back.account.nodes[0]?.node)
    await until(async () => (await back.contacts.get(bob.account.root)).record !== undefined, async () => {
      await back.drain([former]).catch(() => { /* it does not know the new device yet */ })
    })
  })

  it('say honestly that there is none', async () => {
    const alice = await open({ nodes: addrs() })
    const back = await open({ phrase: alice.opening.recoveryPhrase as string, bootstrap: addrs() })
    const [one, two] = back.account.nodes
    back.devices.drained(one?.node as never, undefined)
    assert.deepEqual(back.warnings, [])
    for (let at = 0; at < DEVICES_DEFAULTS.restoreFailuresMax; at++) back.devices.drained(two?.node as never, new Error('it is gone'))
    await until(() => back.warnings.length > 0, async () => {})
    assert.match(back.warnings[0] ?? '', /^no backup of yours was found/)
  })

  it('are due in the next run when one was too short', async () => {
    const store = memoryStore()
    const alice = await DeviceRig.open({ nodes: addrs(), store })
    const bob = await open({ nodes: addrs() })
    await meet(alice, bob)
    await until(async () => await alice.opening.store.secrets.get('backup-due') !== undefined, async () => {})
    await alice.stop()
    const again = await open({ store, clock: { ...systemClock, now: () => Date.now() + DEVICES_DEFAULTS.backupDelayMs + 1000 } })
    await until(() => madeBy(again).length === 1, async () => {})
    assert.equal(await again.opening.store.secrets.get('backup-due'), undefined)
  })

  it('of one device stand for all of them', async () => {
    const bell = new Bell()
    const first = await open({ nodes: addrs() })
    const second = await linkTo(first, { clock: bell.clock })
    rigs.push(second)
    const bob = await open({ nodes: addrs() })
    await meet(second, bob)
    await second.devices.synced(first.account.device.publicKey, SyncBody.encode({ contacts: [], backup: { made: new Uint8Array(32).fill(1), replaced: new Uint8Array(0) } }))
    bell.ring(3 * DEVICES_DEFAULTS.backupDelayMs)
    assert.deepEqual(madeBy(second), [], 'nobody makes it twice')
    await second.devices.synced(first.account.device.publicKey, new Uint8Array([1, 2, 3]))
    await second.devices.synced(first.account.device.publicKey, SyncBody.encode({ contacts: [], backup: { made: new Uint8Array(31), replaced: new Uint8Array(0) } }))
  })

  it('of any other form are refused by name', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
      await assert.rejects(openBackup(new Uint8Array(bytes), { crypto }), { name: /^(Malformed|NotAuthentic|TooLarge)Error$/ })
    }))
  })
})

describe('a backup', () => {
  for (const [named, records] of [[0, 200], [1000, 20], [DEVICES_DEFAULTS.backupContactsMax, 0]] as const) {
    it(`of as many contacts as one may hold, ${named} of them with the longest names, can be opened again; names come before records`, async () => {
      const { account } = await makeAccount({ store: await ClientStore.open({ store: memoryStore(), onDamaged: () => {} }), crypto, clock: systemClock, random: systemRandom }, {})
      const pair = await backupKeyPair(new Uint8Array(32).fill(1))
      const name = '😀'.repeat(LIMITS.contactNameCharacters)
      const rootAt = (at: number): RootKey => at.toString(16).padStart(64, '5') as RootKey
      const everybody = Array.from({ length: DEVICES_DEFAULTS.backupContactsMax }, (_, at) => rootAt(at))
      const posted: Envelope[] = []
      const { root, epoch, signer, mailbox, deliveryKey, device, profile } = account
      const backups = new Backups({
        account: { root, epoch, signer, mailbox, deliveryKey, device, profile, backupKey: pair.publicKey, record: {} } as unknown as Account,
        contacts: {
          all: async function * () {
            for (const [at, contact] of everybody.entries()) yield [contact, { record: { bytes: new Uint8Array(2048) } as RouteRecord, profile: undefined, presenceKey: new Uint8Array(32), introduced: '', usedAt: 2 ** 45 - at, ...at < named ? { name, namedAt: 2 ** 43 } : { name: '', namedAt: 0 } }]
          }
        },
        generations: async () => everybody.map(conversation => ({ conversation, generation: 1000 })),
        store: await ClientStore.open({ store: memoryStore(), onDamaged: () => {} }),
        crypto,
        clock: systemClock,
        random: systemRandom,
        log: defaultLogger().forComponent('test'),
        post: async (_, envelopes) => { posted.push(...envelopes) },
        collect: async () => {},
        send: async () => {}
      })
      await backups.make()
      await backups.stop()
      const pieces = await Promise.all(posted.map(async envelope => await openSealed(envelope, [pair])))
      const whole = Buffer.concat(pieces.map(piece => piece.type === 'fragment' ? piece.fragment.chunk : assert.fail(piece.type)))
      const { contacts, generations } = await openBackup(whole, { crypto })
      assert.deepEqual([contacts.length, generations.length], [everybody.length, everybody.length])
      const kept = contacts.filter(contact => contact.name === name).length
      assert.ok(kept >= Math.min(named, 1000), `${kept} names`)
      assert.ok(contacts.slice(0, kept).every(contact => contact.name === name), 'of the last used')
      const full = contacts.filter(({ record }) => record.byteLength > 0).length
      assert.ok(full >= records, `${full} records`)
    })
  }
})
