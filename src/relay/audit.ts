/**
 * Performs what audit.core.ts decides, and answers the audits of others: draws envelopes by chance, asks for them on the
 * relay stream, and compares what comes back with our own. Docs/protocol.md, "Audit".
 */
import { RateTable } from '../rates.core.ts'
import { toHex } from '../wire/hex.ts'
import { LIMITS } from '../wire/limits.ts'
import { AuditCore, sharedMailboxes, type AuditEffect, type AuditEvent } from './audit.core.ts'
import { decodeAuditState, encodeAuditState, isProof, makeAudit, openAudit, proofOf, type AuditQuestion } from './audit-proof.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { PeerStream, PeerWord } from './peer-stream.ts'
import type { Clock, Crypto, EnvelopeStore, Random, ServedUsers, Shelf, StoredEnvelope } from '../ports.ts'
import type { Bytes, EnvelopeId, MailboxId, Millis, PeerKey } from '../types.ts'
import type { Audit, Audited, Digests } from '../wire/mail.ts'
import type { Logger } from '@libp2p/interface'

/** What audits ask of the relay, and tell it. */
export interface AuditsHost {
  /** The nodes that keep the mailbox, as this node sees it. */
  members: (mailbox: MailboxId) => PeerKey[]
  /** On a stream that stands. False when there is none, or no room on it. */
  say: (node: PeerKey, word: PeerWord) => boolean
  /** Whether a device that the user has no more had collected it: others may have let go of it then. */
  wasCollected: (mailbox: MailboxId, id: EnvelopeId) => boolean
  /** The node did not hold what it should: it keeps no mailbox for us until then. */
  caught: (node: PeerKey, until: Millis) => void
}

export interface AuditsComponents {
  self: PeerKey
  envelopes: EnvelopeStore
  users: ServedUsers
  crypto: Pick<Crypto, 'sha256'>
  clock: Clock
  random: Random
  /** What is remembered of other nodes, by their key. */
  shelf: Shelf
  log: Logger
  /** Whether our disk refuses writes now. */
  isReadOnly: () => boolean
  host: AuditsHost
}

/** Of what was asked for, and is here still. */
interface Compared { shown: EnvelopeId[], lacking: EnvelopeId[] }

export class Audits {
  readonly #components: AuditsComponents
  readonly #core = new AuditCore()
  /** Asked and not answered, by node. */
  readonly #questions = new Map<PeerKey, AuditQuestion>()
  readonly #answered = new RateTable({ perSecond: RELAY_DEFAULTS.auditAnswersPerMinute / 60, burst: RELAY_DEFAULTS.auditAnswersPerMinute, keysMax: RELAY_DEFAULTS.auditedPeersMax })
  #cancelLook: (() => void) | undefined
  #stopped = true

