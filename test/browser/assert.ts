/** What the conversation tests use of `node:assert/strict`, for pages: bundle.ts puts it in that one's place. */
import { assert as chai, config } from 'chai'

// Values are shown whole: they come out in another process, where nobody can look them up.
config.truncateThreshold = 0

/** Strict in everything, like the original. */
const assert = {
  ok: chai.ok,
  equal: chai.strictEqual,
  notEqual: chai.notStrictEqual,
  deepEqual: chai.deepEqual,
  match: chai.match,
  /** expected: fields of the error; regular expressions match. */
  async rejects (promise: Promise<unknown>, expected: Record<string, string | RegExp> = {}): Promise<void> {
    const error = await promise.then(() => undefined, (reason: unknown) => reason)
    chai.instanceOf(error, Error, 'it was fulfilled')
    for (const [name, wanted] of Object.entries(expected)) {
      const actual = String((error as unknown as Record<string, unknown>)[name])
      if (typeof wanted === 'string') chai.strictEqual(actual, wanted)
      else chai.match(actual, wanted)
    }
  }
}

export default assert
