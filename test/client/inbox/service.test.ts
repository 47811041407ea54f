import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { History } from '../../../src/client/history/index.ts'
import { InboxService } from '../../../src/client/inbox/service.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { deviceNotes } from '../../../src/client/sealing/index.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { systemRandom as random } from '../../../src/system.ts'
import { id, line } from '../history/story.ts'
import { memoryStore } from '../network.ts'
import { VirtualClock } from '../virtual-clock.ts'

describe('inbox service', () => {
  it('shows what reaches the disk while it stops, and begins nothing else', async () => {
    const clock = new VirtualClock()
    const log = defaultLogger().forComponent('test')
    const database = memoryStore()
    const store = await ClientStore.open({ store: database, onDamaged: () => assert.fail('nothing is damaged') })
    const { account } = await makeAccount({ store, crypto, clock, random }, {})
    const shown: string[] = []
    const begun: string[] = []
    const inbox = new InboxService({
      store,
      account,
      contacts: { touch: async () => {} } as never,
      history: await History.open({ store, own: account.root, clock, log }),
      groups: { open: async () => assert.fail('no frame comes'), lost: async () => {}, heard: () => {}, releaseWrites: () => [] },
      notes: deviceNotes(() => account.signer, { crypto }),
      crypto,
      clock,
      log,
      ask: async () => { begun.push('a question'); return undefined as never },
      shown: ({ message }) => { shown.push(message.id) },
      amended: () => {},
      heed: async () => {},
      taken: async () => {},
      repair: async () => {},
      marked: () => {},
      markDelivered: async () => { begun.push('a mark') },
      settled: () => { begun.push('a cursor') },
      postponed: () => {},
      failed: error => { assert.fail(error) }
    })
    await inbox.start()
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const disk = database as unknown as { batch: (...given: unknown[]) => Promise<void> }
    const batch = disk.batch.bind(disk)
    disk.batch = async (...given) => {
      reached.resolve()
      await released.promise
      await batch(...given)
    }
    inbox.opened(id(1), { type: 'message', message: line(1) })
    await reached.promise
    const stopped = inbox.stop()
    released.resolve()
    await stopped
    assert.deepEqual(shown, [id(1)])
    inbox.opened(id(2), { type: 'message', message: line(2) })
    await inbox.stop()
    assert.deepEqual([shown, begun], [[id(1)], []])
    await store.close()
  })
})
