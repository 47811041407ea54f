// Nodes leave a running network, as real processes with real disks, while fifty people (ten at the small size) write to each other.
import assert from 'node:assert/strict'
import { Company, type DemoNode } from '../../src/cli/demo/company.ts'
import { createClient, type Client, type SentMessage } from '../../src/client/index.ts'
import { FULL } from '../full.ts'
import { memoryStore, soon, texts } from '../client/network.ts'
import { until } from '../until.ts'
import type { DrainReport } from '../../src/index.ts'

const USERS = FULL ? 50 : 10
/** Some are away while nodes leave: their mail is what has to be handed over. */
const AWAY = USERS / 5
const NODES = 4
/** Users that register at the same time. */
const ARRIVING = 2
/** Messages of one user while one node leaves. */
const LETTERS = 2
/** Two busy cores carry four nodes and fifty clients. */
const WAIT_MS = 60_000

interface Writer { client: Client, sent: SentMessage[], text: number }

describe('nodes that leave', function () {
  this.timeout(300_000)
  this.slow(40_000)

  let company: Company
  let nodes: DemoNode[]
  let writers: Writer[]

  before(async () => {
    company = await Company.gather()
    nodes = [await company.startNode('first')]
    nodes.push(...await Promise.all(['second', 'third', 'fourth'].map(async name => await company.startNode(name))))
    writers = []
    for (let at = 0; at < USERS; at += ARRIVING) writers.push(...await Promise.all(Array.from({ length: ARRIVING }, async (_, more) => await arrive(at + more))))
    await Promise.all(writers.slice(0, AWAY).map(async ({ client }) => { await client.stop() }))
  })

  after(async () => {
    await Promise.all(writers.map(async ({ client }) => { await client.stop() }))
    await company.disperse()
  })

  /** Each begins the list of nodes at another place. */
  async function arrive (number: number): Promise<Writer> {
    const client = await createClient({ store: memoryStore(), nodes: nodes.map((_, at) => nodes[(at + number) % NODES]?.address ?? '') })
    // A node that is busy with others may not have answered in time; with fewer than all, two could not leave.
    await until('all nodes serve everybody', async () => await client.register(soon(WAIT_MS)).then(({ nodes }) => nodes.length === NODES, () => false), WAIT_MS)
    return { client, sent: [], text: 0 }
  }

  /** Who is there writes to two others: the one that comes next, and one who may be away. */
  async function write (letters: number): Promise<void> {
    for (let letter = 0; letter < letters; letter++) {
      await Promise.all(writers.slice(AWAY).map(async (writer, at) => {
        const reader = writers[letter % 2 === 0 ? AWAY + (at + 1) % (USERS - AWAY) : at % AWAY]
        const chat = await writer.client.chat(reader?.client.userId ?? '')
        writer.sent.push(await chat.send(`${AWAY + at}: ${writer.text++}`))
      }))
    }
  }

  async function allStored (): Promise<void> {
    await Promise.all(writers.flatMap(({ sent }) => sent).map(async message => { await message.until('stored', soon(WAIT_MS)) }))
  }

  /** Everybody who is there is attached to nodes that still run. */
  async function allElsewhere (gone: DemoNode[]): Promise<void> {
    const peerIds = gone.map(({ peerId }) => peerId)
    const present = writers.slice(AWAY)
    const isElsewhere = ({ client }: Writer): boolean => {
      const { connected } = client.status()
      return connected.length > 0 && !connected.some(node => peerIds.includes(node))
    }
    await until('everybody is elsewhere', () => present.every(isElsewhere), WAIT_MS)
  }

  it(`\`posthouse drain\` on a node that serves ${USERS} users mid-traffic: nobody notices`, async () => {
    const [leaving] = nodes as [DemoNode]
    await write(LETTERS)
    await allStored()
    const writing = write(LETTERS)
    const drain = company.run('the drain', leaving.name, ['drain'])
    const lines = await drain.all<{ event: string, envelopes?: { done: number, total: number } } & DrainReport>()
    const report = lines.at(-1)
    assert.equal(report?.event, 'drained')
    assert.ok(lines.length > 1 && lines.slice(0, -1).every(({ event }) => event === 'draining'))
    assert.deepEqual([report?.lacking, report?.lackingEnvelopes, report?.kept], [[], 0, 0])
    assert.ok((report?.handedOver ?? 0) > 0 && (report?.devices ?? 0) > 0, JSON.stringify(report))
    const { code, stderr } = await leaving.process.ended
    assert.equal(code, 0, stderr)
    const [own] = await leaving.process.objects<Record<string, unknown>>()
    assert.deepEqual(own, report)
    await writing
    await allStored()
    await allElsewhere([leaving])
  })

  it('SIGTERM is the same, on another one', async () => {
    const [first, leaving] = nodes as [DemoNode, DemoNode]
    const writing = write(LETTERS)
    const { code, stderr } = await leaving.process.kill('SIGTERM')
    assert.equal(code, 0, stderr)
    const report = (await leaving.process.objects<{ event: string } & DrainReport>()).at(-1)
    assert.deepEqual([report?.event, report?.lackingEnvelopes], ['drained', 0])
    await writing
    await allStored()
    await allElsewhere([first, leaving])
  })

  it('everything that was shown as stored arrives once, at those who were away too', async () => {
    await Promise.all(writers.slice(0, AWAY).map(async ({ client }) => { await client.start() }))
    const wanted = new Map<string, string[]>()
    for (const { sent } of writers) for (const { to, id } of sent) wanted.set(to, [...wanted.get(to) ?? [], id])
    await Promise.all(writers.flatMap(({ sent }) => sent).map(async message => { await message.until('delivered', soon(WAIT_MS)) }))
    for (const { client } of writers) {
      const shown: string[] = []
      for await (const { id, from } of client.messages()) if (from !== client.userId) shown.push(id)
      assert.deepEqual(shown.sort(), wanted.get(client.userId)?.sort() ?? [])
      assert.equal(new Set(await texts(client)).size, (await texts(client)).length)
    }
  })

  it('a node whose mail would lack holders says so; at a second signal it leaves at once', async () => {
    const [, , leaving, last] = nodes as [DemoNode, DemoNode, DemoNode, DemoNode]
    await Promise.all(writers.slice(0, AWAY).map(async ({ client }) => { await client.stop() }))
    await write(2)
    await allStored()
    const ended = leaving.process.kill('SIGTERM')
    // Two of three receipts are wanted, and one node is left to give them.
    await until('it drains', async () => await stateOf(leaving) === 'draining', WAIT_MS)
    process.kill(leaving.pid, 'SIGTERM')
    const { code, stderr } = await ended
    assert.equal(code, 1)
    assert.match(stderr, /Left at once: what was not handed over yet stays on this node’s disk alone\.\n$/)
    const final = await last.process.kill('SIGINT')
    assert.equal(final.code, 1)
    assert.match(final.stderr, /\d+ envelopes have too few other holders, in the mailboxes [0-9a-f]{8}…/)
    const [report] = await last.process.objects<DrainReport>()
    assert.ok((report?.lackingEnvelopes ?? 0) > 0)
  })

  async function stateOf ({ name }: DemoNode): Promise<string | undefined> {
    const [status] = await company.run('status', name, ['status']).objects<{ node: { state: string } | null }>()
    return status?.node?.state
  }
})
