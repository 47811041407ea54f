/** All device sessions of a node: takes their streams, ends the silent ones, and lets the node say goodbye. */
import { MalformedError } from '../errors.ts'
import { SESSION_PROTOCOL } from '../wire/protocols.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { Session } from './session.ts'
import type { SessionHost } from './session.ts'
import type { Clock, Network } from '../ports.ts'

/** How often silent sessions are looked for. */
const SILENCE_CHECK_MS = 60_000

export interface SessionsComponents { network: Network, clock: Clock, host: SessionHost }

export class Sessions {
  readonly #components: SessionsComponents
  readonly #sessions = new Set<Session>()
  #opened = 0
  #cancelCheck: (() => void) | undefined

  constructor (components: SessionsComponents) { this.#components = components }

  get count (): number { return this.#sessions.size }

  async start (): Promise<void> {
    const { network, host } = this.#components
    const tracked: SessionHost = {
      ...host,
      ended: (session, goodbye) => {
        this.#sessions.delete(session)
        host.ended(session, goodbye)
      }
    }
    await network.handle(SESSION_PROTOCOL, (stream, peer) => {
      this.#opened++
      this.#sessions.add(new Session(`session-${this.#opened}`, stream, peer, tracked))
    }, { maxInboundStreams: NODE_DEFAULTS.sessionsPerConnectionMax })
    this.#check()
  }

  /** Sends what is queued and closes every session. */
  async stop (): Promise<void> {
    this.#cancelCheck?.()
    await this.#components.network.unhandle(SESSION_PROTOCOL)
    await Promise.allSettled([...this.#sessions].map(async session => { await session.close() }))
  }

  #check (): void {
    this.#cancelCheck = this.#components.clock.after(SILENCE_CHECK_MS, () => {
      const silentSince = this.#components.clock.now() - NODE_DEFAULTS.sessionIdleMs
      for (const session of this.#sessions) {
        if (session.lastHeard < silentSince) session.abort(new MalformedError('the session said nothing for too long'))
      }
      this.#check()
    })
  }
}
