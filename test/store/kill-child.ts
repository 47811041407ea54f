// Run by kill.test.ts: appends letters without end and prints the ids that were acknowledged, until it is killed or its
// disk refuses.
import { writeSync } from 'node:fs'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { openLevelStore } from '../../src/store/index.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { makeComponents } from './mail.ts'
import type { MailboxId } from '../../src/types.ts'

const [dir, mailbox] = process.argv.slice(2)
if (dir === undefined || mailbox === undefined) throw new Error('usage: kill-child DIR MAILBOX')
const { logger } = makeComponents()
const store = await openLevelStore(dir, { clock: systemClock, random: systemRandom, logger })
const expiry = Math.floor(Date.now() / 1000) + 86_400

await Promise.all(Array.from({ length: 8 }, async () => {
  while (store.failure === undefined) {
    const envelopes = Array.from({ length: 4 }, () => makeEnvelope({ mailbox: mailbox as MailboxId, expiry, body: systemRandom.bytes(600) }, crypto))
    const outcomes = await store.envelopes.append(envelopes).then(appended => appended.outcomes, (error: Error) => [error])
    // Written at once, so that what was said before the kill has been said.
    for (const [n, outcome] of outcomes.entries()) {
      if (outcome instanceof Error) say(`${outcome.name}: ${outcome.message}\n`)
      else if (outcome.type === 'stored') say(`${envelopes[n]?.id}\n`)
    }
  }
}))

/** Waits while the pipe is full: on a busy machine its reader may be late. */
function say (line: string): void {
  for (;;) {
    try {
      writeSync(1, line)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}
