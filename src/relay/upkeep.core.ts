/**
 * What a relay stream needs now and then. One that carries mail is asked soon whether its node still lives, since mail
 * waits for it; one that only carries digests is heard of by these, and asked when they stay out.
 */
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Millis } from '../types.ts'

/** When a stream last … pingedAt: asked, and nothing was heard since. */
export interface StreamTimes { lastHeard: Millis, lastUsed: Millis, lastMail: Millis, pingedAt: Millis | undefined, isOutbound: boolean }

/** A stream that can be let go without anybody noticing, as long as nothing is on its way. */
export interface Restable { readonly times: StreamTimes, readonly inFlight: number, readonly queuedBytes: number }

/** cut: its node is silent. close: nobody needs it. */
export type Upkeep = 'cut' | 'close' | 'ping' | undefined

export function upkeepOf ({ lastHeard, lastUsed, lastMail, pingedAt, isOutbound }: StreamTimes, now: Millis): Upkeep {
  const { pongMs, idleCloseMs, quietAfterMs, quietHeartbeatMs, heartbeatMs } = RELAY_DEFAULTS
  if (pingedAt !== undefined) return now - pingedAt >= pongMs ? 'cut' : undefined
  if (isOutbound && now - lastUsed >= idleCloseMs) return 'close'
  return now - lastHeard >= (now - lastMail >= quietAfterMs ? quietHeartbeatMs : heartbeatMs) ? 'ping' : undefined
}

/** Until then it needs nothing, unless mail goes over it meanwhile. Whoever keeps many streams need not look at all of them each time. */
export function needsNothingUntil ({ lastHeard, lastUsed, lastMail, pingedAt, isOutbound }: StreamTimes, now: Millis): Millis {
  const { idleCloseMs, quietAfterMs, quietHeartbeatMs, heartbeatMs } = RELAY_DEFAULTS
  // Its answer may come at any time.
  if (pingedAt !== undefined) return now
  const silenceMs = now - lastMail >= quietAfterMs ? quietHeartbeatMs : heartbeatMs
  return Math.min(lastHeard + silenceMs, isOutbound ? lastUsed + idleCloseMs : Infinity)
}

/** Of the nodes' streams, those of the node with which all was quiet for longest; undefined when something is on its way on each. */
export function longestIdle<Stream extends Restable> (nodes: Iterable<readonly Stream[]>, now: Millis): readonly Stream[] | undefined {
  let idle: readonly Stream[] | undefined
  let idleSince = now - RELAY_DEFAULTS.letGoAfterMs
  for (const streams of nodes) {
    if (streams.some(({ inFlight, queuedBytes }) => inFlight > 0 || queuedBytes > 0)) continue
    const usedAt = Math.max(...streams.map(({ times }) => times.lastUsed))
    if (usedAt > idleSince) continue
    idle = streams
    idleSince = usedAt
  }
  return idle
}
