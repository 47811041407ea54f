// A word that nobody keeps, from one device to another over two real nodes with real disks.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { makeRouteOf, TestHouse, type RawSession, type TestUser } from './visitors.ts'
import type { PosthouseNode } from '../../src/node/index.ts'
import type { Bytes } from '../../src/types.ts'

const MARK = Buffer.from('this word is nowhere')

describe('a word that is whispered', () => {
  const house = new TestHouse()
  let folder: string
  let nodes: [PosthouseNode, PosthouseNode]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-whispers-'))
    const first = await house.node({ dataDir: join(folder, 'first') })
    nodes = [first, await house.node({ dataDir: join(folder, 'second'), bootstrap: first.addrs })]
  })
  afterEach(async () => {
    await house.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Somebody at the first node, who knows the way to somebody at the second. */
  async function neighbours (): Promise<{ alice: RawSession, bob: RawSession, reader: TestUser }> {
    const { session: alice } = await house.resident(nodes[0])
    const { session: bob, user: reader, ticket } = await house.resident(nodes[1])
    const { bytes } = await makeRouteOf(reader, [ticket])
    await bob.ask({ publish: bytes })
    assert.equal((await alice.ask({ route: bytes })).ok, true)
    return { alice, bob, reader }
  }

  const wordTo = ({ mailbox }: TestUser, ...more: number[]): Bytes => makeEnvelope({ mailbox, expiry: Math.floor(Date.now() / 1000) + 30, body: Uint8Array.from([...MARK, ...more]) }, crypto).bytes

  it('is heard, and on no disk', async () => {
    const { alice, bob, reader } = await neighbours()
    const word = wordTo(reader)
    alice.say({ whisper: word })
    assert.deepEqual((await bob.next(({ whispered }) => whispered !== undefined)).whispered, word)
    await house.close()
    for (const path of await filesOf(folder)) assert.equal((await readFile(path)).includes(MARK), false, path)
  })

  it('before the device is attached is heard by nobody, and costs it nothing', async () => {
    const { alice, bob, reader } = await neighbours()
    const bare = await (await house.visitor()).call(nodes[0])
    bare.say({ whisper: wordTo(reader, 1) })
    await bare.ask({ findNodes: 1 })
    alice.say({ whisper: wordTo(reader, 2) })
    await bob.next(({ whispered }) => whispered !== undefined)
    assert.deepEqual(bob.received.flatMap(({ whispered }) => whispered === undefined ? [] : [whispered.at(-1)]), [2])
    assert.equal(bare.isOver, false)
  })
})

async function filesOf (folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  assert.ok(files.length > 0)
  return files
}
