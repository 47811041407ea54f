/**
 * The client: a store with its account, and a run of everything else between `start` and `stop`. What programs see
 * is api.ts; what happens is in the parts of a run (running.ts).
 */
import { TypedEventEmitter } from '@libp2p/interface'
import { ConnectionLostError, MalformedError, RevokedError, TimedOutError, UnreachableError, UserNotRoutedError } from '../errors.ts'
import { parseUserId, peerIdFromPeerKey, userIdOf } from '../identity/index.ts'
import { ChatRoom } from './chat.ts'
import { ContactList } from './contact-list.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { chatMessageOf } from './lines.ts'
import { openAccount } from './opening.ts'
import { nameFrom } from './petnames.ts'
import { RunningClient } from './running.ts'
import { Sent, SentMessages } from './sent.ts'
import type { AmendmentContent, ConversationId, LineContent, MessageId, PeerKey, UserId } from '../types.ts'
import type { Chat, ChatMessage, Client, ClientEvents, ClientStatus, ContactSummary, ConversationSummary, Device, LinkInvitation, Route, SentMessage, Waiting } from './api.ts'
import type { HistoryLine } from './history/index.ts'
import type { Shown } from './inbox/service.ts'
import type { Opening, ResolvedInit } from './opening.ts'
import type { SentStatus } from './outbox/status.ts'
import type { RunEvents } from './running.ts'
import type { Surroundings } from './problems.ts'

