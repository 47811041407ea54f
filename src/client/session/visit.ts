/** A short session with a node that need not serve us: to ask, to register, to leave. */
import { TimedOutError } from '../../errors.ts'
import { SESSION_PROTOCOL } from '../../wire/protocols.ts'
import { SESSION_DEFAULTS } from './defaults.ts'
import { Session } from './session.ts'
import type { Abortable, Clock, Network } from '../../ports.ts'
import type { ListedNode } from './service.ts'
import type { SessionEvents } from './session.ts'

export interface VisitComponents { network: Pick<Network, 'open'>, clock: Clock, networkId: string }

/** Nothing comes unasked to a device that is not attached; what comes all the same is passed over. */
const DEAF: SessionEvents = Object.freeze({
  push: (_session, _position, _envelope, opened) => { opened() },
  pushMissed: () => {},
  pushed: () => {},
  behind: () => {},
  presence: () => {},
  accepted: () => {},
  receipts: () => {},
  refused: () => {},
  moved: () => {},
  leaving: () => {},
  accused: () => {},
  whispered: () => {},
  keyPackagesFew: () => {},
  room: () => {},
  heard: () => {},
  ended: () => {}
} satisfies SessionEvents)

/** Opens a session, asks, and closes it. Rejects with UnreachableError, TimedOutError, or what the question ended in. */
export async function visit<T> ({ network, clock, networkId }: VisitComponents, { node, addressHints }: ListedNode, question: (session: Session) => Promise<T>, { signal }: Abortable = {}): Promise<T> {
  const opening = new AbortController()
  const cancel = clock.after(SESSION_DEFAULTS.openTimeoutMs, () => { opening.abort(new TimedOutError(`the node did not answer within ${SESSION_DEFAULTS.openTimeoutMs / 1000} s`)) })
  const onAbort = (): void => { opening.abort(signal?.reason) }
  signal?.addEventListener('abort', onAbort, { once: true })
  let session: Session | undefined
  try {
    signal?.throwIfAborted()
    const stream = await network.open(node, addressHints, SESSION_PROTOCOL, { signal: opening.signal })
    session = new Session({ stream, node, network: networkId, clock, events: DEAF })
    opening.signal.addEventListener('abort', () => { session?.abort(opening.signal.reason as Error) })
    if (opening.signal.aborted) session.abort(opening.signal.reason as Error)
    await session.ready
    cancel()
    const answer = await question(session)
    await session.close({ signal: opening.signal }).catch((error: Error) => { session?.abort(error) })
    return answer
  } catch (error) {
    session?.abort(error as Error)
    throw error
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}
