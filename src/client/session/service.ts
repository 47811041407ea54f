/**
 * Performs what the links core decides: opens sessions with the user's nodes, keeps their hearts beating, and asks
 * whichever answers. Above it nobody knows how many links there are; below it nobody knows why.
 */
import { ConnectionLostError, RefusedError, TimedOutError, UnreachableError } from '../../errors.ts'
import { REFUSAL } from '../../types.ts'
import { SESSION_PROTOCOL } from '../../wire/protocols.ts'
import { SESSION_DEFAULTS } from './defaults.ts'
import { HeartbeatCore } from './heartbeat.core.ts'
import { LinksCore } from './links.core.ts'
import { Session } from './session.ts'
import type { HeartbeatEvent } from './heartbeat.core.ts'
import type { LinksEvent } from './links.core.ts'
import type { SessionEvents } from './session.ts'
import type { Abortable, Clock, Network, Random } from '../../ports.ts'
import type { PeerKey } from '../../types.ts'
import type { Logger, Stream } from '@libp2p/interface'

/** A user's node and where it was last seen. */
export interface ListedNode { node: PeerKey, addressHints: string[] }

export interface LinksComponents { network: Pick<Network, 'open'>, clock: Clock, random: Pick<Random, 'fraction'>, log: Logger }

export interface LinksServiceInit {
  networkId: string
  /** Shows the node whose device this is, and registers first where that is needed. A throw ends the session. */
  attach: (session: Session, options: { signal: AbortSignal }) => Promise<void>
  events: Omit<SessionEvents, 'heard' | 'ended'>
  attached: (session: Session) => void
  /** The session was attached before. */
  detached: (session: Session) => void
  /** A node could not be reached or did not take us. */
  failed: (node: PeerKey, error: Error) => void
}

interface Opened { session?: Session, attached: boolean, abort: AbortController, cancelBeat?: () => void }

export class Links {
  readonly #components: LinksComponents
  readonly #init: LinksServiceInit
  readonly #core = new LinksCore()
  readonly #opened = new Map<PeerKey, Opened>()
  readonly #hearts = new Map<PeerKey, HeartbeatCore>()
  readonly #arrivals = new Set<() => void>()
  #hints = new Map<PeerKey, string[]>()
  #cancelWake: (() => void) | undefined

  constructor (components: LinksComponents, init: LinksServiceInit) {
    this.#components = components
    this.#init = init
  }

  /** Attached sessions, in the user's order of preference. */
  get sessions (): Session[] {
    return this.#core.attached.flatMap(node => this.#opened.get(node)?.session ?? [])
  }

  session (node: PeerKey): Session | undefined {
    const opened = this.#opened.get(node)
    return opened?.attached === true ? opened.session : undefined
  }

