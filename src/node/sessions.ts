/**
 * All device sessions of a node: takes their streams, ends those that are silent, revoked or too many, and lets the node
 * say goodbye. What may wait for all devices together has a limit, whatever each of them may have waiting.
 */
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { ConnectionLostError, TimedOutError, TooLargeError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { SESSION_PROTOCOL } from '../wire/protocols.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { departureSlotMs } from './departure.core.ts'
import { placeOf, reachOf } from './reach.ts'
import { Session } from './session.ts'
import type { SessionHost } from './session.ts'
import type { Clock, Network, Random } from '../ports.ts'
import type { MailboxId, PeerKey } from '../types.ts'
import type { Leaving } from '../wire/mail.ts'
import type { Stream } from '@libp2p/interface'

export interface SessionsComponents {
  network: Network
  clock: Clock
  random: Pick<Random, 'fraction'>
  host: Omit<SessionHost, 'queued'>
  /** Bytes that may wait for all devices together. */
  queuedBytesMax?: number
  /** Which place a device's address belongs to; undefined for one without limits. */
  place?: (address: Multiaddr) => string | undefined
}

export class Sessions {
  readonly #components: SessionsComponents
  readonly #queuedBytesMax: number
  readonly #placeOf: (address: Multiaddr) => string | undefined
  readonly #host: SessionHost
  /** By device, the oldest first. */
  readonly #sessions = new Map<PeerKey, Session[]>()
  #opened = 0
  #count = 0
  /** Devices that are being sent away: what to do when their session is over. */
  readonly #departing = new Map<Session, () => void>()
  /** Bytes given to sessions since it was last looked how many of them still wait. */
  #queuedSince = 0
  #cancelCheck: (() => void) | undefined

  constructor (components: SessionsComponents) {
    const { host, queuedBytesMax = NODE_DEFAULTS.queuedBytesMax, place = placeOf } = components
    this.#components = components
    this.#queuedBytesMax = queuedBytesMax
    this.#placeOf = place
    this.#host = {
      ...host,
      queued: (_, bytes) => { this.#onQueued(bytes) },
      ended: (session, goodbye) => {
        this.#remove(session)
        host.ended(session, goodbye)
      }
    }
  }

  get count (): number { return this.#count }

  async start (): Promise<void> {
    const { network } = this.#components
    await network.handle(SESSION_PROTOCOL, (stream, peer, from) => { this.#open(stream, peer, from) }, { maxInboundStreams: NODE_DEFAULTS.sessionsPerConnectionMax })
    this.#check()
  }

  /** Sends what is queued and closes every session. */
  async stop (): Promise<void> {
    this.#cancelCheck?.()
    await this.#components.network.unhandle(SESSION_PROTOCOL)
    await Promise.allSettled(this.#all().map(async session => { await session.close() }))
    for (const session of this.#all()) session.abort(new TimedOutError('the node is stopping'))
  }

  /**
   * Sends attached devices elsewhere, all or `only` these: each hears at a moment of its own where to go, and its session ends
   * a little later. Resolves when none of them is left.
   */
  async depart (leaving: (session: Session) => Leaving, only = this.attached): Promise<void> {
    const { clock, random } = this.#components
    const going = only.filter(session => !this.#departing.has(session))
    await Promise.all(going.map(async session => {
      await new Promise<void>(resolve => {
        const cancel = clock.after(departureSlotMs(going.length, random.fraction()), () => { session.leave(leaving(session)) })
        this.#departing.set(session, () => {
          cancel()
          resolve()
        })
      })
    }))
  }

  /** Sessions of devices that have shown whose they are. */
  get attached (): Session[] { return this.#all().filter(({ attached }) => attached !== undefined) }

  /** How many devices are being sent away. */
  get departing (): number { return this.#departing.size }

  /** Ends the sessions of those of a user's devices that are not `devices`; without any, of all. */
  keepOnly (mailbox: MailboxId, devices: PeerKey[] = []): void {
    for (const session of this.#all()) {
      if (session.attached?.mailbox === mailbox && !devices.includes(session.device)) {
        session.dismiss({ code: REFUSAL.notServed, retryAfterSeconds: 0 }, 'its user’s newest profile does not list it')
      }
    }
  }

  /** The sessions of a device. */
  of (device: PeerKey): Session[] { return this.#sessions.get(device) ?? [] }

  #open (stream: Stream, device: PeerKey, from: string | undefined): void {
    const address = from === undefined ? undefined : multiaddr(from)
    const session = new Session({
      id: `session-${++this.#opened}`,
      stream,
      device,
      place: address === undefined ? undefined : this.#placeOf(address),
      // Of a device whose place is not known, the least is believed.
      reach: address === undefined ? 'internet' : reachOf(address) ?? 'internet'
    }, this.#host)
    const others = this.#sessions.get(device) ?? []
    this.#sessions.set(device, [...others, session])
    this.#count++
    const oldest = others.length >= NODE_DEFAULTS.sessionsPerDeviceMax ? others[0] : undefined
    oldest?.abort(new ConnectionLostError('the device has newer ones'))
  }

  #remove (session: Session): void {
    this.#departing.get(session)?.()
    this.#departing.delete(session)
    const sessions = this.#sessions.get(session.device) ?? []
    const rest = sessions.filter(other => other !== session)
    if (rest.length === 0) this.#sessions.delete(session.device)
    else this.#sessions.set(session.device, rest)
    this.#count -= sessions.length - rest.length
  }

  #all (): Session[] { return [...this.#sessions.values()].flat() }

  #check (): void {
    this.#cancelCheck = this.#components.clock.after(NODE_DEFAULTS.silenceCheckMs, () => {
      const silentSince = this.#components.clock.now() - NODE_DEFAULTS.sessionIdleMs
      for (const session of this.#all()) {
        if (session.lastHeard < silentSince) session.abort(new TimedOutError('it said nothing for too long'))
      }
      this.#check()
    })
  }

  /** Looks at what really waits each time that a quarter of the limit has been given out. */
  #onQueued (bytes: number): void {
    this.#queuedSince += bytes
    if (this.#queuedSince < this.#queuedBytesMax / 4) return
    this.#queuedSince = 0
    const waiting = this.#all().map(session => ({ session, bytes: session.queuedBytes })).sort((a, b) => b.bytes - a.bytes)
    let surplus = waiting.reduce((sum, { bytes }) => sum + bytes, 0) - this.#queuedBytesMax * 3 / 4
    for (const { session, bytes } of waiting) {
      if (surplus <= 0) break
      surplus -= bytes
      session.abort(new TooLargeError('it reads too slowly, and too much waits for all devices together'))
    }
  }
}
