/**
 * A user's device as far as presence goes: the shipped LinksCore keeps two sessions, the shipped OwnPresenceCore says how
 * the user is. Mirrors src/client/session/service.ts and src/client/presence.ts. A beat has its real bytes but for the
 * seal: device and counter stand where it would be.
 */
import { SESSION_DEFAULTS } from '../../src/client/session/defaults.ts'
import { LinksCore, type LinksEvent } from '../../src/client/session/links.core.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { readBeat } from '../../src/presence/beat.ts'
import { OwnPresenceCore, PRESENCE_DEFAULTS, type OwnPresenceEffect, type OwnPresenceEvent } from '../../src/presence/client.ts'
import { Beat } from '../../src/wire/presence.ts'
import { WIRE_VERSION } from '../../src/wire/protocols.ts'
import { peerKeyOf } from '../actors/values.ts'
import { drawEnding, type Ending } from '../churn/life.ts'
import { LINK } from './assumptions.ts'
import { BEAT_BYTES } from './gossip-bytes.ts'
import type { BeatingNode } from './beating-node.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { PeerKey, SealedBeat } from '../../src/types.ts'

export interface BeatingDeviceInit {
  world: World
  chance: Chance
  index: number
  /** The user's nodes, in order of preference. */
  nodes: PeerKey[]
  nodeOf: (key: PeerKey) => BeatingNode
  /** Told every word that the device gives to its nodes. */
  saying: () => void
}

const HOUR = 3_600_000
const TAG_BYTES = 16
const NONCE_BYTES = 12
/** What the rest leaves: version 2 bytes, tag and nonce each with a lead of 2, the seal's own lead. */
const SEALED_BYTES = BEAT_BYTES - 2 - (TAG_BYTES + 2) - (NONCE_BYTES + 2) - 2
/** A device whose node has lost its power asks three times before it gives up. */
const SILENCE_MS = SESSION_DEFAULTS.heartbeatMs + SESSION_DEFAULTS.pingsUnanswered * SESSION_DEFAULTS.pongTimeoutMs

/** While the device is on. */
interface Run { links: LinksCore, own: OwnPresenceCore, sessions: Map<PeerKey, string>, cancelLinks: () => void, cancelOwn: () => void }

export class BeatingDevice {
  readonly #init: BeatingDeviceInit
  readonly #key: PeerKey
  #run: Run | undefined
  #counter = 0
  #sessions = 0

  constructor (init: BeatingDeviceInit) {
    this.#init = init
    this.#key = peerKeyOf(`d${init.index}`)
  }

  /** As somebody meets it who comes at any time. */
  begin ({ onHours, offHours }: { onHours: number, offHours: number }): void {
    const { world, chance } = this.#init
    const goOn = (): void => {
      this.#goOn()
      world.after(chance.exponential(onHours * HOUR), () => {
        this.#goOff(drawEnding(chance))
        world.after(chance.exponential(offHours * HOUR), goOn)
      })
    }
    if (chance.happens(onHours / (onHours + offHours))) goOn()
    else world.after(chance.exponential(offHours * HOUR), goOn)
  }

  #goOn (): void {
    this.#run = {
      links: new LinksCore(),
      own: new OwnPresenceCore({ refreshMs: PRESENCE_DEFAULTS.refreshMs, counter: this.#counter }),
      sessions: new Map(),
      cancelLinks: () => {},
      cancelOwn: () => {}
    }
    this.#handleOwn({ type: 'state', state: 'online' })
    this.#handleLinks({ type: 'nodes', nodes: this.#init.nodes })
  }

