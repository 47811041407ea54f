/** What walks and puts cost: messages and bytes, told to the witness in one piece each, on whoever asked. */
import type { KadModelInit } from './defaults.ts'
import type { Walk } from './walk.ts'
import type { Witness } from '../checks/witness.ts'
import type { Millis, PeerKey } from '../../src/types.ts'

/** All until now. */
export interface RoutingTotals {
  walks: number
  questions: number
  answers: number
  /** Questions that were waited for in vain; the rest was under way when its walk was left. */
  failures: number
  puts: number
  pings: number
  /** Connections made to peers that are not in the asker's table. */
  dials: number
  /** Sent either way. */
  bytes: number
}

/** Records that came with answers. */
export interface CarriedRecords { records: number, recordBytes: number }

export class Bill {
  readonly totals: RoutingTotals = { walks: 0, questions: 0, answers: 0, failures: 0, puts: 0, pings: 0, dials: 0, bytes: 0 }
  readonly #weights: KadModelInit
  readonly #witness: Pick<Witness, 'sent'>

  constructor (weights: KadModelInit, witness: Pick<Witness, 'sent'>) {
    this.#weights = weights
    this.#witness = witness
  }

  /** pings, pongs: that followed from the walk. */
  walked (walk: Walk, { records, recordBytes }: CarriedRecords, { pings, pongs }: { pings: number, pongs: number }, from: PeerKey, at: Millis): void {
    const { totals } = this
    const { questionBytes, answerBytes, closerPeerBytes, recordBytes: recordExtraBytes, dialBytes, pingBytes } = this.#weights
    totals.walks++
    totals.questions += walk.questions
    totals.answers += walk.answers
    totals.failures += walk.failures
    totals.pings += pings
    totals.dials += walk.dials
    const sent = walk.questions - walk.unsent
    const bytes = sent * questionBytes + walk.answers * answerBytes + walk.closerPeers * closerPeerBytes +
      records * recordExtraBytes + recordBytes + walk.dials * dialBytes + (pings + pongs) * pingBytes
    this.#sent(from, at, sent + walk.answers + pings + pongs, bytes)
  }

  /** An acknowledgement repeats the record. */
  put (recordBytes: number, isAcknowledged: boolean, from: PeerKey, at: Millis): void {
    const { questionBytes, recordBytes: recordExtraBytes } = this.#weights
    const messages = isAcknowledged ? 2 : 1
    this.totals.puts++
    this.#sent(from, at, messages, messages * (questionBytes + recordExtraBytes + recordBytes))
  }

  #sent (from: PeerKey, at: Millis, messages: number, bytes: number): void {
    this.totals.bytes += bytes
    this.#witness.sent({ at, from, kind: 'kad', messages, bytes })
  }
}
