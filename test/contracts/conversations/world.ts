/** The people of a conversation test, and the place where they are. */
import { soon } from '../../client/waiting.ts'
import { until as look } from '../../until.ts'
import type { Client, ClientInit } from '../../../src/client/index.ts'

/** A conversation test: its name says what it shows. */
export type Conversations = Record<string, (world: World) => Promise<void>>

/** The bound of every wait: tests run beside each other, on few processors, and in a browser all in one thread. */
const WAIT_MS = 30_000

export function inTime (): { signal: AbortSignal } { return soon(WAIT_MS) }

export async function until (what: string, holds: () => boolean | Promise<boolean>): Promise<void> { await look(what, holds, WAIT_MS) }

/** Where clients are made, beside real nodes. */
export interface Place {
  /** A client on the store of this name; what an earlier one wrote there is in it. Served by all nodes. */
  open: (store: string, init: Partial<ClientInit>) => Promise<Client>
  /** Nodes keep what is on their disks, and come back under the same addresses. */
  stopNodes: () => Promise<void>
  startNodes: () => Promise<void>
}

/** The people of one test, and where they keep what they have. */
export class World {
  readonly #place: Place
  readonly #stores = new Map<Client, string>()

  constructor (place: Place) { this.#place = place }

  /** Somebody new, registered with the nodes. */
  async user (): Promise<Client> {
    const client = await this.#open(crypto.randomUUID())
    await client.register(inTime())
    return client
  }

  /** Another client on what this one leaves behind. */
  async reopen (client: Client): Promise<Client> {
    await client.stop()
    return await this.#open(this.#stores.get(client) as string, { existing: true })
  }

  /** A further device of the same user. */
  async device (of: Client): Promise<Client> {
    const invitation = await of.invite()
    const device = await this.#open(crypto.randomUUID(), { linkCode: invitation.code })
    await invitation.linked
    return device
  }

  async stopNodes (): Promise<void> { await this.#place.stopNodes() }

  async startNodes (): Promise<void> { await this.#place.startNodes() }

  async end (): Promise<void> {
    await Promise.all([...this.#stores.keys()].map(async client => { await client.stop() }))
  }

  async #open (store: string, init: Partial<ClientInit> = {}): Promise<Client> {
    const client = await this.#place.open(store, init)
    this.#stores.set(client, store)
    return client
  }
}
