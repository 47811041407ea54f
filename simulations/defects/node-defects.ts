/** Mistakes in what is kept open, and in what is said of one's own accord. */
import { HeartbeatCore } from '../../src/client/session/heartbeat.core.ts'
import { AuditCore } from '../../src/relay/audit.core.ts'
import { RoundsCore } from '../../src/relay/reconcile/rounds.core.ts'
import { PeerStream } from '../actors/node-peer-stream.ts'
import { replaceGetter, replaceMethod } from './patch.ts'
import { crowded, distant, unhurried, worn } from './worlds.ts'
import type { Defect } from './defect.ts'
import type { EnvelopeId, PeerKey } from '../../src/types.ts'

export const boundlessStreams: Defect = {
  name: 'boundless-streams',
  about: 'a node opens a stream for each deposit, beside those that it has',
  caughtBy: ['within-limits'],
  scenario: crowded,
  // One that is not open is not picked for the next deposit; it works all the same.
  plant: () => ({ undo: replaceGetter(PeerStream.prototype, 'isOpen', () => false) })
}

export const neverCompare: Defect = {
  name: 'never-compare',
  about: 'nodes never tell each other what they hold, so that nobody learns what it lacks',
  caughtBy: ['copies-restored'],
  scenario: worn,
  plant: () => ({
    undo: replaceMethod(RoundsCore.prototype, 'handle', shipped => function (event, now) {
      return shipped.call(this, event, now).filter(({ type }) => type !== 'tell')
    })
  })
}

export const endlessEcho: Defect = {
  name: 'endless-echo',
  about: 'a device answers the answer to its “still here?” with the same question',
  caughtBy: ['goes-quiet'],
  scenario: distant,
  plant: () => ({
    undo: replaceMethod(HeartbeatCore.prototype, 'handle', shipped => function (event, now) {
      const effects = shipped.call(this, event, now)
      return event.type === 'heard' && !event.spoken ? [...effects, { type: 'ping' }] : effects
    })
  })
}

/** Readers take their mail from under the auditor, which it has to notice by its own store. */
export const auditByMemory: Defect = {
  name: 'audit-by-memory',
  about: 'an auditor holds it against a node that it lacks what readers have collected since it was drawn',
  caughtBy: ['only-liars-caught'],
  scenario: unhurried,
  plant: () => {
    const asked = new WeakMap<AuditCore, Map<PeerKey, EnvelopeId[]>>()
    return {
      undo: replaceMethod(AuditCore.prototype, 'handle', shipped => function (event, now, chance) {
        const known = asked.get(this) ?? new Map<PeerKey, EnvelopeId[]>()
        asked.set(this, known)
        const told = event.type === 'answered' ? { ...event, lacking: (known.get(event.peer) ?? []).filter(id => !event.shown.includes(id)) } : event
        const effects = shipped.call(this, told, now, chance)
        for (const effect of effects) if (effect.type === 'ask') known.set(effect.peer, effect.ids)
        return effects
      })
    }
  }
}
