/**
 * The parts of a node and how they hang together. Each is built after what it needs; what must be let go of is noted
 * at once, so that a failure at any point leaves nothing open.
 */
import { join } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { kadRouteFinder, kadService, openRouteMemory, routeKeeper } from '../dht/index.ts'
import { nodePresence, presencePubsub } from '../presence/index.ts'
import { relay } from '../relay/index.ts'
import { openLevelStore, openMemoryStore } from '../store/index.ts'
import { Bootstrap } from './bootstrap.ts'
import { nodeCrypto } from './crypto.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { Directory } from './directory.ts'
import { BASE_SERVICES, createHost } from './host.ts'
import { libp2pNetwork } from './network.ts'
import { Profiles } from './profiles.ts'
import { isPublicNode } from './reach.ts'
import { SessionRequests } from './session-requests.ts'
import { Sessions } from './sessions.ts'
import { Users } from './users.ts'
import type { ResolvedInit } from './node.ts'
import type { RouteKeeper } from '../dht/index.ts'
import type { Network, SigningKey } from '../ports.ts'
import type { NodePresence } from '../presence/index.ts'
import type { Relay } from '../relay/index.ts'
import type { NodeStore } from '../store/index.ts'
import type { ComponentLogger, Libp2p } from '@libp2p/interface'

export interface Closer { what: string, close: () => Promise<void> }

export interface Parts {
  host: Libp2p
  store: NodeStore
  users: Users
  sessions: Sessions
  relay: Relay
  /** Shared with the sessions, which refuse new users from then on. */
  draining: { begun: boolean }
}

export async function assemble (init: ResolvedInit, closers: Closer[]): Promise<Parts> {
  const { clock, logger, seed } = init
  const key = await nodeCrypto.signingKey(seed)
  const store = await openStore(init)
  closers.push({ what: 'the store', close: async () => { await store.close() } })
  const users = await loadUsers(init, store)
  const { host, routes, presence } = await startNetwork(init, { key, store, users }, closers)
  const network = libp2pNetwork(host)

  const mail = relay()({
    network,
    networkId: init.network,
    envelopes: store.envelopes,
    users,
    learnRoute: async bytes => await users.learnRoute(bytes),
    crypto: nodeCrypto,
    signingKey: key,
    clock,
    logger
  })
  await mail.start()
  closers.push({ what: 'the relay', close: async () => { await mail.stop() } })

  const draining = { begun: false }
  const sessions = await serveDevices(init, { host, store, users, relay: mail, draining, key, routes, presence, network }, closers)
  sweepStore(init, store, closers)

  const bootstrap = new Bootstrap({ host, known: store.shelf('known-peers'), clock, log: logger.forComponent('posthouse:bootstrap') }, init.bootstrap)
  await bootstrap.start()
  closers.push({ what: 'bootstrapping', close: async () => { await bootstrap.stop() } })
  return { host, store, users, relay: mail, sessions, draining }
}

export async function closeAll (closers: Closer[], logger: ComponentLogger): Promise<void> {
  for (const { what, close } of closers.splice(0).reverse()) {
    // One part that cannot be closed must not keep the others open.
    await close().catch(error => { logger.forComponent('posthouse:node').error('%s could not be closed: %s', what, error.message) })
  }
}

async function openStore ({ dataDir, clock, random, logger }: ResolvedInit): Promise<NodeStore> {
  const components = { clock, random, logger }
  return dataDir === undefined ? await openMemoryStore(components) : await openLevelStore(join(dataDir, 'store'), components)
}

async function loadUsers ({ clock, logger }: ResolvedInit, store: NodeStore): Promise<Users> {
  const log = logger.forComponent('posthouse:users')
  const users = new Users({
    profiles: store.shelf('profiles'),
    routes: store.shelf('routes'),
    crypto: nodeCrypto,
    clock,
    onDamaged: (mailbox, error) => { log.error('what is kept of mailbox %s cannot be used: %s', mailbox.slice(0, 8), error instanceof Error ? error.message : String(error)) }
  })
  await users.load()
  return users
}

