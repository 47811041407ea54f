import assert from 'node:assert/strict'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { Appends } from '../../src/relay/appends.ts'
import { openMemoryStore } from '../../src/store/index.ts'
import { telling } from '../judged.ts'
import { letter, makeComponents, makeReader } from '../store/mail.ts'
import type { Deposit } from '../../src/relay/replica.core.ts'
import type { EnvelopeStore } from '../../src/ports.ts'
import type { Logger } from '@libp2p/interface'

describe('appends of a replica', () => {
  it('say with what right each envelope comes', async () => {
    const { mailbox } = await makeReader(1)
    const [known, stranger, copy] = [letter(mailbox), letter(mailbox), letter(mailbox)]
    const said: string[] = []
    const envelopes = telling((await openMemoryStore(makeComponents())).envelopes, (_, admission) => { said.push(admission) })
    const log = (() => {}) as unknown as Logger
    const appends = new Appends({ envelopes, users: { admits: ({ id }) => id === known.id }, signingKey: await crypto.signingKey(new Uint8Array(32).fill(7)), crypto, log })
    await appends.write([{ ticket: 1, envelope: known, isCopy: true }, { ticket: 2, envelope: stranger }, { ticket: 3, envelope: copy, isCopy: true }])
    assert.deepEqual(said, ['admitted', 'request', 'copied'])
  })

  it('a disk that refuses is told once, however many envelopes come, and once more when it takes them again', async () => {
    const { mailbox } = await makeReader(1)
    const { envelopes: store } = await openMemoryStore(makeComponents())
    let reason: string | undefined
    const envelopes: EnvelopeStore = Object.assign(Object.create(store) as EnvelopeStore, {
      append: async (given: Parameters<EnvelopeStore['append']>[0]) => {
        if (reason !== undefined) throw new Error(reason)
        return await store.append(given)
      }
    })
    const said: string[] = []
    const say = (format: unknown, ...values: unknown[]): void => { said.push([String(format), ...values].join(' | ')) }
    const log = Object.assign(say, { error: say }) as unknown as Logger
    const appends = new Appends({ envelopes, users: { admits: () => true }, signingKey: await crypto.signingKey(new Uint8Array(32).fill(7)), crypto, log })
    const write = async (): Promise<boolean> => await appends.write([{ ticket: 1, envelope: letter(mailbox) } as unknown as Deposit]) !== undefined

    assert.equal(await write(), true)
    assert.deepEqual(said, [])
    reason = 'the disk is full'
    for (let n = 0; n < 10; n++) assert.equal(await write(), false)
    reason = 'the disk is gone'
    assert.equal(await write(), false)
    reason = undefined
    for (let n = 0; n < 3; n++) assert.equal(await write(), true)
    assert.deepEqual(said, ['envelopes are not stored: %s | the disk is full', 'envelopes are not stored: %s | the disk is gone', 'the store takes envelopes again; %d were refused | 11'])
    await store.close()
  })
})
