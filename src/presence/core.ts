/**
 * What a node does with beats. It knows no user's key: it paces what its own devices say, carries what other nodes
 * gossip, and hands each beat to the links that watch its tag.
 *
 * A device's beat goes out at once, unless the device or the tag has had its turn within `spacingMs`; then it waits,
 * and a newer word of the same device takes its place. A device that vanishes without a goodbye leaves a will, which
 * waits a moment for it to come back: whatever the device says then takes the will's place, too.
 *
 * A gossiped beat is carried on when it is new and neither its origin nor the neighbour that brought it says too
 * much. What is over a rate is ignored and not punished: an honest neighbour may stand between us and a loud one.
 */
import { RateTable } from '../rates.core.ts'
import { REFUSAL } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { Alarm, type WakeAt } from './alarm.core.ts'
import { BeatMemory } from './memory.core.ts'
import { Watches, type LinkId } from './watches.core.ts'
import type { Millis, PeerKey, PresenceTag, Refusal, RefusalCode, SealedBeat } from '../types.ts'
import type { NodePresenceLimits } from './defaults.ts'

export type NodePresenceEvent =
  /** The tags that the link watches from now on, instead of those before. */
  | { type: 'watch', link: LinkId, tags: readonly PresenceTag[] }
  /** A device's own beat, and what to say when its link is lost. */
  | { type: 'beat', link: LinkId, device: PeerKey, now: SealedBeat, will: SealedBeat | undefined }
  /** The link ended as the device wished. */
  | { type: 'goodbye', link: LinkId }
  /** The link ended otherwise. */
  | { type: 'lost', link: LinkId }
  /** From the network: `origin` signed it, `neighbour` brought it. */
  | { type: 'gossip', origin: string, neighbour: string, beat: SealedBeat }
  | { type: 'wake' }

export type NodePresenceEffect =
  | { type: 'publish', beat: SealedBeat }
  | { type: 'deliver', link: LinkId, beat: SealedBeat }
  | { type: 'refuse', refusal: Refusal }
  /** The gossiped beat of this event is to be carried on. */
  | { type: 'accept' }
  | { type: 'ignore', reason: IgnoreReason }
  | WakeAt

export type IgnoreReason = 'the neighbour hands on too much' | 'the origin says too much' | 'the tag comes too often' | 'it came before'

/** Our own beats among the remembered; no peer id looks like this. */
const OWN_ORIGIN = ''

interface Link { device: PeerKey | undefined, will: SealedBeat | undefined }
interface Waiting { beat: SealedBeat, notBefore: Millis }

export class NodePresenceCore {
  readonly #limits: NodePresenceLimits
  readonly #links = new Map<LinkId, Link>()
  readonly #watches: Watches
  readonly #memory: BeatMemory
  readonly #origins: RateTable
  readonly #neighbours: RateTable
  readonly #own: RateTable
  /** Each device's newest link: only its will counts. */
  readonly #linkOf = new Map<PeerKey, LinkId>()
  /** What is held back, one beat a device, oldest first. */
  readonly #waiting = new Map<PeerKey, Waiting>()
  /** When a device or a tag had its last turn, oldest first. */
  readonly #turns = new Map<PeerKey | PresenceTag, Millis>()
  readonly #alarm = new Alarm()

  constructor (limits: NodePresenceLimits) {
    this.#limits = limits
    this.#watches = new Watches(limits.watchesMax)
    this.#memory = new BeatMemory({ beatsMax: limits.rememberedBeatsMax, perTagMax: limits.rememberedPerTagMax, lifeMs: limits.lifeMs })
    const origin = { perSecond: limits.originPerSecond, burst: limits.originBurst }
    this.#origins = new RateTable({ ...origin, keysMax: limits.originsMax })
    this.#own = new RateTable({ ...origin, keysMax: 1 })
    this.#neighbours = new RateTable({ perSecond: limits.neighbourPerSecond, burst: limits.neighbourBurst, keysMax: limits.neighboursMax })
  }

  handle (event: NodePresenceEvent, now: Millis): NodePresenceEffect[] {
    switch (event.type) {
      case 'watch': return this.#onWatch(event.link, event.tags, now)
      case 'beat': return this.#onBeat(event, now)
      case 'goodbye': return this.#onEnd(event.link, false, now)
      case 'lost': return this.#onEnd(event.link, true, now)
      case 'gossip': return this.#onGossip(event, now)
      case 'wake': return this.#onWake(now)
    }
  }

