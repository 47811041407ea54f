// A mailbox takes 32 MiB that nobody has collected, and says so to whoever writes more.
import assert from 'node:assert/strict'
import { RemoteAgent } from '../../src/cli/agent/remote.ts'
import { connectControl } from '../../src/cli/control/connection.ts'
import { Company } from '../../src/cli/demo/company.ts'
import { controlSocketOf } from '../../src/cli/places.ts'
import { FULL } from '../full.ts'
import type { ConversationLine } from '../../src/cli/agent/calls.ts'

const TEXT = 'x'.repeat(60 * 1024)
/** Enough for 32 MiB of envelopes that are padded to 63 KiB and more. */
const MESSAGES = 540

describe('a full mailbox', function () {
  this.timeout(120_000)
  this.slow(30_000)

  // 32 MiB has no small size; what a store of a few letters answers is in its contract.
  before(function () { if (!FULL) this.skip() })

  it('refuses with a sentence, keeps what it has, and takes the rest when its reader came', async () => {
    const company = await Company.gather()
    try {
      const node = await company.startNode('only')
      const [alice, bob] = await Promise.all(['alice', 'bob'].map(async name => await company.makePerson(name, [node])))
      assert.ok(alice !== undefined && bob !== undefined)
      const inbox = company.run('alice’s inbox', alice.data, ['inbox', '--follow'])
      await company.attachable(alice, inbox)
      const connection = await connectControl(await controlSocketOf(company.placesOf(alice).user.directory) ?? '')
      assert.ok(connection !== undefined)
      const agent = new RemoteAgent(connection)
      // Whom Bob has not answered has a share of his mailbox only.
      const { id: hello } = await agent.call('send', { user: bob.userId, text: 'hello' })
      await agent.call('until', { id: hello, state: 'stored', timeoutMs: 30_000 })
      const greeted = await company.perform<ConversationLine>(bob, 'inbox')
      assert.deepEqual(greeted.map(({ id }) => id), [hello])
      await agent.call('until', { id: hello, state: 'delivered', timeoutMs: 30_000 })
      const ids = new Set<string>()
      const write = async (): Promise<string> => (await agent.call('send', { user: bob.userId, text: TEXT })).id
      while (ids.size < MESSAGES) for (const id of await Promise.all(Array.from({ length: 20 }, write))) ids.add(id)
      assert.match(await problemOf(agent, await write()), /^the mailbox of did:key:.* is full until one of their devices collects its mail$/)
      const lines = (await company.perform<ConversationLine>(bob, 'inbox')).filter(({ id }) => id !== hello)
      assert.ok(lines.length > 500 && lines.length < MESSAGES, `${lines.length} messages fill a mailbox`)
      // The node asked for a minute of patience, which a new process has not heard of.
      await agent.close()
      await inbox.kill('SIGTERM')
      await company.attachable(alice, company.run('alice’s inbox', alice.data, ['inbox', '--follow']))
      const follower = company.run('bob’s inbox', bob.data, ['inbox', '--follow', '--since', lines.at(-1)?.id ?? ''])
      while (lines.length <= MESSAGES) lines.push(await follower.next<ConversationLine>())
      for (const { id } of lines) ids.delete(id)
      assert.equal(ids.size, 0)
    } finally {
      await company.disperse()
    }
  })
})

/** What stands in the way of a message, as soon as something does. */
async function problemOf (agent: RemoteAgent, id: string): Promise<string> {
  const found = new AbortController()
  try {
    const { state } = await agent.call('until', { id, state: 'stored', timeoutMs: 30_000 }, {
      signal: found.signal,
      onEvent: ({ problem }) => { if (problem !== undefined) found.abort(problem) }
    })
    return state
  } catch (error) {
    return String(error)
  }
}
