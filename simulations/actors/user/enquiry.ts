/**
 * Asking the network something, through whoever listens (src/client/enquiry.ts): a node that serves us, once one is
 * there; for a user whom nobody serves yet, the nodes that the program knows.
 */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { visit, type Question } from './visit.ts'
import type { Links } from './links.ts'
import type { DeviceProcess } from './process.ts'
import type { Asked } from './session.ts'
import type { PeerKey } from '../../../src/types.ts'

export interface EnquiryComponents {
  process: DeviceProcess
  /** Sessions with the nodes that serve us, though none may be there yet; undefined while nobody serves us. */
  links: Links | undefined
  /** Asked while no node serves us. */
  others: () => PeerKey[]
}

/** isPatient: nobody waits for the answer, and nodes are not dialled sooner for it. */
export interface EnquiryOptions { isPatient?: boolean }

export type Ask = (question: Question, done: Asked, options?: EnquiryOptions) => void

export function enquire ({ process, links, others }: EnquiryComponents, question: Question, done: Asked, { isPatient = false }: EnquiryOptions = {}): void {
  if (links === undefined) return visitNext(process, others(), question, done)
  if (links.sessions.length > 0) return links.ask(question, done)
  if (!isPatient) links.hurry()
  const cancelWait = links.arrival(() => {
    cancel()
    links.ask(question, done)
  })
  const cancel = process.after(CLIENT_DEFAULTS.connectTimeoutMs, () => {
    cancelWait()
    done({ type: 'unreachable' })
  })
}

/** One after the other, until one answers. */
function visitNext (process: DeviceProcess, nodes: PeerKey[], question: Question, done: Asked): void {
  const [node, ...rest] = nodes
  if (node === undefined) return done({ type: 'unreachable' })
  visit(process, node, question, outcome => {
    if (outcome.type === 'answered') done(outcome)
    else visitNext(process, rest, question, done)
  })
}
