import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { scale } from '../../../simulations/scale/command.ts'

describe('npm run simulate:scale', () => {
  async function run (...argv: string[]): Promise<{ code: number, out: string, err: string }> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const code = await scale(argv, { stdout, stderr })
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
  }

  it('helps', async () => {
    const { code, out } = await run('--help')
    assert.equal(code, 0)
    assert.match(out, /--sizes/)
  })

  it('refuses sizes that are none', async () => {
    for (const sizes of ['99', '1e3', '1000,', '5000000', 'many']) {
      const { code, err } = await run('--sizes', sizes)
      assert.equal(code, 2, sizes)
      assert.match(err, /whole number from 100/)
    }
    assert.equal((await run('--unknown')).code, 2)
    assert.equal((await run('1000')).code, 2)
  })
})
