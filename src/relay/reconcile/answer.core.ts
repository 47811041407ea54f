/**
 * The answering side of pulls, one after the other on one stream. Only nodes of the mailbox's newest record are
 * answered: they hold the same mail. Others learn the newer record, if there is one, and nothing else.
 *
 *   pull  → [say route, say profile, sayCollections, readIds]    each of the first two only when it is newer
 *   ids   → [say ids]
 *   want  → [read] …                                             a few at a time, a page at most
 *   read  → [say envelope …] and [read] on, or [say given]
 *   want nothing → [readIds]                                     the next page
 */
import { REFUSAL } from '../../types.ts'
import { LIMITS } from '../../wire/limits.ts'
import { RECONCILE_DEFAULTS } from './defaults.ts'
import { isLater, toldOrder, type ToldOrder } from './digests.core.ts'
import type { Answered, Asked, ProfileOf } from './words.core.ts'
import type { Envelope, EnvelopeId, MailboxId, Millis, PeerKey, RefusalCode, RouteRecord } from '../../types.ts'

export type AnswerEvent<Profile extends ProfileOf> =
  /** route, profile: what is known here once the asker's own have been learnt. profile: undefined when the mailbox is not served here. */
  | { type: 'pull', word: Extract<Asked<Profile>, { kind: 'pull' }>, route: RouteRecord | undefined, profile: Profile | undefined, profileOrder: ToldOrder }
  | { type: 'want', ids: EnvelopeId[] }
  | { type: 'ids', ids: EnvelopeId[], last: boolean }
  | { type: 'read', envelopes: Envelope[] }

export type AnswerEffect<Profile extends ProfileOf> =
  | { type: 'say', word: Answered<Profile> }
  /** All that are kept, in frames that are within their limits. */
  | { type: 'sayCollections', mailbox: MailboxId }
  | { type: 'readIds', mailbox: MailboxId, after: EnvelopeId | undefined }
  | { type: 'read', mailbox: MailboxId, ids: EnvelopeId[] }
  /** The asker does not keep to the protocol. */
  | { type: 'lie', why: string }

/** The mailbox that is being given; lastId: of the page before. */
interface Open { mailbox: MailboxId, lastId: EnvelopeId | undefined, more: boolean }

export class AnswerCore<Profile extends ProfileOf> {
  readonly #peer: PeerKey
  #open: Open | undefined
  /** Of one `want`: what is still to be read, and what was said. */
  #rest: EnvelopeId[] = []
  #saidBytes = 0

  /** peer: proven by its connection. */
  constructor (peer: PeerKey) { this.#peer = peer }

  handle (event: AnswerEvent<Profile>, now: Millis): Array<AnswerEffect<Profile>> {
    switch (event.type) {
      case 'pull': return this.#onPull(event)
      case 'want': return this.#onWant(event.ids)
      case 'ids': return this.#onIds(event.ids, event.last)
      case 'read': return this.#onRead(event.envelopes, now)
    }
  }

  #onPull ({ word, route, profile, profileOrder }: Extract<AnswerEvent<Profile>, { type: 'pull' }>): Array<AnswerEffect<Profile>> {
    this.#open = undefined
    if (profile === undefined || route === undefined) return [refuse(REFUSAL.notServed)]
    const news: Array<AnswerEffect<Profile>> = isLater(toldOrder(route), word.routeOrder) ? [{ type: 'say', word: { kind: 'route', record: route } }] : []
    if (!route.entries.some(({ node }) => node === this.#peer)) return [...news, refuse(news.length > 0 ? REFUSAL.moved : REFUSAL.notServed)]
    if (isLater(profileOrder, word.profileOrder)) news.push({ type: 'say', word: { kind: 'profile', profile } })
    const { mailbox } = word
    this.#open = { mailbox, lastId: undefined, more: false }
    return [...news, { type: 'sayCollections', mailbox }, { type: 'readIds', mailbox, after: undefined }]
  }

  #onIds (ids: EnvelopeId[], last: boolean): Array<AnswerEffect<Profile>> {
    if (this.#open === undefined) return []
    this.#open.lastId = ids.at(-1)
    this.#open.more = !last
    return [{ type: 'say', word: { kind: 'ids', ids, more: !last } }]
  }

  #onWant (ids: EnvelopeId[]): Array<AnswerEffect<Profile>> {
    const open = this.#open
    if (open === undefined || ids.length > LIMITS.pullIds) return [{ type: 'lie', why: 'it wants what it has no list of' }]
    if (ids.length === 0) {
      if (!open.more) return [{ type: 'lie', why: 'it wants a page after the last' }]
      return [{ type: 'readIds', mailbox: open.mailbox, after: open.lastId }]
    }
    this.#rest = [...ids]
    this.#saidBytes = 0
    return this.#readOn(open.mailbox)
  }

  #readOn (mailbox: MailboxId): Array<AnswerEffect<Profile>> {
    return [{ type: 'read', mailbox, ids: this.#rest.splice(0, RECONCILE_DEFAULTS.readStep) }]
  }

  /** Mail that has run out is kept for a day, and given to nobody. */
  #onRead (envelopes: Envelope[], now: Millis): Array<AnswerEffect<Profile>> {
    const said: Array<AnswerEffect<Profile>> = []
    for (const envelope of envelopes) {
      if (envelope.expiry * 1000 <= now) continue
      const bytes = envelope.bytes.byteLength
      if (this.#saidBytes > 0 && this.#saidBytes + bytes > LIMITS.pageBytes) {
        this.#rest = []
        break
      }
      this.#saidBytes += bytes
      said.push({ type: 'say', word: { kind: 'envelope', envelope } })
    }
    if (this.#rest.length > 0 && this.#open !== undefined) return [...said, ...this.#readOn(this.#open.mailbox)]
    return [...said, { type: 'say', word: { kind: 'given' } }]
  }
}

function refuse (code: RefusalCode): { type: 'say', word: { kind: 'refusal', refusal: { code: RefusalCode, retryAfterSeconds: number } } } {
  return { type: 'say', word: { kind: 'refusal', refusal: { code, retryAfterSeconds: 0 } } }
}
