// What somebody finds who copies a client's store, or a node's disk: nothing of what was said.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import { until } from '../until.ts'
import { memoryStore, soon, TestNetwork } from './network.ts'
import type { Client } from '../../src/client/index.ts'
import type { Database } from '../../src/client/store/shelf.ts'

const SENTENCE = 'the wolf is in the fold'

describe('a client’s store and its nodes', function () {
  this.timeout(60_000)
  let network: TestNetwork
  let folder: string

  before(async () => {
    network = await TestNetwork.start(0)
    folder = await network.folder()
    await network.addNode({ dataDir: folder })
  })

  after(async () => { await network.stop() })

  it('show nothing of what was said, while it waits and when it has come', async () => {
    const [aliceStore, bobStore] = [memoryStore() as Database, memoryStore() as Database]
    const alice = await network.user({ store: aliceStore })
    const bob = await network.user({ store: bobStore })
    await bob.settled(soon())
    await bob.stop()

    await alice.nameContact(bob.userId, SENTENCE)
    const chat = await alice.chat(bob.userId)
    const sent = await chat.send(SENTENCE)
    await chat.edit(sent.id, `${SENTENCE} again`)
    await chat.sendCustom(SENTENCE, fromString(SENTENCE), SENTENCE)
    await sent.until('stored', soon(20_000))
    await assertSilent({ alice: aliceStore })

    await bob.start()
    const answers = await bob.chat(alice.userId)
    await until('Bob has what was said', async () => (await answers.history())[0]?.text === `${SENTENCE} again` && (await answers.history()).length === 2)
    await answers.react(sent.id, SENTENCE)
    await answers.markRead([sent.id])
    await answers.send(SENTENCE, { replyTo: sent.id })
    await until('Alice has the answers', async () => (await chat.history()).length === 3 && (await chat.message(sent.id))?.reactions.length === 1)
    await assertSilent({ alice: aliceStore, bob: bobStore })

    await answers.delete((await answers.history()).at(-1)!.id)
    await settle(alice, bob)
    await assertSilent({ alice: aliceStore, bob: bobStore })
    await network.stopNodes()
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    const disk = await Promise.all(files.filter(file => file.isFile()).map(async file => await readFile(join(file.parentPath, file.name), 'latin1')))
    assert(disk.length > 0)
    assert(!disk.join('\n').includes(SENTENCE))
  })
})

async function settle (...clients: Client[]): Promise<void> {
  for (const client of clients) await client.settled(soon(20_000))
}

async function assertSilent (stores: Record<string, Database>): Promise<void> {
  for (const [name, store] of Object.entries(stores)) {
    const found = await everythingIn(store)
    assert(found.includes('history'), `${name}: the search finds what is there`)
    for (const line of found.split('\n')) assert(!line.includes(SENTENCE), `${name}: ${line.slice(0, 200)}`)
  }
}

/** Every key and value, and whatever is base64 in them. */
async function everythingIn (store: Database): Promise<string> {
  const entries = await store.iterator<string, string>({ keyEncoding: 'utf8', valueEncoding: 'utf8' }).all()
  const lines = entries.map(([key, value]) => `${key} ${value}`)
  const decoded = lines.flatMap(line => (line.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? []).map(found => `${line.slice(0, 80)} … ${Buffer.from(found, 'base64').toString('latin1')}`))
  return [...lines, ...decoded.map(line => line.replaceAll('\n', ' '))].join('\n')
}
