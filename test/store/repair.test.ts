// Damage in LevelDB's own files, on a real disk: what the store says of it, that it touches nothing unless told to, and what a
// repair keeps.
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLevelStore, type NodeStore } from '../../src/store/index.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { FULL } from '../full.ts'
import { letters, makeComponents, makeReader, type Reader } from './mail.ts'
import type { EnvelopeId, StoreId } from '../../src/types.ts'

const CRASH_CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url))
const NO_RESERVE = { reserveBytes: 0 }
const MESSAGES = 40
/** In a table: bytes that a key shares with the one before it, bytes that follow with its sequence number, bytes of its value. */
const INDEX_ENTRY_HEAD = Buffer.of(33, 40, 21)

describe('a damaged store', () => {
  let dir: string
  let db: string
  let alice: Reader
  let sent: EnvelopeId[]
  let storeId: StoreId
  let errors: string[]

  before(async () => { alice = await makeReader(1) })

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'posthouse-repair-'))
    db = join(dir, 'db')
    const store = await open()
    assert.equal(store.wasClean, true, 'a new one is clean')
    storeId = store.envelopes.storeId
    const envelopes = letters(alice.mailbox, MESSAGES, { bytes: 5000 })
    for (const envelope of envelopes) await store.envelopes.append([envelope])
    sent = envelopes.map(({ id }) => id)
    await store.shelf('routes').put('a', Uint8Array.of(7))
    await store.close()
  })
  afterEach(async () => { await rm(dir, { recursive: true }) })

  async function open (options?: { repair: boolean }): Promise<NodeStore> {
    const components = makeComponents()
    errors = components.logger.errors
    return await openLevelStore(dir, components, NO_RESERVE, options)
  }

  /** Opening brings what is in the log into a table. */
  async function intoTables (): Promise<void> { await (await open()).close() }

  async function fileOf (pattern: RegExp): Promise<string> {
    const names = (await readdir(db)).filter(name => pattern.test(name)).sort()
    return join(db, names.at(-1) ?? assert.fail(`no ${String(pattern)}`))
  }

  async function held (store: NodeStore): Promise<EnvelopeId[]> {
    return (await store.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)).envelopes.map(({ envelope }) => envelope.id)
  }

  async function refused (): Promise<void> {
    await assert.rejects(open(), (error: Error) => {
      assert.equal(error.name, 'StoreDamagedError')
      assert.match(error.message, /^the store in \S+ (has lost its database|is damaged: .*); start the node once with --repair/)
      assert.doesNotMatch(error.message, /\n/)
      return true
    })
  }

  /** Refused without the flag, opened with it; afterwards it needs none. */
  async function repaired (): Promise<NodeStore> {
    await refused()
    const store = await open({ repair: true })
    assert.notEqual(store.envelopes.storeId, storeId, 'what it holds is not what it held')
    assert.equal(store.wasClean, false)
    assert.match(errors.join('\n'), /begins anew under another id with \d+ envelopes of \d+ mailboxes/)
    const { storeId: renewed } = store.envelopes
    await store.close()
    const again = await open()
    assert.equal(again.envelopes.storeId, renewed)
    assert.equal(again.wasClean, true)
    assert.deepEqual(errors, [])
    return again
  }

  it('without its CURRENT is repaired without loss', async () => {
    await rm(await fileOf(/^CURRENT$/))
    const store = await repaired()
    assert.deepEqual(await held(store), sent)
    assert.deepEqual([...await store.shelf('routes').get('a') ?? []], [7])
    await store.close()
  })

  it('with a bad manifest is repaired without loss', async () => {
    await intoTables()
    await writeFile(await fileOf(/^MANIFEST/), 'what is this?')
    const store = await repaired()
    assert.deepEqual(await held(store), sent)
    await store.close()
  })

  it('without its manifest is repaired without loss', async () => {
    await intoTables()
    await rm(await fileOf(/^MANIFEST/))
    const store = await repaired()
    assert.deepEqual(await held(store), sent)
    await store.close()
  })

  it('with a truncated table keeps what can be read, and takes the rest again', async () => {
    await intoTables()
    const table = await fileOf(/\.ldb$/)
    await truncate(table, Math.floor((await readFile(table)).length / 2))
    const store = await repaired()
    await store.envelopes.scrub()
    const left = await held(store)
    assert.ok(left.length < sent.length && left.every(id => sent.includes(id)))
    assert.equal((await store.envelopes.missing(alice.mailbox, sent)).length, sent.length - left.length)
    await store.close()
  })

  it('with bits flipped all over its tables never takes the process with it, whichever they are', async function () {
    this.timeout(30_000)
    // Several tables, which LevelDB merges when it has the time: it aborts on keys out of their order.
    for (let round = 0; round < 5; round++) {
      const store = await open()
      await store.envelopes.append(letters(alice.mailbox, 20, { bytes: 300 }))
      await store.close()
    }
    const whole = await mkdtemp(join(tmpdir(), 'posthouse-whole-'))
    await cp(dir, whole, { recursive: true })
    for (let first = 0; first < (FULL ? 12 : 3); first++) {
      await rm(dir, { recursive: true })
      await cp(whole, dir, { recursive: true })
      for (const name of (await readdir(db)).filter(name => name.endsWith('.ldb'))) {
        const bytes = await readFile(join(db, name))
        for (let at = first; at < bytes.length; at += 61) bytes[at] = (bytes[at] ?? 0) ^ 1
        await writeFile(join(db, name), bytes)
      }
      const store = await open({ repair: true })
      for (let more = 0; more < 3; more++) await store.envelopes.append(letters(alice.mailbox, 20, { bytes: 300 }))
      await store.close()
      await (await open()).close()
    }
    await rm(whole, { recursive: true })
  })

  it('that took its process with it twice is examined before it is opened, and what is sound opens', async function () {
    this.timeout(60_000)
    await intoTables()
    const crashed = async (): Promise<void> => {
      const [code, signal] = await once(fork(CRASH_CHILD, [dir], { stdio: 'ignore' }), 'close') as [number | null, string | null]
      assert.deepEqual([code, signal], [null, 'SIGABRT'])
    }
    for (let crash = 0; crash < 2; crash++) await crashed()
    const sound = await open()
    assert.equal(sound.envelopes.storeId, storeId)
    await sound.envelopes.scrub()
    assert.ok(!(await readdir(dir)).includes('OPENINGS'), 'whoever has read everything begins to count anew')
    await sound.close()
    for (let crash = 0; crash < 2; crash++) await crashed()
    await disorderKeys()
    await refused()
    await refused()
    await (await repaired()).close()
  })

  /** Flips a bit of a key, which LevelDB does not check: what it reads is in another order than it wrote. */
  async function disorderKeys (): Promise<void> {
    // A crash may leave a table behind that counts no more.
    let disordered = 0
    for (const name of (await readdir(db)).filter(name => name.endsWith('.ldb'))) {
      const bytes = await readFile(join(db, name))
      const at = sent.map(id => bytes.indexOf(Buffer.concat([INDEX_ENTRY_HEAD, Buffer.from(id, 'hex')]))).find(place => place !== -1)
      if (at === undefined) continue
      const first = at + INDEX_ENTRY_HEAD.length
      bytes[first] = (bytes[first] ?? 0) ^ 0x80
      await writeFile(join(db, name), bytes)
      disordered++
    }
    assert.ok(disordered > 0, 'a table has such a key')
  }

  it('of which nothing can be read begins with nothing', async () => {
    await intoTables()
    for (const name of await readdir(db)) await writeFile(join(db, name), 'what is this?')
    const store = await repaired()
    assert.deepEqual(await held(store), [])
    assert.ok((await readdir(join(db, 'lost'))).length > 0, 'nothing is deleted')
    await store.close()
  })

  it('that cannot be repaired is set aside under a telling name, and a new one begun', async () => {
    await writeFile(await fileOf(/^CURRENT$/), 'what is this?')
    // LevelDB can neither write its new manifest nor move away what is in the way.
    await writeFile(join(db, 'lost'), '')
    await mkdir(join(db, 'MANIFEST-000001', 'in the way'), { recursive: true })
    const before = await readdir(db)
    await refused()
    const store = await open({ repair: true })
    assert.notEqual(store.envelopes.storeId, storeId)
    assert.equal(store.wasClean, false)
    await store.envelopes.append(letters(alice.mailbox, 1))
    await store.close()
    const aside = (await readdir(dir)).find(name => /^db-damaged-\d{4}-\d\d-\d\dT/.test(name)) ?? assert.fail('nothing was set aside')
    assert.ok(errors.join('\n').includes(aside))
    assert.ok((await readdir(join(dir, aside))).length >= before.length - 1)
    await (await open()).close()
  })

  it('whose database is gone begins anew when it is told to', async () => {
    await rm(db, { recursive: true })
    const store = await repaired()
    assert.deepEqual(await held(store), [])
    await store.close()
  })

  it('with a file in the place of its database sets that aside when it is told to', async () => {
    await rm(db, { recursive: true })
    await writeFile(db, 'what is this?')
    const store = await repaired()
    assert.deepEqual(await held(store), [])
    assert.ok((await readdir(dir)).some(name => name.startsWith('db-damaged-')))
    await store.close()
  })

  it('whose version cannot be read is repaired', async () => {
    await writeFile(join(dir, 'STORE'), 'posthouse')
    const store = await repaired()
    assert.deepEqual(await held(store), sent)
    await store.close()
  })

  it('with a flipped bit in its log opens, says what was lost, and is another store', async () => {
    const log = await fileOf(/\.log$/)
    const bytes = await readFile(log)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await writeFile(log, bytes)
    const store = await open()
    assert.match(errors.join('\n'), /^\d+ bytes of the log in \S+ are not what they were and are lost\nthe store begins anew under another id with \d+ envelopes of 1 mailboxes/)
    assert.notEqual(store.envelopes.storeId, storeId)
    assert.equal(store.wasClean, false)
    const left = await held(store)
    assert.ok(left.length < sent.length && left.length > 0, `${left.length} of ${sent.length}`)
    assert.deepEqual(await store.envelopes.missing(alice.mailbox, sent), sent.filter(id => !left.includes(id)))
    await store.close()
  })

  it('is not touched by --repair when it is whole, or another has it open', async () => {
    const store = await open({ repair: true })
    assert.equal(store.envelopes.storeId, storeId)
    assert.equal(store.wasClean, true)
    assert.deepEqual(errors, [])
    await rm(await fileOf(/^CURRENT$/))
    const before = await readdir(db)
    await assert.rejects(open({ repair: true }), { name: 'StoreLockedError' })
    assert.deepEqual((await readdir(db)).filter(name => !/^LOG/.test(name)), before.filter(name => !/^LOG/.test(name)))
    await store.close()
  })

  it('was not clean when its process did not close it', async () => {
    const store = await open()
    await store.envelopes.append(letters(alice.mailbox, 1))
    // As a kill leaves it.
    const copy = `${dir}-copy`
    try {
      await cp(dir, copy, { recursive: true, filter: path => !path.endsWith('LOCK') })
      await store.close()
      const killed = await openLevelStore(copy, makeComponents(), NO_RESERVE)
      assert.equal(killed.wasClean, false)
      assert.equal(killed.envelopes.storeId, storeId, 'nothing says that it lost anything')
      await killed.close()
    } finally {
      await rm(copy, { recursive: true })
    }
    const closed = await open()
    assert.equal(closed.wasClean, true)
    await closed.close()
  })
})
