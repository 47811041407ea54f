import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Level } from 'level'
import { MemoryLevel } from 'memory-level'
import { ACCOUNT, CONTACT, CURSOR, FACT, OUTGOING, SEALING_KEY, SENT } from '../../../src/client/store/schemas.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { Vault } from '../../../src/client/store/vault.ts'
import { systemRandom } from '../../../src/system.ts'
import type { InboxFact } from '../../../src/client/inbox/events.core.ts'
import type { Database } from '../../../src/client/store/shelf.ts'
import type { Message, MessageId, PeerKey, RootKey } from '../../../src/types.ts'

const root = 'a'.repeat(64) as RootKey
const other = 'b'.repeat(64) as RootKey

function line (position: number, conversation = other): Extract<InboxFact, { type: 'shown' }> {
  const message: Message = {
    id: position.toString(16).padStart(32, '0') as MessageId, from: other, device: 'c'.repeat(64) as PeerKey, epoch: 1, to: root, sentAt: 1, parents: [], introduction: undefined, content: { type: 'text', text: `line ${position}` }
  }
  return { type: 'shown', conversation, position, message, missing: [], late: false }
}

async function all<T> (source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = []
  for await (const value of source) values.push(value)
  return values
}

for (const [name, make] of [
  ['memory', async () => new MemoryLevel<string, string>() as unknown as Database],
  ['LevelDB', async () => await mkdtemp(join(tmpdir(), 'posthouse-store-'))]
] as const) {
  describe(`client store on ${name}`, () => {
    let at: Database | string
    let damaged: string[]
    const open = async (existing = false): Promise<ClientStore> => await ClientStore.open({ store: at, existing, onDamaged: (shelf, key) => { damaged.push(`${shelf} ${key}`) } })

    beforeEach(async () => {
      at = await make()
      damaged = []
    })

    afterEach(async () => { if (typeof at === 'string') await rm(at, { recursive: true, force: true }) })

    it('gives the history back in order, forwards, backwards and from a message on', async () => {
      const store = await open()
      await Promise.all([2, 10, 1, 3].map(async position => { await store.write(store.putFact(line(position, position === 3 ? root : other))) }))
      assert.deepEqual((await all(store.history())).map(({ position }) => position), [1, 2, 3, 10])
      assert.deepEqual((await all(store.historyBackwards())).map(({ position }) => position), [10, 3, 2, 1])
      assert.deepEqual((await all(store.history(2))).map(({ position }) => position), [3, 10])
      assert.equal(await store.lastPosition(), 10)
      assert.deepEqual(await store.shownAt(line(3).message.id), { conversation: root, position: 3 })
      assert.equal(await store.shownAt(line(3).message.id, other), undefined)
      assert.equal(await store.shownAt(line(4).message.id), undefined)
      assert.deepEqual(await store.inboxFacts(), [])
      await store.close()
    })

    it('leaves out and tells what does not have its form', async () => {
      const store = await open()
      const database = typeof at === 'string' ? undefined : at
      await store.write(store.putFact(line(1)))
      if (database !== undefined) {
        await database.sublevel<string, unknown>('fact', { valueEncoding: 'json' }).put('shown/0000000000000002', { type: 'shown', position: 'two' })
        assert.equal((await all(store.history())).length, 1)
        assert.deepEqual(damaged, ['fact shown/0000000000000002'])
      }
      await store.close()
    })

    it('opens again what it wrote, and is an error when it must exist and does not', async () => {
      await assert.rejects(open(true), { name: 'IdentityError' })
      const first = await open()
      await first.write([first.cursors.put('a', { storeId: '1'.repeat(32) as never, position: 7 })])
      await first.close()
      if (typeof at !== 'string') return
      const second = await open(true)
      assert.equal((await second.cursors.get('a'))?.position, 7)
      await second.close()
    })
  })
}

describe('client store on LevelDB, in trouble', () => {
  let folder: string

  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-store-')) })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })
  const open = async (): Promise<ClientStore> => await ClientStore.open({ store: join(folder, 'store'), onDamaged: () => {} })

  it('says when another process has it open', async () => {
    const store = await open()
    await assert.rejects(open(), { name: 'StoreLockedError' })
    await store.close()
  })

  it('touches neither a store of a newer version nor one that is not ours', async () => {
    for (const [key, value, name] of [['!meta!schema', '2', 'StoreTooNewError'], ['something', 'else', 'StoreDamagedError']] as const) {
      const database = new Level<string, string>(join(folder, 'store'))
      await database.put(key, value)
      await database.close()
      await assert.rejects(open(), { name })
      const again = new Level<string, string>(join(folder, 'store'))
      assert.deepEqual(await again.iterator().all(), [[key, value]])
      await again.del(key)
      await again.close()
    }
  })

  it('says when it is damaged', async () => {
    const store = await open()
    await store.write([store.readMarks.put('a', 1)])
    await store.close()
    await writeFile(join(folder, 'store', 'CURRENT'), 'MANIFEST-999999\n')
    await assert.rejects(open(), { name: 'StoreDamagedError' })
  })

  it('tells everyone who waits when the disk refuses', async () => {
    const store = await open()
    await store.close()
    await assert.rejects(store.write([store.readMarks.put('a', 1)]), { name: 'StoreFailedError' })
    await assert.rejects(store.account(), { name: 'StoreFailedError' })
  })
})

describe('stored forms', () => {
  for (const [name, form] of Object.entries({ ACCOUNT, CONTACT, CURSOR, FACT, OUTGOING, SEALING_KEY, SENT })) {
    it(`${name} refuses whatever is not one`, () => {
      fc.assert(fc.property(fc.jsonValue(), value => { assert.throws(() => form.decode(value)) }))
    })
  }
})

describe('vault', () => {
  it('opens with the same device key under the same name only', async () => {
    const vault = await Vault.open(new Uint8Array(32), systemRandom)
    const locked = await vault.lock('sealing key/1', Uint8Array.of(1, 2, 3))
    assert.deepEqual(await vault.unlock('sealing key/1', locked), Uint8Array.of(1, 2, 3))
    await assert.rejects(vault.unlock('sealing key/2', locked), { name: 'StoreDamagedError' })
    await assert.rejects((await Vault.open(new Uint8Array(32).fill(1), systemRandom)).unlock('sealing key/1', locked), { name: 'StoreDamagedError' })
    for (let length = 0; length < locked.byteLength; length++) await assert.rejects(vault.unlock('sealing key/1', locked.subarray(0, length)), { name: 'StoreDamagedError' })
  })
})
