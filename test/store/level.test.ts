import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLevelStore, type NodeStore } from '../../src/store/index.ts'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { envelopeStoreContract } from '../contracts/envelope-store.ts'
import { shelfContract } from '../contracts/shelf.ts'
import { letter, letters, makeComponents, makeReader, type Reader } from './mail.ts'

let folders: string[] = []

async function newFolder (): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-store-'))
  folders.push(folder)
  return folder
}

async function removeFolders (): Promise<void> {
  await Promise.all(folders.map(async folder => { await rm(folder, { recursive: true }) }))
  folders = []
}

after(removeFolders)

/** Nothing is kept in reserve where no disk fills up. */
const NO_RESERVE = { reserveBytes: 0 }

envelopeStoreContract('level', async (components, init) => (await openLevelStore(await newFolder(), components, { ...NO_RESERVE, ...init })).envelopes)
shelfContract('level', async () => await openLevelStore(await newFolder(), makeComponents(), NO_RESERVE))

describe('level store', () => {
  let dir: string
  let alice: Reader

  before(async () => { alice = await makeReader(1) })
  beforeEach(async () => { dir = await newFolder() })
  afterEach(removeFolders)

  async function open (): Promise<NodeStore> {
    return await openLevelStore(dir, makeComponents(), NO_RESERVE)
  }

  async function used (): Promise<void> {
    const store = await open()
    await store.envelopes.append(letters(alice.mailbox, 10))
    await store.close()
  }

  it('knows after a restart what came as a request', async () => {
    const bounds = { ...NO_RESERVE, requestBytes: 600 }
    const [first, second, third, fourth, ...admitted] = letters(alice.mailbox, 8, { bytes: 200 })
    assert.ok(first !== undefined && second !== undefined && third !== undefined && fourth !== undefined)
    const before = await openLevelStore(dir, makeComponents(), bounds)
    await before.envelopes.append([first, second, ...admitted], ['request', 'request'])
    await before.close()
    const { envelopes } = await openLevelStore(dir, makeComponents(), bounds)
    try {
      const { outcomes } = await envelopes.append([third, fourth, letter(alice.mailbox)], ['request', 'request'])
      assert.deepEqual(outcomes.map(outcome => outcome.type === 'refused' ? outcome.refusal.code : 'stored'), ['stored', REFUSAL.requestsFull, 'stored'])
    } finally {
      await envelopes.close()
    }
  })

  it('holds after a restart what it held before', async () => {
    const first = await open()
    const sent = letters(alice.mailbox, 6)
    await first.envelopes.append(sent)
    const away = letter(alice.mailbox)
    const collection = await alice.collect(alice.phone, [sent[0]?.id ?? assert.fail(), away.id])
    await first.envelopes.collect(collection, [alice.phone])
    const partly = await alice.collect(alice.laptop, [sent[1]?.id ?? assert.fail()])
    await first.envelopes.collect(partly, [alice.phone, alice.laptop])
    await first.shelf('routes').put('a', Uint8Array.of(7))
    const held = await first.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)
    const last = first.envelopes.lastPosition(alice.mailbox)
    const usage = first.envelopes.usage(alice.mailbox)
    await first.close()

    const second = await open()
    try {
      assert.equal(second.envelopes.storeId, first.envelopes.storeId)
      const again = await second.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)
      assert.deepEqual(again.envelopes, held.envelopes)
      assert.ok(again.position > held.position, 'positions of an opening are above all before')
      assert.deepEqual(second.envelopes.usage(alice.mailbox), usage)
      assert.deepEqual(usage, { envelopes: 5, bytes: 1000, uncollectedBytes: 800 })
      assert.ok(second.envelopes.lastPosition(alice.mailbox) > last)
      assert.deepEqual([...await second.shelf('routes').get('a') ?? []], [7])
      const { outcomes } = await second.envelopes.append([...sent.slice(0, 1), away, ...sent.slice(2, 3)])
      assert.deepEqual(outcomes.map(({ type }) => type), ['refused', 'refused', 'stored'])
      assert.equal((await second.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes, alice.laptop)).envelopes.length, 4)
    } finally {
      await second.close()
    }
  })

  it('never gives a position twice, even when nothing is left of the first', async () => {
    const positions: number[] = []
    for (let opening = 0; opening < 3; opening++) {
      const store = await open()
      const [envelope] = letters(alice.mailbox, 1)
      assert.ok(envelope !== undefined)
      await store.envelopes.append([envelope])
      positions.push(store.envelopes.lastPosition(alice.mailbox))
      await store.envelopes.collect(await alice.collect(alice.phone, [envelope.id]), [alice.phone])
      await store.close()
    }
    assert.deepEqual(positions, [...new Set(positions)].sort((a, b) => a - b))
  })

  describe('refuses to open, in one sentence, and touches nothing', () => {
    const files = async (): Promise<Record<string, string>> => {
      const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile())
      // LevelDB's own log of what it did is not part of the store.
      const paths = names.map(({ parentPath, name }) => join(parentPath, name)).filter(path => !/LOG(\.old)?$/.test(path)).sort()
      return Object.fromEntries(await Promise.all(paths.map(async path => [path, (await readFile(path)).toString('base64')])))
    }

    const refused = async (name: string, message: RegExp): Promise<void> => {
      const before = await files()
      await assert.rejects(open(), (error: Error) => {
        assert.equal(error.name, name)
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /\n/)
        return true
      })
      assert.deepEqual(await files(), before)
    }

    const fileOf = async (pattern: RegExp): Promise<string> => {
      const name = (await readdir(join(dir, 'db'))).find(file => pattern.test(file))
      return join(dir, 'db', name ?? assert.fail(`no ${String(pattern)}`))
    }

    it('one that another has open', async () => {
      const store = await open()
      try {
        await refused('StoreLockedError', /open in another process/)
        await store.envelopes.append(letters(alice.mailbox, 1))
      } finally {
        await store.close()
      }
    })

    it('one of a newer version', async () => {
      await used()
      await writeFile(join(dir, 'STORE'), 'posthouse store 2\n')
      await refused('StoreTooNewError', /newer version/)
    })

    it('one whose version cannot be read', async () => {
      await used()
      await writeFile(join(dir, 'STORE'), 'posthouse')
      await refused('StoreDamagedError', /does not say which version/)
    })

    it('one without its CURRENT, where LevelDB would begin anew', async () => {
      await used()
      await rm(await fileOf(/^CURRENT$/))
      await refused('StoreDamagedError', /lost its database/)
    })

    it('one whose whole database is gone', async () => {
      await used()
      await rm(join(dir, 'db'), { recursive: true })
      await refused('StoreDamagedError', /lost its database/)
    })

    it('one with a bad manifest', async () => {
      await used()
      await writeFile(await fileOf(/^MANIFEST/), 'what is this?')
      await refused('StoreDamagedError', /is damaged/)
    })

    it('one that lacks a table', async () => {
      await used()
      await (await open()).close()
      await rm(await fileOf(/\.ldb$/))
      await refused('StoreDamagedError', /is damaged/)
    })
  })

  it('takes a first start up again that did not get to its end', async () => {
    await (await open()).close()
    await rm(join(dir, 'STORE'))
    const store = await open()
    await store.close()
    assert.match(await readFile(join(dir, 'STORE'), 'utf8'), /^posthouse store 1\n$/)
  })

  it('says so when the folder cannot be made', async () => {
    await writeFile(join(dir, 'file'), '')
    await assert.rejects(openLevelStore(join(dir, 'file', 'store'), makeComponents()), { name: 'StoreFailedError' })
  })
})
