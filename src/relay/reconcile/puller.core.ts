/**
 * One pull: this node asks another for what it may lack of one mailbox.
 *
 *   begin       → [ask pull]
 *   route       →                      learnt by the service as it came
 *   profile     → [learn]              or [adopt], when the mailbox is not served here (any more)
 *   collections → [collect]            before any id counts: what all devices hold is not asked for again
 *   collected   →                      or the end, when our disk takes nothing: this pair of digests is pulled for again
 *   ids         → [lacking?]
 *   lacking     → [ask want] …         nothing lacks: the next page, or the end
 *   envelope    →                      one that was asked for
 *   given       → [deposit]            as deposits of our own replica, which shows them to attached devices
 *   deposited   → [ask want] …         the rest of this page, the next page, or the end
 *
 * The other side is held to this: another mailbox, ids out of order, an envelope that was not asked for, or a page
 * above its limit is a lie, and costs it the stream. It cannot delete (collections are signed by devices), it cannot
 * bring back (they come first, and the store knows what was collected), and it cannot make us hold more than a page.
 * The service performs one effect after the other, and hands the next word over when the last is done.
 */
import { REFUSAL } from '../../types.ts'
import { LIMITS } from '../../wire/limits.ts'
import { RECONCILE_DEFAULTS } from './defaults.ts'
import { isLater, toldOrder, type Told } from './digests.core.ts'
import type { PullOutcome } from './pulls.core.ts'
import type { Answered, Asked, ProfileOf } from './words.core.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, PeerKey, RefusalCode, RouteRecord } from '../../types.ts'

export type PullerEvent<Profile extends ProfileOf> =
  | { type: 'begin' }
  | { type: 'answered', word: Answered<Profile> }
  /** The mailbox is served here from now on, or is still not. */
  | { type: 'adopted', isServed: boolean }
  /** isFull: our disk takes no more. */
  | { type: 'collected', isFull: boolean }
  /** Of the ids asked about, those that are neither here nor known to be collected by all. */
  | { type: 'lacking', ids: EnvelopeId[] }
  /** stored: how many are on our disk now. isFull: our disk or replica takes no more. */
  | { type: 'deposited', stored: number, isFull: boolean }

export type PullerEffect<Profile extends ProfileOf> =
  | { type: 'ask', word: Asked<Profile> }
  | { type: 'learn', profile: Profile }
  | { type: 'adopt', record: RouteRecord, profile: Profile }
  | { type: 'collect', collections: Collection[] }
  | { type: 'lacking', ids: EnvelopeId[] }
  | { type: 'deposit', envelopes: Envelope[] }
  | { type: 'end', outcome: PullOutcome }
  /** why: a sentence for the log. */
  | { type: 'lie', why: string }

export interface PullerInit<Profile extends ProfileOf> {
  self: PeerKey
  node: PeerKey
  theirs: Told
  /** undefined: not served here. */
  ours: Told | undefined
  route: RouteRecord | undefined
  profile: Profile | undefined
}

/** Refusals after which the same pair of digests is worth another try. */
const PASSING: ReadonlySet<RefusalCode> = new Set([REFUSAL.busy, REFUSAL.draining, REFUSAL.storeFailed])

export class PullerCore<Profile extends ProfileOf> {
  readonly #init: PullerInit<Profile>
  #isServed: boolean
  #record: RouteRecord | undefined
  /** What may come: its route, its profile and collections; ids of a page; envelopes. */
  #state: 'opening' | 'page' | 'giving' | 'deciding' | 'over' = 'opening'
  #hasProfile = false
  #collections = 0
  #pages = 0
  #lastId: EnvelopeId | undefined
  #more = false
  readonly #wanted = new Set<EnvelopeId>()
  #given: Envelope[] = []
  #givenBytes = 0
  #stored = 0

  constructor (init: PullerInit<Profile>) {
    this.#init = init
    this.#isServed = init.ours !== undefined
  }

