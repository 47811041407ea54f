/**
 * The whole story on one machine, told while it happens. Nothing is staged: every actor is a real process, and the
 * story goes on only if what it says is true.
 */
import { nodeCrypto } from '../../node/crypto.ts'
import { verifyReceipt, type ReceiptJson } from '../../relay/index.ts'
import { CommandFailedError } from '../failures.ts'
import { shortId } from '../output.ts'
import { isAlive, type Company, type DemoNode, type Person } from './company.ts'
import { watchLetter } from './letter.ts'
import type { CliProcess } from './cli-process.ts'
import type { Stage } from './stage.ts'
import type { ConversationLine } from '../agent/calls.ts'

const NODE_NAMES = ['Ash', 'Birch', 'Cedar', 'Elm', 'Fir'] as const
const LETTER = 'Bob, the pass is open again. Will you ride over on Sunday?'
const REPLY = 'I will be there. Keep a fresh horse ready!'
/** Each wait of the story; on an idle machine none takes two seconds. */
const PATIENCE = ['--timeout', '30'] as const

interface Sent { id: string, state: string, copies: string, receipts: ReceiptJson[] }
interface Route { w: number, nodes: DemoNode[] }

export class Story {
  readonly #stage: Stage
  readonly #company: Company
  readonly #names = new Map<string, string>()

  constructor (stage: Stage, company: Company) {
    this.#stage = stage
    this.#company = company
  }

  async tell (): Promise<void> {
    const nodes = await this.#nodesStart()
    const { alice, bob, route } = await this.#peopleAppear(nodes)
    const alicesInbox = await this.#bobIsAway(alice)
    const sent = await this.#aliceWrites(alice, bob, route)
    const killed = await this.#nodeDies(route, sent)
    await using letter = await watchLetter(this.#company.placesOf(alice), sent.id)
    await this.#bobReads(bob, alice, sent)
    await this.#aliceSees(letter)
    await this.#bobAnswers(alice, bob, alicesInbox)
    await alicesInbox.kill('SIGTERM')
    await this.#everybodyLeaves(nodes.length - 1, killed)
  }

  async #nodesStart (): Promise<DemoNode[]> {
    await this.#stage.act('Five nodes start, each a process with its own disk')
    const [first, ...others] = NODE_NAMES
    const nodes = [await this.#company.startNode(first)]
    nodes.push(...await Promise.all(others.map(async name => await this.#company.startNode(name))))
    for (const { name, pid, peerId, address } of nodes) {
      this.#names.set(peerId, name)
      const place = address.replace(/\/p2p\/.*/, '')
      await this.#stage.say(`${this.#stage.good('●')} ${name.padEnd(5)}  …${peerId.slice(-8)}  ${this.#stage.faint(`${place}  process ${pid}`)}`, { event: 'node', name, pid, peerId, address })
    }
    return nodes
  }

  async #peopleAppear (nodes: DemoNode[]): Promise<{ alice: Person, bob: Person, route: Route }> {
    await this.#stage.act('Alice and Bob make their identities: a key each, no server asked for permission')
    const [alice, bob] = await Promise.all([
      this.#company.makePerson('Alice', nodes.slice(0, 3)),
      this.#company.makePerson('Bob', nodes.slice(2))
    ])
    for (const person of [alice, bob]) {
      const served = person.nodes.map(node => this.#nameOf(node))
      await this.#stage.say(`${person.name.padEnd(5)}  ${shortId(person.userId)}  ${this.#stage.faint('served by')} ${served.join(', ')}`, { event: 'user', name: person.name, userId: person.userId, nodes: person.nodes })
    }
    const [found] = await this.#company.perform<{ nodes: string[], ms: number, source: string }>(alice, 'route', bob.userId)
    const listed = found?.nodes.map(node => this.#nodeOf(nodes, node)) ?? []
    this.#hold(listed.length === 3, 'Bob’s route should name three nodes')
    await this.#stage.say(`${this.#stage.faint('Alice looks Bob up: the signed route names')} ${listed.map(({ name }) => name).join(', ')}`, { event: 'route', userId: bob.userId, nodes: found?.nodes, source: found?.source, ms: found?.ms })
    return { alice, bob, route: { w: 2, nodes: listed } }
  }

  /** Bob has no process from here on. Alice stays online in one of her own. */
  async #bobIsAway (alice: Person): Promise<CliProcess> {
    await this.#stage.act('Bob goes away: from now on nothing of his runs')
    const inbox = this.#company.run('Alice’s `inbox`', alice.data, ['inbox', '--follow'])
    await this.#company.attachable(alice, inbox)
    await this.#stage.say(this.#stage.faint('Alice stays, with `posthouse inbox --follow` open.'), { event: 'away', name: 'Bob' })
    return inbox
  }

  async #aliceWrites (alice: Person, bob: Person, route: Route): Promise<Sent> {
    await this.#stage.act('Alice writes to Bob')
    await this.#stage.say(`Alice › ${this.#stage.letter(LETTER)}`, { event: 'sending', from: alice.userId, to: bob.userId, text: LETTER })
    const startedMs = performance.now()
    const [sent] = await this.#company.perform<Sent>(alice, 'send', bob.userId, LETTER, ...PATIENCE)
    if (sent === undefined) throw new CommandFailedError('`send` printed nothing')
    const tookMs = Math.round(performance.now() - startedMs)
    const signers = new Set(sent.receipts.map(({ node }) => node))
    const verified = await Promise.all(sent.receipts.map(async receipt => await verifyReceipt(receipt, nodeCrypto)))
    this.#hold(verified.every(Boolean) && signers.size >= route.w, 'the receipts should verify')
    this.#hold([...signers].every(node => route.nodes.some(({ peerId }) => peerId === node)), 'only nodes of Bob’s route should sign')
    await this.#stage.say(`${this.#stage.good('✓ stored')}  ${[...signers].map(node => this.#nameOf(node)).join(' and ')} signed that the sealed letter is on their disks; the signatures verify. ${this.#stage.faint(`${tookMs} ms`)}`,
      { event: 'stored', id: sent.id, copies: sent.copies, receipts: sent.receipts, verified: true, ms: tookMs })
    return sent
  }

  async #nodeDies (route: Route, sent: Sent): Promise<DemoNode> {
    const keeper = route.nodes.find(({ peerId }) => sent.receipts.some(({ node }) => node === peerId))
    if (keeper === undefined) throw new CommandFailedError('none of Bob’s nodes signed')
    await this.#stage.act(`${keeper.name}, which keeps Bob’s letter, is killed`)
    const { signal } = await keeper.process.kill('SIGKILL')
    this.#hold(signal === 'SIGKILL' && !isAlive(keeper.pid), `${keeper.name} should be dead`)
    await this.#stage.say(`${this.#stage.bad('✖')} ${keeper.name}  ${this.#stage.faint(`kill -9 ${keeper.pid}: no farewell, no hand-over`)}`, { event: 'killed', name: keeper.name, pid: keeper.pid, peerId: keeper.peerId, signal })
    return keeper
  }

  async #bobReads (bob: Person, alice: Person, sent: Sent): Promise<void> {
    await this.#stage.act('Bob comes back and opens his inbox')
    const startedMs = performance.now()
    const lines = await this.#company.perform<ConversationLine>(bob, 'inbox')
    const [line] = lines
    this.#hold(lines.length === 1 && line?.text === LETTER && line.from === alice.userId && line.id === sent.id, 'Bob should find exactly Alice’s letter')
    const tookMs = Math.round(performance.now() - startedMs)
    await this.#stage.say(`Bob reads ${this.#stage.letter(line?.text ?? '')} ${this.#stage.faint(`from ${shortId(line?.from ?? '')}, ${tookMs} ms`)}`, { event: 'read', ...line, ms: tookMs })
  }

