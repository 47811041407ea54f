// First contact in real processes: Anna writes to Ben, whom she has never met and who is away; all nodes crash; Ben answers
// when she is away. Then the disks of all nodes are searched for what they must not know.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { Company, type DemoNode, type Person } from '../../src/cli/demo/company.ts'
import { ClientStore } from '../../src/client/store/store.ts'
import { mailboxOf, openProfile } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { fromHex } from '../../src/wire/hex.ts'
import { FULL } from '../full.ts'
import { found, placesIn, traceOfBytes, traceOfText, type Place, type Trace } from './disks.ts'
import type { ConversationLine } from '../../src/cli/agent/calls.ts'

const HELLO = 'Have you seen the heron on the weir this morning?'
const ANSWER = 'Two of them, and one had caught an eel!'
const PLANTED = 'No node would ever write this down.'
const OF_ANNA = ['her root key', 'her mailbox', 'a device key of hers', 'a sealing key of hers']

/** What lies on each node's disk. */
type Disks = Map<DemoNode['name'], Place[]>

// Five nodes and ten starts of programs; test/client has first contact of clients in one process.
const whole = FULL ? describe : describe.skip

whole('first contact while the other is away', function () {
  this.timeout(180_000)
  this.slow(30_000)

  let company: Company
  let annas: DemoNode[]
  let bens: DemoNode[]
  let anna: Person
  let ben: Person
  /** When Anna had written and Ben had not come. */
  let disksBetween: Disks
  let disksAtTheEnd: Disks

  before(async () => {
    company = await Company.gather()
    const first = await company.startNode('ash')
    const [second, ...others] = await Promise.all(['birch', 'cedar', 'elm', 'fir'].map(async name => await company.startNode(name)))
    annas = [first, second as DemoNode]
    bens = others
  })

  after(async () => {
    await company.disperse()
    assert.ok(company.isGone(), 'no process and no file is left')
  })

  async function stop (signal: NodeJS.Signals): Promise<Disks> {
    await Promise.all(company.nodes.map(async ({ process }) => await process.kill(signal)))
    return new Map(await Promise.all(company.nodes.map(async ({ name }) => [name, await placesIn(join(company.directory, name))] as const)))
  }

  /** Every node on the disk and the port that it had. */
  async function restart (): Promise<void> {
    const again = async ({ name, address }: DemoNode): Promise<DemoNode> => await company.startNode(name, { listen: address.replace(/\/p2p\/.*/, '') })
    const [first, ...others] = company.nodes.splice(0)
    await again(first as DemoNode)
    await Promise.all(others.map(again))
  }

  /** What tells of Anna: all that stands in her profile, which only her nodes keep. */
  async function tracesOfAnna (): Promise<Trace[]> {
    const store = await ClientStore.open({ store: company.placesOf(anna).user.store, existing: true, onDamaged: (shelf, key) => { assert.fail(`${shelf} ${key}`) } })
    const account = await store.account()
    await store.close()
    assert.ok(account !== undefined)
    const { root, devices, sealingKeys } = await openProfile(account.profile, { crypto, now: Date.now() })
    return [
      traceOfBytes('her root key', fromHex(root), [anna.userId, anna.userId.slice('did:key:'.length)]),
      traceOfBytes('her mailbox', fromHex(mailboxOf(root, crypto))),
      ...devices.map(({ device }) => traceOfBytes('a device key of hers', fromHex(device))),
      ...sealingKeys.map(({ publicKey }) => traceOfBytes('a sealing key of hers', publicKey))
    ]
  }

  function eachDisk (look: (places: Place[], what: string, node: string) => void): void {
    for (const [when, disks] of Object.entries({ 'after the first message': disksBetween, 'at the end': disksAtTheEnd })) {
      assert.equal(disks.size, annas.length + bens.length)
      for (const [node, places] of disks) look(places, `${node}, ${when}`, node)
    }
  }

  it('the first message is read and answered by people who are never there together, and every node crashed between', async () => {
    ben = await company.makePerson('ben', bens)
    anna = await company.makePerson('anna', annas)
    assert.deepEqual([new Set(anna.nodes), new Set(ben.nodes)], [annas, bens].map(nodes => new Set(nodes.map(({ peerId }) => peerId))))

    const [sent] = await company.perform<{ id: string, state: string }>(anna, 'send', ben.userId, HELLO, '--until', 'stored')
    assert.equal(sent?.state, 'stored')
    disksBetween = await stop('SIGKILL')
    await restart()

    const read = await company.perform<ConversationLine>(ben, 'inbox')
    assert.deepEqual(read.map(({ id, text, from }) => [id, text, from]), [[sent?.id, HELLO, anna.userId]])
    const [answered] = await company.perform<{ id: string, state: string }>(ben, 'send', anna.userId, ANSWER, '--until', 'stored')
    assert.equal(answered?.state, 'stored')

    const answer = await company.perform<ConversationLine>(anna, 'inbox')
    assert.deepEqual(answer.map(({ id, text, from }) => [id, text, from]), [[answered?.id, ANSWER, ben.userId]])
    disksAtTheEnd = await stop('SIGTERM')
  })

  it('the search finds what is written anywhere, in any form, also inside a compressed table', async () => {
    const folder = join(company.directory, 'planted')
    await mkdir(folder)
    const forms = [PLANTED, Buffer.from(PLANTED, 'utf16le'), Buffer.from(PLANTED).toString('hex').toUpperCase(), ...['', '.', '..'].map(before => Buffer.from(`${before}${PLANTED}`).toString('base64'))]
    await Promise.all(forms.map(async (form, at) => { await writeFile(join(folder, `${at}.bin`), Buffer.concat([Buffer.alloc(at), Buffer.from(form)])) }))
    const table = new Level(join(folder, 'table'))
    await table.put('key', `${PLANTED.slice(0, 20).repeat(100)}${PLANTED}`)
    // What was in the log stands in a table when the database was opened again.
    for (let opening = 0; opening < 2; opening++) {
      await table.close()
      await table.open()
    }
    await table.close()
    const where = found([traceOfText('planted', PLANTED)], await placesIn(folder)).map(place => place.where)
    for (const at of forms.keys()) assert.ok(where.includes(`${at}.bin`), `form ${at}`)
    assert.ok(where.includes('table, entry 0'))
    assert.deepEqual(where.filter(place => place.endsWith('.ldb')), [], 'raw bytes alone would not have shown it')
  })

  it('no node has a word of it on its disk', () => {
    const words = [traceOfText('hello', HELLO), traceOfText('answer', ANSWER)]
    eachDisk((places, what) => { assert.deepEqual(found(words, places), [], what) })
  })

  it('no node that does not serve Anna has her id, her mailbox or a key of hers on its disk, and her own have all', async () => {
    const traces = await tracesOfAnna()
    assert.deepEqual(new Set(traces.map(({ name }) => name)), new Set(OF_ANNA))
    eachDisk((places, what, node) => {
      const known = found(traces, places)
      if (bens.some(({ name }) => name === node)) return assert.deepEqual(known, [], what)
      assert.deepEqual(new Set(known.map(({ name }) => name)), new Set(OF_ANNA), what)
    })
  })
})
