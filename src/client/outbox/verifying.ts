/** Signatures of what nodes say, a bounded number at a time: whoever says more than there can be is not heard. */
import { TooLargeError } from '../../errors.ts'

export class Verifying {
  readonly #max: number
  #count = 0

  constructor (max: number) { this.#max = max }

  /** Rejects with TooLargeError, or as `verify` does. */
  async run <T>(verify: () => Promise<T>): Promise<T> {
    if (this.#count >= this.#max) throw new TooLargeError(`${this.#max} others wait to be verified already`)
    this.#count++
    try {
      return await verify()
    } finally {
      this.#count--
    }
  }
}