  constructor (components: AuditsComponents) { this.#components = components }

  /** Nodes that are caught now. */
  get caught (): PeerKey[] { return this.#core.caught(this.#components.clock.now()) }

  /** Reads what earlier runs found; what cannot be read is found again. */
  async start (): Promise<void> {
    this.#stopped = false
    for await (const [peer, bytes] of this.#components.shelf.entries()) {
      try {
        this.#tell({ type: 'restored', peer: peer as PeerKey, state: decodeAuditState(bytes) })
      } catch (error) {
        this.#components.log('what is remembered of the audits of %s cannot be used: %s', peer.slice(0, 8), (error as Error).message)
      }
    }
    this.#lookLater()
  }

  stop (): void {
    this.#stopped = true
    this.#cancelLook?.()
    this.#questions.clear()
  }

  /** A stream with the node stands. */
  linked (peer: PeerKey): void { this.#tell({ type: 'linked', peer }) }

  /** There is no stream with the node any more. */
  unlinked (peer: PeerKey): void { this.#tell({ type: 'unlinked', peer }) }

  /** The node said what it holds. */
  onDigests (peer: PeerKey, { digests, readOnly }: Digests): void {
    if (readOnly) return this.#tell({ type: 'readOnly', peer })
    const mailbox = this.#core.drawnOf(peer)
    if (mailbox !== undefined && digests.some(digest => toHex(digest.mailbox) === mailbox)) this.#tell({ type: 'told', peer, mailbox })
  }

  /**
   * Answers another node's audit, when it is of the newest record of a mailbox that is served here and does not ask too
   * often. Throws MalformedError.
   */
  onAudit ({ node }: Pick<PeerStream, 'node'>, audit: Audit): void {
    const question = openAudit(audit)
    const { users, clock, log, host } = this.#components
    const isOurs = users.devices(question.mailbox) !== undefined && users.route(question.mailbox)?.entries.some(entry => entry.node === node) === true
    if (!isOurs || !this.#answered.take(node, clock.now())) return
    this.#prove(question)
      .then(hashes => { host.say(node, { audited: { number: question.number, hashes } }) })
      .catch((error: Error) => { log.error('an audit could not be answered: %s', error.message) })
  }

  /** The answer to an audit of ours; one that nobody waits for is passed over. */
  onAudited ({ node }: Pick<PeerStream, 'node'>, { number, hashes }: Audited): void {
    const question = this.#questions.get(node)
    if (question?.number !== number) return
    this.#questions.delete(node)
    this.#compare(node, question, hashes)
      .catch((error: Error): Compared => {
        this.#components.log.error('the answer to an audit could not be checked: %s', error.message)
        return { shown: [], lacking: [] }
      })
      .then(compared => { this.#tell({ type: 'answered', peer: node, number, ...compared }) })
      .catch((error: Error) => { this.#components.log.error('%s', error.message) })
  }

  #tell (event: AuditEvent): void {
    if (this.#stopped) return
    const { clock, random } = this.#components
    for (const effect of this.#core.handle(event, clock.now(), random.fraction)) this.#perform(effect)
  }

  #perform (effect: AuditEffect): void {
    const { host, log } = this.#components
    const { peer } = effect
    switch (effect.type) {
      case 'draw':
        this.#draw(effect.mailbox)
          .then(ids => { this.#tell({ type: 'drawn', peer, mailbox: effect.mailbox, ids }) })
          .catch((error: Error) => { log.error('nothing could be drawn for an audit: %s', error.message) })
        return
      case 'ask': return this.#ask(effect)
      case 'letGo':
        this.#questions.delete(peer)
        return
      case 'remember':
        this.#remember(effect).catch((error: Error) => { log.error('what an audit found was not kept: %s', error.message) })
        return
      case 'caught':
        log('node %s does not hold what it should, and keeps no mail for us until %s', peer.slice(0, 8), new Date(effect.until).toISOString())
        host.caught(peer, effect.until)
    }
  }

  /** One that finds no room is not answered either; the link has ended then, or does not last. */
  #ask ({ peer, number, mailbox, ids }: Extract<AuditEffect, { type: 'ask' }>): void {
    const question = { number, nonce: this.#components.random.bytes(LIMITS.auditNonceBytes), mailbox, ids }
    this.#questions.set(peer, question)
    this.#components.host.say(peer, { audit: makeAudit(question) })
  }

  /** Ids are hashes: those behind a place of chance are as good as any. */
  async #draw (mailbox: MailboxId): Promise<EnvelopeId[]> {
    const { envelopes, random } = this.#components
    const most = LIMITS.auditIds
    const { ids } = await envelopes.ids(mailbox, most, toHex(random.bytes(ID_BYTES)) as EnvelopeId)
    if (ids.length === most) return ids
    const { ids: first } = await envelopes.ids(mailbox, most)
    return [...new Set([...ids, ...first])].slice(0, most)
  }

  async #prove ({ nonce, mailbox, ids }: AuditQuestion): Promise<Bytes[]> {
    const { envelopes, crypto } = this.#components
    const held = new Map((await envelopes.read(mailbox, ids)).map(({ envelope }) => [envelope.id, envelope.bytes]))
    return ids.map(id => {
      const bytes = held.get(id)
      return bytes === undefined ? NOTHING : proofOf(nonce, bytes, crypto)
    })
  }

  /** Against what is here now: what was collected or has expired meanwhile need not be there, nor does whoever is no member any more. */
  async #compare (node: PeerKey, { nonce, mailbox, ids }: AuditQuestion, hashes: Uint8Array[]): Promise<Compared> {
    const { envelopes, crypto, clock, host } = this.#components
    const compared: Compared = { shown: [], lacking: [] }
    const proofs = new Map(ids.map((id, at) => [id, hashes[at]]))
    const held = await envelopes.read(mailbox, ids)
    if (!host.members(mailbox).includes(node)) return compared
    for (const stored of held) {
      const { id, bytes, expiry } = stored.envelope
      if (isProof(proofs.get(id), nonce, bytes, crypto)) compared.shown.push(id)
      else if (expiry * 1000 > clock.now() && !host.wasCollected(mailbox, id) && !await this.#isPartlyCollected(stored)) compared.lacking.push(id)
    }
    return compared
  }

  /** Mail that some device has is under a quota of its own, and may have gone elsewhere. */
  async #isPartlyCollected ({ position, envelope: { mailbox } }: StoredEnvelope): Promise<boolean> {
    const { envelopes, users } = this.#components
    for (const device of users.devices(mailbox) ?? []) {
      const { envelopes: [next] } = await envelopes.page(mailbox, position - 1, 1, device)
      if (next?.position !== position) return true
    }
    return false
  }

  async #remember ({ peer, state }: Extract<AuditEffect, { type: 'remember' }>): Promise<void> {
    const { shelf } = this.#components
    if (state === undefined) await shelf.delete(peer)
    else await shelf.put(peer, encodeAuditState(state))
  }

  #lookLater (): void {
    this.#cancelLook = this.#components.clock.after(RELAY_DEFAULTS.auditLookMs, () => {
      this.#tell(this.#components.isReadOnly() ? { type: 'readOnly' } : { type: 'look', shared: this.#shared() })
      this.#lookLater()
    })
  }

  #shared (): Map<PeerKey, MailboxId[]> {
    const { self, envelopes, users, host } = this.#components
    return sharedMailboxes({ self, mailboxes: users.mailboxes(), usage: mailbox => envelopes.usage(mailbox), members: mailbox => host.members(mailbox) })
  }
}

const ID_BYTES = 32
/** What is answered for an envelope that is not here. */
const NOTHING = new Uint8Array(0)
