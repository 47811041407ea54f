import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Level } from 'level'
import { MemoryLevel } from 'memory-level'
import { ACCOUNT, CONTACT, CURSOR, FACT, HELD, MESSAGE, NUMBER, OUTGOING, SEALING_KEY, SECRET, SENT } from '../../../src/client/store/schemas.ts'
import { Cipher } from '../../../src/client/store/cipher.ts'
import { STORE_DEFAULTS } from '../../../src/client/store/defaults.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { Vault } from '../../../src/client/store/vault.ts'
import { systemRandom } from '../../../src/system.ts'
import type { Database, Operation, Range } from '../../../src/client/store/shelf.ts'
import type { StoreId } from '../../../src/types.ts'

const CURSOR_VALUE = { storeId: '1'.repeat(32) as StoreId, position: 7 }

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

    it('leaves out and tells what does not have its form', async () => {
      const store = await open()
      const database = typeof at === 'string' ? undefined : at
      await store.write([store.cursors.put('a', CURSOR_VALUE)])
      if (database !== undefined) {
        await database.sublevel<string, unknown>('cursor', { valueEncoding: 'json' }).put('b', { position: 'two' })
        assert.deepEqual(await all(store.cursors.entries()), [['a', CURSOR_VALUE]])
        assert.deepEqual(damaged, ['cursor b'])
      }
      await store.close()
    })

    it('walks a shelf forwards, backwards and in part, with and without values', async () => {
      const store = await open()
      const shelf = store.shelf('number', NUMBER)
      await store.write(['a', 'b', 'c', 'd'].map((key, value) => shelf.put(key, value)))
      const walked = async (range: Range): Promise<string> => (await all(shelf.entries(range))).map(([key, value]) => `${key}${value}`).join(' ')
      assert.equal(await walked({}), 'a0 b1 c2 d3')
      assert.equal(await walked({ reverse: true, limit: 2 }), 'd3 c2')
      assert.equal(await walked({ from: 'b', to: 'd' }), 'b1 c2')
      assert.equal(await walked({ after: 'b' }), 'c2 d3')
      assert.deepEqual(await shelf.keys({ after: 'a', limit: 2 }), ['b', 'c'])
      assert.equal(await shelf.first({ from: 'b' }), 1)
      assert.equal(await shelf.first({ from: 'e' }), undefined)
      await store.close()
    })

    it('keeps the order of batches, also of those that are still worked out', async () => {
      const store = await open()
      const shelf = store.shelf('number', NUMBER)
      const { promise, resolve } = Promise.withResolvers<Operation[]>()
      const first = store.write([promise, shelf.put('b', 1)])
      const second = store.write([shelf.put('a', 2)])
      const flushed = store.flushed()
      resolve([shelf.put('a', 1)])
      await Promise.all([first, second, flushed])
      assert.deepEqual(await all(shelf.entries()), [['a', 2], ['b', 1]])
      await store.close()
    })

    it('writes nothing of a batch that could not be worked out, and goes on with the others', async () => {
      const store = await open()
      const shelf = store.shelf('number', NUMBER)
      const refused = store.write([shelf.put('a', 1), Promise.reject(new RangeError('no'))])
      const written = store.write([shelf.put('b', 1)])
      await assert.rejects(refused, { name: 'RangeError' })
      await written
      assert.deepEqual(await shelf.keys(), ['b'])
      await store.close()
    })

    it('gives what is encrypted back under the same device key only, and when it is where it was put', async () => {
      const vault = await Vault.open(new Uint8Array(32), systemRandom)
      const store = await open()
      const shelf = store.sealedShelf('number', NUMBER)
      assert.throws(() => store.cipher, { name: 'IdentityError' })
      await store.unlock(vault, systemRandom)
      await store.write([shelf.put('a', 5)])
      assert.equal(await shelf.get('a'), 5)
      const moved = await store.shelf('number', SECRET).get('a')
      assert(moved !== undefined)
      await store.write([store.shelf('number', SECRET).put('b', moved)])
      assert.deepEqual(await all(shelf.entries()), [['a', 5]])
      assert.deepEqual(damaged, ['number b'])
      await assert.rejects(store.unlock(await Vault.open(new Uint8Array(32).fill(1), systemRandom), systemRandom), { name: 'StoreDamagedError' })
      await store.close()
      const again = await open()
      await again.unlock(vault, systemRandom)
      assert.equal(await again.sealedShelf('number', NUMBER).get('a'), 5)
      await again.write([again.secrets.del('history'), again.shelf('line', SECRET).put('1', moved)])
      await assert.rejects(again.unlock(vault, systemRandom), { name: 'StoreDamagedError', message: /lost the key of its history/ })
      await again.close()
    })

    it('opens again what it wrote, and is an error when it must exist and does not', async () => {
      await assert.rejects(open(true), { name: 'IdentityError' })
      const first = await open()
      await first.write([first.cursors.put('a', CURSOR_VALUE)])
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

  it('touches neither a store of another version nor one that is not ours', async () => {
    for (const [key, value, name] of [['!meta!schema', '3', 'StoreTooNewError'], ['!meta!schema', '1', 'StoreTooOldError'], ['something', 'else', 'StoreDamagedError']] as const) {
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
    await store.write([store.cursors.put('a', CURSOR_VALUE)])
    await store.close()
    await writeFile(join(folder, 'store', 'CURRENT'), 'MANIFEST-999999\n')
    await assert.rejects(open(), { name: 'StoreDamagedError' })
  })

  it('tells everyone who waits when the disk refuses', async () => {
    const store = await open()
    await store.close()
    await assert.rejects(store.write([store.cursors.put('a', CURSOR_VALUE)]), { name: 'StoreFailedError' })
    await assert.rejects(store.account(), { name: 'StoreFailedError' })
  })
})

describe('stored forms', () => {
  for (const [name, form] of Object.entries({ ACCOUNT, CONTACT, CURSOR, FACT, HELD, MESSAGE, OUTGOING, SEALING_KEY, SENT })) {
    it(`${name} refuses whatever is not one`, () => {
      fc.assert(fc.property(fc.jsonValue(), value => { assert.throws(() => form.decode(value)) }))
    })
  }
})

describe('cipher', () => {
  it('opens in the same segment and place only, and nothing that was changed', async () => {
    const cipher = new Cipher(Cipher.newKey(systemRandom), systemRandom)
    const locked = await cipher.lock('line/1', 'line/256', Uint8Array.of(1, 2, 3))
    assert.deepEqual(await cipher.unlock('line/1', 'line/256', locked), Uint8Array.of(1, 2, 3))
    await assert.rejects(cipher.unlock('line/2', 'line/256', locked), { name: 'StoreDamagedError' })
    await assert.rejects(cipher.unlock('line/1', 'line/257', locked), { name: 'StoreDamagedError' })
    await assert.rejects(new Cipher(Cipher.newKey(systemRandom), systemRandom).unlock('line/1', 'line/256', locked), { name: 'StoreDamagedError' })
    for (let at = 0; at < locked.byteLength; at++) {
      await assert.rejects(cipher.unlock('line/1', 'line/256', locked.map((byte, index) => index === at ? byte ^ 1 : byte)), { name: 'StoreDamagedError' })
      await assert.rejects(cipher.unlock('line/1', 'line/256', locked.subarray(0, at)), { name: 'StoreDamagedError' })
    }
  })

  it('opens whatever it locked, however many segments there are', async () => {
    const cipher = new Cipher(Cipher.newKey(systemRandom), systemRandom)
    const segments = Array.from({ length: STORE_DEFAULTS.cachedSegments + 5 }, (_, number) => `line/${number}`)
    const locked = await Promise.all(segments.map(async segment => await cipher.lock(segment, segment, Uint8Array.of(7))))
    for (const [at, segment] of segments.entries()) assert.deepEqual(await cipher.unlock(segment, segment, locked[at] ?? new Uint8Array(0)), Uint8Array.of(7))
  })
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