  get mailbox (): MailboxId { return this.#init.theirs.mailbox }
  get isOver (): boolean { return this.#state === 'over' }
  /** Envelopes that are on our disk by this pull. */
  get stored (): number { return this.#stored }
  /** What is held for it in memory. */
  get heldBytes (): number { return this.#givenBytes }

  handle (event: PullerEvent<Profile>): Array<PullerEffect<Profile>> {
    if (this.#state === 'over') return []
    switch (event.type) {
      case 'begin': return [{ type: 'ask', word: this.#pull() }]
      case 'answered': return this.#onAnswered(event.word)
      case 'adopted':
        this.#isServed = event.isServed
        return event.isServed ? [] : this.#end('strange')
      case 'collected': return event.isFull ? this.#end('failed') : []
      case 'lacking':
        for (const id of event.ids) this.#wanted.add(id)
        return this.#goOn()
      case 'deposited':
        this.#stored += event.stored
        return event.isFull ? this.#end('failed') : this.#goOn()
    }
  }

  #pull (): Asked<Profile> {
    const { theirs, ours, route, profile } = this.#init
    const { mailbox } = theirs
    const [routeOrder, profileOrder] = [ours?.route ?? toldOrder(undefined), ours?.profile ?? toldOrder(undefined)]
    return {
      kind: 'pull',
      mailbox,
      routeOrder,
      profileOrder,
      route: isLater(routeOrder, theirs.route) ? route : undefined,
      profile: isLater(profileOrder, theirs.profile) ? profile : undefined
    }
  }

  #onAnswered (word: Answered<Profile>): Array<PullerEffect<Profile>> {
    switch (word.kind) {
      case 'refusal': return this.#end(PASSING.has(word.refusal.code) ? 'failed' : 'complete')
      case 'route': return this.#onRoute(word.record)
      case 'profile': return this.#onProfile(word.profile)
      case 'collections': return this.#onCollections(word.collections)
      case 'ids': return this.#onIds(word.ids, word.more)
      case 'envelope': return this.#onEnvelope(word.envelope)
      case 'given': return this.#onGiven()
    }
  }

  #onRoute (record: RouteRecord): Array<PullerEffect<Profile>> {
    if (this.#state !== 'opening' || this.#record !== undefined) return this.#lie('it sends a record where none belongs')
    if (record.mailbox !== this.#init.theirs.mailbox) return this.#lie('it sends another user’s record')
    this.#record = record
    return []
  }

  /** Who is listed with a ticket of its own once promised to serve the user: it has forgotten, and does so again. */
  #onProfile (profile: Profile): Array<PullerEffect<Profile>> {
    if (this.#state !== 'opening' || this.#hasProfile) return this.#lie('it sends a profile where none belongs')
    this.#hasProfile = true
    if (this.#isServed) return [{ type: 'learn', profile }]
    const { self, node } = this.#init
    const record = this.#record
    const isListed = (key: PeerKey): boolean => record?.entries.some(entry => entry.node === key) === true
    return record !== undefined && record.root === profile.root && isListed(self) && isListed(node) ? [{ type: 'adopt', record, profile }] : this.#end('strange')
  }

  #onCollections (collections: Collection[]): Array<PullerEffect<Profile>> {
    if (!this.#isServed) return this.#end('strange')
    this.#collections += collections.length
    if (this.#state !== 'opening' || this.#collections > RECONCILE_DEFAULTS.collectionsMax) return this.#lie('it sends collections without end')
    const { mailbox } = this.#init.theirs
    return collections.every(collection => collection.mailbox === mailbox) ? [{ type: 'collect', collections }] : this.#lie('it sends another mailbox’s collections')
  }

  #onIds (ids: EnvelopeId[], more: boolean): Array<PullerEffect<Profile>> {
    if (!this.#isServed) return this.#end('strange')
    if (this.#state !== 'opening' && this.#state !== 'page') return this.#lie('it sends ids where none belong')
    if (ids.length > LIMITS.pullIds || ++this.#pages > RECONCILE_DEFAULTS.idPagesMax || (more && ids.length === 0)) return this.#lie('it sends ids without end')
    for (const id of ids) {
      if (this.#lastId !== undefined && id <= this.#lastId) return this.#lie('it sends ids out of order')
      this.#lastId = id
    }
    this.#more = more
    this.#state = 'deciding'
    return ids.length > 0 ? [{ type: 'lacking', ids }] : this.#goOn()
  }

  #onEnvelope (envelope: Envelope): Array<PullerEffect<Profile>> {
    if (this.#state !== 'giving' || envelope.mailbox !== this.#init.theirs.mailbox || !this.#wanted.delete(envelope.id)) return this.#lie('it sends an envelope that was not asked for')
    this.#given.push(envelope)
    this.#givenBytes += envelope.bytes.byteLength
    return this.#givenBytes > LIMITS.pageBytes && this.#given.length > 1 ? this.#lie('it sends more than a page') : []
  }

  #onGiven (): Array<PullerEffect<Profile>> {
    if (this.#state !== 'giving') return this.#lie('it has nothing to end')
    this.#state = 'deciding'
    const envelopes = this.#given
    this.#given = []
    this.#givenBytes = 0
    if (envelopes.length > 0) return [{ type: 'deposit', envelopes }]
    // What it does not give when it gives nothing else is not there any more.
    this.#wanted.clear()
    return this.#goOn()
  }

  /** The rest of the page, or the next page, or the end. */
  #goOn (): Array<PullerEffect<Profile>> {
    if (this.#wanted.size > 0) {
      this.#state = 'giving'
      return [{ type: 'ask', word: { kind: 'want', ids: [...this.#wanted] } }]
    }
    if (!this.#more) return this.#end('complete')
    this.#state = 'page'
    return [{ type: 'ask', word: { kind: 'want', ids: [] } }]
  }

  #end (outcome: PullOutcome): Array<PullerEffect<Profile>> {
    this.#close()
    return [{ type: 'end', outcome }]
  }

  #lie (why: string): Array<PullerEffect<Profile>> {
    this.#close()
    return [{ type: 'lie', why }]
  }

  #close (): void {
    this.#state = 'over'
    this.#given = []
    this.#givenBytes = 0
    this.#wanted.clear()
  }
}
