/** A short session with a node that need not serve us: to ask, to register, to publish (src/client/session/visit.ts). */
import { SESSION_DEFAULTS } from '../../../src/client/session/defaults.ts'
import { SESSION, type DeviceFrame, type NodeFrame } from '../frames.ts'
import { Session, type Asked, type Outcome, type SessionEvents } from './session.ts'
import type { StreamEnd } from '../../world/network.ts'
import type { DeviceProcess } from './process.ts'
import type { PeerKey } from '../../../src/types.ts'

export type Question = (session: Session, done: Asked) => void

/** Nothing comes unasked to a device that is not attached; what comes all the same is passed over. */
const DEAF: Omit<SessionEvents, 'ready' | 'ended'> = Object.freeze({
  push: (_session, _envelope, opened) => { opened() },
  pushMissed: () => {},
  pushed: () => {},
  behind: () => {},
  accepted: () => {},
  receipts: () => {},
  refused: () => {},
  moved: () => {},
  leaving: () => {},
  accused: () => {},
  heard: () => {}
} satisfies Omit<SessionEvents, 'ready' | 'ended'>)

/** Opens a session, asks, and closes it. done: called once. */
export function visit (process: DeviceProcess, node: PeerKey, question: Question, done: Asked): void {
  let isOver = false
  let session: Session | undefined
  const end = (outcome: Outcome): void => {
    if (isOver) return
    isOver = true
    cancel()
    if (outcome.type === 'answered') session?.close()
    else session?.abort()
    done(outcome)
  }
  // Stream and Hello together.
  const cancel = process.after(SESSION_DEFAULTS.openTimeoutMs, () => { end({ type: 'timedOut' }) })
  process.host.open(node, SESSION, SESSION_DEFAULTS.openTimeoutMs, stream => {
    if (isOver) return stream?.abort()
    if (stream === undefined) return end({ type: 'unreachable' })
    const events: SessionEvents = {
      ...DEAF,
      ready: opened => {
        cancel()
        question(opened, end)
      },
      ended: () => { end({ type: 'lost' }) }
    }
    session = new Session({ stream: stream as StreamEnd as StreamEnd<DeviceFrame, NodeFrame>, node, process, events })
  })
}
