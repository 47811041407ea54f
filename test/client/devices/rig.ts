/** One device of a user over real nodes: account, sessions, mailbox and devices, without chats. */
import { Contacts } from '../../../src/client/contacts.ts'
import { createHost, dialingNetwork } from '../../../src/client/host.ts'
import { Devices, type AccountNews } from '../../../src/client/devices/service.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { openAccount, type Opening, type ResolvedInit } from '../../../src/client/opening.ts'
import { Registration } from '../../../src/client/registration.ts'
import { FragmentsCore } from '../../../src/client/sealing/fragments.core.ts'
import { openSealed } from '../../../src/client/sealing/index.ts'
import { visit } from '../../../src/client/session/visit.ts'
import { drainMailbox } from '../../../src/relay/client.ts'
import { systemClock, systemRandom } from '../../../src/system.ts'
import { SYNC_PROTOCOL } from '../../../src/wire/protocols.ts'
import { createNode } from '../../../src/index.ts'
import { defaultLogger } from '@libp2p/logger'
import { MemoryLevel } from 'memory-level'
import type { Libp2p } from '@libp2p/interface'
import type { ClientInit } from '../../../src/client/api.ts'
import type { PosthouseNode } from '../../../src/index.ts'
import type { Session } from '../../../src/client/session/session.ts'
import type { Bytes, PeerKey, RootKey } from '../../../src/types.ts'

/** Nodes on loopback that know each other. */
export async function startNodes (count: number): Promise<PosthouseNode[]> {
  const nodes: PosthouseNode[] = []
  for (let at = 0; at < count; at++) {
    const node = await createNode({ listen: ['/ip4/127.0.0.1/tcp/0'], network: 'test', bootstrap: nodes[0]?.addrs ?? [] })
    await node.start()
    nodes.push(node)
  }
  return nodes
}

export function memoryStore (): ClientInit['store'] { return new MemoryLevel<string, string>() as unknown as ClientInit['store'] }

export function resolved (init: Partial<ClientInit>): ResolvedInit {
  return { store: memoryStore(), network: 'test', bootstrap: [], logger: defaultLogger(), clock: systemClock, random: systemRandom, crypto, ...init } as ResolvedInit
}

export class DeviceRig {
  readonly news: AccountNews[] = []
  revoked = false
  /** What goes to other own devices in the conversation with oneself. */
  readonly words: Bytes[] = []
  readonly introduced: RootKey[] = []
  readonly warnings: string[] = []
  readonly contacts: Contacts
  /** Whole messages of formats that are no words between devices. */
  readonly others: Array<{ format: number, whole: Uint8Array }> = []
  /** Suites of envelopes that were left aside. */
  readonly unknown = new Map<string, number>()
  readonly devices: Devices
  readonly #registration: Registration
  readonly #seen = new Set<string>()