export class PosthouseClient extends TypedEventEmitter<ClientEvents> implements Client {
  readonly userId: UserId
  readonly device: string
  readonly recoveryPhrase: string | undefined
  readonly #init: ResolvedInit
  readonly #sent = new SentMessages()
  readonly #warnings: string[] = []
  #opening: Opening | undefined
  #run: RunningClient | undefined
  /** Lines are told in the order in which they came to the history. */
  #telling: Promise<void> = Promise.resolve()
  /** Starts and stops, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor (opening: Opening, init: ResolvedInit) {
    super()
    this.#opening = opening
    // Whoever reads this process's memory later finds no phrase in it.
    this.#init = { ...init, phrase: undefined } as ResolvedInit
    this.userId = opening.account.userId
    this.device = peerIdText(opening.account.device.publicKey)
    this.recoveryPhrase = opening.recoveryPhrase
    if (opening.notice !== undefined) this.#warn(opening.notice)
  }

  async start (): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#run !== undefined) return
      this.#opening ??= await openAccount({ ...this.#init, existing: true })
      this.#run = await RunningClient.start(this.#opening, this.#opening.history, this.#init, this.#runEvents())
      // Who starts it by hand says by hand who is to serve a new user.
      if (this.#init.start !== false || this.#opening.account.record !== undefined) this.#run.renewSoon()
    })
  }

  async stop (): Promise<void> {
    await this.#inTurn(async () => {
      this.#sent.stop()
      await this.#run?.stop()
      this.#run = undefined
      await this.#telling
      await this.#opening?.store.close()
      this.#opening = undefined
    })
  }

  async register (options: { nodes?: string[] } & Waiting = {}): Promise<{ nodes: string[], copies: number }> {
    const { nodes, copies } = await this.#running.register(options)
    return { nodes: nodes.map(peerIdText), copies }
  }

  async chat (userId: string): Promise<Chat> {
    return new ChatRoom(parseUserId(userId), {
      own: this.#opened.account.root,
      crypto: this.#init.crypto,
      readReceipts: this.#init.readReceipts !== false,
      conversing: () => this.#running.conversing,
      history: async () => this.#opened.history,
      show: async line => await this.#show(line),
      say: async (conversation, content) => await this.#say(conversation, content)
    })
  }

  async conversations (): Promise<ConversationSummary[]> {
    const { history, store, account } = this.#opened
    const names = new ContactList(store, account.vault)
    const found = await history.conversations()
    return await Promise.all(found.map(async ({ conversation }) => {
      const [last] = await history.page(conversation, { limit: 1 })
      return {
        userId: userIdOf(conversation),
        name: await names.get(conversation),
        unread: await history.unread(conversation),
        last: last === undefined ? undefined : await this.#show(last),
        expiresAfterSeconds: await history.timer(conversation)
      }
    }))
  }

  async contacts (): Promise<ContactSummary[]> {
    const { store, account } = this.#opened
    return await new ContactList(store, account.vault).all()
  }

  async nameContact (userId: string, name: string): Promise<void> {
    const root = parseUserId(userId)
    if (root === this.#opened.account.root) throw new MalformedError('that is your own id: names are for others')
    const { contacts, devices } = this.#running
    await contacts.setName(root, nameFrom(name))
    await devices.tellContacts()
  }

  devices (): Device[] { return this.#running.devices.list() }
  async invite (): Promise<LinkInvitation> { return this.#running.devices.invite() }
  async revoke (device: string, phrase: string): Promise<void> { await this.#running.devices.revoke(device, phrase) }

  async exportTo (...options: Parameters<Client['exportTo']>): Promise<void> { await this.#running.devices.exportTo(...options) }
  async importFrom (...options: Parameters<Client['importFrom']>): ReturnType<Client['importFrom']> { return await this.#running.devices.importFrom(...options) }

  async * messages ({ since }: { since?: MessageId } = {}): AsyncGenerator<ChatMessage> {
    const history = this.#opened.history
    const position = since === undefined ? undefined : await history.position(since)
    if (since !== undefined && position === undefined) throw new MalformedError(`there is no message ${since}`)
    for await (const line of history.arrivals(position)) yield await this.#show(line)
  }

  async sent (id: MessageId): Promise<SentMessage | undefined> {
    const held = this.#sent.get(id)
    if (held !== undefined) return held
    const stored = await this.#opened.store.sent.get(id)
    if (stored === undefined) return undefined
    const status = this.#run?.conversing.outbox.status(id) ?? { ...stored, id, problem: undefined, ended: false }
    return this.#sent.get(id) ?? this.#hold(status)
  }

  async route (userId: string, { fresh, signal }: { fresh?: boolean } & Waiting = {}): Promise<Route> {
    const root = parseUserId(userId)
    const startedAt = performance.now()
    const { contact: { record }, source } = await this.#running.contacts.resolve(root, { fresh: fresh === true, ...signal === undefined ? {} : { signal } })
    if (record === undefined) throw new UserNotRoutedError(`nobody knows which nodes serve ${userId}`)
    return {
      userId: record.userId,
      seq: record.order.seq,
      notAfter: record.notAfter,
      nodes: record.entries.map(({ node }) => peerIdText(node)),
      source,
      ms: Math.round((performance.now() - startedAt) * 10) / 10
    }
  }

  async settled ({ signal }: Waiting = {}): Promise<void> {
    const { clock } = this.#init
    while (!this.#running.isSettled) {
      if (this.#running.devices.isRevoked) throw new RevokedError()
      if (signal?.aborted === true) {
        const isConnected = this.#running.links.sessions.length > 0
        throw isConnected ? new TimedOutError('your nodes did not hand over everything in time') : new UnreachableError('none of your nodes can be reached')
      }
      await new Promise<void>(resolve => { clock.after(CLIENT_DEFAULTS.settleLookMs, resolve) })
    }
  }

  status (): ClientStatus {
    return {
      userId: this.userId,
      nodes: this.#opening?.account.nodes.map(({ node }) => peerIdText(node)) ?? [],
      connected: this.#run?.links.sessions.map(({ node }) => peerIdText(node)) ?? [],
      queued: this.#run?.conversing.outbox.size ?? 0,
      unopened: this.#run?.conversing.groups.unopened ?? 0,
      warnings: [...this.#warnings]
    }
  }

  get #running (): RunningClient {
    if (this.#run === undefined) throw new ConnectionLostError('the client is not running: start it first')
    return this.#run
  }

  get #opened (): Opening {
    if (this.#opening === undefined) throw new ConnectionLostError('the client is not running: start it first')
    return this.#opening
  }

  async #inTurn (task: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(task)
    this.#turn = turn.catch(() => { /* whoever asked for this turn is told */ })
    await turn
  }

  async #say (conversation: ConversationId, content: LineContent | AmendmentContent): Promise<SentMessage> {
    const status = await this.#running.conversing.writing.say(conversation, content)
    return this.#sent.get(status.id) ?? this.#hold(status)
  }

  async #show (line: HistoryLine): Promise<ChatMessage> {
    const { store, account } = this.#opened
    const { id, from } = line.message
    return chatMessageOf(line, from === account.root ? (await store.sent.get(id))?.state : undefined)
  }

  #hold (status: SentStatus): Sent {
    return this.#sent.add(new Sent(status, ({ to }): Surroundings => ({
      nodes: this.#opening?.account.nodes.length ?? 0,
      connected: this.#run?.links.sessions.length ?? 0,
      isRevoked: this.#run?.devices.isRevoked === true,
      isUnrouted: this.#run?.conversing.outbox.isUnrouted(to) ?? false
    })))
  }

  #runEvents (): RunEvents {
    return {
      shown: line => { this.#tell(line) },
      changed: (conversation, ids) => { for (const id of ids) this.#emit('changed', { conversation: userIdOf(conversation), id }) },
      typing: from => { this.#emit('typing', { conversation: userIdOf(from), from: userIdOf(from) }) },
      named: (root, name) => { this.#emit('contact', { userId: userIdOf(root), name }) },
      devices: () => { this.#emit('devices', this.devices()) },
      transfer: progress => { this.#emit('transfer', progress) },
      told: status => {
        const sent = this.#sent.get(status.id) ?? this.#hold(status)
        if (sent.update(status)) this.#emit('state', sent.progress)
      },
      presence: change => { this.#emit('presence', change) },
      connection: (node, connected) => {
        this.#sent.poke()
        this.#emit('connection', { node: peerIdText(node), connected })
      },
      warning: sentence => { this.#warn(sentence) }
    }
  }

  /** With whatever was said about it before it came. */
  #tell ({ conversation, message: { id } }: Shown): void {
    const read = this.#opened.history.message(id, conversation)
    const told = Promise.all([read, this.#telling]).then(async ([line]) => {
      if (line !== undefined) this.#emit('message', await this.#show(line))
    })
    this.#telling = told.catch((error: Error) => { this.#warn(`a message that came could not be read again: ${error.message}`) })
  }

  #warn (sentence: string): void {
    this.#warnings.push(sentence)
    if (this.#warnings.length > CLIENT_DEFAULTS.warningsKept) this.#warnings.shift()
    this.#emit('warning', sentence)
  }

  #emit<Type extends keyof ClientEvents> (type: Type, detail: ClientEvents[Type]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

function peerIdText (node: PeerKey): string {
  return peerIdFromPeerKey(node).toString()
}