/** The libp2p host with routing and presence on it. */
async function startNetwork (init: ResolvedInit, { key, store, users }: { key: SigningKey, store: NodeStore, users: Users }, closers: Closer[]): Promise<{ host: Libp2p, routes: RouteKeeper, presence: NodePresence }> {
  const { clock, random, logger, seed, listen, transports } = init
  const isPublic = isPublicNode(listen, init.bootstrap)
  const memory = await openRouteMemory({ self: key.publicKey, shelf: store.shelf('route-orders'), crypto: nodeCrypto, clock, logger })
  const host = await createHost({
    seed,
    listen,
    transports,
    logger,
    datastore: new MemoryDatastore(),
    services: { ...BASE_SERVICES, dht: kadService({ memory, privateAddresses: !isPublic }), pubsub: presencePubsub({ public: isPublic }) }
  })
  await host.start()
  closers.push({ what: 'the libp2p host', close: async () => { await host.stop() } })

  const presence = nodePresence()({ pubsub: host.services.pubsub, clock, logger })
  await presence.start()
  closers.push({ what: 'presence', close: async () => { await presence.stop() } })

  const finder = kadRouteFinder()({ host, dht: host.services.dht, memory, crypto: nodeCrypto, clock, logger })
  const routes = routeKeeper()({ self: key.publicKey, finder, memory, clock, random, logger, onNewer: record => { void users.takeRoute(record) } })
  for (const record of users.served()) routes.keep(record, { restored: true })
  routes.start()
  closers.push({ what: 'routing', close: async () => { await routes.stop() } })
  return { host, routes, presence }
}

interface Serving extends Omit<Parts, 'sessions'> { key: SigningKey, routes: RouteKeeper, presence: NodePresence, network: Network }

/** Sessions with devices, and profiles for other nodes. */
async function serveDevices (init: ResolvedInit, parts: Serving, closers: Closer[]): Promise<Sessions> {
  const { clock, random, logger, usersMax } = init
  const { host, store, users, relay: mail, key, routes, presence, network, draining } = parts
  const profiles = new Profiles({ network, users, crypto: nodeCrypto, clock, networkId: init.network, log: logger.forComponent('posthouse:profiles') })
  await profiles.start()
  closers.push({ what: 'profiles', close: async () => { await profiles.stop() } })

  const requests = new SessionRequests({
    users,
    profiles,
    routes,
    presence,
    clock,
    usersMax,
    directory: new Directory(host, random),
    crypto: nodeCrypto,
    signingKey: key,
    collect: async (source, bytes) => { await mail.collect(source, bytes) },
    draining: () => draining.begun
  })
  const sessions = new Sessions({
    network,
    clock,
    host: {
      network: init.network,
      storeId: store.envelopes.storeId,
      log: logger.forComponent('posthouse:session'),
      now: () => clock.now(),
      attach: link => mail.attach(link),
      submit: (link, ticket, routeEpoch, routeSeq, envelope) => { mail.submit(link, ticket, routeEpoch, routeSeq, envelope) },
      answer: async (session, frame) => await requests.answer(session, frame),
      ended: (session, goodbye) => {
        if (goodbye) presence.goodbye(session.id)
        else presence.lost(session.id)
      }
    }
  })
  await sessions.start()
  closers.push({ what: 'sessions', close: async () => { await sessions.stop() } })
  return sessions
}

function sweepStore ({ clock, logger }: ResolvedInit, store: NodeStore, closers: Closer[]): void {
  const log = logger.forComponent('posthouse:store')
  let cancel = (): void => {}
  const later = (): void => {
    cancel = clock.after(NODE_DEFAULTS.sweepIntervalMs, () => {
      store.envelopes.sweep(clock.now())
        .then(gone => { if (gone > 0) log('%d expired envelopes were deleted', gone) })
        .catch(error => { log.error('expired mail was not deleted: %s', error.message) })
        .finally(later)
    })
  }
  later()
  closers.push({ what: 'the sweep', close: async () => { cancel() } })
}
