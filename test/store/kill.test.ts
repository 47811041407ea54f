// A real process on a real disk, killed in the middle of its commits or refused by the disk: what it acknowledged is there.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLevelStore } from '../../src/store/index.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { makeComponents, makeReader } from './mail.ts'
import type { MailboxId } from '../../src/types.ts'

const CHILD = fileURLToPath(new URL('kill-child.ts', import.meta.url))
const KILLS = 3
/** An id and its line's end. */
const LINE_BYTES = 65

describe('a store whose process', () => {
  let dir: string
  let mailbox: MailboxId

  before(async () => { mailbox = (await makeReader(1)).mailbox })
  beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'posthouse-kill-')) })
  afterEach(async () => { await rm(dir, { recursive: true }) })

  async function assertHeld (acknowledged: Set<string>): Promise<void> {
    const held = await readAll(dir, mailbox)
    assert.deepEqual([...acknowledged].filter(id => !held.has(id)), [])
  }

  it('is killed holds everything that was acknowledged, and goes on', async function () {
    this.timeout(30_000)
    const acknowledged = new Set<string>()
    for (let kill = 1; kill <= KILLS; kill++) {
      // Each time at another place of its work.
      const { lines, signal } = await run([process.execPath], (kill * 300 + kill) * LINE_BYTES)
      assert.equal(signal, 'SIGKILL')
      for (const id of idsOf(lines)) acknowledged.add(id)
      assert.ok(acknowledged.size > kill * 300)
      await assertHeld(acknowledged)
    }
  })

  it('meets a disk that refuses to write acknowledges nothing more, and holds what it had acknowledged', async function () {
    if (process.platform === 'win32') this.skip()
    this.timeout(30_000)
    // A file may not grow above a megabyte: LevelDB's log does, soon.
    const { lines, signal } = await run(['/bin/sh', '-c', 'ulimit -f 2048 && exec "$0" "$@"', process.execPath], Infinity)
    assert.equal(signal, null)
    const ids = idsOf(lines)
    assert.ok(ids.length > 100)
    const firstRefusal = lines.findIndex(line => line.startsWith('StoreFailedError: the disk refused'))
    assert.equal(firstRefusal, ids.length, 'nothing is acknowledged after the first refusal')
    await assertHeld(new Set(ids))
  })

  /** Runs the child behind a command, until it has said so many bytes or ends by itself. */
  async function run ([command, ...args]: string[], bytes: number): Promise<{ lines: string[], signal: string | null }> {
    assert.ok(command !== undefined)
    const child = spawn(command, [...args, '--import', 'tsx', CHILD, dir, mailbox], { stdio: ['ignore', 'pipe', 'inherit'] })
    const closed = once(child, 'close')
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.length >= bytes) child.kill('SIGKILL')
    })
    const [, signal] = await closed
    return { lines: said.split('\n'), signal }
  }
})

function idsOf (lines: string[]): string[] {
  return lines.filter(line => /^[0-9a-f]{64}$/.test(line))
}

async function readAll (dir: string, mailbox: MailboxId): Promise<Set<string>> {
  const store = await openLevelStore(dir, makeComponents())
  const held = new Set<string>()
  for (let position = 0, last = false; !last;) {
    const page = await store.envelopes.page(mailbox, position, LIMITS.pageBytes)
    for (const { envelope } of page.envelopes) held.add(envelope.id)
    position = page.position
    last = page.last
  }
  assert.equal(store.damageMet, 0)
  assert.equal(store.envelopes.usage(mailbox).envelopes, held.size)
  await store.close()
  return held
}
