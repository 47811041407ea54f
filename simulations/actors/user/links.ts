/**
 * Performs what the shipped links and heartbeat cores decide, as src/client/session/service.ts does: opens sessions with
 * the user's nodes, keeps their hearts beating, and asks whichever answers.
 */
import { SESSION_DEFAULTS } from '../../../src/client/session/defaults.ts'
import { HeartbeatCore, type HeartbeatEvent } from '../../../src/client/session/heartbeat.core.ts'
import { LinksCore, type LinksEvent } from '../../../src/client/session/links.core.ts'
import { REFUSAL } from '../../../src/types.ts'
import { SESSION, type DeviceFrame, type NodeFrame } from '../frames.ts'
import { Session, type Asked, type Outcome, type SessionEvents } from './session.ts'
import { Turns } from './turns.ts'
import type { StreamEnd } from '../../world/network.ts'
import type { Alarm, DeviceProcess } from './process.ts'
import type { Question } from './visit.ts'
import type { PeerKey } from '../../../src/types.ts'

export interface LinksInit {
  process: DeviceProcess
  /** Shows the node whose device this is, and registers first where that is needed. */
  attach: Question
  events: Omit<SessionEvents, 'ready' | 'heard' | 'ended'>
  attached: (session: Session) => void
  /** The session was attached before. */
  detached: (session: Session) => void
  /** A node could not be reached or did not take us. */
  failed: (node: PeerKey, outcome: Outcome) => void
}

/** One attempt at a node, and the session that came of it. */
interface Opened { session: Session | undefined, attached: boolean, isOver: boolean, cancelOpening: () => void, cancelBeat: () => void }

/** Refusals of what was said, which any other node would refuse as well. */
const FINAL: ReadonlySet<number> = new Set([REFUSAL.expired, REFUSAL.expiryTooFar, REFUSAL.stale, REFUSAL.collected])

export class Links {
  readonly #init: LinksInit
  readonly #core = new LinksCore()
  readonly #turns = new Turns<LinksEvent>(event => { this.#decide(event) })
  readonly #opened = new Map<PeerKey, Opened>()
  readonly #hearts = new Map<PeerKey, HeartbeatCore>()
  readonly #arrivals = new Set<() => void>()
  #listed: PeerKey[] = []
  readonly #wake: Alarm

  constructor (init: LinksInit) {
    this.#init = init
    this.#wake = init.process.alarm(() => { this.#turns.handle({ type: 'wake' }) })
  }

