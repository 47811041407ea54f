/**
 * How a node that runs here leaves: a signal and `posthouse drain` begin the same drain, however many ask for it, and all
 * of them hear how far it is and what it came to.
 */
import { CommandFailedError } from './failures.ts'
import type { DrainReport } from '../node/index.ts'
import type { HandoverProgress } from '../relay/index.ts'

/** What a node needs to be able to do. */
export interface Leaving { drain: (options: { onProgress: (progress: HandoverProgress) => void }) => Promise<DrainReport> }

export class Departure {
  /** Resolves when somebody has asked for it. */
  readonly asked: Promise<void>
  readonly #node: Leaving
  readonly #listeners = new Set<(progress: HandoverProgress) => void>()
  readonly #begun: () => void
  #drained: Promise<DrainReport> | undefined

  constructor (node: Leaving) {
    this.#node = node
    const { promise, resolve } = Promise.withResolvers<void>()
    this.asked = promise
    this.#begun = resolve
  }

  /** Begins the drain unless it is under way; onProgress: about once a second from now on. */
  async leave (onProgress: (progress: HandoverProgress) => void = () => {}): Promise<DrainReport> {
    this.#listeners.add(onProgress)
    this.#drained ??= this.#node.drain({ onProgress: progress => { for (const listener of this.#listeners) listener(progress) } })
    this.#begun()
    try {
      return await this.#drained
    } finally {
      this.#listeners.delete(onProgress)
    }
  }
}

export function progressText ({ envelopes }: HandoverProgress): string {
  return envelopes.total === 0 ? 'finishing what is in flight…' : `handed over ${envelopes.done} of ${envelopes.total} envelopes…`
}

/** One line for people. */
export function reportText ({ handedOver, collected, kept, devices, seconds }: DrainReport): string {
  return [
    `drained in ${seconds} s: ${handedOver} ${handedOver === 1 ? 'envelope' : 'envelopes'} handed over`,
    ...collected > 0 ? [`${collected} collected meanwhile`] : [],
    ...kept > 0 ? [`${kept} kept on this disk for users who have no other node`] : [],
    ...devices > 0 ? [`${devices} ${devices === 1 ? 'device' : 'devices'} sent elsewhere`] : []
  ].join(', ')
}

/** Throws the sentence for the operator when something lacks holders. */
export function checkReport ({ lacking, lackingEnvelopes, damagedEnvelopes }: DrainReport): void {
  if (lackingEnvelopes === 0) return
  const named = lacking.slice(0, NAMED_MAX).map(({ mailbox, envelopes }) => `${mailbox}… (${envelopes})`).join(', ')
  const more = lacking.length > NAMED_MAX ? ' and more' : ''
  const [have, stay] = lackingEnvelopes === 1 ? ['1 envelope has', 'it stays'] : [`${lackingEnvelopes} envelopes have`, 'they stay']
  throw new CommandFailedError(`${have} too few other holders, in the ${lacking.length === 1 ? 'mailbox' : 'mailboxes'} ${named}${more}; ${stay} on this node’s disk: start it again, or keep the disk${damagedText(damagedEnvelopes)}`)
}

function damagedText (envelopes: number): string {
  if (envelopes === 0) return ''
  const whence = envelopes === 1 ? 'is damaged: it comes back from a node that has it' : 'are damaged: they come back from nodes that have them'
  return `; ${envelopes} of these ${whence} when this one runs again`
}

/** Mailboxes that a sentence names; the report has more. */
const NAMED_MAX = 5
