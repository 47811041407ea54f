/**
 * When nothing happens, the network is quiet: with everything delivered and nobody writing, no mail moves at all, and
 * the rest is what named intervals make of it: heartbeats, drains of replicas without a stream, and records published
 * again. Each law counts frames per actor over the quiet stretch; answers are counted against questions, world-wide.
 *
 * A message that cannot be delivered (its reader left for good, say) goes out again with growing pauses for as long as
 * its sender is there. While there are such, mail may move as often as they make it.
 */
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'
import { OUTBOX_DEFAULTS } from '../../src/client/outbox/defaults.ts'
import { SESSION_DEFAULTS } from '../../src/client/session/defaults.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { Breaches } from './breaches.ts'
import type { Check, Evidence, Phase, Verdict } from './check.ts'
import type { Witness } from './witness.ts'
import type { MessageId, Millis } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

const HOUR = 3_600_000

/** Frames that carry mail, tell of it, or delete it. */
const MAIL: ReadonlySet<string> = new Set(['deposit', 'accepted', 'receipts', 'refused', 'moved', 'push', 'pushed', 'collect', 'collection'])
/**
 * Frames that are sent only because somebody asked, two at most for one question (`start` and `page` for a drain). A node that
 * has a late copy of collected mail says `behind` to each link that its reader opens.
 */
const ANSWERS: ReadonlySet<string> = new Set(['pong', 'hello', 'answer', 'behind', 'start', 'page', 'refusal'])
const ANSWERS_PER_QUESTION = 2

/**
 * Messages of the routing model for one publication or look-up of one user: at each salt a walk, which asks each of the
 * peers that it comes to know of once, and one put each to the nearest; question and answer count apart.
 */
const KAD_PER_WALK = ROUTE_DEFAULTS.salts * 2 * (ROUTE_DEFAULTS.bucketPeers * (ROUTE_DEFAULTS.disjointPaths + 1))
/** Between two looks of a node after its own table: QUERY_SELF_INTERVAL and TABLE_REFRESH_INTERVAL of kad-dht. */
const UPKEEP_MS = 5 * 60_000
/** Walks of one key that each of these takes: for itself, and for a bucket or two. */
const UPKEEP_WALKS = 3

/** A resend of one envelope at most: its deposit and `accepted`, and for every listed node a deposit, its answer, and that answer to the device. */
const MAIL_PER_RESEND = 2 + 3 * LIMITS.routeEntries

/** So many in each interval, the first at once. */
interface Law { perInterval: number, intervalMs: number }

/** Not delivered; envelopes: of its current sealing. */
interface Open { envelopes: number }

interface Actor { isNode: boolean, sent: Map<string, number> }

export class GoesQuiet implements Check {
  readonly #actors = new Map<string, Actor>()
  readonly #mail = new Breaches()
  readonly #open = new Map<MessageId, Open>()
  #since: Millis | undefined
  #frames = 0
  #walks = 0

  constructor (private readonly evidence: Evidence) {}