  /** Attached sessions, in the user's order of preference. */
  get sessions (): Session[] { return this.#core.attached.flatMap(node => this.#opened.get(node)?.session ?? []) }

  session (node: PeerKey): Session | undefined {
    const opened = this.#opened.get(node)
    return opened?.attached === true ? opened.session : undefined
  }

  /** The user's nodes in order of preference; dials what is needed. */
  list (nodes: PeerKey[]): void {
    this.#listed = nodes
    for (const node of this.#hearts.keys()) if (!nodes.includes(node)) this.#hearts.delete(node)
    this.#turns.handle({ type: 'nodes', nodes })
  }

  /** Somebody waits: tries every node now. */
  hurry (): void { this.#turns.handle({ type: 'hurry' }) }

  /** The node is about to go: others take its place before it does. */
  leaving (node: PeerKey, retryAfterSeconds: number): void {
    this.#turns.handle({ type: 'leaving', node, fraction: this.#init.process.chance.fraction(), retryAfterMs: retryAfterSeconds * 1000 })
  }

  /** Words of the user went out to this node. */
  said (node: PeerKey): void { this.#beat(node, { type: 'said' }) }

  /** Says goodbye everywhere. */
  stop (): void {
    const { sessions } = this
    for (const session of sessions) this.#opened.delete(session.node)
    this.#turns.handle({ type: 'stop' })
    this.#wake.stop()
    for (const session of sessions) {
      session.close()
      this.#init.detached(session)
    }
  }

  /** Calls once when one node at least has taken us, or never. The result takes it back. */
  arrival (arrived: () => void): () => void {
    const once = (): void => {
      this.#arrivals.delete(once)
      arrived()
    }
    if (this.sessions.length > 0) arrived()
    else this.#arrivals.add(once)
    return () => { this.#arrivals.delete(once) }
  }

  /** Asks the first node, and the next ones when it does not answer or cannot. */
  ask (question: Question, done: Asked): void {
    const sessions = this.sessions
    const askNext = (failure: Outcome): void => {
      const session = sessions.shift()
      if (session === undefined) return done(failure)
      question(session, outcome => {
        if (isWorthAnother(outcome)) askNext(outcome)
        else done(outcome)
      })
    }
    askNext({ type: 'unreachable' })
  }

  #decide (event: LinksEvent): void {
    const { process } = this.#init
    for (const effect of this.#core.handle(event, process.now())) {
      switch (effect.type) {
        case 'dial':
          this.#open(effect.node)
          break
        case 'close':
          this.#close(effect.node)
          break
        case 'wake':
          this.#wake.set(effect.at)
      }
    }
  }

  #open (node: PeerKey): void {
    const { process, attach } = this.#init
    const opened: Opened = { session: undefined, attached: false, isOver: false, cancelOpening: () => {}, cancelBeat: () => {} }
    this.#opened.set(node, opened)
    // Stream, Hello and attach together.
    opened.cancelOpening = process.after(SESSION_DEFAULTS.openTimeoutMs, () => { this.#failed(node, opened, { type: 'timedOut' }) })
    process.host.open(node, SESSION, SESSION_DEFAULTS.openTimeoutMs, stream => {
      if (opened.isOver) return stream?.abort()
      if (stream === undefined) return this.#failed(node, opened, { type: 'unreachable' })
      opened.session = this.#session(stream as StreamEnd as StreamEnd<DeviceFrame, NodeFrame>, node, opened, session => {
        attach(session, outcome => {
          if (outcome.type === 'answered' && session.isOpen) this.#attached(node, opened, session)
          else this.#failed(node, opened, outcome)
        })
      })
    })
  }

  #session (stream: StreamEnd<DeviceFrame, NodeFrame>, node: PeerKey, opened: Opened, ready: SessionEvents['ready']): Session {
    const events: SessionEvents = {
      ...this.#init.events,
      ready,
      heard: (_, spoken) => {
        if (opened.attached) this.#core.handle({ type: 'good', node }, this.#init.process.now())
        this.#beat(node, { type: 'heard', spoken })
      },
      ended: (session, broken) => { this.#ended(session, opened, broken) }
    }
    return new Session({ stream, node, process: this.#init.process, events })
  }

  #attached (node: PeerKey, opened: Opened, session: Session): void {
    if (opened.isOver) return
    opened.cancelOpening()
    opened.attached = true
    if (!this.#hearts.has(node)) this.#hearts.set(node, new HeartbeatCore())
    this.#beat(node, { type: 'opened' })
    this.#turns.handle({ type: 'attached', node })
    // Two better ones may have come first.
    if (this.#opened.get(node) !== opened) return
    this.#init.attached(session)
    for (const arrived of [...this.#arrivals]) arrived()
  }

  #failed (node: PeerKey, opened: Opened, outcome: Outcome): void {
    if (opened.isOver || opened.attached) return
    this.#giveUp(opened)
    this.#opened.delete(node)
    this.#init.failed(node, outcome)
    const retryAfterMs = outcome.type === 'refused' ? outcome.refusal.retryAfterSeconds * 1000 : 0
    this.#turns.handle({ type: 'lost', node, fraction: this.#init.process.chance.fraction(), retryAfterMs })
  }

  #ended (session: Session, opened: Opened, broken: boolean): void {
    const { process, detached } = this.#init
    const { node } = session
    opened.cancelBeat()
    if (!opened.attached) return this.#failed(node, opened, { type: 'lost' })
    if (this.#opened.get(node) !== opened) return
    this.#hearts.get(node)?.handle({ type: 'ended', broken }, process.now())
    this.#opened.delete(node)
    detached(session)
    this.#turns.handle({ type: 'lost', node, fraction: process.chance.fraction() })
  }

  #close (node: PeerKey): void {
    const opened = this.#opened.get(node)
    if (opened === undefined) return
    this.#opened.delete(node)
    const { session } = opened
    if (!opened.attached || session === undefined) return this.#giveUp(opened)
    this.#init.detached(session)
    session.close()
  }

  /** Whatever the attempt still brings comes to nothing. */
  #giveUp (opened: Opened): void {
    opened.isOver = true
    opened.cancelOpening()
    opened.session?.abort()
  }

  #beat (node: PeerKey, event: HeartbeatEvent): void {
    const { process } = this.#init
    const opened = this.#opened.get(node)
    if (opened?.session === undefined || !opened.attached) return
    for (const effect of this.#hearts.get(node)?.handle(event, process.now()) ?? []) {
      switch (effect.type) {
        case 'ping':
          opened.session.ping()
          break
        case 'dead':
          opened.session.abort()
          break
        case 'wake':
          opened.cancelBeat()
          opened.cancelBeat = process.at(effect.at, () => { this.#beat(node, { type: 'wake' }) })
      }
    }
  }
}

function isWorthAnother (outcome: Outcome): boolean {
  return outcome.type !== 'answered' && !(outcome.type === 'refused' && FINAL.has(outcome.refusal.code))
}
