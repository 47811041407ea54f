/**
 * What it costs when a serving node is killed under its user: real node processes on loopback, two clients, one of whom
 * writes all the time. Alice and Bob have three nodes each, none in common, so that each kill concerns one side.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type Client } from '../../src/client/index.ts'
import { NodeProcess } from './nodes.ts'

/** Milliseconds from kill -9 of a node, one value a kill. */
export interface Costs {
  /** For comparison, when no node was killed: from any moment until a message that was written afterwards is stored, and shown. */
  calmStored: number[]
  calmShown: number[]
  /** Of the sender's first node: until a message that was written afterwards is stored. */
  untilStored: number[]
  /** Of the same: until all that was on its way is stored. */
  untilAllStored: number[]
  /** Of the reader's first node: until a message that was written afterwards is shown. */
  untilShown: number[]
}

export interface KillsInit { directory: string, kills: number, told: (kill: number) => void }

interface Written { at: number, storedAt: number | undefined }

const NODES_EACH = 3
/** Between two messages, as fast as a person can press keys. */
const WRITE_EVERY_MS = 50
/** Whatever is waited for has failed after this. */
const PATIENCE_MS = 60_000
const LOOK_MS = 10
/** Messages flow undisturbed for so long before the next kill. */
const CALM_MS = 1500

/** Kills the sender's and the reader's first node in turn. */
export async function measureKills ({ directory, kills, told }: KillsInit): Promise<Costs> {
  const nodes: NodeProcess[] = []
  const clients: Client[] = []
  try {
    for (let number = 0; number < 2 * NODES_EACH; number++) nodes.push(await NodeProcess.start(directory, number, nodes[0]))
    for (const [at, name] of ['alice', 'bob'].entries()) {
      const client = await createClient({ store: join(directory, name), nodes: nodes.slice(at * NODES_EACH, (at + 1) * NODES_EACH).map(({ address }) => address) })
      clients.push(client)
      await client.register()
    }
    const [alice, bob] = clients as [Client, Client]
    const conversation = await Conversation.begin(alice, bob)
    const costs: Costs = { calmStored: [], calmShown: [], untilStored: [], untilAllStored: [], untilShown: [] }
    for (let kill = 0; kill < kills; kill++) {
      told(kill)
      const isSenders = kill % 2 === 0
      const victim = isSenders ? alice : bob
      await until(() => victim.status().connected.length === 2)
      await delay(CALM_MS)
      const node = nodes.find(({ peerId }) => peerId === victim.status().connected[0])
      const calmAt = performance.now()
      costs.calmStored.push(await conversation.untilStored(calmAt))
      costs.calmShown.push(await conversation.untilShown(calmAt))
      const killedAt = performance.now()
      await node?.kill()
      if (isSenders) {
        costs.untilStored.push(await conversation.untilStored(killedAt))
        costs.untilAllStored.push(await conversation.untilAllStored(killedAt))
      } else costs.untilShown.push(await conversation.untilShown(killedAt))
      await node?.start()
    }
    await conversation.end()
    return costs
  } finally {
    await Promise.all(clients.map(async client => { await client.stop() }))
    await Promise.all(nodes.map(async node => { await node.kill() }))
  }
}

/** Alice writes to Bob every 50 ms, and it is noted what becomes of each message. */
class Conversation {
  readonly #written = new Map<string, Written>()
  readonly #shownAt = new Map<string, number>()
  readonly #ending = new AbortController()
  #writing: Promise<void> = Promise.resolve()

  static async begin (alice: Client, bob: Client): Promise<Conversation> {
    const conversation = new Conversation()
    const chat = await alice.chat(bob.userId)
    const first = once(bob, 'message')
    bob.addEventListener('message', ({ detail: { id } }) => {
      if (conversation.#shownAt.has(id)) throw new Error(`message ${id} was shown twice`)
      conversation.#shownAt.set(id, performance.now())
    })
    alice.addEventListener('state', ({ detail: { id, state } }) => {
      const written = conversation.#written.get(id)
      if (written !== undefined && state !== 'queued' && state !== 'accepted') written.storedAt ??= performance.now()
    })
    const write = async (): Promise<void> => {
      while (!conversation.#ending.signal.aborted) {
        const at = performance.now()
        const { id } = await chat.send(`written ${Math.round(at)} ms after the beginning`)
        conversation.#written.set(id, { at, storedAt: undefined })
        await delay(Math.max(0, at + WRITE_EVERY_MS - performance.now()))
      }
    }
    conversation.#writing = write()
    await first
    return conversation
  }

  async untilStored (killedAt: number): Promise<number> {
    const stored = (): number[] => [...this.#written.values()].flatMap(({ at, storedAt }) => at >= killedAt && storedAt !== undefined ? [storedAt] : [])
    await until(() => stored().length > 0)
    return Math.min(...stored()) - killedAt
  }

  /** 0 when nothing was on its way. */
  async untilAllStored (killedAt: number): Promise<number> {
    const open = [...this.#written.values()].filter(({ at, storedAt = Infinity }) => at < killedAt && storedAt >= killedAt)
    await until(() => open.every(({ storedAt }) => storedAt !== undefined))
    return Math.max(0, ...open.map(({ storedAt = 0 }) => storedAt - killedAt))
  }

  async untilShown (killedAt: number): Promise<number> {
    const shown = (): number[] => [...this.#written].flatMap(([id, { at }]) => at >= killedAt ? this.#shownAt.get(id) ?? [] : [])
    await until(() => shown().length > 0)
    return Math.min(...shown()) - killedAt
  }

  /** Everything that was written has been shown, once. */
  async end (): Promise<void> {
    this.#ending.abort()
    await this.#writing
    await until(() => [...this.#written.keys()].every(id => this.#shownAt.has(id)))
  }
}

async function until (holds: () => boolean): Promise<void> {
  const from = performance.now()
  while (!holds()) {
    if (performance.now() - from > PATIENCE_MS) throw new Error(`it did not come to that within ${PATIENCE_MS / 1000} s`)
    await delay(LOOK_MS)
  }
}
