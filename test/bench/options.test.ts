import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

describe('bench/options', () => {
  it('a benchmark refuses what it does not know with 2 and one sentence', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/index.ts', '--shrot'], { encoding: 'utf8' })
    assert.deepEqual([status, stdout, stderr], [2, '', 'Unknown option \'--shrot\'\n'])
  }).timeout(30_000)
})
