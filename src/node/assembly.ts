/**
 * The parts of a node and how they hang together. Each is built after what it needs; how to let go of it is noted
 * before it is started, so that a failure at any point leaves nothing open.
 */
import { MemoryDatastore } from 'datastore-core'
import { kadRouteFinder, kadRouteSweeper, kadService, openRouteMemory, routeKeeper } from '../dht/index.ts'
import { nodePresence, presencePubsub } from '../presence/index.ts'
import { relay } from '../relay/index.ts'
import { AddressKeeper } from './address-keeper.ts'
import { Balance } from './balance.ts'
import { Bootstrap } from './bootstrap.ts'
import { connectionGate } from './connection-gate.ts'
import { nodeCrypto } from './crypto.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { Directory } from './directory.ts'
import { BASE_SERVICES, createHost, startHost } from './host.ts'
import { KeyPackageRequests } from './key-package-requests.ts'
import { KeyPackageSearch } from './key-package-search.ts'
import { KeyPackages, type KeyPackagesComponents } from './key-packages.ts'
import { Lookups } from './lookups.ts'
import { libp2pNetwork } from './network.ts'
import { ProfileSearch } from './profile-search.ts'
import { Profiles } from './profiles.ts'
import { isPublicNode } from './reach.ts'
import { SessionRequests } from './session-requests.ts'
import { Sessions } from './sessions.ts'
import { keepUp } from './upkeep.ts'
import { Users } from './users.ts'
import type { Closer } from './closing.ts'
import type { ResolvedInit } from './config.ts'
import type { Session } from './session.ts'
import type { Leaving } from '../wire/mail.ts'
import type { RouteKeeper, RouteMemory } from '../dht/index.ts'
import type { Network, SigningKey } from '../ports.ts'
import type { NodePresence } from '../presence/index.ts'
import type { Relay } from '../relay/index.ts'
import type { NodeStore } from '../store/index.ts'
import type { Libp2p } from '@libp2p/interface'

export interface Parts {
  host: Libp2p
  store: NodeStore
  users: Users
  directory: Directory
  sessions: Sessions
  relay: Relay
  /** Shared with the sessions, which refuse new users from then on. */
  draining: { begun: boolean }
  /** What a device is told that is sent elsewhere. */
  leaving: (session: Session) => Leaving
}

export async function assemble (init: ResolvedInit, closers: Closer[]): Promise<Parts> {
  const { clock, random, logger } = init
  const key = await nodeCrypto.signingKey(init.seed)
  const store = await init.openStore({ clock, random, logger })
  closers.push({ what: 'the store', close: async () => { await store.close() } })
  const memory = await openRouteMemory({ self: key.publicKey, shelf: store.shelf('route-orders'), crypto: nodeCrypto, clock, logger })
  const users = await loadUsers(init, store, memory)
  const { host, network, directory, routes, presence } = await startNetwork(init, { key, users, memory }, closers)

  const mail = relay()({
    network,
    networkId: init.network,
    envelopes: store.envelopes,
    users,
    profiles: {
      profile: mailbox => users.profileOf(mailbox),
      learnProfile: async profile => { await users.learnProfile(profile) },
      adopt: async (record, profile) => await users.adopt(record, profile, key.publicKey)
    },
    learnRoute: async bytes => await users.learnRoute(bytes),
    crypto: nodeCrypto,
    signingKey: key,
    clock,
    random,
    shelf: name => store.shelf(name),
    isReadOnly: () => store.failure !== undefined,
    wasClean: store.wasClean,
    logger
  })
  closers.push({ what: 'the relay', close: async () => { await mail.stop() } })
  await mail.start()

  const draining = { begun: false }
  const { sessions, keyPackages, leaving } = await serveDevices(init, { host, store, users, directory, relay: mail, draining, key, memory, routes, presence, network }, closers)
  users.observe({
    onProfile: (mailbox, profile) => {
      sessions.keepOnly(mailbox, profile?.devices.map(({ device }) => device))
      keyPackages.tidy(mailbox).catch((error: Error) => { logger.forComponent('posthouse:users').error('key packages of devices that left were not forgotten: %s', error.message) })
    },
    onRoute: record => { routes.keep(record) },
    onForgotten: root => { routes.drop(root) },
    onChanged: mailbox => { mail.touched(mailbox) }
  })
  keepUp(init, { store, users }, closers)

  const bootstrap = new Bootstrap({ host, directory, known: store.shelf('known-peers'), clock, random, log: logger.forComponent('posthouse:bootstrap') }, init.bootstrap)
  closers.push({ what: 'bootstrapping', close: async () => { await bootstrap.stop() } })
  await bootstrap.start()
  return { host, store, users, directory, relay: mail, sessions, draining, leaving }
}

async function loadUsers ({ clock, logger, usersMax }: ResolvedInit, store: NodeStore, memory: RouteMemory): Promise<Users> {
  const users = new Users({
    profiles: store.shelf('profiles'),
    routes: store.shelf('routes'),
    promises: store.shelf('promises'),
    deliveryKeys: store.shelf('delivery-keys'),
    crypto: nodeCrypto,
    openRoute: async bytes => await memory.opened.open(bytes),
    clock,
    log: logger.forComponent('posthouse:users'),
    usersMax
  })
  await users.load()
  return users
}

interface Reached { host: Libp2p, network: Network, directory: Directory, routes: RouteKeeper, presence: NodePresence }

