/**
 * A node restarts under a thousand clients: when does each come back? The shipped links core decides,
 * virtual time passes, and a seed gives the chance; a node that is there takes everybody at once.
 */
import { LinksCore, type LinksEvent } from '../../src/client/session/links.core.ts'
import type { PeerKey } from '../../src/types.ts'
import type { Chance } from '../../simulations/world/chance.ts'

export interface StampedeInit {
  clients: number
  /** How long the node is away. */
  awayMs: number
  /** What it said when it left: when to try again; undefined when it was killed. */
  retryAfterMs?: number
  /** True when each has a link with another node, too. */
  others?: boolean
  chance: Chance
}

const NODE = 'n'.repeat(64) as PeerKey
const OTHER = 'o'.repeat(64) as PeerKey
const SECOND = 1000

/** Attempts, and clients that were taken, in each second from the end of the old connections on. */
export interface Stampede { attempts: number[], attached: number[] }

export function stampede ({ clients, awayMs, retryAfterMs, others = false, chance }: StampedeInit): Stampede {
  const attempts: number[] = []
  const attached: number[] = []
  for (let client = 0; client < clients; client++) {
    const core = new LinksCore()
    const own = chance.split(`client ${client}`)
    core.handle({ type: 'nodes', nodes: others ? [NODE, OTHER] : [NODE] }, 0)
    if (others) core.handle({ type: 'attached', node: OTHER }, 0)
    core.handle({ type: 'attached', node: NODE }, 0)
    core.handle({ type: 'good', node: NODE }, 0)
    if (retryAfterMs !== undefined) core.handle({ type: 'leaving', node: NODE, fraction: own.fraction(), retryAfterMs }, 0)
    let now = 0
    let event: LinksEvent = { type: 'lost', node: NODE, fraction: own.fraction() }
    for (let isBack = false; !isBack;) {
      const effects = core.handle(event, now)
      const wake = effects.find(effect => effect.type === 'wake')
      if (effects.some(effect => effect.type === 'dial')) {
        count(attempts, now)
        isBack = now >= awayMs
        event = { type: 'lost', node: NODE, fraction: own.fraction() }
      } else {
        now = wake?.at ?? Infinity
        event = { type: 'wake' }
      }
    }
    count(attached, now)
  }
  return { attempts: filled(attempts), attached: filled(attached) }
}

/** The most clients that came back in one second. */
export function worstSecond ({ attached }: Stampede): number { return Math.max(0, ...attached) }

function count (seconds: number[], now: number): void {
  const second = Math.floor(now / SECOND)
  seconds[second] = (seconds[second] ?? 0) + 1
}

function filled (seconds: number[]): number[] { return Array.from(seconds, value => value ?? 0) }
