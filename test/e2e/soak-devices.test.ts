// The soak of devices finds what it is for: a message that a device lost, and one that it showed twice.
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { soakDevices } from '../../soak/devices/run.ts'

describe('soak: devices that make mistakes', function () {
  this.timeout(120_000)
  this.slow(60_000)

  it('are found out, and of nothing else than what they did', async () => {
    const { verdicts, counts, equalAfterMs, folder } = await soakDevices({
      nodes: 2,
      devices: 1,
      minutes: 0.1,
      leaveEvery: 60,
      rate: 3,
      seed: 'mistakes',
      keep: false,
      signal: new AbortController().signal,
      happened: () => {},
      watch: () => {},
      program: new URL('../soak/devices/faulty.ts', import.meta.url),
      stillMs: 5000
    })
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    assert.ok(counts.written > 5)
    assert.equal(equalAfterMs, undefined)
    assert.deepEqual(verdicts.filter(({ kept }) => !kept).map(({ name, figure }) => [name, figure]), [['all-have-all', 2], ['shown-once', 2]], JSON.stringify(verdicts))
  })
})
