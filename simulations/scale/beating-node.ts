/** A node as far as presence goes: the shipped NodePresenceCore while its process runs. Mirrors src/presence/service.ts. */
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { NodePresenceCore, type NodePresenceEvent } from '../../src/presence/core.ts'
import { toString } from 'uint8arrays/to-string'
import type { Ending } from '../churn/life.ts'
import type { World } from '../world/world.ts'
import type { Millis, PeerKey, SealedBeat } from '../../src/types.ts'

/** text: the beat's bytes, to be compared. */
export interface Published { node: BeatingNode, at: Millis, beat: SealedBeat, text: string }

/** A device's session; told once when the node's process has ended. */
export interface Attachment { link: string, ended: (how: Ending) => void }

/** Everything of the network comes through one neighbour: the rates of many are no subject here. */
const NEIGHBOUR = 'mesh'

export class BeatingNode {
  readonly key: PeerKey
  readonly #world: World
  readonly #publish: (published: Published) => void
  readonly #attached = new Map<string, Attachment>()
  #core: NodePresenceCore | undefined
  #isDark = false
  #cancelWake = (): void => {}

  constructor (world: World, key: PeerKey, publish: (published: Published) => void) {
    this.#world = world
    this.key = key
    this.#publish = publish
  }

  get isUp (): boolean { return this.#core !== undefined }
  /** Without power: whoever calls waits in vain. */
  get isDark (): boolean { return this.#isDark }

  start (): void {
    this.#core = new NodePresenceCore(NODE_PRESENCE_DEFAULTS)
    this.#isDark = false
  }

  end (how: Ending): void {
    this.#core = undefined
    this.#isDark = how === 'power'
    this.#cancelWake()
    const attached = [...this.#attached.values()]
    this.#attached.clear()
    for (const { ended } of attached) ended(how)
  }

  attach (attachment: Attachment): void { this.#attached.set(attachment.link, attachment) }

  beat (link: string, device: PeerKey, now: SealedBeat, will: SealedBeat | undefined): void {
    if (this.#attached.has(link)) this.#handle({ type: 'beat', link, device, now, will })
  }

  /** type: as the device wished, or otherwise. */
  detach (link: string, type: 'goodbye' | 'lost'): void {
    if (this.#attached.delete(link)) this.#handle({ type, link })
  }

  hear (beat: SealedBeat, origin: PeerKey): void { this.#handle({ type: 'gossip', origin, neighbour: NEIGHBOUR, beat }) }

  #handle (event: NodePresenceEvent): void {
    const now = this.#world.now()
    for (const effect of this.#core?.handle(event, now) ?? []) {
      switch (effect.type) {
        case 'publish': this.#publish({ node: this, at: now, beat: effect.beat, text: toString(effect.beat.bytes, 'base64') }); break
        case 'wakeAt': this.#wakeAt(effect.at); break
        // Nobody watches here, and who brought an event reads nothing.
        case 'deliver': case 'refuse': case 'accept': case 'ignore': break
      }
    }
  }

  #wakeAt (at: Millis): void {
    this.#cancelWake()
    this.#cancelWake = this.#world.after(at - this.#world.now(), () => { this.#handle({ type: 'wake' }) })
  }
}
