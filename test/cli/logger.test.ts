import assert from 'node:assert/strict'
import { createLogger } from '../../src/cli/logger.ts'
import { capturedIo } from './captured-io.ts'

describe('cli/logger', () => {
  it('writes one JSON object a line: level, scope and what was said', () => {
    const { stderr, written } = capturedIo()
    const log = createLogger(stderr, 'info').forComponent('posthouse:relay')
    log('took %d of %s from %p', 3, 'x', { toString: () => '12D3Koo' })
    log.newScope('drain').error('ended: %e', new TypeError('broken\npipe'))
    const lines = written.stderr.trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(lines.map(({ level, scope, msg }) => ({ level, scope, msg })), [
      { level: 'info', scope: 'posthouse:relay', msg: 'took 3 of x from 12D3Koo' },
      { level: 'warn', scope: 'posthouse:relay:drain', msg: 'ended: TypeError: broken\npipe' }
    ])
  })

  it('takes libp2p’s own errors for debugging', () => {
    const { stderr, written } = capturedIo()
    const log = createLogger(stderr, 'warn').forComponent('libp2p:tcp')
    assert.equal(log.enabled, false)
    log.error('peer went away %s', 'x')
    assert.equal(written.stderr, '')
  })

  it('survives whatever it is told', () => {
    const { stderr, written } = capturedIo()
    const log = createLogger(stderr, 'trace').forComponent('posthouse')
    log(undefined)
    log('100 %', 1)
    log('%e %p %b %% %d')
    log(new Error('first'), { deep: { deeper: { deepest: 1 } } })
    log.trace('%b', Uint8Array.of(1, 2))
    log('x'.repeat(10_000))
    const lines = written.stderr.trimEnd().split('\n').map(line => (JSON.parse(line) as { msg: string }).msg)
    assert.equal(lines.length, 6)
    assert.equal(lines[4], '2 bytes')
    assert.ok((lines[5]?.length ?? 0) <= 2000)
  })
})
