/**
 * A user with one device: a real client (createClient) that is on and off, writes, and tells a witness what its program
 * is told and shown. Its store outlives its runs, as a file on a phone does.
 */
import { peerIdFromString } from '@libp2p/peer-id'
import { createClient, type ChatMessage, type Client, type ClientInit, type MessageProgress, type Route } from '../../src/client/index.ts'
import { parseUserId, peerKeyFromPeerId } from '../../src/identity/index.ts'
import { Turns } from '../../src/node/turns.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import type { RunClock } from './clock.ts'
import type { Testimony } from './testimony.ts'
import type { Message, MessageId, PeerKey, RootKey, UserId } from '../../src/types.ts'

export interface PersonInit {
  /** Asked once, when the user is made: by whom to be served, how to reach them, and what the device keeps things in. */
  client: () => Omit<ClientInit, 'start'>
}

export interface PersonComponents { clock: RunClock, testimony: Testimony }

/** Tries of a first registration, and the pause between two: all that is known may be down for a moment. */
const REGISTRATIONS = 10
const REGISTRATION_PAUSE_MS = 1_000
/** Where an own message stands in the conversation: the last, or before what came in the same moment. */
const HISTORY_LOOKED_AT = 64

export class Person {
  readonly #init: PersonInit
  readonly #components: PersonComponents
  /** What one person does is done in order. */
  readonly #turns = new Turns<'person'>()
  #client: Client | undefined
  readonly #registered = Promise.withResolvers<void>()
  readonly #drafts: Array<{ to: Person, text: string }> = []
  #isRegistered = false
  #isOn = false

  constructor (init: PersonInit, components: PersonComponents) {
    this.#init = init
    this.#components = components
  }

  /** Undefined before the first registration: nobody can write to them. */
  get userId (): UserId | undefined { return this.#isRegistered ? this.#client?.userId : undefined }
  get isOn (): boolean { return this.#isOn }
  get root (): RootKey | undefined { return this.#client === undefined ? undefined : parseUserId(this.#client.userId) }
  get device (): PeerKey | undefined { return this.#client === undefined ? undefined : keyOf(this.#client.device) }

  /** Makes the user and registers, the first time. */
  async on (): Promise<void> {
    await this.#turns.take('person', async () => {
      if (this.#isOn) return
      const client = this.#client ??= await this.#create()
      this.#isOn = true
      this.#tellProcess(client, true)
      await client.start()
      if (!this.#isRegistered) await this.#register(client)
      this.#isRegistered = true
      this.#registered.resolve()
      for (const { to, text } of this.#drafts.splice(0)) await this.#send(client, to, text)
    })
  }

  async off (): Promise<void> {
    await this.#turns.take('person', async () => {
      if (this.#client === undefined || !this.#isOn) return
      this.#isOn = false
      await this.#client.stop()
      this.#tellProcess(this.#client, false)
    })
  }

  /** Signs a new route over the nodes that serve, and keeps those that are away for as long as their promises hold. */
  async renew (): Promise<void> {
    await this.#turns.take('person', async () => {
      if (!this.#isOn) return
      await this.#client?.register().catch(() => { /* all nodes of this user are away: the client goes on with the old route, and so does the run */ })
    })
  }

  /** Waits for a reader who has not registered yet, and for this device to be on. */
  async write (to: Person, text: string): Promise<void> {
    await to.#registered.promise
    await this.#turns.take('person', async () => {
      if (this.#client === undefined || !this.#isOn) this.#drafts.push({ to, text })
      else await this.#send(this.#client, to, text)
    })
  }

  /** Looks somebody up before anything is to be said. Whoever is not found now is looked up again with the first letter. */
  async meet (others: Person[]): Promise<void> {
    await this.#turns.take('person', async () => {
      for (const { userId } of others) if (userId !== undefined) await this.#client?.route(userId).catch(() => { /* the letter will show */ })
    })
  }

  /** Throws what Client.route throws. */
  async route (userId: UserId, signal: AbortSignal): Promise<Route | undefined> {
    return this.#isOn ? await this.#client?.route(userId, { fresh: true, signal }) : undefined
  }

  /** What this device would show who scrolls up: the ids of others' messages, in the order of display. */
  async history (): Promise<MessageId[]> {
    const ids: MessageId[] = []
    if (this.#client === undefined) return ids
    for await (const { id, from } of this.#client.messages()) if (from !== this.#client.userId) ids.push(id)
    return ids
  }

  async #create (): Promise<Client> {
    const client = await createClient({ ...this.#init.client(), start: false })
    client.addEventListener('message', ({ detail }) => { this.#onMessage(client, detail) })
    client.addEventListener('state', ({ detail }) => { void this.#onState(client, detail) })
    return client
  }

  async #register (client: Client): Promise<void> {
    for (let left = REGISTRATIONS; ; left--) {
      try {
        await client.register()
        return
      } catch (error) {
        if (left <= 1) throw error
        await this.#components.clock.until(this.#components.clock.now() + REGISTRATION_PAUSE_MS)
      }
    }
  }

  async #send (client: Client, to: Person, text: string): Promise<void> {
    const { clock, testimony } = this.#components
    const at = clock.now()
    const chat = await client.chat(to.userId as UserId)
    const sent = await chat.send(text)
    const line = (await chat.history({ limit: HISTORY_LOOKED_AT })).findLast(({ id }) => id === sent.id)
    if (line === undefined) throw new Error(`message ${sent.id} was sent and is not in its writer’s history`)
    testimony.written({ at, message: messageOf(line, keyOf(client.device)), expiry: clock.ofWall(line.sentAt + LIMITS.retentionMs) })
  }

  #onMessage (client: Client, line: ChatMessage): void {
    const { clock, testimony } = this.#components
    const event = { at: clock.now(), reader: parseUserId(client.userId), device: keyOf(client.device), message: messageOf(line, undefined), missing: line.missing, late: line.late }
    testimony.about(line.id, () => { testimony.witness.shown(event) })
  }

  /** The client holds what it tells of: nothing is read from a disk here, and the receipts are those of this moment. */
  async #onState (client: Client, { id, state, copies, w, problem }: MessageProgress): Promise<void> {
    const { clock, testimony } = this.#components
    const at = clock.now()
    const receipts = (await client.sent(id))?.receipts ?? []
    const envelopes = [...new Set(receipts.map(({ envelope }) => envelope))]
    const nodes = [...new Set(receipts.map(({ node }) => node))]
    testimony.about(id, () => { testimony.witness.state({ at, id, state, copies, w, envelopes, nodes, problem }) })
  }

  #tellProcess (client: Client, up: boolean): void {
    const { clock, testimony } = this.#components
    testimony.witness.process({ at: clock.now(), actor: keyOf(client.device), isNode: false, up, left: false })
  }
}

/** As witnesses know messages. device: undefined where the public API does not tell which of the author's it was. */
function messageOf ({ id, from, conversation, sentAt, stamp, parents, text }: ChatMessage, device: PeerKey | undefined): Message {
  const root = parseUserId(from)
  const content = { type: 'text', text, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 } as const
  return { id, from: root, device: device ?? root as string as PeerKey, conversation: parseUserId(conversation), sentAt, stamp, parents, content: { ...content, mentions: [] } }
}

function keyOf (device: string): PeerKey { return peerKeyFromPeerId(peerIdFromString(device)) }