  /** The user's nodes in order of preference; dials what is needed. */
  list (nodes: ListedNode[]): void {
    this.#hints = new Map(nodes.map(({ node, addressHints }) => [node, addressHints]))
    for (const node of this.#hearts.keys()) if (!this.#hints.has(node)) this.#hearts.delete(node)
    this.#decide({ type: 'nodes', nodes: nodes.map(({ node }) => node) })
  }

  /** Somebody waits: tries every node now. */
  hurry (): void { this.#decide({ type: 'hurry' }) }

  /** The node is about to go: others take its place before it does. */
  leaving (node: PeerKey, retryAfterSeconds: number): void {
    this.#decide({ type: 'leaving', node, fraction: this.#components.random.fraction(), retryAfterMs: retryAfterSeconds * 1000 })
  }

  /** Words of the user went out to this node. */
  said (node: PeerKey): void { this.#beat(node, { type: 'said' }) }

  /** Says goodbye everywhere. */
  async stop (options?: Abortable): Promise<void> {
    const sessions = this.sessions
    for (const session of sessions) this.#opened.delete(session.node)
    this.#decide({ type: 'stop' })
    this.#cancelWake?.()
    await Promise.all(sessions.map(async session => {
      this.#hearts.get(session.node)?.handle({ type: 'ended', broken: false }, this.#components.clock.now())
      await session.close(options).catch((error: Error) => { session.abort(error) })
      this.#init.detached(session)
    }))
  }

  /** Waits until one node at least has taken us. Rejects with the signal's reason. */
  async arrival ({ signal }: Abortable = {}): Promise<Session> {
    for (;;) {
      signal?.throwIfAborted()
      const [first] = this.sessions
      if (first !== undefined) return first
      await new Promise<void>((resolve, reject) => {
        const done = (): void => { this.#arrivals.delete(done); signal?.removeEventListener('abort', onAbort); resolve() }
        const onAbort = (): void => { this.#arrivals.delete(done); reject(signal?.reason instanceof Error ? signal.reason : new TimedOutError('the wait was given up')) }
        this.#arrivals.add(done)
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    }
  }

  /** Asks the first node, and the next ones when it does not answer or cannot. */
  async ask<T> (question: (session: Session) => Promise<T>, { signal }: Abortable = {}): Promise<T> {
    let failure: Error = new UnreachableError('none of your nodes can be reached')
    for (const session of this.sessions) {
      signal?.throwIfAborted()
      try {
        return await question(session)
      } catch (error) {
        signal?.throwIfAborted()
        if (!isWorthAnother(error)) throw error
        failure = error as Error
      }
    }
    throw failure
  }

  #decide (event: LinksEvent): void {
    for (const effect of this.#core.handle(event, this.#components.clock.now())) {
      switch (effect.type) {
        case 'dial':
          void this.#open(effect.node)
          break
        case 'close':
          this.#close(effect.node)
          break
        case 'wake':
          this.#cancelWake?.()
          this.#cancelWake = this.#components.clock.after(Math.max(0, effect.at - this.#components.clock.now()), () => { this.#decide({ type: 'wake' }) })
      }
    }
  }

  async #open (node: PeerKey): Promise<void> {
    const { network, clock, log } = this.#components
    const opened: Opened = { attached: false, abort: new AbortController() }
    this.#opened.set(node, opened)
    const { signal } = opened.abort
    const cancel = clock.after(SESSION_DEFAULTS.openTimeoutMs, () => { opened.abort.abort(new TimedOutError(`the node did not answer within ${SESSION_DEFAULTS.openTimeoutMs / 1000} s`)) })
    try {
      const stream = await network.open(node, this.#hints.get(node) ?? [], SESSION_PROTOCOL, { signal })
      opened.session = this.#session(stream, node, opened)
      signal.addEventListener('abort', () => { opened.session?.abort(signal.reason as Error) })
      if (signal.aborted) opened.session.abort(signal.reason as Error)
      await opened.session.ready
      await this.#init.attach(opened.session, { signal })
      signal.throwIfAborted()
      if (!opened.session.open) throw new ConnectionLostError('the node ended the connection')
      this.#onAttached(node, opened, opened.session)
    } catch (error) {
      log('node %s: %s', node.slice(0, 8), (error as Error).message)
      opened.session?.abort(error as Error)
      this.#onFailed(node, opened, error as Error)
    } finally {
      cancel()
    }
  }

  #session (stream: Stream, node: PeerKey, opened: Opened): Session {
    const events: SessionEvents = {
      ...this.#init.events,
      heard: (_, spoken) => {
        if (opened.attached) this.#decide({ type: 'good', node })
        this.#beat(node, { type: 'heard', spoken })
      },
      ended: (session, error) => { this.#onEnded(session, opened, error) }
    }
    return new Session({ stream, node, network: this.#init.networkId, clock: this.#components.clock, events })
  }

  #onAttached (node: PeerKey, opened: Opened, session: Session): void {
    if (this.#opened.get(node) !== opened) return session.abort(new ConnectionLostError('the link is no longer needed'))
    opened.attached = true
    if (!this.#hearts.has(node)) this.#hearts.set(node, new HeartbeatCore())
    this.#beat(node, { type: 'opened' })
    this.#decide({ type: 'attached', node })
    // Two better ones may have come first.
    if (this.#opened.get(node) !== opened) return
    this.#init.attached(session)
    for (const arrived of [...this.#arrivals]) arrived()
  }

  #onFailed (node: PeerKey, opened: Opened, error: Error): void {
    if (this.#opened.get(node) !== opened || opened.attached) return
    this.#opened.delete(node)
    this.#init.failed(node, error)
    const retryAfterMs = error instanceof RefusedError ? error.refusal.retryAfterSeconds * 1000 : 0
    this.#decide({ type: 'lost', node, fraction: this.#components.random.fraction(), retryAfterMs })
  }

  #onEnded (session: Session, opened: Opened, error?: Error): void {
    opened.cancelBeat?.()
    if (!opened.attached || this.#opened.get(session.node) !== opened) return
    this.#hearts.get(session.node)?.handle({ type: 'ended', broken: error !== undefined }, this.#components.clock.now())
    this.#opened.delete(session.node)
    this.#init.detached(session)
    this.#decide({ type: 'lost', node: session.node, fraction: this.#components.random.fraction() })
  }

  #close (node: PeerKey): void {
    const opened = this.#opened.get(node)
    if (opened === undefined) return
    this.#opened.delete(node)
    const { session } = opened
    if (!opened.attached || session === undefined) return opened.abort.abort(new ConnectionLostError('the link is no longer needed'))
    this.#init.detached(session)
    session.close().catch((error: Error) => { session.abort(error) })
  }

  #beat (node: PeerKey, event: HeartbeatEvent): void {
    const { clock } = this.#components
    const opened = this.#opened.get(node)
    if (opened?.session === undefined || !opened.attached) return
    for (const effect of this.#hearts.get(node)?.handle(event, clock.now()) ?? []) {
      switch (effect.type) {
        case 'ping':
          opened.session.ping()
          break
        case 'dead':
          opened.session.abort(new TimedOutError('the node no longer answers'))
          break
        case 'wake':
          opened.cancelBeat?.()
          opened.cancelBeat = clock.after(Math.max(0, effect.at - clock.now()), () => { this.#beat(node, { type: 'wake' }) })
      }
    }
  }
}

/** Refusals of what was said, which any other node would refuse as well. */
const FINAL: ReadonlySet<number> = new Set([REFUSAL.expired, REFUSAL.expiryTooFar, REFUSAL.stale, REFUSAL.collected])

/** Another node may well answer what this one did not, or answered oddly. */
function isWorthAnother (error: unknown): boolean {
  return !(error instanceof RefusedError && FINAL.has(error.refusal.code))
}
