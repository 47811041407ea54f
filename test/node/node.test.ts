// A node as an operator's program has it: configuration, data directory, starts and stops, and what devices get from it.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session as ClientSession, type SessionEvents } from '../../src/client/session/session.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { createNode, type NodeInit } from '../../src/node/index.ts'
import { openReceipts } from '../../src/relay/index.ts'
import { encodeDigest } from '../../src/relay/reconcile/wire.ts'
import { openLevelStore, openStore } from '../../src/store/index.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { controlFrame, decodeFrame, depositFrame } from '../../src/wire/frames.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { RelayFrame } from '../../src/wire/mail.ts'
import { RELAY_PROTOCOL, SESSION_PROTOCOL } from '../../src/wire/protocols.ts'
import { multiaddr } from '@multiformats/multiaddr'
import { openTree } from '../store/mail.ts'
import { keepLog, keyOfNode, makeRouteOf, makeUser, NETWORK, TestHouse } from './visitors.ts'
import { until } from '../until.ts'
import type { Batch, Database } from '../../src/store/database.ts'
import type { Envelope, MailboxId } from '../../src/types.ts'

const TCP = ['/ip4/127.0.0.1/tcp/0']

function letter (mailbox: MailboxId): Envelope {
  return makeEnvelope({ mailbox, expiry: Math.floor(Date.now() / 1000) + 3600, body: systemRandom.bytes(100) }, crypto)
}

