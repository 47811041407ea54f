import assert from 'node:assert/strict'
import { Imports, Pieces } from '../../../../src/cli/agent/local/pieces.ts'
import { CLI_DEFAULTS } from '../../../../src/cli/defaults.ts'

const piece = (at: number): Uint8Array => Uint8Array.of(at)

describe('cli/agent/local/pieces', () => {
  const never = new AbortController().signal

  it('hands each piece over in order, to the end', async () => {
    const pieces = new Pieces()
    const bringing = (async () => {
      for (let at = 1; at <= 5; at++) await pieces.bring(piece(at), never)
      await pieces.bring(undefined, never)
    })()
    const taken: number[] = []
    for await (const bytes of pieces.take(never)) taken.push(bytes[0] ?? 0)
    await bringing
    assert.deepEqual(taken, [1, 2, 3, 4, 5])
    await assert.rejects(pieces.bring(piece(6), never), { name: 'MalformedError' })
  })

  it('keeps one piece, and whoever brings the next waits', async () => {
    const pieces = new Pieces(20)
    await pieces.bring(piece(1), never)
    await assert.rejects(pieces.bring(piece(2), never), { name: 'TimedOutError' })
  })

  it('does not wait for ever, and ends with its signal', async () => {
    const next = async (pieces: Pieces, signal: AbortSignal): Promise<unknown> => await pieces.take(signal).next()
    await assert.rejects(next(new Pieces(20), never), { name: 'TimedOutError' })
    await assert.rejects(next(new Pieces(), AbortSignal.timeout(10)), { name: 'TimeoutError' })
  })

  it('imports are bounded, and go by their token', () => {
    const imports = new Imports()
    for (let at = 0; at < CLI_DEFAULTS.importsMax; at++) imports.begin(`token ${at}`)
    assert.throws(() => imports.begin('one more'), { name: 'MalformedError' })
    imports.end('token 0')
    const pieces = imports.begin('one more')
    assert.equal(imports.get('one more'), pieces)
    assert.throws(() => imports.begin('one more'), { name: 'MalformedError' })
    assert.throws(() => imports.get('token 0'), { name: 'MalformedError' })
  })
})
