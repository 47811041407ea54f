/**
 * A node's presence: performs what NodePresenceCore decides, over gossipsub. Bytes come from device sessions and from
 * the topic's validator, are checked here, and go into the core as events.
 */
import { TopicValidatorResult, type GossipSub, type Message } from '@libp2p/gossipsub'
import { REFUSAL } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { PRESENCE_TOPIC } from '../wire/protocols.ts'
import { readBeat, readTag } from './beat.ts'
import { NodePresenceCore, type NodePresenceEffect, type NodePresenceEvent } from './core.ts'
import { NODE_PRESENCE_DEFAULTS, type NodePresenceLimits } from './defaults.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'
import type { Clock } from '../ports.ts'
import type { Bytes, Millis, PeerKey, Refusal, SealedBeat } from '../types.ts'
import type { LinkId } from './watches.core.ts'

export interface NodePresenceComponents {
  pubsub: Pick<GossipSub, 'topicValidators' | 'subscribe' | 'unsubscribe' | 'publish'>
  clock: Clock
  logger: ComponentLogger
}

/** A device's beat, and what its node shall say when the link is lost: no bytes, or a beat of the same tag. */
export interface OwnBeat { now: Uint8Array, will?: Uint8Array }

/** A refusal is returned, nothing is thrown; undefined means done. A link is one session of one device. */
export interface NodePresence {
  /** Rejects when gossipsub does not run: start the libp2p host first. */
  start: () => Promise<void>
  /** Leaves the topic and sends no wills: the devices of a node that stops go to their other nodes. May be started again. */
  stop: () => Promise<void>
  /** Replaces what the link watches. Beats of tags that are new to it and still hold come at once, before this returns. */
  watch: (link: LinkId, tags: readonly Uint8Array[], deliver: (beat: Bytes) => void) => Refusal | undefined
  beat: (link: LinkId, device: PeerKey, beat: OwnBeat) => Refusal | undefined
  /** The link ended as the device wished: its will is not sent. */
  goodbye: (link: LinkId) => void
  /** The link ended otherwise: its will is sent when the device does not come back. */
  lost: (link: LinkId) => void
}

export function nodePresence (init: Partial<NodePresenceLimits> = {}): (components: NodePresenceComponents) => NodePresence {
  return components => new NodePresenceService(components, { ...NODE_PRESENCE_DEFAULTS, ...init })
}

class NodePresenceService implements NodePresence {
  readonly #components: NodePresenceComponents
  readonly #limits: NodePresenceLimits
  readonly #log: Logger
  readonly #deliver = new Map<LinkId, (beat: Bytes) => void>()
  /** There while started; a start begins with nothing remembered. */
  #core: NodePresenceCore | undefined
  #cancelWake: (() => void) | undefined

  constructor (components: NodePresenceComponents, limits: NodePresenceLimits) {
    this.#components = components
    this.#limits = limits
    this.#log = components.logger.forComponent('posthouse:presence')
  }

