import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import { UnreachableError } from '../../src/errors.ts'
import { CommandFailedError, UsageError, exitCodeOf, failureText, isExpected, sentence, sentenceOf } from '../../src/cli/failures.ts'

describe('cli/failures', () => {
  it('speaks in whole sentences on one line', () => {
    assert.equal(sentence('no node\n  answered'), 'No node answered.')
    assert.equal(sentence('Is it so?'), 'Is it so?')
    assert.equal(sentence('did:key:z6Mk is nobody'), 'did:key:z6Mk is nobody.')
  })

  it('shows our own errors as they are', () => {
    assert.equal(sentenceOf(new UnreachableError('none of the nodes can be reached')), 'None of the nodes can be reached.')
    assert.ok(isExpected(new UnreachableError('x')))
  })

  it('puts the operating system into words', async () => {
    const error: unknown = await open('/nowhere/at/all').catch((reason: unknown) => reason)
    assert.equal(sentenceOf(error), 'Cannot use /nowhere/at/all: it does not exist.')
    assert.ok(isExpected(error))
  })

  it('admits what nobody expected, without a stack', () => {
    assert.equal(sentenceOf(new TypeError('x is undefined')), 'Something went wrong in posthouse itself (POSTHOUSE_LOG=trace shows where): x is undefined.')
    assert.equal(isExpected(new TypeError('x')), false)
    assert.match(failureText(new TypeError('x'), { POSTHOUSE_LOG: 'trace' }), /\n {4}at /)
    assert.equal(failureText(new UnreachableError('x'), { POSTHOUSE_LOG: 'trace' }), 'x.\n')
    assert.equal(sentenceOf('thrown'), 'Something went wrong in posthouse itself: thrown.')
  })

  it('tells wrong usage from failure', () => {
    assert.equal(exitCodeOf(new UsageError('x')), 2)
    assert.equal(exitCodeOf(new CommandFailedError('x')), 1)
    assert.equal(exitCodeOf(new TypeError('x')), 1)
  })
})