  #onWatch (link: LinkId, tags: readonly PresenceTag[], now: Millis): NodePresenceEffect[] {
    if (tags.length > LIMITS.presenceTags) return refuse(REFUSAL.malformed)
    if (this.#enter(link) === undefined) return refuse(REFUSAL.busy)
    const added = this.#watches.replace(link, new Set(tags))
    if (added === undefined) return refuse(REFUSAL.busy)
    return added.flatMap(tag => this.#memory.recall(tag, now)).map(beat => ({ type: 'deliver', link, beat }))
  }

  #onBeat ({ link: id, device, now: beat, will }: Extract<NodePresenceEvent, { type: 'beat' }>, now: Millis): NodePresenceEffect[] {
    if (will !== undefined && will.tag !== beat.tag) return refuse(REFUSAL.malformed)
    const link = this.#enter(id)
    if (link === undefined || (this.#waiting.size >= this.#limits.linksMax && !this.#waiting.has(device))) return refuse(REFUSAL.busy)
    if (link.device !== undefined) this.#linkOf.delete(link.device)
    link.device = device
    link.will = will
    this.#linkOf.set(device, id)
    return this.#say(device, { beat, notBefore: now }, now)
  }

  /** What was held back stays and goes out in its turn: a device's last word may be that it leaves. */
  #onEnd (id: LinkId, lost: boolean, now: Millis): NodePresenceEffect[] {
    const link = this.#links.get(id)
    this.#links.delete(id)
    this.#watches.remove(id)
    if (link?.device === undefined || this.#linkOf.get(link.device) !== id) return []
    this.#linkOf.delete(link.device)
    if (!lost || link.will === undefined) return []
    return this.#say(link.device, { beat: link.will, notBefore: now + this.#limits.willDelayMs }, now)
  }

  #onGossip ({ origin, neighbour, beat }: Extract<NodePresenceEvent, { type: 'gossip' }>, now: Millis): NodePresenceEffect[] {
    if (!this.#neighbours.take(neighbour, now)) return ignore('the neighbour hands on too much')
    if (this.#memory.has(beat)) return ignore('it came before')
    if (!this.#origins.take(origin, now)) return ignore('the origin says too much')
    if (within(this.#memory.lastFrom(beat.tag, origin), this.#limits.toleratedSpacingMs, now)) return ignore('the tag comes too often')
    return [{ type: 'accept' }, ...this.#show(beat, origin, now)]
  }

  #onWake (now: Millis): NodePresenceEffect[] {
    this.#alarm.rang()
    const effects: NodePresenceEffect[] = []
    let next = Infinity
    for (const [device, waiting] of this.#waiting) {
      const turn = this.#turnOf(device, waiting, now)
      if (turn <= now && this.#own.take(OWN_ORIGIN, now)) effects.push(...this.#publish(device, waiting.beat, now))
      else next = Math.min(next, Math.max(turn, now + this.#limits.wakeStepMs))
    }
    if (next < Infinity) effects.push(...this.#alarm.ask(next))
    return effects
  }

  /** Publishes what a device has to say, or holds it back in place of what it had to say before. */
  #say (device: PeerKey, waiting: Waiting, now: Millis): NodePresenceEffect[] {
    const turn = this.#turnOf(device, waiting, now)
    if (turn <= now && this.#own.take(OWN_ORIGIN, now)) return this.#publish(device, waiting.beat, now)
    this.#waiting.set(device, waiting)
    return this.#alarm.ask(Math.max(turn, now + this.#limits.wakeStepMs))
  }

  #turnOf (device: PeerKey, { beat, notBefore }: Waiting, now: Millis): Millis {
    const turns = [this.#turns.get(device), this.#turns.get(beat.tag)]
      .filter(last => within(last, this.#limits.spacingMs, now))
      .map(last => last + this.#limits.spacingMs)
    return Math.max(notBefore, ...turns)
  }

  #publish (device: PeerKey, beat: SealedBeat, now: Millis): NodePresenceEffect[] {
    this.#waiting.delete(device)
    this.#takeTurn(device, now)
    this.#takeTurn(beat.tag, now)
    // A device with two serving nodes gives both the same beat, and the other one was first.
    if (this.#memory.has(beat)) return []
    return [{ type: 'publish', beat }, ...this.#show(beat, OWN_ORIGIN, now)]
  }

  #takeTurn (whose: PeerKey | PresenceTag, now: Millis): void {
    this.#turns.delete(whose)
    this.#turns.set(whose, now)
    for (const [other, at] of this.#turns) {
      if (within(at, this.#limits.spacingMs, now)) return
      this.#turns.delete(other)
    }
  }

  #show (beat: SealedBeat, origin: string, now: Millis): NodePresenceEffect[] {
    this.#memory.remember(beat, origin, now)
    return Array.from(this.#watches.of(beat.tag), link => ({ type: 'deliver', link, beat }))
  }

  #enter (id: LinkId): Link | undefined {
    const known = this.#links.get(id)
    if (known !== undefined || this.#links.size >= this.#limits.linksMax) return known
    const link: Link = { device: undefined, will: undefined }
    this.#links.set(id, link)
    return link
  }
}

function refuse (code: RefusalCode): NodePresenceEffect[] {
  return [{ type: 'refuse', refusal: { code, retryAfterSeconds: code === REFUSAL.busy ? 60 : 0 } }]
}

/** Whether it was less than `ms` ago. A time ahead of now is from before the clock was set back, and binds nobody. */
function within (at: Millis | undefined, ms: number, now: Millis): at is Millis {
  return at !== undefined && at <= now && now - at < ms
}

function ignore (reason: IgnoreReason): NodePresenceEffect[] { return [{ type: 'ignore', reason }] }
