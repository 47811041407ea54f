/**
 * What other nodes answer to our deposits, opened and verified before the coordinator hears of it: a node that lies
 * about receipts or routes loses its stream, and what it was asked goes to the next node on the list.
 *
 * Answers of one stream are worked off one after the other, so that a `moved` record stands before its refusal and a
 * bad signature stops whatever came behind it.
 */
import { NotAuthenticError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { toHex } from '../wire/hex.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { openReceiptRun, type ReceiptRun } from './receipt.ts'
import type { CoordinatorEvent } from './coordinator.core.ts'
import type { PeerStream } from './peer-stream.ts'
import type { Crypto } from '../ports.ts'
import type { Bytes, EnvelopeId, PeerKey, RefusalCode, RouteRecord } from '../types.ts'
import type { Receipts, Refused } from '../wire/mail.ts'
import type { Logger } from '@libp2p/interface'

export type PeerAnswer = { type: 'receipts', receipts: Receipts } | { type: 'refused', refused: Refused } | { type: 'moved', route: Bytes }

export interface PeerAnswersComponents {
  crypto: Crypto
  log: Logger
  /** Opens a record from another node and keeps it when it is the newest. Rejects when it is not a valid one. */
  learnRoute: (bytes: Bytes) => Promise<RouteRecord>
  idsOf: (node: PeerKey, tickets: number[]) => EnvelopeId[] | undefined
  /** run: of a receipts event. */
  tell: (event: CoordinatorEvent, run?: ReceiptRun) => void
}

interface Queue { answers: PeerAnswer[], moved: RouteRecord | undefined }

export class PeerAnswers {
  readonly #components: PeerAnswersComponents
  readonly #queues = new Map<PeerStream, Queue>()

  constructor (components: PeerAnswersComponents) { this.#components = components }

  take (stream: PeerStream, answer: PeerAnswer): void {
    const queue = this.#queues.get(stream)
    if (queue !== undefined) {
      queue.answers.push(answer)
      if (queue.answers.length > RELAY_DEFAULTS.answersWaitingMax) stream.gate.close('answers in')
      return
    }
    const begun: Queue = { answers: [answer], moved: undefined }
    this.#queues.set(stream, begun)
    this.#workOff(stream, begun)
      .catch((error: Error) => { stream.abort(error) })
      .finally(() => { this.#queues.delete(stream) })
  }

  async #workOff (stream: PeerStream, queue: Queue): Promise<void> {
    for (let answer; stream.open && (answer = queue.answers.shift()) !== undefined;) {
      await this.#handle(stream.node, answer, queue)
      if (queue.answers.length <= RELAY_DEFAULTS.answersWaitingMax / 2) stream.gate.open('answers in')
    }
  }

  async #handle (node: PeerKey, answer: PeerAnswer, queue: Queue): Promise<void> {
    switch (answer.type) {
      case 'receipts': return await this.#onReceipts(node, answer.receipts)
      case 'refused': return this.#onRefused(node, answer.refused, queue)
      case 'moved': queue.moved = await this.#components.learnRoute(answer.route)
    }
  }

  async #onReceipts (node: PeerKey, receipts: Receipts): Promise<void> {
    const { crypto, idsOf, tell, log } = this.#components
    if (toHex(receipts.node) !== node) throw new NotAuthenticError('the receipts name another node')
    const ids = idsOf(node, receipts.tickets)
    if (ids === undefined) {
      log('receipts of %s came too late: their deposits are forgotten', node.slice(0, 8))
      return
    }
    const run = await openReceiptRun(receipts, ids, crypto)
    tell({ type: 'receipts', node, tickets: receipts.tickets }, run)
  }

  #onRefused (node: PeerKey, { tickets, refusal }: Refused, { moved }: Queue): void {
    const code = refusal?.code as RefusalCode | undefined
    if (code === REFUSAL.moved && moved !== undefined) this.#components.tell({ type: 'moved', node, tickets, route: moved })
    else this.#components.tell({ type: 'refused', node, tickets, refusal: { code: code ?? REFUSAL.malformed, retryAfterSeconds: refusal?.retryAfterSeconds ?? 0 } })
  }
}