/** The libp2p host with routing and presence on it. */
async function startNetwork (init: ResolvedInit, { key, users, memory }: { key: SigningKey, users: Users, memory: RouteMemory }, closers: Closer[]): Promise<Reached> {
  const { clock, random, logger, seed, listen, transports } = init
  const isPublic = isPublicNode(listen, init.bootstrap.map(String))
  const host = await createHost({
    seed,
    listen,
    transports,
    logger,
    gater: connectionGate({ perPlaceMax: NODE_DEFAULTS.connectionsPerPlaceMax, isPublic, named: init.bootstrap }),
    datastore: new MemoryDatastore(),
    services: { ...BASE_SERVICES, dht: kadService({ memory, privateAddresses: !isPublic }), pubsub: presencePubsub({ public: isPublic }) }
  })
  const directory = new Directory({ host, clock, random })
  directory.start()
  const addresses = new AddressKeeper({ host, clock, log: logger.forComponent('posthouse:node') })
  addresses.start()
  closers.push({ what: 'the libp2p host', close: async () => { addresses.stop(); directory.stop(); await host.stop() } })
  await startHost(host)

  const presence = nodePresence()({ pubsub: host.services.pubsub, clock, logger })
  closers.push({ what: 'presence', close: async () => { await presence.stop() } })
  await presence.start()

  const routing = { host, dht: host.services.dht, memory, crypto: nodeCrypto, clock, logger }
  const routes = routeKeeper()({
    self: key.publicKey,
    finder: kadRouteFinder()(routing),
    sweeper: kadRouteSweeper()(routing),
    memory,
    clock,
    random,
    logger,
    onNewer: record => { users.takeRoute(record).catch((error: Error) => { logger.forComponent('posthouse:users').error('a user’s newer route was not kept: %s', error.message) }) }
  })
  for (const record of users.served()) routes.keep(record, { restored: true })
  closers.push({ what: 'routing', close: async () => { await routes.stop() } })
  routes.start()
  return { host, network: libp2pNetwork(host), directory, routes, presence }
}

interface Serving extends Omit<Parts, 'sessions' | 'leaving'> { key: SigningKey, memory: RouteMemory, routes: RouteKeeper, presence: NodePresence, network: Network }

interface Known { kept: KeyPackages, keyPackages: KeyPackageRequests, lookups: Lookups, profiles: Profiles }

/** Who users are and how their devices are added to groups: from here, and from other nodes. */
async function knowUsers ({ network: networkId, clock, random, logger }: ResolvedInit, { store, users, key, memory, routes, network }: Serving, onFew: KeyPackagesComponents['onFew']): Promise<Known> {
  const log = logger.forComponent('posthouse:profiles')
  const self = key.publicKey
  const crypto = nodeCrypto
  const search = new ProfileSearch({ ask: async (...question) => await profiles.ask(...question), clock, log })
  const lookups = new Lookups({ self, users, routes, profiles: search, crypto, log: logger.forComponent('posthouse:users') })
  const kept = new KeyPackages({ packages: store.shelf('key-packages'), owners: store.shelf('key-package-owners'), users, log, onFew })
  await kept.load()
  const packages = new KeyPackageSearch({ self, lookups, kept, ask: async (...question) => await profiles.askKeyPackages(...question), crypto, clock, random, log })
  const keyPackages = new KeyPackageRequests({ kept, search: packages, clock, log })
  const openRoute = memory.opened.open.bind(memory.opened)
  const profiles: Profiles = new Profiles({ network, users, keyPackages, crypto, openRoute, clock, networkId, log })
  return { kept, keyPackages, lookups, profiles }
}

/** Sessions with devices, and profiles for other nodes. */
async function serveDevices (init: ResolvedInit, parts: Serving, closers: Closer[]): Promise<Pick<Parts, 'sessions' | 'leaving'> & { keyPackages: KeyPackages }> {
  const { clock, random, logger } = init
  const { store, users, directory, relay: mail, key, memory, routes, presence, network, draining } = parts
  const openRoute = memory.opened.open.bind(memory.opened)
  const { kept, keyPackages, lookups, profiles } = await knowUsers(init, parts, (device, left) => { for (const session of sessions.of(device)) session.keyPackagesFew(left) })
  const requests = new SessionRequests({
    users,
    lookups,
    directory,
    routes,
    presence,
    keyPackages,
    crypto: nodeCrypto,
    openRoute,
    clock,
    signingKey: key,
    collect: async (source, bytes) => { await mail.collect(source, bytes) },
    draining: () => draining.begun
  })
  const sessions = new Sessions({
    network,
    clock,
    random,
    host: {
      network: init.network,
      storeId: store.envelopes.storeId,
      log: logger.forComponent('posthouse:session'),
      clock,
      attach: link => mail.attach(link),
      whisper: (link, envelope) => { mail.whisper(link, envelope) },
      submit: (link, ticket, routeEpoch, routeSeq, envelope) => { mail.submit(link, ticket, routeEpoch, routeSeq, envelope) },
      answer: async (session, frame) => await requests.answer(session, frame),
      ended: (session, goodbye) => {
        if (goodbye) presence.goodbye(session.id)
        else presence.lost(session.id)
      }
    }
  })
  closers.push({ what: 'sessions', close: async () => { await sessions.stop() } })
  closers.push({ what: 'profiles', close: async () => { await profiles.stop() } })
  await profiles.start()
  await sessions.start()
  const balance = new Balance({
    sessions,
    clock,
    random,
    log: logger.forComponent('posthouse:session'),
    hasElsewhere: mailbox => users.route(mailbox)?.entries.some(({ node }) => node !== key.publicKey && directory.isThere(node) && !mail.isLeaving(node)) === true,
    leaving: session => requests.leaving(session, NODE_DEFAULTS.retryElsewhereSeconds)
  })
  closers.push({ what: 'the balance', close: async () => { balance.stop() } })
  balance.start()
  return { sessions, keyPackages: kept, leaving: session => requests.leaving(session) }
}
