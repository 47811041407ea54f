/**
 * All device sessions of a node, as src/node/sessions.ts keeps them: it takes their streams and ends those that are
 * silent, revoked or too many.
 */
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { departureSlotMs } from '../../src/node/departure.core.ts'
import { SESSION } from './frames.ts'
import { SimSession, type SessionEnd, type SessionHost } from './node-session.ts'
import type { Chance } from '../world/chance.ts'
import type { Host } from '../world/network.ts'
import type { MailboxId, PeerKey } from '../../src/types.ts'

export class SimSessions {
  readonly #host: SessionHost
  /** By device, the oldest first. */
  readonly #sessions = new Map<PeerKey, SimSession[]>()
  readonly #departing = new Map<SimSession, () => void>()
  #count = 0
  /** Bytes given to sessions since it was last looked how many of them still wait. */
  #queuedSince = 0
  #cancelCheck: (() => void) | undefined
  #isStopped = false

  constructor (network: Host, host: Omit<SessionHost, 'queued' | 'ended'>) {
    this.#host = { ...host, queued: bytes => { this.#onQueued(bytes) }, ended: session => { this.#remove(session) } }
    network.handle(SESSION, stream => { if (!host.process.isOver) this.#open(stream as unknown as SessionEnd) })
  }

  get count (): number { return this.#count }

  get all (): SimSession[] { return [...this.#sessions.values()].flat() }

  /** Sends what is queued and closes every session. */
  stop (): void {
    this.#isStopped = true
    this.#cancelCheck?.()
    for (const session of this.all) session.close()
  }

  /** Sends every attached device elsewhere, each at a moment of its own; done when none of them is left. */
  depart (chance: Chance, done: () => void): void {
    const going = this.all.filter(({ attached }) => attached !== undefined)
    if (going.length === 0) return done()
    let left = going.length
    for (const session of going) {
      const cancel = this.#host.process.after(departureSlotMs(going.length, chance.fraction()), () => { session.leave() })
      this.#departing.set(session, () => {
        cancel()
        if (--left === 0) done()
      })
    }
  }

  /** Ends the sessions of those of a user's devices that are not `devices`. */
  keepOnly (mailbox: MailboxId, devices: PeerKey[]): void {
    for (const session of this.all) {
      if (session.attached?.mailbox === mailbox && !devices.includes(session.device)) session.close()
    }
  }

  #open (stream: SessionEnd): void {
    if (this.#isStopped) return stream.abort()
    const session = new SimSession(stream, this.#host)
    const others = this.#sessions.get(session.device)
    if (others === undefined) this.#sessions.set(session.device, [session])
    else others.push(session)
    this.#count++
    this.#cancelCheck ??= this.#checkLater()
    if (others !== undefined && others.length > NODE_DEFAULTS.sessionsPerDeviceMax) others[0]?.abort()
  }

  #remove (session: SimSession): void {
    this.#departing.get(session)?.()
    this.#departing.delete(session)
    const sessions = this.#sessions.get(session.device)
    const at = sessions?.indexOf(session) ?? -1
    if (sessions === undefined || at === -1) return
    sessions.splice(at, 1)
    if (sessions.length === 0) this.#sessions.delete(session.device)
    this.#count--
  }

  /** While there are any. */
  #checkLater (): () => void {
    return this.#host.process.after(NODE_DEFAULTS.silenceCheckMs, () => {
      const silentSince = this.#host.process.now() - NODE_DEFAULTS.sessionIdleMs
      for (const session of this.all) if (session.lastHeard < silentSince) session.abort()
      this.#cancelCheck = this.#count > 0 ? this.#checkLater() : undefined
    })
  }

  /** Looks at what really waits each time that a quarter of the limit has been given out. */
  #onQueued (bytes: number): void {
    this.#queuedSince += bytes
    if (this.#queuedSince < NODE_DEFAULTS.queuedBytesMax / 4) return
    this.#queuedSince = 0
    const waiting = this.all.map(session => ({ session, bytes: session.queuedBytes })).sort((a, b) => b.bytes - a.bytes)
    let surplus = waiting.reduce((sum, { bytes }) => sum + bytes, 0) - NODE_DEFAULTS.queuedBytesMax * 3 / 4
    for (const { session, bytes } of waiting) {
      if (surplus <= 0) break
      surplus -= bytes
      session.abort()
    }
  }
}