  /** stop: it says so. crash: its system resets the streams. power: its nodes notice by its silence. */
  #goOff (how: Ending): void {
    const { world } = this.#init
    if (how === 'stop') this.#handleOwn({ type: 'state', state: 'offline' })
    const run = this.#run as Run
    this.#run = undefined
    run.cancelLinks()
    run.cancelOwn()
    for (const [key, link] of run.sessions) {
      const node = this.#init.nodeOf(key)
      const noticedMs = how === 'power' ? NODE_DEFAULTS.sessionIdleMs : LINK.wayMs
      world.after(noticedMs, () => { node.detach(link, how === 'stop' ? 'goodbye' : 'lost') })
    }
  }

  #handleLinks (event: LinksEvent): void {
    const { world, nodeOf } = this.#init
    const run = this.#run as Run
    for (const effect of run.links.handle(event, world.now())) {
      switch (effect.type) {
        case 'dial': this.#dial(run, nodeOf(effect.node)); break
        case 'close': this.#close(run, nodeOf(effect.node)); break
        case 'wake':
          run.cancelLinks()
          run.cancelLinks = world.after(effect.at - world.now(), () => { this.#handleLinks({ type: 'wake' }) })
          break
      }
    }
  }

  #dial (run: Run, node: BeatingNode): void {
    const { world, chance } = this.#init
    const ms = node.isDark ? SESSION_DEFAULTS.openTimeoutMs : node.isUp ? LINK.openTrips * 2 * LINK.wayMs : 2 * LINK.wayMs
    world.after(ms, () => {
      if (this.#run !== run) return
      if (!node.isUp) return this.#handleLinks({ type: 'lost', node: node.key, fraction: chance.fraction() })
      const link = `${this.#key}/${this.#sessions++}`
      node.attach({ link, ended: how => { world.after(how === 'power' ? SILENCE_MS : LINK.wayMs, () => { this.#lost(run, node, link) }) } })
      run.sessions.set(node.key, link)
      this.#handleLinks({ type: 'attached', node: node.key })
      if (run.sessions.get(node.key) !== link) return
      this.#handleLinks({ type: 'good', node: node.key })
      this.#handleOwn({ type: 'attached' })
    })
  }

  #lost (run: Run, node: BeatingNode, link: string): void {
    if (this.#run !== run || run.sessions.get(node.key) !== link) return
    run.sessions.delete(node.key)
    this.#handleOwn({ type: 'detached' })
    this.#handleLinks({ type: 'lost', node: node.key, fraction: this.#init.chance.fraction() })
  }

  /** A session too many, since a node that is preferred is back. */
  #close (run: Run, node: BeatingNode): void {
    const link = run.sessions.get(node.key)
    if (link === undefined) return
    run.sessions.delete(node.key)
    this.#init.world.after(LINK.wayMs, () => { node.detach(link, 'goodbye') })
    this.#handleOwn({ type: 'detached' })
  }

  #handleOwn (event: OwnPresenceEvent): void {
    const { world } = this.#init
    const run = this.#run as Run
    for (const effect of run.own.handle(event, world.now())) {
      if (effect.type === 'beat') {
        this.#say(run, effect)
        continue
      }
      run.cancelOwn()
      run.cancelOwn = world.after(effect.at - world.now(), () => { this.#handleOwn({ type: 'wake' }) })
    }
  }

  #say (run: Run, { counter, will }: Extract<OwnPresenceEffect, { type: 'beat' }>): void {
    const { world, nodeOf, saying } = this.#init
    this.#counter = will ?? counter
    saying()
    const now = this.#makeBeat(counter)
    const last = will === undefined ? undefined : this.#makeBeat(will)
    for (const [key, link] of run.sessions) {
      // Two ways are never equal, and the order of the two nodes is as it comes.
      const ms = LINK.wayMs + this.#init.chance.exponential(LINK.jitterMs)
      world.after(ms, () => { nodeOf(key).beat(link, this.#key, now, last) })
    }
  }

  #makeBeat (counter: number): SealedBeat {
    const tag = new Uint8Array(TAG_BYTES)
    new DataView(tag.buffer).setUint32(0, this.#init.index)
    const sealed = new Uint8Array(SEALED_BYTES)
    new DataView(sealed.buffer).setFloat64(0, counter)
    return readBeat(Beat.encode({ version: WIRE_VERSION, period: 0, tag, nonce: new Uint8Array(NONCE_BYTES), sealed }))
  }
}
