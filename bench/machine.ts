/** What the figures were measured on. They depend on it; their ratios hardly do. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { percentile } from './statistics.ts'

export interface Machine { node: string, cores: number, processor: string, fsyncMs: number }

const PROBES = 50
const PROBE_BYTES = 4096

export async function describeMachine (): Promise<Machine> {
  return { node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model.trim() ?? '', fsyncMs: await probeFsync() }
}

/** The median time of a small append with fsync, on the disk that the servers write to. */
async function probeFsync (): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'posthouse-bench-'))
  try {
    const file = await open(join(directory, 'probe'), 'w')
    const bytes = new Uint8Array(PROBE_BYTES)
    const timesMs: number[] = []
    for (let probe = 0; probe < PROBES; probe++) {
      const begunAt = performance.now()
      await file.write(bytes)
      await file.sync()
      timesMs.push(performance.now() - begunAt)
    }
    await file.close()
    return percentile(timesMs, 50)
  } finally {
    await rm(directory, { recursive: true })
  }
}
