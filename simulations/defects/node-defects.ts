/** Mistakes in what is kept open, and in what is said of one's own accord. */
import { HeartbeatCore } from '../../src/client/session/heartbeat.core.ts'
import { PeerStream } from '../actors/node-peer-stream.ts'
import { replaceGetter, replaceMethod } from './patch.ts'
import { crowded, distant } from './worlds.ts'
import type { Defect } from './defect.ts'

export const boundlessStreams: Defect = {
  name: 'boundless-streams',
  about: 'a node opens a stream for each deposit, beside those that it has',
  caughtBy: ['within-limits'],
  scenario: crowded,
  // One that is not open is not picked for the next deposit; it works all the same.
  plant: () => ({ undo: replaceGetter(PeerStream.prototype, 'isOpen', () => false) })
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
