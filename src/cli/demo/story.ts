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
import type { MessageState } from '../../types.ts'

const NODE_NAMES = ['Ash', 'Birch', 'Cedar', 'Elm', 'Fir'] as const
const LETTER = 'Bob, the pass is open again. Will you ride over on Sunday?'
const REPLY = 'I will be there. Keep a fresh horse ready!'
/** Each wait of the story; on an idle machine none takes two seconds. */
const PATIENCE = ['--timeout', '30'] as const

/** What each state rests on. */
const EVIDENCE: Readonly<Partial<Record<MessageState, string>>> = Object.freeze({
  stored: 'signed by Bob’s nodes, after fsync',
  delivered: 'Bob’s device says so, inside the seal',
  read: 'Bob has seen it'
})

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
    await this.#nodeDies(route, sent)
    await using letter = await watchLetter(this.#company.placesOf(alice), sent.id)
    await this.#bobReads(bob, alice, sent)
    await this.#aliceSees(letter)
    await this.#bobAnswers(alice, bob, alicesInbox)
    await alicesInbox.kill('SIGTERM')
    // What Alice's device has answered since: with it collected, nodes that all leave at once have nothing to hand over.
    await this.#company.perform(bob, 'inbox')
    await this.#everybodyLeaves(nodes.length - 1)
  }

  async #nodesStart (): Promise<DemoNode[]> {
    await this.#stage.act('Five nodes start, each a process with a disk of its own')
    const start = async (name: string): Promise<DemoNode> => {
      const node = await this.#company.startNode(name)
      const { pid, peerId, address } = node
      this.#names.set(peerId, name)
      const place = address.replace(/\/p2p\/.*/, '')
      await this.#stage.say(`${this.#stage.good('●')} ${name.padEnd(5)}  …${peerId.slice(-8)}  ${this.#stage.faint(`${place}  process ${pid}`)}`, { event: 'node', name, pid, peerId, address })
      return node
    }
    const [first, ...others] = NODE_NAMES
    return [await start(first), ...await Promise.all(others.map(start))]
  }

  async #peopleAppear (nodes: DemoNode[]): Promise<{ alice: Person, bob: Person, route: Route }> {
    await this.#stage.act('Alice and Bob make their identities: a key each, and nobody is asked for leave')
    const [alice, bob] = await this.#stage.during('they register with nodes and publish their routes…', async () => await Promise.all([
      this.#company.makePerson('Alice', nodes.slice(0, 3)),
      this.#company.makePerson('Bob', nodes.slice(2))
    ]))
    for (const person of [alice, bob]) {
      await this.#stage.say(`${person.name.padEnd(5)}  ${shortId(person.userId)}  ${this.#stage.faint('served by')} ${this.#listed(person.nodes)}`, { event: 'user', name: person.name, userId: person.userId, nodes: person.nodes })
    }
    const [found] = await this.#company.perform<{ nodes: string[], ms: number, source: string }>(alice, 'route', bob.userId)
    const listed = found?.nodes.map(node => this.#nodeOf(nodes, node)) ?? []
    this.#hold(listed.length === 3, 'Bob’s route should name three nodes')
    await this.#stage.say(`${this.#stage.faint('Alice looks Bob up: the signed route names')} ${this.#listed(found?.nodes ?? [])}`, { event: 'route', userId: bob.userId, nodes: found?.nodes, source: found?.source, ms: found?.ms })
    return { alice, bob, route: { w: 2, nodes: listed } }
  }

  /** Bob has no process from here on. Alice stays online in one of her own. */
  async #bobIsAway (alice: Person): Promise<CliProcess> {
    await this.#stage.act('Bob goes away: nothing of his runs any more')
    const inbox = this.#company.run('Alice’s `inbox`', alice.data, ['inbox', '--follow'])
    await this.#company.attachable(alice, inbox)
    await this.#stage.say(this.#stage.faint('Alice stays, with `posthouse inbox --follow`'), { event: 'away', name: 'Bob' })
    return inbox
  }

  async #aliceWrites (alice: Person, bob: Person, route: Route): Promise<Sent> {
    await this.#stage.act('Alice writes to Bob')
    await this.#stage.say(this.#stage.letter(LETTER), { event: 'sending', from: alice.userId, to: bob.userId, text: LETTER })
    const startedMs = performance.now()
    const [sent] = await this.#company.perform<Sent>(alice, 'send', bob.userId, LETTER, ...PATIENCE)
    if (sent === undefined) throw new CommandFailedError('`send` printed nothing')
    const tookMs = Math.round(performance.now() - startedMs)
    const signers = new Set(sent.receipts.map(({ node }) => node))
    const verified = await Promise.all(sent.receipts.map(async receipt => await verifyReceipt(receipt, nodeCrypto)))
    this.#hold(verified.every(Boolean) && signers.size >= route.w, 'the receipts should verify')
    this.#hold([...signers].every(node => route.nodes.some(({ peerId }) => peerId === node)), 'only nodes of Bob’s route should sign')
    const keepers = route.nodes.filter(({ peerId }) => signers.has(peerId)).map(({ peerId }) => peerId)
    await this.#stage.say(`${this.#stage.good('✓ stored')}: ${this.#listed(keepers)} signed that it is on their disks; the signatures verify  ${this.#stage.faint(`${tookMs} ms`)}`, { event: 'stored', id: sent.id, copies: sent.copies, receipts: sent.receipts, verified: true, ms: tookMs })
    return sent
  }

  async #nodeDies (route: Route, sent: Sent): Promise<void> {
    const keeper = route.nodes.find(({ peerId }) => sent.receipts.some(({ node }) => node === peerId))
    if (keeper === undefined) throw new CommandFailedError('none of Bob’s nodes signed')
    await this.#stage.act(`${keeper.name}, which keeps Bob’s letter, is killed`)
    const { signal } = await keeper.process.kill('SIGKILL')
    this.#hold(signal === 'SIGKILL' && !isAlive(keeper.pid), `${keeper.name} should be dead`)
    await this.#stage.say(`${this.#stage.bad('✖')} kill -9 ${keeper.pid}  ${this.#stage.faint('no farewell, nothing handed over')}`, { event: 'killed', name: keeper.name, pid: keeper.pid, peerId: keeper.peerId, signal })
  }

  async #bobReads (bob: Person, alice: Person, sent: Sent): Promise<void> {
    await this.#stage.act('Bob comes back and opens his inbox')
    const startedMs = performance.now()
    const lines = await this.#stage.during('he asks the nodes that are left…', async () => await this.#company.perform<ConversationLine>(bob, 'inbox'))
    const [line] = lines
    this.#hold(lines.length === 1 && line?.text === LETTER && line.from === alice.userId && line.id === sent.id, 'Bob should find exactly Alice’s letter')
    const tookMs = Math.round(performance.now() - startedMs)
    await this.#stage.say(`Bob reads   ${this.#stage.letter(line.text)}  ${this.#stage.faint(`${tookMs} ms`)}`, { event: 'read', ...line, ms: tookMs })
  }

  async #aliceSees (letter: Awaited<ReturnType<typeof watchLetter>>): Promise<void> {
    await this.#stage.act('Alice sees how far her letter came')
    for (const { state, at } of await this.#stage.during('his marks are on their way…', letter.read)) {
      const mark = this.#stage.good(state === 'stored' ? '✓ ' : '✓✓')
      await this.#stage.say(`${mark} ${state.padEnd(9)}  ${this.#stage.faint(EVIDENCE[state] ?? '')}`, { event: 'state', state, time: at })
    }
  }

  async #bobAnswers (alice: Person, bob: Person, alicesInbox: CliProcess): Promise<void> {
    await this.#stage.act('Bob answers')
    await this.#stage.say(`Bob writes  ${this.#stage.letter(REPLY)}`, { event: 'sending', from: bob.userId, to: alice.userId, text: REPLY })
    const [[sent], line] = await this.#stage.during('on its way…', async () => await Promise.all([
      this.#company.perform<Sent>(bob, 'send', alice.userId, REPLY, '--until', 'read', ...PATIENCE),
      alicesInbox.next<ConversationLine>()
    ]))
    this.#hold(line.text === REPLY && line.from === bob.userId && line.id === sent?.id, 'Alice should read Bob’s answer')
    this.#hold(sent?.state === 'read', 'Bob’s answer should be read')
    await this.#stage.say(`Alice reads ${this.#stage.letter(line.text)}`, { event: 'read', ...line })
    await this.#stage.say(`${this.#stage.good('✓✓')} read       ${this.#stage.faint('Alice’s device says so, inside the seal')}`, { event: 'delivered', id: sent.id, state: sent.state })
    // Her mark and the new keys that came with it are mail too: nodes that keep it would wait for others to hand it to.
    await this.#stage.during('he takes what came with it…', async () => await this.#company.perform(bob, 'inbox'))
  }

  async #everybodyLeaves (running: number): Promise<void> {
    await this.#stage.act('Everybody goes home')
    const drained = await this.#stage.during('the nodes finish what is in flight…', async () => await this.#company.drain())
    await this.#company.disperse()
    this.#hold(drained === running && this.#company.isGone(), 'every process should end and every file be gone')
    await this.#stage.say(this.#stage.faint(`${drained} nodes drained; no process and no file is left`), { event: 'gone', drained })
    await this.#stage.end(`${this.#stage.good('✓')} Five nodes, one of them killed; two letters, none lost.`, { event: 'done', nodes: running + 1, killed: 1, letters: 2, lost: 0 })
  }

  /** “Ash, Birch and Cedar”. */
  #listed (peerIds: readonly string[]): string {
    return new Intl.ListFormat('en', { type: 'conjunction', style: 'long' }).format(peerIds.map(peerId => this.#names.get(peerId) ?? shortId(peerId))).replace(', and', ' and')
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
