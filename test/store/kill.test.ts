// A real process, killed in the middle of its commits: what it acknowledged is there.
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

describe('a store whose process is killed', () => {
  it('holds everything that was acknowledged, and goes on', async function () {
    this.timeout(30_000)
    const dir = await mkdtemp(join(tmpdir(), 'posthouse-kill-'))
    try {
      const { mailbox } = await makeReader(1)
      const acknowledged = new Set<string>()
      for (let kill = 1; kill <= KILLS; kill++) {
        // Each time at another place of its work.
        for (const id of await appendUntilKilled(dir, mailbox, kill * 300 + kill)) acknowledged.add(id)
        assert.ok(acknowledged.size > kill * 300)
        const held = await readAll(dir, mailbox)
        assert.deepEqual([...acknowledged].filter(id => !held.has(id)), [])
      }
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})

async function appendUntilKilled (dir: string, mailbox: MailboxId, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, dir, mailbox], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.length >= acknowledgements * 65) child.kill('SIGKILL')
  })
  const [, signal] = await closed
  assert.equal(signal, 'SIGKILL')
  return said.split('\n').filter(id => id.length === 64)
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
