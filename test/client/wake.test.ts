import assert from 'node:assert/strict'
import { Wake } from '../../src/client/wake.core.ts'

describe('client/wake', () => {
  it('tells the earliest deadline, rounded up, once', () => {
    const wake = new Wake(100)
    assert.equal(wake.news(), undefined)
    wake.due(1234)
    wake.due(1101)
    wake.due(Infinity)
    assert.equal(wake.news(), 1200)
    assert.equal(wake.news(), undefined)
    wake.due(1000)
    assert.equal(wake.news(), 1000)
  })

  it('rings when it is time, and starts anew', () => {
    const wake = new Wake(100)
    wake.due(1000)
    wake.news()
    assert.equal(wake.ring(1000), true)
    assert.equal(wake.news(), undefined)
    wake.due(2000)
    assert.equal(wake.news(), 2000)
  })

  it('asks again when a timer rang early', () => {
    const wake = new Wake(100)
    wake.due(1000)
    wake.news()
    assert.equal(wake.ring(999), false)
    assert.equal(wake.news(), 1000)
  })
})
