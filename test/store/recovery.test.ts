// A disk that refuses writes and takes them again: on command, so that it always runs, and a real one of a limited size
// where such a one can be had.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openLevelStore, openStore, STORE_DEFAULTS, type NodeStore } from '../../src/store/index.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { NOW } from '../identity/people.ts'
import { until } from '../until.ts'
import { openGated, type Gated } from './gated.ts'
import { letter, letters, makeComponents, makeReader, type Reader, type Tree } from './mail.ts'
import type { Medium } from '../../src/store/recovery.ts'
import type { EnvelopeId } from '../../src/types.ts'

const MIB = 1024 * 1024
const { reopenIntervalMs, reopenIntervalMsMax } = STORE_DEFAULTS

describe('a store whose disk refuses writes', () => {
  let alice: Reader
  let clock: VirtualClock
  let lines: string[]

  before(async () => { alice = await makeReader(1) })
  beforeEach(() => {
    clock = new VirtualClock(NOW)
    lines = []
  })

  function components (): ReturnType<typeof makeComponents> {
    const { random } = makeComponents()
    const say = (format: string, ...args: unknown[]): void => { lines.push(args.reduce<string>((line, arg) => line.replace(/%[sd]/, String(arg)), format)) }
    const log = Object.assign(say, { error: say, trace: () => {}, enabled: true, newScope: () => log })
    return { clock, random, logger: { forComponent: () => log } } as unknown as ReturnType<typeof makeComponents>
  }

  async function held (store: NodeStore): Promise<EnvelopeId[]> {
    return (await store.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)).envelopes.map(({ envelope }) => envelope.id)
  }

  describe('on command', () => {
    let tree: Tree
    let medium: Medium & { hasRoomNow: boolean, opens: boolean, events: string[] }
    let current: Gated
    let store: NodeStore

    beforeEach(async () => {
      current = await openGated()
      tree = current.tree
      // The tree outlives its databases.
      current.database.close = async () => {}
      medium = {
        hasRoomNow: false,
        opens: true,
        events: [],
        yield: async () => { medium.events.push('yield') },
        hasRoom: async () => {
          medium.events.push('look')
          return medium.hasRoomNow
        },
        reopen: async () => {
          medium.events.push('reopen')
          if (!medium.opens) throw new Error('Input/output error')
          current = await openGated(tree)
          return current.database
        },
        recovered: async () => { medium.events.push('recovered') },
        sound: async () => { medium.events.push('sound') }
      }
      store = await openStore(current.database, components(), {}, { medium })
    })
    afterEach(async () => { await store.close() })

    function refuse (): void { current.gate.write = async () => { throw new Error('LEVEL_IO_ERROR', { cause: new Error('No space left on device') }) } }

    /** Lets a first write fail, after one that did not. */
    async function fail (): Promise<EnvelopeId[]> {
      const kept = letters(alice.mailbox, 2)
      await store.envelopes.append(kept)
      refuse()
      await assert.rejects(store.envelopes.append(letters(alice.mailbox, 1)), { name: 'StoreFailedError' })
      return kept.map(({ id }) => id)
    }

    it('acknowledges nothing and goes on reading until there is room, then goes on by itself', async () => {
      const kept = await fail()
      const last = store.envelopes.lastPosition(alice.mailbox)
      const digest = await store.envelopes.digest(alice.mailbox)
      current.gate.write = async () => {}
      await clock.advance(reopenIntervalMs * 5)
      assert.deepEqual(medium.events, ['yield', 'look', 'look', 'look', 'look', 'look'])
      await assert.rejects(store.envelopes.append(letters(alice.mailbox, 1)), { name: 'StoreFailedError' }, 'a database that failed is not written again')
      assert.deepEqual(await held(store), kept)

      medium.hasRoomNow = true
      await clock.advance(reopenIntervalMs)
      assert.equal(store.failure, undefined)
      assert.deepEqual(medium.events.slice(-3), ['look', 'reopen', 'recovered'])
      assert.deepEqual(lines, [
        'the disk refused what was to be kept, and nothing is acknowledged until it takes writes again: No space left on device',
        'the disk takes writes again after 60 s: the store was opened anew'
      ])
      assert.deepEqual(await store.envelopes.digest(alice.mailbox), digest)
      const next = letter(alice.mailbox)
      const { outcomes: [outcome] } = await store.envelopes.append([next])
      assert.ok(outcome?.type === 'stored' && outcome.position > last + 2 ** 31, 'positions jump, as at every opening')
      assert.deepEqual(await held(store), [...kept, next.id])
      await clock.advance(reopenIntervalMs * 5)
      assert.equal(medium.events.at(-1), 'recovered', 'nobody looks any more')
    })

    it('counts what the failed write left behind after all', async () => {
      await fail()
      const survivor = letter(alice.mailbox)
      // The write failed when its bytes were there: LevelDB finds them in its log.
      const other = await openStore((await openGated(tree)).database, components())
      await other.envelopes.append([survivor])
      medium.hasRoomNow = true
      await clock.advance(reopenIntervalMs)
      assert.equal(store.envelopes.usage(alice.mailbox).envelopes, 3)
      assert.ok((await held(store)).includes(survivor.id))
      const { outcomes: [outcome] } = await store.envelopes.append([survivor])
      assert.equal(outcome?.type === 'stored' && outcome.known, true)
    })

    it('fails and recovers again and again', async () => {
      medium.hasRoomNow = true
      for (let time = 0; time < 3; time++) {
        await fail()
        await clock.advance(reopenIntervalMs)
        assert.equal(store.failure, undefined)
      }
      assert.equal((await held(store)).length, 6)
      assert.equal(lines.length, 6, 'one line each')
    })

    it('tries openings that fail ever more rarely', async () => {
      medium.hasRoomNow = true
      medium.opens = false
      await fail()
      await clock.advance(reopenIntervalMs * 7)
      assert.equal(medium.events.filter(event => event === 'reopen').length, 3, 'after 10, 30 and 70 s')
      await clock.advance(10 * reopenIntervalMsMax)
      const before = medium.events.filter(event => event === 'reopen').length
      await clock.advance(4 * reopenIntervalMsMax)
      assert.equal(medium.events.filter(event => event === 'reopen').length, before + 4)
      medium.opens = true
      await clock.advance(reopenIntervalMsMax)
      assert.equal(store.failure, undefined)
    })

    it('stays failed when the first write of the new opening fails, and reads on', async () => {
      medium.hasRoomNow = true
      const { reopen } = medium
      medium.reopen = async () => {
        const database = await reopen()
        refuse()
        return database
      }
      const kept = await fail()
      await clock.advance(reopenIntervalMs)
      assert.notEqual(store.failure, undefined)
      assert.deepEqual(await held(store), kept)
      medium.reopen = reopen
      await clock.advance(reopenIntervalMs * 2)
      assert.equal(store.failure, undefined)
    })

    it('tries no more once it is closed, and was not clean', async () => {
      medium.hasRoomNow = true
      await fail()
      await store.close()
      await clock.advance(reopenIntervalMsMax)
      assert.deepEqual(medium.events, ['yield'])
      const next = await openStore((await openGated(tree)).database, components())
      assert.equal(next.wasClean, false)
      await next.close()
      assert.equal((await openStore((await openGated(tree)).database, components())).wasClean, true)
    })
  })

  describe('for lack of space', () => {
    const RESERVE = { reserveBytes: 4 * MIB, writeBufferBytes: 256 * 1024 }
    let dir: string
    let disk: string
    let isMounted = false

    before(async function () {
      dir = await mkdtemp(join(tmpdir(), 'posthouse-full-'))
      disk = join(dir, 'disk')
      await mkdir(disk)
      const run = promisify(execFile)
      const failure = await run('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).then(() => undefined, (error: Error & { stderr?: string }) => error.stderr ?? error.message)
      isMounted = failure === undefined
      if (isMounted) return
      console.log(`    not run: a file system of a limited size cannot be mounted here (${failure?.trim()})`)
      this.skip()
    })
    after(async () => {
      if (isMounted) await promisify(execFile)('umount', [disk])
      await rm(dir, { recursive: true })
    })

    it('lets its reserve go, and takes writes again when there is as much room twice', async function () {
      this.timeout(60_000)
      const store = await openLevelStore(join(disk, 'store'), components(), RESERVE)
      const reserve = join(disk, 'store', 'RESERVE')
      assert.equal((await stat(reserve)).size, RESERVE.reserveBytes)
      await writeFile(join(disk, 'ballast'), new Uint8Array(14 * MIB))
      const kept: EnvelopeId[] = []
      while (store.failure === undefined) {
        const envelopes = letters(alice.mailbox, 8, { bytes: 30_000 })
        await store.envelopes.append(envelopes).then(() => { kept.push(...envelopes.map(({ id }) => id)) }, () => {})
        assert.ok(kept.length < 1000, 'the disk takes no end')
      }
      assert.ok(kept.length > 0)
      await until('the reserve is gone', async () => await access(reserve).then(() => false, () => true))
      await clock.advance(reopenIntervalMs)
      assert.notEqual(store.failure, undefined, 'the reserve alone is not enough')
      assert.deepEqual(await allHeld(store), kept)

      await rm(join(disk, 'ballast'))
      await until('the disk takes writes again', async () => {
        await clock.advance(reopenIntervalMs)
        return store.failure === undefined
      })
      assert.deepEqual(await allHeld(store), kept)
      const next = letter(alice.mailbox)
      await store.envelopes.append([next])
      await until('the reserve is back', async () => await stat(reserve).then(({ size }) => size === RESERVE.reserveBytes, () => false))
      await store.close()

      const again = await openLevelStore(join(disk, 'store'), components(), RESERVE)
      assert.deepEqual(await allHeld(again), [...kept, next.id])
      assert.equal(again.wasClean, true)
      await again.close()
    })

    it('is opened with the help of its reserve', async function () {
      this.timeout(60_000)
      const first = await openLevelStore(join(disk, 'second'), components(), { ...RESERVE, writeBufferBytes: 4 * MIB })
      const sent = letters(alice.mailbox, 60, { bytes: 30_000 })
      await first.envelopes.append(sent)
      await first.close()
      await writeFile(join(disk, 'more'), new Uint8Array(64 * MIB)).catch(() => {})
      const store = await openLevelStore(join(disk, 'second'), components(), RESERVE)
      assert.deepEqual(await allHeld(store), sent.map(({ id }) => id))
      assert.ok(lines.some(line => /^no reserve of \d+ bytes is kept/.test(line)))
      await store.envelopes.append(letters(alice.mailbox, 1))
      await store.close()
    })
  })

  async function allHeld (store: NodeStore): Promise<EnvelopeId[]> {
    const ids: EnvelopeId[] = []
    for (let position = 0, last = false; !last;) {
      const page = await store.envelopes.page(alice.mailbox, position, LIMITS.pageBytes)
      ids.push(...page.envelopes.map(({ envelope }) => envelope.id))
      position = page.position
      last = page.last
    }
    return ids
  }
})