  private constructor (readonly opening: Opening, readonly init: ResolvedInit, readonly host: Libp2p) {
    const { account, store } = opening
    const network = dialingNetwork(host)
    this.#registration = new Registration({ account, crypto, network, clock: init.clock, networkId: init.network, session: () => undefined, offer: async () => {}, warn: () => {} }, { nodes: init.nodes, bootstrap: init.bootstrap })
    const log = init.logger.forComponent('test:contacts')
    this.contacts = new Contacts({ store, account, crypto, clock: init.clock, log, ask: async () => { throw new Error('nobody is asked here') }, changed: (root, contact) => { this.devices.contactChanged(root, contact) } })
    this.devices = new Devices({
      account,
      store,
      contacts: this.contacts,
      history: opening.history,
      ask: async question => await this.#ask(question),
      send: async body => { this.words.push(body) },
      introduce: async root => { this.introduced.push(root) },
      generations: async () => [],
      restored: async () => {},
      given: async () => {},
      progress: () => {},
      warning: sentence => { this.warnings.push(sentence) },
      network,
      networkId: init.network,
      crypto,
      clock: init.clock,
      random: init.random,
      log: init.logger.forComponent('test:devices'),
      publish: async () => { await this.#registration.register() },
      changed: what => { this.news.push(what) },
      revoked: () => { this.revoked = true }
    })
  }

  static async open (init: Partial<ClientInit>): Promise<DeviceRig> {
    const full = resolved(init)
    const opening = await openAccount(full)
    const host = await createHost({ deviceSeed: opening.deviceSeed })
    const rig = new DeviceRig(opening, full, host)
    await rig.devices.start()
    if (rig.account.record === undefined) await rig.#registration.register()
    return rig
  }

  get account (): Opening['account'] { return this.opening.account }

  get id (): string { return this.devices.list().find(({ isThis }) => isThis)?.id ?? '' }

  async register (nodes: string[]): Promise<void> { await this.#registration.register({ nodes }) }

  /** At the first node, attached. */
  async #ask<T> (question: (session: Session) => Promise<T>): Promise<T> {
    const [node] = this.account.nodes
    if (node === undefined) throw new Error('no node serves the user')
    return await visit({ network: dialingNetwork(this.host), networkId: 'test', clock: this.init.clock }, node, async session => {
      await session.attach(this.account.certificate.bytes)
      return await question(session)
    })
  }

  /** Looks once at what the first node has. */
  async look (): Promise<void> {
    const [node] = this.account.nodes
    if (node === undefined) return
    await visit({ network: dialingNetwork(this.host), networkId: 'test', clock: this.init.clock }, node, async session => { await this.devices.attached(session) })
  }

  /** Everything that lies in the mailbox at the user's nodes, what can be opened once. */
  async drain (nodes: PeerKey[] = this.account.nodes.map(({ node }) => node)): Promise<void> {
    const { account, init } = this
    const fragments = new FragmentsCore(crypto.sha256)
    for (const node of nodes) {
      const hints = [...account.nodes, ...account.former].find(other => other.node === node)?.addressHints ?? []
      const stream = await dialingNetwork(this.host).open(node, hints, SYNC_PROTOCOL, { signal: AbortSignal.timeout(5000) })
      for await (const { envelopes } of drainMailbox(stream, { network: 'test', mailbox: account.mailbox, cursor: undefined, certificate: account.certificate, crypto, clock: init.clock })) {
        for (const { envelope } of envelopes) {
          if (this.#seen.has(envelope.id)) continue
          const opening = await openSealed(envelope, account.openingKeys)
          if (opening.type === 'unknownKey') this.unknown.set(envelope.id, opening.suite)
          if (opening.type !== 'fragment') continue
          this.#seen.add(envelope.id)
          for (const effect of fragments.handle({ type: 'fragment', envelope: envelope.id, expiry: envelope.expiry, fragment: opening.fragment }, init.clock.now())) {
            if (effect.type !== 'whole') continue
            if (effect.format >= 4) await this.devices.take(effect.format, effect.whole)
            else this.others.push({ format: effect.format, whole: effect.whole })
          }
        }
      }
    }
  }

  async stop (): Promise<void> {
    await this.devices.stop()
    await this.host.stop()
    await this.opening.store.close()
  }
}

/** Looks again and again, a bounded number of times. */
export async function until (condition: () => boolean | Promise<boolean>, step: () => Promise<void>, times = 60): Promise<void> {
  for (let at = 0; at < times; at++) {
    if (await condition()) return
    await step()
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('it did not come to be')
}

/** Lets a new device in by a code of `by`, which reads its mail meanwhile. */
export async function linkTo (by: DeviceRig, init: Partial<ClientInit> = {}): Promise<DeviceRig> {
  const { code } = by.devices.invite()
  let linked: DeviceRig | undefined
  let failure: Error | undefined
  DeviceRig.open({ linkCode: code, ...init }).then(rig => { linked = rig }, (error: Error) => { failure = error })
  await until(() => linked !== undefined || failure !== undefined, async () => { await by.drain() }, 150)
  if (failure !== undefined) throw failure
  return linked as unknown as DeviceRig
}
