import assert from 'node:assert/strict'
import { Signpost } from '../../../src/cli/agent/signpost.ts'

describe('cli/agent/signpost', () => {
  const never = new AbortController().signal

  it('remembers that something happened, once', async () => {
    const signpost = new Signpost()
    signpost.point()
    signpost.point()
    assert.equal(await signpost.pointed(never), true)
    const next = signpost.pointed(never)
    signpost.point()
    assert.equal(await next, true)
  })

  it('ends with its signal', async () => {
    const signpost = new Signpost()
    const end = new AbortController()
    const waiting = signpost.pointed(end.signal)
    end.abort()
    assert.equal(await waiting, false)
    signpost.point()
    assert.equal(await signpost.pointed(end.signal), false)
  })
})
