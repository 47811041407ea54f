/**
 * What a relay stream needs now and then. One that carries mail is asked soon whether its node still lives, since mail
 * waits for it; one that only carries digests is heard of by these, and asked when they stay out.
 */
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Millis } from '../types.ts'

/** When a stream last … pingedAt: asked, and nothing was heard since. */
export interface StreamTimes { lastHeard: Millis, lastUsed: Millis, lastMail: Millis, pingedAt: Millis | undefined, isOutbound: boolean }

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
