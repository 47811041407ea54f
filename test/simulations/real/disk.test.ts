// The disk of a node that is killed: what was promised stays, what was not written is not, and it opens again.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Disk } from '../../../simulations/real/disk.ts'
import { letter, makeComponents, makeReader, type Reader } from '../../store/mail.ts'
import type { NodeStore } from '../../../src/store/index.ts'

describe('simulations/real disk', () => {
  let folder: string
  let reader: Reader
  let disk: Disk
  let dropped: string[]
  let killed: boolean

  before(async () => { reader = await makeReader(1) })
  beforeEach(async () => {
    folder = await mkdtemp(`${tmpdir()}/posthouse-disk-`)
    dropped = []
    killed = false
    disk = new Disk(folder, { dropped: (_mailbox, envelope, _expiry, reason) => { dropped.push(`${envelope} ${reason}`) } })
  })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  async function open (): Promise<NodeStore> {
    killed = false
    return await disk.open(makeComponents(), () => killed)
  }

  it('holds what was promised, and nothing that was written after the kill', async () => {
    const [promised, late] = [letter(reader.mailbox), letter(reader.mailbox)]
    const store = await open()
    await store.envelopes.append([promised])
    assert.ok(disk.holds(reader.mailbox, promised.id))
    killed = true
    await assert.rejects(store.envelopes.append([late]), { name: 'StoreFailedError' })
    await store.close()
    assert.ok(!disk.holds(reader.mailbox, late.id))

    const again = await open()
    const { envelopes } = await again.envelopes.page(reader.mailbox, 0, 1e6)
    assert.deepEqual(envelopes.map(({ envelope }) => envelope.id), [promised.id])
    assert.ok(disk.holds(reader.mailbox, promised.id) && !disk.holds(reader.mailbox, late.id))
    assert.equal(disk.envelopes, 1)
    await again.close()
  })

  it('promises nothing when it is killed while it writes', async () => {
    const store = await open()
    const append = store.envelopes.append([letter(reader.mailbox)])
    await new Promise(resolve => { setImmediate(resolve) })
    killed = true
    await assert.rejects(append, { name: 'StoreFailedError' })
    await store.close()
  })

  it('tells what is let go, and why', async () => {
    const collected = letter(reader.mailbox)
    const expired = letter(reader.mailbox)
    const store = await open()
    await store.envelopes.append([collected, expired])
    await store.envelopes.collect(await reader.collect(reader.phone, [collected.id]), [reader.phone])
    assert.deepEqual(dropped, [`${collected.id} collected`])
    await store.envelopes.sweep(expired.expiry * 1000 + 365 * 86_400_000)
    assert.deepEqual(dropped.slice(1), [`${expired.id} unknown`])
    await store.close()
  })

  it('can be opened after a process was killed while it opened', async () => {
    await assert.rejects(disk.open(makeComponents(), () => true))
    await (await open()).close()
  })
})
