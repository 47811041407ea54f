/**
 * Asking the network something, through whoever listens: a node that serves us, once one is there; for a user whom
 * nobody serves yet, the nodes that the program knows.
 */
import { TimedOutError, UnreachableError, UnsupportedError, UserNotRoutedError } from '../errors.ts'
import { keyBytes, userIdOf } from '../identity/index.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { visit } from './session/visit.ts'
import type { Abortable, Clock } from '../ports.ts'
import type { RootKey } from '../types.ts'
import type { Links, ListedNode } from './session/service.ts'
import type { Session } from './session/session.ts'
import type { VisitComponents } from './session/visit.ts'

export interface EnquiryComponents extends VisitComponents {
  /** Sessions with the nodes that serve us, though none may be there yet; undefined while nobody serves us. */
  links: Links | undefined
  /** Asked while no node serves us. */
  others: ListedNode[]
}

/** isPatient: nobody waits for the answer, and nodes are not dialled sooner for it. */
export interface EnquiryOptions extends Abortable { isPatient?: boolean }

export type Ask = <T>(question: (session: Session) => Promise<T>, options?: EnquiryOptions) => Promise<T>

/** Record and profile as one node has them. Rejects with UserNotRoutedError when it knows no record: another may. */
export async function findUser (session: Session, root: RootKey, fresh: boolean, options?: Abortable): ReturnType<Session['findProfile']> {
  const found = await session.findProfile(keyBytes(root), fresh, options)
  if (found.record.byteLength === 0) throw new UserNotRoutedError(`nobody knows which nodes serve ${userIdOf(root)}`)
  return found
}

/** Rejects with UnreachableError when nobody answers, else with what the question ended in. */
export async function enquire<T> (components: EnquiryComponents, question: (session: Session) => Promise<T>, { signal, isPatient = false }: EnquiryOptions = {}): Promise<T> {
  const { links, others, clock } = components
  if (links !== undefined) {
    await arrival(links, clock, { signal, isPatient })
    return await links.ask(question, { signal })
  }
  if (others.length === 0) throw new UnreachableError('no node is known: name one')
  let failure: unknown
  for (const node of others) {
    try {
      return await visit(components, node, question, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      failure = error
    }
  }
  if (failure instanceof UserNotRoutedError || failure instanceof UnsupportedError) throw failure
  throw new UnreachableError('none of the nodes that were named can be reached', { cause: failure })
}

async function arrival (links: Links, clock: Clock, { signal, isPatient }: { signal: AbortSignal | undefined, isPatient: boolean }): Promise<void> {
  if (links.sessions.length > 0) return
  // A signal that has aborted tells nobody any more, and a client that stops must not wait for nodes.
  signal?.throwIfAborted()
  if (!isPatient) links.hurry()
  const waiting = new AbortController()
  const cancel = clock.after(CLIENT_DEFAULTS.connectTimeoutMs, () => { waiting.abort(new UnreachableError('none of your nodes can be reached')) })
  const onAbort = (): void => { waiting.abort(signal?.reason ?? new TimedOutError('the question was given up')) }
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    await links.arrival({ signal: waiting.signal })
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}