  async start (): Promise<void> {
    if (this.#core !== undefined) return
    const { pubsub } = this.#components
    pubsub.subscribe(PRESENCE_TOPIC)
    pubsub.topicValidators.set(PRESENCE_TOPIC, (neighbour, message) => this.#validate(neighbour, message))
    this.#core = new NodePresenceCore(this.#limits)
  }

  async stop (): Promise<void> {
    if (this.#core === undefined) return
    const { pubsub } = this.#components
    this.#core = undefined
    this.#cancelWake?.()
    this.#deliver.clear()
    pubsub.topicValidators.delete(PRESENCE_TOPIC)
    try {
      pubsub.unsubscribe(PRESENCE_TOPIC)
    } catch (error) {
      this.#log('the presence topic was left with the host: %s', messageOf(error))
    }
  }

  watch (link: LinkId, tags: readonly Uint8Array[], deliver: (beat: Bytes) => void): Refusal | undefined {
    // Counted before they are read: what is too much costs nothing.
    if (tags.length > LIMITS.presenceTags) return { code: REFUSAL.malformed, retryAfterSeconds: 0 }
    return this.#answer('a watch', () => {
      const event = { type: 'watch', link, tags: tags.map(readTag) } as const
      this.#deliver.set(link, deliver)
      return event
    })
  }

  beat (link: LinkId, device: PeerKey, { now, will }: OwnBeat): Refusal | undefined {
    return this.#answer('a beat', () => ({
      type: 'beat', link, device, now: readBeat(now), will: will === undefined || will.byteLength === 0 ? undefined : readBeat(will)
    }))
  }

  goodbye (link: LinkId): void { this.#end({ type: 'goodbye', link }) }

  lost (link: LinkId): void { this.#end({ type: 'lost', link }) }

  #end (event: Extract<NodePresenceEvent, { type: 'goodbye' | 'lost' }>): void {
    this.#deliver.delete(event.link)
    this.#perform(this.#handle(event))
  }

  /** Reads what a device sent, lets the core decide, and answers the device. */
  #answer (what: string, read: () => NodePresenceEvent): Refusal | undefined {
    if (this.#core === undefined) return { code: REFUSAL.draining, retryAfterSeconds: 0 }
    let event: NodePresenceEvent
    try {
      event = read()
    } catch (error) {
      this.#log('%s of a device was refused: %s', what, messageOf(error))
      return { code: isUnsupported(error) ? REFUSAL.unsupported : REFUSAL.malformed, retryAfterSeconds: 0 }
    }
    const effects = this.#handle(event)
    this.#perform(effects)
    return effects.find(effect => effect.type === 'refuse')?.refusal
  }

  /** Reject: no honest node hands this on, and gossipsub holds it against the neighbour. Ignore: it just ends here. */
  #validate (neighbour: PeerId, message: Message): TopicValidatorResult {
    if (message.type !== 'signed') return TopicValidatorResult.Reject
    let beat: SealedBeat
    try {
      beat = readBeat(message.data)
    } catch (error) {
      this.#log('a beat from %p was refused: %s', neighbour, messageOf(error))
      // From a later version, maybe, and its bearer is no liar.
      return isUnsupported(error) ? TopicValidatorResult.Ignore : TopicValidatorResult.Reject
    }
    const effects = this.#handle({ type: 'gossip', origin: message.from.toString(), neighbour: neighbour.toString(), beat })
    this.#perform(effects)
    const ignored = effects.find(effect => effect.type === 'ignore')
    if (ignored !== undefined) this.#log.trace('a beat from %p ends here: %s', neighbour, ignored.reason)
    return effects.some(effect => effect.type === 'accept') ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore
  }

  #handle (event: NodePresenceEvent): NodePresenceEffect[] {
    return this.#core?.handle(event, this.#components.clock.now()) ?? []
  }

  #perform (effects: NodePresenceEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'publish': this.#publish(effect.beat); break
        case 'deliver': this.#show(effect.link, effect.beat); break
        case 'wakeAt': this.#wakeAt(effect.at); break
        // The answers to an event; who brought the event reads them.
        case 'refuse': case 'accept': case 'ignore': break
      }
    }
  }

  #publish (beat: SealedBeat): void {
    this.#components.pubsub.publish(PRESENCE_TOPIC, beat.bytes).catch(error => {
      this.#log.error('a beat could not be published: %s', messageOf(error))
    })
  }

  #show (link: LinkId, beat: SealedBeat): void {
    try {
      this.#deliver.get(link)?.(beat.bytes)
    } catch (error) {
      this.#log.error('a beat could not be handed to its device: %s', messageOf(error))
    }
  }

  #wakeAt (at: Millis): void {
    const { clock } = this.#components
    this.#cancelWake?.()
    this.#cancelWake = clock.after(Math.max(0, at - clock.now()), () => { this.#perform(this.#handle({ type: 'wake' })) })
  }
}

function isUnsupported (error: unknown): boolean { return error instanceof Error && error.name === 'UnsupportedError' }

function messageOf (error: unknown): string { return error instanceof Error ? error.message : String(error) }
