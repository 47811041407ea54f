// What a person sees from outside: real processes, real disks, real kills. Everything here goes through bin/posthouse.js.
import assert from 'node:assert/strict'
import { RemoteAgent } from '../../src/cli/agent/remote.ts'
import { connectControl } from '../../src/cli/control/connection.ts'
import { Company, type DemoNode, type Person } from '../../src/cli/demo/company.ts'
import { controlSocketOf } from '../../src/cli/places.ts'
import { verifyReceipt } from '../../src/client/index.ts'
import type { ConversationLine, MessageProgress } from '../../src/cli/agent/calls.ts'
import type { CliProcess } from '../../src/cli/demo/cli-process.ts'

const MESSAGES = 200
const NOBODY = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'
const WAIT_MS = 30_000

describe('two users through real nodes', function () {
  this.timeout(60_000)
  this.slow(10_000)

  let company: Company
  let nodes: DemoNode[]
  let alice: Person
  let bob: Person
  /** Alice's running client, and this test attached to it as any later command would be. */
  let inbox: CliProcess
  let agent: RemoteAgent

  before(async () => {
    company = await Company.gather()
    nodes = [await company.startNode('first')]
    nodes.push(...await Promise.all(['second', 'third', 'fourth', 'fifth'].map(async name => await company.startNode(name))))
    ;[alice, bob] = await Promise.all([company.makePerson('alice', nodes.slice(0, 3)), company.makePerson('bob', nodes.slice(2))])
    ;({ inbox, agent } = await online(alice))
  })

  after(async () => {
    await agent?.close()
    await company.disperse()
    assert.ok(company.isGone(), 'no process and no file is left')
  })

  async function online (person: Person): Promise<{ inbox: CliProcess, agent: RemoteAgent }> {
    const inbox = company.run(`${person.name}’s inbox`, person.data, ['inbox', '--follow'])
    await company.attachable(person, inbox)
    const connection = await connectControl(await controlSocketOf(company.placesOf(person).user.directory) ?? '')
    assert.ok(connection !== undefined)
    return { inbox, agent: new RemoteAgent(connection) }
  }

  async function until (id: string, state: MessageProgress['state']): Promise<MessageProgress> {
    return await agent.call('until', { id, state, timeoutMs: WAIT_MS })
  }

  async function read (person: Person, ...options: string[]): Promise<ConversationLine[]> {
    return await company.perform<ConversationLine>(person, 'inbox', ...options)
  }

  /** A command that must fail: what it printed, and its one sentence. */
  async function failing (person: Person, ...args: string[]): Promise<{ objects: Array<Record<string, unknown>>, sentence: string }> {
    const process = company.run(args[0] ?? '', person.data, args)
    const objects = await process.objects<Record<string, unknown>>()
    const { code, stderr } = await process.ended
    assert.equal(code, 1, stderr)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
    return { objects, sentence: stderr.trim() }
  }

  async function comeBack (node: DemoNode): Promise<DemoNode> {
    company.nodes.splice(company.nodes.indexOf(node), 1)
    return await company.startNode(node.name, { listen: node.address.replace(/\/p2p\/.*/, '') })
  }

  it(`${MESSAGES} messages while the reader is away, one replica killed: all read, in order, none twice`, async () => {
    const route = await agent.call('route', { user: bob.userId, fresh: false })
    assert.deepEqual(new Set(route.nodes), new Set(nodes.slice(2).map(({ peerId }) => peerId)))
    const sent: string[] = []
    const stored: Array<Promise<MessageProgress>> = []
    for (let at = 0; at < MESSAGES; at++) {
      if (at === MESSAGES / 2) await nodes[3]?.process.kill('SIGKILL')
      const { id } = await agent.call('send', { user: bob.userId, text: `message ${at}` })
      sent.push(id)
      stored.push(until(id, 'stored'))
      // The control socket takes 32 calls of one connection at a time.
      if (stored.length % 16 === 0) await Promise.all(stored)
    }
    for (const { id, state, w, receipts } of await Promise.all(stored)) {
      assert.equal(state, 'stored', id)
      const signers = new Set((receipts as Array<{ node: string }>).map(({ node }) => node))
      assert.ok(w === 2 && signers.size >= w, `${signers.size} of ${w}`)
      for (const signer of signers) assert.ok(route.nodes.includes(signer))
      for (const receipt of receipts) assert.ok(await verifyReceipt(receipt))
    }
    const lines = await read(bob)
    assert.deepEqual(lines.map(({ text }) => text), sent.map((_, at) => `message ${at}`))
    assert.deepEqual(lines.map(({ id }) => id), sent)
    assert.ok(lines.every(({ from, conversation }) => from === alice.userId && conversation === alice.userId))
    for (const id of [sent[0], sent.at(-1)]) assert.equal((await until(id ?? '', 'read')).state, 'read')
    // A second look shows the same, and what comes after the last is nothing.
    assert.deepEqual(await read(bob, '--since', sent.at(-2) ?? ''), lines.slice(-1).map(line => ({ ...line, isRead: true })))
    assert.deepEqual(await read(bob, '--since', sent.at(-1) ?? ''), [])
    assert.equal((await failing(bob, 'inbox', '--since', 'f'.repeat(32))).sentence, `There is no message ${'f'.repeat(32)}.`)
  })

  it('with too few nodes left the state stays accepted and says how many copies there are; it goes on when one returns', async () => {
    await nodes[4]?.process.kill('SIGKILL')
    const { objects, sentence } = await failing(alice, 'send', bob.userId, 'one copy', '--timeout', '3')
    assert.match(sentence, /copies: 1\/2/)
    assert.match(sentence, /accepted/)
    assert.match(sentence, /stays queued/)
    const [{ id, state, copies, receipts } = {}] = objects
    assert.deepEqual({ state, copies, signed: (receipts as unknown[]).length }, { state: 'accepted', copies: '1/2', signed: 1 })
    nodes[4] = await comeBack(nodes[4] as DemoNode)
    assert.equal((await until(String(id), 'stored')).state, 'stored')
  })

  it('a user whose nodes are all down: the sentence says so, and the message goes out when they return', async () => {
    const [away] = [await company.startNode('carols')]
    const carol = await company.makePerson('carol', [away])
    await agent.call('route', { user: carol.userId, fresh: false })
    await away.process.kill('SIGKILL')
    const { objects, sentence } = await failing(alice, 'send', carol.userId, 'are you there?', '--timeout', '3')
    assert.match(sentence, /^None of the nodes that serve did:key:.* can be reached.*; it is (queued|accepted).* and stays queued: any running posthouse client goes on with it\.$/)
    await comeBack(away)
    const id = String(objects[0]?.['id'])
    assert.equal((await until(id, 'stored')).state, 'stored')
    assert.deepEqual((await read(carol)).map(line => line.id), [id])
  })

  it('a sender whose nodes are all down queues; whatever client runs when they return sends it', async () => {
    const daves = await company.startNode('daves')
    const dave = await company.makePerson('dave', [daves])
    await daves.process.kill('SIGKILL')
    const { objects, sentence } = await failing(dave, 'send', alice.userId, 'from the wilderness', '--timeout', '2')
    assert.match(sentence, /^None of your nodes can be reached; it is queued and stays queued: .*\.$/)
    assert.equal(objects[0]?.['state'], 'queued')
    await comeBack(daves)
    const arrival = inbox.next<ConversationLine>()
    await read(dave)
    assert.equal((await arrival).text, 'from the wilderness')
  })

  it('a user whom nobody serves', async () => {
    const { sentence } = await failing(alice, 'send', NOBODY, 'hello?', '--timeout', '20')
    assert.match(sentence, /^Nobody knows which nodes serve did:key:.*stays queued.*\.$/)
    assert.match((await failing(alice, 'route', NOBODY)).sentence, /^Nobody knows which nodes serve did:key:/)
  })

  it('`inbox --follow` and `send` work side by side, and a follower outlives the process that owned the store', async () => {
    const { inbox: first, agent: attached } = await online(bob)
    const follower = company.run('bob’s second inbox', bob.data, ['inbox', '--follow', '--since', (await read(bob)).at(-1)?.id ?? ''])
    await attached.close()
    await company.perform(alice, 'send', bob.userId, 'to both', '--until', 'delivered')
    assert.equal((await follower.next<ConversationLine>()).text, 'to both')
    await first.kill('SIGKILL')
    await company.perform(alice, 'send', bob.userId, 'to the one that is left', '--until', 'delivered')
    assert.equal((await follower.next<ConversationLine>()).text, 'to the one that is left')
    assert.deepEqual((await follower.kill('SIGTERM')).code, 0)
  })

  it('`chat` on a pipe: each line is a message, and the end waits until all are stored', async () => {
    const chat = company.run('bob’s chat', bob.data, ['chat', alice.userId], { input: 'one\n\ntwo\nthree' })
    const events = await chat.all<{ event?: string, id: string, state?: string, text?: string }>()
    const own = new Set(events.filter(({ event }) => event === 'state').map(({ id }) => id))
    assert.equal(own.size, 3)
    for (const id of own) assert.ok(events.some(event => event.id === id && ['stored', 'delivered', 'read'].includes(event.state ?? '')))
    for (const text of ['one', 'two', 'three']) assert.equal((await inbox.next<ConversationLine>()).text, text)
  })

  it('status tells of node and user; SIGTERM drains', async () => {
    interface UserStatus { user: { userId: string, connected: string[], pid: number | null }, node: null }
    const [status] = await company.perform<UserStatus>(alice, 'status')
    assert.deepEqual({ userId: status?.user.userId, pid: status?.user.pid }, { userId: alice.userId, pid: inbox.pid })
    assert.ok((status?.user.connected.length ?? 0) > 0)
    const [idle] = await company.perform<UserStatus>(bob, 'status')
    assert.deepEqual({ userId: idle?.user.userId, pid: idle?.user.pid }, { userId: bob.userId, pid: null })
    const [first] = nodes
    const [nodeStatus] = await company.perform<{ node: { peerId: string, users: number } }>({ ...alice, data: 'first' }, 'status')
    assert.equal(nodeStatus?.node.peerId, first?.peerId)
    assert.ok((nodeStatus?.node.users ?? 0) >= 1)
    const { code } = await first?.process.kill('SIGTERM') ?? {}
    assert.equal(code, 0)
    assert.deepEqual((await first?.process.objects<Record<string, unknown>>())?.map(({ event, lackingEnvelopes }) => ({ event, lackingEnvelopes })), [{ event: 'drained', lackingEnvelopes: 0 }])
  })
})
