import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inquire, tell } from '../../soak/inquest.ts'
import { openLevelStore } from '../../src/store/index.ts'
import { letter, makeComponents, makeReader, type Reader } from '../store/mail.ts'
import { makePerson } from '../identity/people.ts'
import { WORLD_BEGINS_AT } from '../../simulations/world/world.ts'
import type { Letter } from '../../soak/ledger.ts'
import type { Envelope, MessageId, PeerKey, RootKey } from '../../src/types.ts'

const NODES = [0, 1, 2].map(number => ({ number, key: `node ${number}` as PeerKey }))

describe('soak inquest', () => {
  let folder: string
  let reader: Reader
  let root: RootKey

  before(async () => {
    reader = await makeReader(1)
    root = (await makePerson(1)).rootKey
  })
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-inquest-')) })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  const places = (): Array<typeof NODES[number] & { directory: string }> => NODES.map(node => ({ ...node, directory: join(folder, String(node.number)) }))

  /** What the node of that number has on its disk when it is killed. */
  async function holds (number: number, envelopes: Envelope[], collected: Envelope[] = []): Promise<void> {
    const directory = join(folder, String(number))
    await mkdir(directory)
    const { envelopes: store } = await openLevelStore(join(directory, 'store'), makeComponents())
    if (envelopes.length > 0) await store.append(envelopes)
    if (collected.length > 0) await store.collect(await reader.collect(reader.phone, collected.map(({ id }) => id)), [reader.phone])
    await store.close()
  }

  function lost (envelopes: Envelope[], signers: number[]): Letter {
    return {
      id: 'lost' as MessageId, from: 'f'.repeat(64) as RootKey, to: root, writtenAt: WORLD_BEGINS_AT + 1000, state: 'stored', problem: undefined, storedAt: WORLD_BEGINS_AT + 1050, shownAt: [], envelopes: new Set(envelopes.map(({ id }) => id)), signers: new Set(signers.map(number => NODES[number]?.key as PeerKey))
    }
  }

  it('says of each envelope which disks have it, and who signed', async () => {
    const [kept, collected] = [letter(reader.mailbox), letter(reader.mailbox)]
    await holds(0, [kept, collected])
    await holds(1, [collected], [collected])
    await holds(2, [])
    const [finding] = await inquire([lost([kept, collected], [0, 2])], places(), folder)
    assert.deepEqual(finding?.envelopes.map(({ nodes }) => nodes.map(({ node, signed, disk }) => [node, signed, disk.replace(/ \d+$/, '')])), [
      [[0, true, 'kept at'], [1, false, 'nothing'], [2, true, 'nothing']],
      [[0, true, 'kept at'], [1, false, 'collected'], [2, true, 'nothing']]
    ])
    assert.equal(finding.stored, '00:00:01.050')
    const [head, ...lines] = tell(finding)
    assert.match(head ?? '', /^message lost of f{8} to .*: written 00:00:01\.000, stored 00:00:01\.050, never shown, stored now$/)
    assert.match(lines[0] ?? '', new RegExp(`^ {2}envelope ${kept.id}: node 0 kept at \\d+, signed; node 2 nothing, signed$`))
    assert.deepEqual((await readdir(folder)).sort(), ['0', '1', '2'], 'no copy is left')
  })

  it('a disk that cannot be read is a finding, not an end', async () => {
    const envelope = letter(reader.mailbox)
    await holds(0, [envelope])
    const [finding] = await inquire([lost([envelope], [0])], places().slice(0, 2), folder)
    assert.match(finding?.envelopes[0]?.nodes[0]?.disk ?? '', /^kept at/)
    assert.match(finding?.envelopes[0]?.nodes[1]?.disk ?? '', /^cannot be read/)
  })

  it('nothing is read for nothing', async () => {
    assert.deepEqual(await inquire([], places(), folder), [])
  })
})
