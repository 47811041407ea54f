// A disk that gives back something else than it was given: the node says so and does not start; the operator repairs it, and
// it is whole again by what its peers hold.
import assert from 'node:assert/strict'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Company, type DemoNode, type Person } from '../../src/cli/demo/company.ts'
import { placesIn } from '../../src/cli/places.ts'
import { createClient } from '../../src/client/index.ts'
import type { ConversationLine } from '../../src/cli/agent/calls.ts'

const MESSAGES = 30
/** One bit in so many bytes of a table: index, filter and footer are hit, not only mail. */
const FLIPPED_EVERY_BYTES = 61
const STORED_MS = 60_000
/** Peers tell their digests within seconds of their start, when what is on their disks has been read again. */
const REPAIR_MS = 60_000

describe('a damaged store', function () {
  this.timeout(120_000)
  this.slow(30_000)

  let company: Company
  /** The first three serve Bob; the last serves Alice and never fails. */
  let nodes: DemoNode[]
  let bob: Person
  let ids: string[]
  /** Envelopes of Bob's mail at each of his nodes: his messages, and how their chat began. */
  let held: number

  before(async () => {
    company = await Company.gather()
    nodes = [await company.startNode('first')]
    nodes.push(...await Promise.all(['second', 'third', 'alices'].map(async name => await company.startNode(name))))
    bob = await company.makePerson('bob', nodes.slice(0, 3))
    ids = await written()
    held = await envelopesAt('second')
    assert.ok(held >= MESSAGES)
  })

  after(async () => { await company.disperse() })

  /** Messages to Bob, by a client that is gone when this resolves; enough of his nodes have signed for each. */
  async function written (): Promise<string[]> {
    const alice = await createClient({ store: join(company.directory, 'alice'), nodes: [nodes[3]?.address ?? ''], start: false })
    try {
      await alice.start()
      await alice.register()
      const chat = await alice.chat(bob.userId)
      const sent = await Promise.all(Array.from({ length: MESSAGES }, async (_, at) => await chat.send(`message ${at}`)))
      await Promise.all(sent.map(async letter => { await letter.until('stored', { signal: AbortSignal.timeout(STORED_MS) }) }))
      return (await chat.history()).map(({ id }) => id)
    } finally {
      await alice.stop()
    }
  }

  function database (): string { return join(placesIn(join(company.directory, 'first')).node, 'store', 'db') }

  /** What the first node says instead of starting. */
  async function refusal (): Promise<string> {
    const process = company.run('node first', 'first', ['node', '--listen', listen(nodes[0]), '--log-level', 'warn'])
    assert.deepEqual(await process.objects(), [])
    const { code, stderr } = await process.ended
    assert.equal(code, 1, stderr)
    const sentences = stderr.trim().split('\n').filter(line => !line.startsWith('{'))
    assert.equal(sentences.length, 1, stderr)
    return sentences[0] ?? ''
  }

  it('whose CURRENT is missing is left as it is, and the sentence says so', async () => {
    await nodes[0]?.process.kill('SIGKILL')
    await rename(join(database(), 'CURRENT'), join(database(), 'CURRENT.away'))
    const before = await readdir(database())
    assert.match(await refusal(), /^The store in .* has lost its database.*\.$/)
    assert.deepEqual(await readdir(database()), before)
    await rename(join(database(), 'CURRENT.away'), join(database(), 'CURRENT'))
  })

  it('with flipped bits in its tables does not start, and the sentence says so', async () => {
    // Opening moves what is in the log into a table; killed, the node leaves it there.
    nodes[0] = await comeBack(nodes[0])
    await nodes[0].process.kill('SIGKILL')
    const tables = (await readdir(database())).filter(name => name.endsWith('.ldb'))
    assert.ok(tables.length > 0, 'there is a table')
    for (const table of tables) await flipBits(join(database(), table))
    assert.match(await refusal(), /^The store in .* is damaged.*\.$/)
  })

  it('is repaired, gets its mail back from its peers, and shows all that was stored', async () => {
    nodes[0] = await comeBack(nodes[0], '--repair')
    // Whoever keeps the mailbox too says what it holds every few minutes, and soon after its own start, which is now.
    await nodes[1]?.process.kill('SIGKILL')
    nodes[1] = await comeBack(nodes[1])
    await untilHeld(held)
    // From here on the repaired node is the only one that has Bob's mail.
    await Promise.all([nodes[1]?.process.kill('SIGKILL'), nodes[2]?.process.kill('SIGKILL')])
    const lines = await company.perform<ConversationLine>(bob, 'inbox')
    assert.deepEqual(lines.map(({ id }) => id), ids)
  })

  async function comeBack (node: DemoNode | undefined, ...options: string[]): Promise<DemoNode> {
    assert.ok(node !== undefined)
    company.nodes.splice(company.nodes.indexOf(node), 1)
    return await company.startNode(node.name, { listen: listen(node), options })
  }

  /** Until the repaired node says that it holds so many envelopes for its users. */
  async function untilHeld (envelopes: number): Promise<void> {
    const deadline = performance.now() + REPAIR_MS
    for (let found = -1; found < envelopes; found = await envelopesAt('first')) {
      assert.ok(performance.now() < deadline, `${found} of ${envelopes} envelopes after ${REPAIR_MS / 1000} s`)
    }
  }

  async function envelopesAt (node: string): Promise<number> {
    const [status] = await company.perform<{ node: { mail: { envelopes: number } } | null }>({ ...bob, name: 'the operator', data: node }, 'status')
    return status?.node?.mail.envelopes ?? -1
  }
})

function listen (node: DemoNode | undefined): string { return node?.address.replace(/\/p2p\/.*/, '') ?? '' }

async function flipBits (path: string): Promise<void> {
  const bytes = await readFile(path)
  for (let at = 0; at < bytes.length; at += FLIPPED_EVERY_BYTES) bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(path, bytes)
}
