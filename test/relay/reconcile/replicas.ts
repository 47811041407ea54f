// Replicas without disk or network: a store that keeps what the EnvelopeStore port promises, and two cores that talk.
import { AnswerCore, type AnswerEffect, type AnswerEvent } from '../../../src/relay/reconcile/answer.core.ts'
import { PullerCore, type PullerEffect, type PullerEvent } from '../../../src/relay/reconcile/puller.core.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { MAILBOX } from '../plain-values.ts'
import type { Told } from '../../../src/relay/reconcile/digests.core.ts'
import type { PullOutcome } from '../../../src/relay/reconcile/pulls.core.ts'
import type { Answered, Asked, ProfileOf } from '../../../src/relay/reconcile/words.core.ts'
import type { Collection, Envelope, EnvelopeId, PeerKey, RootKey, RouteRecord } from '../../../src/types.ts'

export const ROOT = 'cd'.repeat(32) as RootKey
export const PROFILE: ProfileOf = { root: ROOT }
const ORDER = { epoch: 1, seq: 1 }

/** What one node holds of one mailbox. */
export class Replica {
  readonly node: PeerKey
  readonly #devices: PeerKey[]
  kept = new Map<EnvelopeId, Envelope>()
  marks = new Map<EnvelopeId, Set<PeerKey>>()
  collections: Collection[] = []

  constructor (node: PeerKey, devices: PeerKey[]) {
    this.node = node
    this.#devices = devices
  }

  append (envelope: Envelope): void { if (!this.isCollected(envelope.id)) this.kept.set(envelope.id, envelope) }

  collect (collection: Collection): void {
    if (!this.collections.includes(collection)) this.collections.push(collection)
    for (const id of collection.ids) {
      const marks = this.marks.get(id) ?? new Set()
      this.marks.set(id, marks.add(collection.device))
      if (this.isCollected(id)) this.kept.delete(id)
    }
  }

  isCollected (id: EnvelopeId): boolean { return this.#devices.every(device => this.marks.get(id)?.has(device) === true) }

  wipe (): void {
    this.kept.clear()
    this.marks.clear()
    this.collections = []
  }

  get told (): Told {
    const said = [...this.kept.keys()].sort().map(id => `${id}:${[...this.marks.get(id) ?? []].sort().join()}`)
    return { mailbox: MAILBOX, envelopes: this.kept.size, fingerprint: said.join(), route: ORDER, profile: ORDER }
  }
}

/** One pull to its end, as two services would perform it. idsPage: so that small mailboxes have several. */
export function pull (into: Replica, from: Replica, route: RouteRecord, { idsPage = LIMITS.pullIds, now = 0 }: { idsPage?: number, now?: number } = {}): PullOutcome | 'lie' {
  const puller = new PullerCore<ProfileOf>({ self: into.node, node: from.node, theirs: from.told, ours: into.told, route, profile: PROFILE })
  const answerer = new AnswerCore<ProfileOf>(into.node)
  const words: Array<Asked<ProfileOf>> = []
  const answers: Array<Answered<ProfileOf>> = []
  let outcome: PullOutcome | 'lie' | undefined
  const perform = (effects: Array<PullerEffect<ProfileOf>>): void => {
    const then = (event: PullerEvent<ProfileOf>): void => { perform(puller.handle(event)) }
    for (const effect of effects) {
      switch (effect.type) {
        case 'ask': words.push(effect.word); break
        case 'collect': effect.collections.forEach(collection => { into.collect(collection) }); break
        case 'lacking': then({ type: 'lacking', ids: effect.ids.filter(id => !into.kept.has(id) && !into.isCollected(id)) }); break
        case 'deposit':
          effect.envelopes.forEach(envelope => { into.append(envelope) })
          then({ type: 'deposited', stored: effect.envelopes.length, isFull: false })
          break
        case 'end': outcome = effect.outcome; break
        case 'lie': outcome = 'lie'; break
        case 'learn':
        case 'adopt':
      }
    }
  }
  const answer = (effects: Array<AnswerEffect<ProfileOf>>): void => {
    const then = (event: AnswerEvent<ProfileOf>): void => { answer(answerer.handle(event, now)) }
    for (const effect of effects) {
      switch (effect.type) {
        case 'say': answers.push(effect.word); break
        case 'sayCollections': if (from.collections.length > 0) answers.push({ kind: 'collections', collections: [...from.collections] }); break
        case 'readIds': {
          const rest = [...from.kept.keys()].sort().filter(id => effect.after === undefined || id > effect.after)
          then({ type: 'ids', ids: rest.slice(0, idsPage), last: rest.length <= idsPage })
          break
        }
        case 'read': then({ type: 'read', envelopes: effect.ids.flatMap(id => from.kept.get(id) ?? []) }); break
        case 'lie': outcome = 'lie'
      }
    }
  }
  perform(puller.handle({ type: 'begin' }))
  const isOver = (): boolean => outcome !== undefined
  while (!isOver()) {
    const asked = words.shift()
    if (asked === undefined) throw new Error('the puller waits for ever')
    if (asked.kind === 'want') answer(answerer.handle({ type: 'want', ids: asked.ids }, now))
    else answer(answerer.handle({ type: 'pull', word: asked, route, profile: PROFILE, profileOrder: ORDER }, now))
    for (let word; !isOver() && (word = answers.shift()) !== undefined;) perform(puller.handle({ type: 'answered', word }))
  }
  return outcome as unknown as PullOutcome | 'lie'
}
