/**
 * Audits in virtual time, as src/relay/audit.ts performs them. A proof is not computed here: whoever has the bytes shows
 * the envelope's id, and nobody else does.
 */
import { AuditCore, sharedMailboxes, type AuditEffect, type AuditEvent, type AuditState } from '../../src/relay/audit.core.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { RateTable } from '../../src/rates.core.ts'
import { toHex } from '../../src/wire/hex.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { TABLE } from './disk-tables.ts'
import { relayFrame, type RelayFrame, type RelayWord } from './frames.ts'
import type { Shelves } from './node-shelves.ts'
import type { PeerStream } from './node-peer-stream.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { Chance } from '../world/chance.ts'
import type { ServedUsers, StoredEnvelope } from '../../src/ports.ts'
import type { EnvelopeId, MailboxId, Millis, PeerKey } from '../../src/types.ts'

type FrameOf<Kind extends RelayFrame['kind']> = Extract<RelayFrame, { kind: Kind }>

export interface AuditsHost {
  /** The nodes that keep the mailbox, as this node sees it. */
  members: (mailbox: MailboxId) => PeerKey[]
  /** On a stream that stands. False when there is none, or no room on it. */
  say: (node: PeerKey, word: RelayWord) => boolean
  caught: (node: PeerKey, until: Millis) => void
}

export interface AuditsParts { self: PeerKey, process: SimProcess, chance: Chance, store: StorePerformer, users: ServedUsers, shelves: Shelves, host: AuditsHost }

/** What a remembered state takes as JSON: ids, and the rest. */
const ID_BYTES = 67
const STATE_BYTES = 160
const RANDOM_ID_BYTES = 32

export class SimAudits {
  readonly #parts: AuditsParts
  readonly #core = new AuditCore()
  readonly #questions = new Map<PeerKey, { number: number, mailbox: MailboxId, ids: EnvelopeId[] }>()
  readonly #answered = new RateTable({ perSecond: RELAY_DEFAULTS.auditAnswersPerMinute / 60, burst: RELAY_DEFAULTS.auditAnswersPerMinute, keysMax: RELAY_DEFAULTS.auditedPeersMax })

  constructor (parts: AuditsParts) { this.#parts = parts }

  /** Nodes that are caught now. */
  get caught (): PeerKey[] { return this.#core.caught(this.#parts.process.now()) }
  get open (): number { return this.#core.open }
  /** Nodes whose audits are remembered. */
  get size (): number { return this.#core.size }

  /** Reads what earlier runs found. */
  start (): void {
    for (const [peer, state] of this.#parts.shelves.entries<AuditState>(TABLE.audits)) this.#tell({ type: 'restored', peer: peer as PeerKey, state })
    this.#lookLater()
  }

  linked (peer: PeerKey): void { this.#tell({ type: 'linked', peer }) }

  unlinked (peer: PeerKey): void { this.#tell({ type: 'unlinked', peer }) }

  /** The node said what it holds of these. */
  onDigests (peer: PeerKey, mailboxes: MailboxId[], readOnly: boolean): void {
    if (readOnly) return this.#tell({ type: 'readOnly', peer })
    const mailbox = this.#core.drawnOf(peer)
    if (mailbox !== undefined && mailboxes.includes(mailbox)) this.#tell({ type: 'told', peer, mailbox })
  }

  onAudit ({ node }: PeerStream, { number, mailbox, ids }: FrameOf<'audit'>): void {
    const { users, process, store, host } = this.#parts
    const isOurs = users.devices(mailbox) !== undefined && users.route(mailbox)?.entries.some(entry => entry.node === node) === true
    if (!isOurs || !this.#answered.take(node, process.now())) return
    host.say(node, relayFrame.audited({ number, asked: ids.length, shown: store.read(mailbox, ids).map(({ envelope }) => envelope.id) }))
  }

  onAudited ({ node }: PeerStream, { number, shown }: FrameOf<'audited'>): void {
    const question = this.#questions.get(node)
    if (question?.number !== number) return
    this.#questions.delete(node)
    const { store, host, process } = this.#parts
    const { mailbox, ids } = question
    const held = host.members(mailbox).includes(node) ? store.read(mailbox, ids) : []
    const isLacking = ({ envelope }: StoredEnvelope): boolean => !shown.includes(envelope.id) && envelope.expiry * 1000 > process.now()
    this.#tell({
      type: 'answered',
      peer: node,
      number,
      shown: held.flatMap(({ envelope: { id } }) => shown.includes(id) ? [id] : []),
      lacking: held.flatMap(stored => isLacking(stored) && !this.#isPartlyCollected(stored) ? [stored.envelope.id] : [])
    })
  }

  #tell (event: AuditEvent): void {
    const { process, chance } = this.#parts
    if (process.isOver) return
    for (const effect of this.#core.handle(event, process.now(), chance.fraction)) this.#perform(effect)
  }

  #perform (effect: AuditEffect): void {
    const { process, shelves, host } = this.#parts
    const { peer } = effect
    switch (effect.type) {
      case 'draw': return process.soon(() => { this.#tell({ type: 'drawn', peer, mailbox: effect.mailbox, ids: this.#draw(effect.mailbox) }) })
      case 'ask': {
        const { number, mailbox, ids } = effect
        this.#questions.set(peer, { number, mailbox, ids })
        host.say(peer, relayFrame.audit({ number, mailbox, ids }))
        return
      }
      case 'letGo':
        this.#questions.delete(peer)
        return
      case 'remember': return shelves.write({ table: TABLE.audits, key: peer, value: effect.state, bytes: STATE_BYTES + ID_BYTES * (effect.state?.draw?.ids.length ?? 0) }, () => {})
      case 'caught':
        process.note(`caught ${peer}`)
        host.caught(peer, effect.until)
    }
  }

  #draw (mailbox: MailboxId): EnvelopeId[] {
    const { store, chance } = this.#parts
    const most = LIMITS.auditIds
    const { ids } = store.ids(mailbox, most, toHex(chance.bytes(RANDOM_ID_BYTES)) as EnvelopeId)
    return ids.length === most ? ids : [...new Set([...ids, ...store.ids(mailbox, most).ids])].slice(0, most)
  }

  #isPartlyCollected ({ position, envelope: { mailbox } }: StoredEnvelope): boolean {
    const { store, users } = this.#parts
    return (users.devices(mailbox) ?? []).some(device => store.page(mailbox, position - 1, 1, device).envelopes[0]?.position !== position)
  }

  #lookLater (): void {
    this.#parts.process.after(RELAY_DEFAULTS.auditLookMs, () => {
      this.#tell(this.#parts.store.failure !== undefined ? { type: 'readOnly' } : { type: 'look', shared: this.#shared() })
      this.#lookLater()
    })
  }

  #shared (): Map<PeerKey, MailboxId[]> {
    const { self, store, users, host } = this.#parts
    return sharedMailboxes({ self, mailboxes: users.mailboxes(), usage: mailbox => store.usage(mailbox), members: mailbox => host.members(mailbox) })
  }
}