describe('a node', () => {
  const house = new TestHouse()
  let folder: string

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-node-')) })
  afterEach(async () => {
    await house.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Every file of the folder, its content and the time of its last change. */
  async function snapshot (): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const { mtimeMs, mode } = await stat(path)
      // The reserve is 32 MiB of nothing.
      found[path] = `${mtimeMs} ${mode} ${entry.isFile() && entry.name !== 'RESERVE' ? (await readFile(path)).toString('base64') : ''}`
    }
    return found
  }

  describe('and its life', () => {
    it('says in its status what it does, and can be started again', async () => {
      const node = await house.make({ listen: TCP, http: '127.0.0.1:0' })
      assert.deepEqual([node.status().state, node.addrs, node.http], ['stopped', [], undefined])
      for (let run = 0; run < 3; run++) {
        const starting = node.start()
        await until('the start to begin', () => node.status().state === 'starting')
        await starting
        const status = node.status()
        assert.deepEqual([status.state, status.peerId, status.network, status.storeFailure], ['running', node.peerId, NETWORK, undefined])
        assert.match(node.addrs[0] ?? '', new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/p2p/${node.peerId}$`))
        const told = await (await fetch(`${node.http ?? ''}/status`)).json() as { state: string, addrs: string[] }
        assert.deepEqual([told.state, told.addrs], ['running', node.addrs])
        await house.resident(node)
        await node.stop()
        assert.deepEqual([node.status().state, node.addrs, node.http], ['stopped', [], undefined])
      }
    })

    it('takes starts and stops in any order, one after the other', async () => {
      const node = await house.make({ listen: TCP })
      await Promise.all([node.start(), node.start(), node.stop(), node.stop(), node.start(), node.drain(), node.start()])
      assert.equal(node.status().state, 'running')
      await Promise.all([node.stop(), node.drain()])
      assert.equal(node.status().state, 'stopped')
    })

    it('leaves nothing open', async () => {
      const resources = (): string[] => process.getActiveResourcesInfo().filter(name => !/Timeout|Immediate|TickObject|FSReq|Pipe|TTY|MessagePort/.test(name)).sort()
      const before = resources()
      const node = await createNode({ listen: [...TCP, '/ip4/127.0.0.1/tcp/0/ws'], http: '127.0.0.1:0', network: NETWORK, logger: keepLog() })
      await node.start()
      assert.ok(resources().length > before.length)
      await house.resident(node)
      await node.stop()
      await house.close()
      await until('everything to be closed', () => resources().length <= before.length)
    })

    it('stops in time, whatever its peers do', async () => {
      const node = await house.node()
      const { session, visitor } = await house.resident(node)
      session.frames.stream.pause()
      for (let request = 1; request < 500; request++) session.say({ request, findNodes: 12 })
      await visitor.call(node, { hello: false })
      const startedMs = performance.now()
      await node.stop()
      assert.ok(performance.now() - startedMs < 5000)
    })

    it('drains: what is in flight ends, then it is gone', async () => {
      const node = await house.node()
      const { user, session, ticket } = await house.resident(node)
      const { bytes, order } = await makeRouteOf(user, [ticket])
      await session.ask({ publish: bytes })
      session.frames.send(...depositFrame(1, order.epoch, order.seq, letter(user.mailbox).bytes))
      await session.next(({ accepted }) => accepted !== undefined)
      const report = await node.drain()
      const nothing = { handedOver: 0, collected: 0, kept: 0, lacking: [], lackingEnvelopes: 0, damagedEnvelopes: 0, mailboxes: 0, devices: 0, seconds: 0 }
      assert.deepEqual({ ...report, seconds: 0 }, { ...nothing, kept: 1, mailboxes: 1, devices: 1 })
      assert.ok(session.received.some(({ receipts }) => receipts?.tickets.includes(1)))
      await until('the end', () => !session.frames.open)
      assert.deepEqual(await node.drain(), nothing)
    })
  })

  describe('and its configuration', () => {
    it('says in one sentence what is wrong with it, and leaves nothing behind', async () => {
      const wrong: Array<[NodeInit, RegExp]> = [
        [{ listen: ['0.0.0.0:4501'] }, /^“0\.0\.0\.0:4501” is not a multiaddr like/],
        [{ bootstrap: ['nonsense'] }, /^“nonsense” is not a multiaddr like/],
        [{ http: '0.0.0.0:80' }, /^the page is served on loopback only/],
        [{ http: 'here' }, /^“here” is not an address like/],
        [{ network: '' }, /^a network’s name has 1 to 64 bytes, not 0$/],
        [{ network: 'n'.repeat(65) }, /not 65$/],
        [{ usersMax: -1 }, /^a node serves a whole number of users, not -1$/],
        [{ usersMax: 1.5 }, /not 1\.5$/],
        [{ seed: new Uint8Array(31) }, /^an Ed25519 seed has 32 bytes, not 31$/]
      ]
      for (const [init, message] of wrong) await assert.rejects(createNode({ dataDir: join(folder, 'new'), ...init }), { name: 'MalformedError', message })
      assert.deepEqual(await readdir(folder), [])
    })

    it('says which address is taken, and lets go of everything', async () => {
      const first = await house.node({ listen: TCP, http: '127.0.0.1:0' })
      const [taken = ''] = first.addrs
      const listen = [taken.replace(/\/p2p\/.*$/, '')]
      const second = await house.make({ listen, dataDir: join(folder, 'node'), transports: undefined })
      await assert.rejects(second.start(), { name: 'ListenFailedError', message: `cannot listen on ${listen[0] ?? ''}: the address is in use` })
      assert.equal(second.status().state, 'stopped')
      const third = await house.make({ listen: TCP, dataDir: join(folder, 'node'), http: (first.http ?? '').replace('http://', ''), transports: undefined })
      await assert.rejects(third.start(), { name: 'ListenFailedError', message: /^the page cannot be served on 127\.0\.0\.1:\d+: the address is in use$/ })
      await first.stop()
      await second.start()
    })
  })

  describe('and its data directory', () => {
    it('is made for its owner alone, and makes the same node ever after', async () => {
      const dataDir = join(folder, 'deep', 'node')
      const node = await house.node({ dataDir })
      assert.equal((await stat(dataDir)).mode & 0o777, 0o700)
      assert.equal((await stat(join(dataDir, 'node.key'))).mode & 0o777, 0o600)
      assert.deepEqual((await readdir(dataDir)).sort(), ['node.key', 'store'])
      const { user } = await house.resident(node)
      await node.stop()
      const again = await house.node({ dataDir })
      assert.equal(again.peerId, node.peerId)
      assert.equal(again.status().users, 1)
      const session = await (await house.visitor(user.seed)).call(again)
      assert.equal((await session.ask({ attach: { certificate: user.certificate.bytes } })).ok, true)
    })

    it('is left alone while another process, or node, has it', async () => {
      const dataDir = join(folder, 'node')
      await house.node({ dataDir })
      const before = await snapshot()
      const other = await house.make({ dataDir })
      await assert.rejects(other.start(), { name: 'StoreLockedError', message: `the store in ${join(dataDir, 'store')} is open in another process` })
      const after = await snapshot()
      // LevelDB turns its diagnostic log over before it looks whether it may; nothing else has changed.
      for (const name of Object.keys({ ...before, ...after })) if (!/\/LOG(\.old)?$|\/db$/.test(name)) assert.equal(after[name], before[name], name)
    })

    it('is repaired when that is asked for, and serves its users on', async () => {
      const dataDir = join(folder, 'node')
      const node = await house.node({ dataDir })
      await house.resident(node)
      await node.stop()
      await unlink(join(dataDir, 'store', 'db', 'CURRENT'))
      const repaired = await house.make({ dataDir, repair: true })
      await repaired.start()
      assert.equal(repaired.status().users, 1)
      await repaired.stop()
    })

    it('is left as it is when it is of a newer version, damaged, or without its key', async () => {
      const dataDir = join(folder, 'node')
      const node = await house.node({ dataDir })
      await house.resident(node)
      await node.stop()
      const store = join(dataDir, 'store')
      const marker = await readFile(join(store, 'STORE'), 'utf8')
      const key = await readFile(join(dataDir, 'node.key'))
      const current = await readFile(join(store, 'db', 'CURRENT'))
      const refuses = async (name: string, message: string | RegExp): Promise<void> => {
        const before = await snapshot()
        await assert.rejects(async () => { await (await house.make({ dataDir })).start() }, { name, message })
        assert.deepEqual(await snapshot(), before)
      }

      await writeFile(join(store, 'STORE'), 'posthouse store 2\n')
      await refuses('StoreTooNewError', `the store in ${store} was written by a newer version of posthouse`)
      await writeFile(join(store, 'STORE'), 'something else\n')
      const wayOut = 'start the node once with --repair to keep what can be read, the rest comes back from its users’ other nodes'
      await refuses('StoreDamagedError', `the store in ${store} is damaged: the file STORE does not say which version it is of; ${wayOut}`)
      await writeFile(join(store, 'STORE'), marker)

      await unlink(join(store, 'db', 'CURRENT'))
      await refuses('StoreDamagedError', `the store in ${store} has lost its database; ${wayOut}`)
      await writeFile(join(store, 'db', 'CURRENT'), current)

      await unlink(join(dataDir, 'node.key'))
      await refuses('IdentityError', `${dataDir} has a store but no node.key: put the key file back, or begin with an empty data directory`)
      await writeFile(join(dataDir, 'node.key'), 'not a key', { mode: 0o600 })
      await refuses('MalformedError', `the key file ${join(dataDir, 'node.key')} is damaged: it holds no private key`)
      await writeFile(join(dataDir, 'node.key'), key)
      assert.equal((await house.node({ dataDir })).status().users, 1)
    })

    it('cannot be where a file is', async () => {
      await writeFile(join(folder, 'node'), '')
      await assert.rejects(createNode({ dataDir: join(folder, 'node') }), { name: 'StoreFailedError', message: /^the data directory (.*) cannot be made: \1 is not a directory$/ })
      await mkdir(join(folder, 'other'))
      await writeFile(join(folder, 'other', 'store'), '')
      await assert.rejects(createNode({ dataDir: join(folder, 'other') }), { name: 'IdentityError' })
    })

    it('begins a new store id when only the key is put back', async () => {
      const dataDir = join(folder, 'node')
      const node = await house.node({ dataDir })
      const hello = async (): Promise<string> => Buffer.from((await (await (await house.visitor()).call(node)).next(frame => frame.hello !== undefined)).hello?.storeId ?? []).toString('hex')
      const before = await hello()
      await node.stop()
      await node.start()
      assert.equal(await hello(), before)
      await node.stop()
      await rm(join(dataDir, 'store'), { recursive: true })
      await node.start()
      assert.notEqual(await hello(), before)
    })
  })

  describe('and devices', () => {
    it('serves one over TCP with the client’s own session: registers, publishes, deposits, shows, receipts', async () => {
      const node = await house.node({ listen: TCP, transports: undefined })
      const user = await makeUser()
      const { host } = await house.visitor(user.seed)
      const stream = await host.dialProtocol(node.addrs.map(address => multiaddr(address)), SESSION_PROTOCOL)
      const said: Array<[string, unknown]> = []
      const events = new Proxy({}, { get: (_, name: string) => (_session: unknown, ...values: unknown[]) => { said.push([name, name === 'push' ? values.slice(0, 2) : values[0]]) } }) as SessionEvents
      const session = new ClientSession({ stream, node: keyOfNode(node), network: NETWORK, clock: systemClock, events })
      await session.ready
      const ticket = await session.register(user)
      await session.attach(user.certificate.bytes)
      const route = await makeRouteOf(user, [{ node: keyOfNode(node), root: user.root, ...ticket } as Parameters<typeof makeRouteOf>[1][number]])
      assert.equal(await session.publish(route.bytes), 1)
      const sent = letter(user.mailbox)
      assert.ok(session.deposit(7, route.order, sent.bytes))
      await until('the receipt', () => said.some(([name]) => name === 'receipts'))
      const receipts = said.find(([name]) => name === 'receipts')?.[1] as Parameters<typeof openReceipts>[0]
      const [receipt] = await openReceipts(receipts, ticket => ticket === 7 ? sent.id : undefined, crypto)
      assert.deepEqual([receipt?.node, receipt?.envelope, receipt?.storeId], [keyOfNode(node), sent.id, session.storeId])
      await until('word of what is on disk', () => said.some(([name]) => name === 'pushed' || name === 'behind'))
      assert.deepEqual(said.filter(([name]) => name === 'push').map(([, pushed]) => Uint8Array.from((pushed as Uint8Array[])[1] ?? [])), [sent.bytes])
      assert.deepEqual([node.status().users, node.status().sessions, node.status().mail.envelopes], [1, 1, 1])
      await session.close()
      await until('the session to be gone', () => node.status().sessions === 0)
    })

    it('goes on for the others when a device breaks off in the middle of everything', async () => {
      const node = await house.node()
      for (let n = 0; n < 5; n++) {
        const { user, session, visitor } = await house.resident(node)
        for (let request = 1; request <= 30; request++) session.say({ request, register: { profile: user.profile.bytes } })
        for (let request = 31; request <= 60; request++) session.say({ request, attach: { certificate: user.certificate.bytes } })
        await new Promise(resolve => setImmediate(resolve))
        await visitor.host.stop()
      }
      await until('the sessions to be gone', () => node.status().sessions === 0)
      await house.resident(node)
    })
  })

  it('whose disk refuses writes acknowledges nothing, and says so', async () => {
    const disk = { isFull: false }
    const log = keepLog()
    const node = await house.node({
      logger: log,
      http: '127.0.0.1:0',
      openStore: async components => {
        const tree = await openTree()
        const refused: Batch = {
          length: 1,
          put: () => {},
          del: () => {},
          close: async () => {},
          write: async () => { throw new Error('LEVEL_IO_ERROR', { cause: new Error('No space left on device') }) }
        }
        const database: Database = {
          get: async key => await tree.get(key),
          getMany: async keys => await tree.getMany(keys),
          iterator: options => tree.iterator(options),
          close: async () => { await tree.close() },
          batch: () => disk.isFull ? refused : tree.batch()
        }
        return await openStore(database, components)
      }
    })
    const { user, session, ticket } = await house.resident(node)
    const route = await makeRouteOf(user, [ticket])
    await session.ask({ publish: route.bytes })
    disk.isFull = true

    session.frames.send(...depositFrame(9, route.order.epoch, route.order.seq, letter(user.mailbox).bytes))
    const { refused } = await session.next(frame => frame.refused !== undefined)
    assert.deepEqual([refused?.tickets, refused?.refusal?.code], [[9], REFUSAL.tooFewNodes], 'the only node of the record did not take it')
    assert.equal(session.received.some(({ receipts }) => receipts !== undefined), false)
    const newcomer = await makeUser()
    const other = await (await house.visitor(newcomer.seed)).call(node)
    assert.equal((await other.ask({ register: { profile: newcomer.profile.bytes } })).refusal?.code, REFUSAL.storeFailed)
    assert.equal((await session.ask({ publish: (await makeRouteOf(user, [ticket], { seq: route.order.seq + 1 })).bytes })).refusal?.code, REFUSAL.storeFailed)
    assert.equal(node.status().users, 1)
    assert.match(node.status().storeFailure ?? '', /^the disk refused what was to be kept, .*No space left on device$/)
    assert.match(await (await fetch(node.http ?? '')).text(), /disk failed.*No space left on device/s)
    assert.equal(log.lines.filter(line => line.startsWith('the disk refused')).length, 1, log.lines.join('\n'))
    assert.ok((await session.ask({ findNodes: 1 })).nodes !== undefined, 'what needs no disk goes on')

    // Whoever tells a digest by an older record is answered with the node's own.
    const neighbour = await (await house.visitor()).host.dialProtocol(node.addrs.map(address => multiaddr(address)), RELAY_PROTOCOL)
    const heard: RelayFrame[] = []
    const frames = new FrameStream(neighbour, {
      onFrame: bytes => {
        const frame = decodeFrame(bytes)
        if (frame.kind === 'control') heard.push(RelayFrame.decode(frame.body))
      }
    })
    const older = encodeDigest({ mailbox: user.mailbox, envelopes: 0, fingerprint: '00'.repeat(16), route: { epoch: 0, seq: 0 }, profile: { epoch: 0, seq: 0 } })
    for (const frame of [{ hello: makeHello(NETWORK) }, { digests: { digests: [older], readOnly: false } }]) frames.send(...controlFrame(RelayFrame.encode(frame)))
    await until('the node told its digest', () => heard.some(({ digests }) => digests !== undefined))
    assert.equal(heard.find(({ digests }) => digests !== undefined)?.digests?.readOnly, true)
  })

  it('opens its store with what it is given', async () => {
    const node = await house.node({ openStore: async components => await openLevelStore(join(folder, 'elsewhere'), components) })
    await house.resident(node)
    assert.deepEqual(await readdir(folder), ['elsewhere'])
  })
})
