/** Waits until an own message is so far, and tells of each step on the way. */
import { IdentityError } from '../../../errors.ts'
import { isNamed } from '../../failures.ts'
import { Signpost } from '../signpost.ts'
import { progressOf } from './line-of.ts'
import type { Client, ClientEvents, MessageId } from '../../../client/index.ts'
import type { MessageProgress, Params } from '../calls.ts'
import type { Performance } from './performance.ts'

/** What ends the wait as it is: no state of the message says it. */
const NO_STATE = ['ConnectionLostError', 'StoreFailedError', 'RevokedError']

export async function until (client: Client, { id, state, timeoutMs }: Params<'until'>, { signal, emit }: Performance<'until'>): Promise<MessageProgress> {
  const sent = await client.sent(id as MessageId)
  if (sent === undefined) throw new IdentityError(`there is no message ${id} of yours`)
  // One step a state, in order: what waits for a slow listener is bounded by the number of states.
  const steps = new Map([[sent.state, progressOf(sent)]])
  const news = new Signpost()
  const onState = ({ detail }: ClientEvents['state']): void => {
    if (detail.id !== id) return
    steps.set(detail.state, { ...progressOf(sent), state: detail.state })
    news.point()
  }
  client.addEventListener('state', onState)
  const ended = new AbortController()
  const telling = tell(steps, news, { signal: AbortSignal.any([signal, ended.signal]), emit })
  // A listener that went away ends the wait; the reason comes with the await below.
  telling.catch(() => { ended.abort() })
  try {
    await sent.until(state, { signal: AbortSignal.any([signal, ended.signal, AbortSignal.timeout(timeoutMs)]) })
    return progressOf(sent)
  } catch (error) {
    signal.throwIfAborted()
    if (NO_STATE.some(name => isNamed(error, name))) throw error
    return progressOf(sent)
  } finally {
    client.removeEventListener('state', onState)
    ended.abort()
    await telling
  }
}

async function tell (steps: Map<string, MessageProgress>, news: Signpost, { signal, emit }: Performance<'until'>): Promise<void> {
  const emitAll = async (): Promise<void> => {
    for (const [state, progress] of steps) {
      steps.delete(state)
      await emit(progress)
    }
  }
  do await emitAll()
  while (await news.pointed(signal))
  await emitAll()
}
