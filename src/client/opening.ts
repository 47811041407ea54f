/** A store opened and the account in it: the one that was there, a new one, an earlier one by its phrase, or that of another device by its code. */
import { openRouteRecord } from '../dht/record.ts'
import { IdentityError, UnreachableError } from '../errors.ts'
import { compareOrder, keyBytes, openProfile } from '../identity/index.ts'
import { Account, type AccountComponents } from './account.ts'
import { deviceSealingKey, SECRET_NAME } from './account-keys.ts'
import { join } from './devices/joining.ts'
import { decodeLinkCode } from './devices/link-code.ts'
import { History } from './history/index.ts'
import { createHost, dialingNetwork, listNodes } from './host.ts'
import { makeAccount, makeDevice, makeLinkedAccount, rootOfPhrase } from './origin.ts'
import { visit } from './session/visit.ts'
import { ClientStore } from './store/store.ts'
import type { Clock, Crypto, Random } from '../ports.ts'
import type { Order, RootKey } from '../types.ts'
import type { ClientInit } from './api.ts'
import type { Known } from './origin.ts'
import type { ComponentLogger } from '@libp2p/interface'

/** The init with what was left out. */
export type ResolvedInit = ClientInit & { network: string, bootstrap: string[], logger: ComponentLogger, clock: Clock, random: Random, crypto: Crypto }

export interface Opening {
  store: ClientStore
  account: Account
  history: History
  deviceSeed: Uint8Array
  /** Only where a user was made just now. */
  recoveryPhrase: string | undefined
  /** What the person should be told about how the account came to be. */
  notice: string | undefined
}

const RESTORED = 'you are back, on a new device: whom you knew is looked for in your mailbox, and your earlier devices do not belong to you any more'

const LINKED = 'this device is yours now: your contacts come over by themselves, and what was written before it came in as far as your other devices have it'

/** Throws IdentityError and what `ClientStore.open` and `Account.load` throw; the store is closed then. */
export async function openAccount (init: ResolvedInit): Promise<Opening> {
  const log = init.logger.forComponent('posthouse:client:store')
  const store = await ClientStore.open({
    store: init.store,
    existing: init.existing,
    onDamaged: (shelf, key, error) => { log.error('%s %s in the store does not have its form and was left out: %s', shelf, key.slice(0, 12), (error as Error).message) }
  })
  try {
    const opened = await loadOrMake(store, init)
    return { ...opened, history: await History.open({ store, own: opened.account.root, clock: init.clock, log }) }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function loadOrMake (store: ClientStore, init: ResolvedInit): Promise<Omit<Opening, 'history'>> {
  const { phrase, crypto, clock, random } = init
  const components = { store, crypto, clock, random }
  const stored = await store.account()
  if (stored === undefined) {
    if (init.existing === true) throw new IdentityError('there is no user in this store')
    if (init.linkCode !== undefined) return { store, ...await linkIn(components, init.linkCode, init), recoveryPhrase: undefined, notice: LINKED }
    const known = phrase === undefined ? undefined : await lookUp(await rootOfPhrase(phrase, { crypto }), init)
    const { account, deviceSeed, recoveryPhrase } = await makeAccount(components, { deviceSeed: init.deviceSeed, phrase, known, isNamed: init.nodes !== undefined && init.nodes.length > 0 })
    return { store, account, deviceSeed, recoveryPhrase, notice: phrase === undefined ? undefined : RESTORED }
  }
  if (phrase !== undefined && await rootOfPhrase(phrase, { crypto }) !== stored.root) throw new IdentityError('there is another user in this store already')
  if (init.linkCode !== undefined && decodeLinkCode(init.linkCode, crypto).root !== stored.root) throw new IdentityError('there is another user in this store already')
  const deviceSeed = init.deviceSeed ?? await store.secrets.get(SECRET_NAME.deviceSeed)
  if (deviceSeed === undefined) throw new IdentityError('this store needs its device’s key, which is kept outside of it')
  return { store, account: await Account.load(components, deviceSeed), deviceSeed, recoveryPhrase: undefined, notice: undefined }
}

/** A further device of the user whose device showed the code. */
async function linkIn (components: AccountComponents, linkCode: string, init: ResolvedInit): Promise<{ account: Account, deviceSeed: Uint8Array }> {
  const { crypto, clock, random, network: networkId, logger, transports } = init
  const code = decodeLinkCode(linkCode, crypto)
  const device = await makeDevice(components, init.deviceSeed)
  const key = await crypto.signingKey(device.seed)
  const host = await createHost({ deviceSeed: device.seed, transports, logger })
  try {
    const log = logger.forComponent('posthouse:client:devices')
    const nodes = [...init.nodes ?? [], ...init.bootstrap]
    const joined = await join({ host, networkId, nodes, crypto, clock, random, log }, { code, key, sealing: await deviceSealingKey(key.publicKey, device.sealingSeed) })
    return { account: await makeLinkedAccount(components, device, joined), deviceSeed: device.seed }
  } finally {
    await host.stop()
  }
}

/** What the network knows of a user who comes back. Whoever cannot ask must not guess: a lower epoch would be refused everywhere. */
async function lookUp (root: RootKey, init: ResolvedInit): Promise<Known> {
  const { crypto, clock, logger, transports, random } = init
  // The device's own key is not known to anybody yet; neither need this one be.
  const host = await createHost({ deviceSeed: random.bytes(32), transports, logger })
  try {
    const nodes = listNodes([...init.nodes ?? [], ...init.bootstrap])
    if (nodes.length === 0) throw new UnreachableError('no node is known: name one')
    const components = { network: dialingNetwork(host), networkId: init.network, clock }
    // All of them: one that is cut off, or lies, must not decide how often the user came back before.
    const asked = await Promise.allSettled(nodes.map(async node => await visit(components, node, async session => await session.findProfile(keyBytes(root), true))))
    const found = asked.flatMap(answer => answer.status === 'fulfilled' ? [answer.value] : [])
    if (found.length === 0) throw new UnreachableError('none of the nodes that were named can be reached')
    const now = clock.now()
    const records = await Promise.allSettled(found.map(async ({ record }) => await openRouteRecord(record, { crypto, now, root })))
    const profiles = await Promise.allSettled(found.map(async ({ profile }) => await openProfile(profile, { crypto, now })))
    return { record: newest(records), profile: newest(profiles, profile => profile.root === root) }
  } finally {
    await host.stop()
  }
}

/** Of those that verified. */
function newest<T extends { order: Order }> (opened: Array<PromiseSettledResult<T>>, fits: (one: T) => boolean = () => true): T | undefined {
  const verified = opened.flatMap(result => result.status === 'fulfilled' && fits(result.value) ? [result.value] : [])
  return verified.reduce<T | undefined>((best, one) => best === undefined || compareOrder(one.order, best.order) > 0 ? one : best, undefined)
}
