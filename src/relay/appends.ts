/**
 * Appends: what the replica wants written goes to the store, and comes back with the receipts of the commit that took
 * it in. However many appends share a commit, its tree is built and signed once.
 */
import { signCommit, type ReceiptRun } from './receipt.ts'
import type { Deposit } from './replica.core.ts'
import type { Admission, AppendOutcome, Commit, Crypto, EnvelopeStore, ServedUsers, SigningKey } from '../ports.ts'
import type { Logger } from '@libp2p/interface'

export interface AppendsComponents { envelopes: EnvelopeStore, users: Pick<ServedUsers, 'admits'>, signingKey: SigningKey, crypto: Crypto, log: Logger }

/** firstLeaf: where the append's stored envelopes stand in the run. run: undefined when none was stored. */
export interface Written { outcomes: AppendOutcome[], firstLeaf: number, run: ReceiptRun | undefined }

export class Appends {
  readonly #components: AppendsComponents
  readonly #signed = new WeakMap<Commit, Promise<ReceiptRun>>()
  /** Envelopes refused since the disk last took some, and why: said when it begins and when it is over, as logs lie on disks too. */
  #refused = 0
  #reason: string | undefined

  constructor (components: AppendsComponents) { this.#components = components }

  /** Undefined when the disk refused: then nothing is acknowledged. */
  async write (deposits: Deposit[]): Promise<Written | undefined> {
    const { envelopes, log } = this.#components
    try {
      const { commit, firstLeaf, outcomes } = await envelopes.append(deposits.map(({ envelope }) => envelope), deposits.map(deposit => this.#admissionOf(deposit)))
      const run = outcomes.some(({ type }) => type === 'stored') ? await this.#sign(commit) : undefined
      if (this.#reason !== undefined) log('the store takes envelopes again; %d were refused', this.#refused)
      this.#refused = 0
      this.#reason = undefined
      return { outcomes, firstLeaf, run }
    } catch (error) {
      this.#refused += deposits.length
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== this.#reason) log.error('envelopes are not stored: %s', reason)
      this.#reason = reason
      return undefined
    }
  }

  /** By what the envelope shows, never by who brings it; only a copy of what is promised already is told apart. */
  #admissionOf ({ envelope, isCopy = false }: Deposit): Admission {
    if (this.#components.users.admits(envelope)) return 'admitted'
    return isCopy ? 'copied' : 'request'
  }

  async #sign (commit: Commit): Promise<ReceiptRun> {
    let signed = this.#signed.get(commit)
    if (signed === undefined) {
      const { envelopes, signingKey, crypto } = this.#components
      this.#signed.set(commit, signed = signCommit(commit, { storeId: envelopes.storeId, key: signingKey, crypto }))
    }
    return await signed
  }
}