  async #aliceSees (letter: Awaited<ReturnType<typeof watchLetter>>): Promise<void> {
    await this.#stage.act('Alice sees how far her letter came')
    const steps = await letter.read()
    for (const { state, at } of steps) {
      await this.#stage.say(`${this.#stage.good(state === 'stored' ? '✓ ' : '✓✓')} ${state}  ${this.#stage.faint(new Date(at).toISOString().slice(11, 23))}`, { event: 'state', state, time: at })
    }
  }

  async #bobAnswers (alice: Person, bob: Person, alicesInbox: CliProcess): Promise<void> {
    await this.#stage.act('Bob answers')
    await this.#stage.say(`Bob › ${this.#stage.letter(REPLY)}`, { event: 'sending', from: bob.userId, to: alice.userId, text: REPLY })
    const [[sent], line] = await Promise.all([
      this.#company.perform<Sent>(bob, 'send', alice.userId, REPLY, '--until', 'delivered', ...PATIENCE),
      alicesInbox.next<ConversationLine>()
    ])
    this.#hold(line.text === REPLY && line.from === bob.userId && line.id === sent?.id, 'Alice should read Bob’s answer')
    this.#hold(sent?.state === 'delivered' || sent?.state === 'read', 'Bob’s answer should be delivered')
    await this.#stage.say(`Alice reads ${this.#stage.letter(line.text)}`, { event: 'read', ...line })
    await this.#stage.say(`${this.#stage.good('✓✓ delivered')}  ${this.#stage.faint('says Alice’s own device, inside the seal')}`, { event: 'delivered', id: sent.id, state: sent.state })
  }

  async #everybodyLeaves (running: number, killed: DemoNode): Promise<void> {
    await this.#stage.act('Everybody goes home')
    const drained = await this.#company.drain()
    await this.#company.disperse()
    this.#hold(drained === running && this.#company.isGone(), 'every process should end and every file be gone')
    await this.#stage.say(this.#stage.faint(`${drained} nodes drained, no process and no file left.`), { event: 'gone', drained })
    await this.#stage.end(`${this.#stage.good('✓')} 5 nodes, 1 killed (${killed.name}), 2 letters, none lost.`, { event: 'done', nodes: running + 1, killed: 1, letters: 2, lost: 0 })
  }

  #nameOf (peerId: string): string {
    return this.#names.get(peerId) ?? shortId(peerId)
  }

  #nodeOf (nodes: DemoNode[], peerId: string): DemoNode {
    const node = nodes.find(candidate => candidate.peerId === peerId)
    if (node === undefined) throw new CommandFailedError(`the route names a node that is not one of ours: ${peerId}`)
    return node
  }

  /** The story is true or it ends here. */
  #hold (truth: boolean, sentence: string): asserts truth {
    if (!truth) throw new CommandFailedError(`The demo does not hold: ${sentence}, and it is not so.`)
  }
}