  phase (phase: Phase, at: Millis): void { this.#since = phase === 'quiet' ? at : undefined }

  written ({ message: { id } }: EventOf<'written'>): void { this.#open.set(id, { envelopes: 1 }) }

  state ({ id, state, envelopes }: EventOf<'state'>): void {
    const open = this.#open.get(id)
    if (state === 'delivered' || state === 'read') this.#open.delete(id)
    else if (open !== undefined) open.envelopes = Math.max(1, envelopes.length)
  }

  ended ({ id }: EventOf<'ended'>): void { this.#open.delete(id) }

  process ({ actor, isNode }: EventOf<'process'>): void { this.#actor(actor).isNode = isNode }

  published ({ keys }: EventOf<'published'>): void { if (this.#since !== undefined) this.#walks += keys / ROUTE_DEFAULTS.salts }

  resolved (): void { if (this.#since !== undefined) this.#walks++ }

  sent ({ at, from, kind, messages }: EventOf<'sent'>): void {
    if (this.#since === undefined) return
    this.#frames += messages
    if (MAIL.has(kind)) return this.#mail.add(at, () => `${from} sent ${kind} when all was quiet`)
    const { sent } = this.#actor(from)
    sent.set(kind, (sent.get(kind) ?? 0) + messages)
  }

  verdict (): Verdict {
    const at = this.evidence.now()
    const quietMs = this.#since === undefined ? 0 : at - this.#since
    const breaches = this.#mail.count > this.#mailAllowed(quietMs) ? this.#mail.copy() : new Breaches()
    const peers = Math.min([...this.#actors.values()].filter(({ isNode }) => isNode).length, RELAY_DEFAULTS.peersMax)
    const totals = { questions: 0, answers: 0, kad: 0 }
    for (const [name, { isNode, sent }] of this.#actors) {
      for (const [kind, messages] of sent) {
        if (kind === 'kad') totals.kad += messages
        else if (ANSWERS.has(kind)) totals.answers += messages
        else {
          totals.questions += messages
          const allowed = allowedIn(quietMs, lawOf(kind, isNode, peers))
          if (messages > allowed) breaches.add(at, () => `${name} sent ${kind} ${messages} times in ${hours(quietMs)}, ${allowed} are its share`)
        }
      }
    }
    // What was asked before the quiet may be answered in it.
    const answersMax = (totals.questions + this.#actors.size) * ANSWERS_PER_QUESTION
    if (totals.answers > answersMax) breaches.add(at, () => `${totals.answers} answers were given to ${totals.questions} questions in ${hours(quietMs)}`)
    const upkeep = allowedIn(quietMs, { perInterval: peers * UPKEEP_WALKS, intervalMs: UPKEEP_MS })
    const kadMax = (this.#walks + upkeep / ROUTE_DEFAULTS.salts) * KAD_PER_WALK
    if (totals.kad > kadMax) breaches.add(at, () => `${totals.kad} messages of the routing model in ${hours(quietMs)}, ${kadMax} are what walks for ${Math.round(this.#walks)} routes and ${peers} tables take`)
    return breaches.verdict('goes-quiet', this.#frames, 'breaches of quiet')
  }

  #mailAllowed (quietMs: number): number {
    let envelopes = 0
    for (const open of this.#open.values()) envelopes += open.envelopes
    return envelopes * resendsIn(quietMs) * MAIL_PER_RESEND
  }

  #actor (name: string): Actor {
    let actor = this.#actors.get(name)
    if (actor === undefined) this.#actors.set(name, actor = { isNode: false, sent: new Map() })
    return actor
  }
}

/** How often an actor may say a thing of its own accord. */
function lawOf (kind: string, isNode: boolean, peers: number): Law {
  if (isNode) return { perInterval: peers, intervalMs: RELAY_DEFAULTS.heartbeatMs }
  if (kind === 'ping') return { perInterval: SESSION_DEFAULTS.linksWanted, intervalMs: SESSION_DEFAULTS.heartbeatMs }
  // Every listed replica is drained in turn; whatever else a device asks (a link again, a record renewed), it asks less often.
  return { perInterval: LIMITS.routeEntries, intervalMs: CLIENT_DEFAULTS.drainIntervalMs }
}

function allowedIn (ms: number, { perInterval, intervalMs }: Law): number { return perInterval * (Math.floor(ms / intervalMs) + 1) }

/** The pause doubles; the first may have begun just before. A pause is drawn from three quarters of its length on. */
function resendsIn (ms: number): number {
  const { resendMs, resendMsMax } = OUTBOX_DEFAULTS
  let resends = 1
  for (let left = ms, pauseMs = resendMs; left > 0; pauseMs = Math.min(pauseMs * 2, resendMsMax)) {
    resends++
    left -= pauseMs * 0.75
  }
  return resends
}

function hours (ms: number): string { return `${(ms / HOUR).toFixed(2)} h` }
