import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { raceSignal } from 'race-signal'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { Devices } from '../../../src/client/devices/index.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { makeRouteRecord } from '../../../src/dht/record.ts'
import { systemRandom as random } from '../../../src/system.ts'
import { makeTickets, NOW } from '../../identity/people.ts'
import { until } from '../../until.ts'
import { memoryStore } from '../network.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { Network } from '../../../src/ports.ts'

describe('devices service', () => {
  it('waits a moment for what is on its way when it stops, and no longer for nodes that vanished', async () => {
    const clock = new VirtualClock(NOW)
    const store = await ClientStore.open({ store: memoryStore(), onDamaged: () => assert.fail('nothing is damaged') })
    const { account } = await makeAccount({ store, crypto, clock, random }, {})
    const entries = (await makeTickets(account.root, 9)).map(ticket => ({ ticket }))
    const record = await makeRouteRecord({ root: account.root, epoch: account.epoch, seq: account.nextSeq(), profile: account.profile.order, entries }, account.signer, { crypto })
    await account.setRecord(record, record.entries.map(({ node }) => ({ node, addresses: [] })), 0)
    let dials = 0
    const silent: Pick<Network, 'open'> = {
      open: async (_node, _hints, _protocol, options) => {
        dials++
        return await raceSignal(new Promise<never>(() => {}), options?.signal)
      }
    }
    const nothing = async (): Promise<void> => {}
    const devices = new Devices({
      ...{ account, store, crypto, clock, random, network: silent, networkId: 'test', log: defaultLogger().forComponent('test') },
      ...{ publish: nothing, send: nothing, introduce: nothing, restored: nothing, given: nothing, changed: () => {}, progress: () => {}, warning: () => {}, revoked: () => {} },
      contacts: { all: async function * () {} } as never,
      history: {} as never,
      generations: async () => [],
      ask: async () => await new Promise<never>(() => {})
    })
    await devices.start()
    devices.contactChanged(account.root, { namedAt: NOW } as never)
    await clock.advance(DEVICES_DEFAULTS.backupDelayMs)
    await until('a backup is on its way', () => dials > 0)
    let isStopped = false
    void devices.stop().then(() => { isStopped = true })
    await clock.advance(CLIENT_DEFAULTS.goodbyeTimeoutMs - 1)
    assert.equal(isStopped, false)
    await clock.advance(1)
    await until('it has stopped', () => isStopped)
    await store.close()
  })
})
