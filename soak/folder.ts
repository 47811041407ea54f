/** Where a soak lives: a folder of its own, which stays when there is something to find in it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Verdict } from '../simulations/checks/check.ts'

/** end: lets go of everybody, whatever state they are in. */
export interface Soaking<Run> { run: () => Promise<Run>, end: () => Promise<void> }

/** keep: it stays in any case. The run's `folder` says where it is; undefined when it is gone. */
export async function inFolder<Run extends { verdicts: Verdict[] }> (prefix: string, keep: boolean, begin: (folder: string) => Soaking<Run>): Promise<Run & { folder: string | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  const soaking = begin(folder)
  let isWanted = true
  try {
    const run = await soaking.run()
    isWanted = keep || run.verdicts.some(({ kept }) => !kept)
    return { ...run, folder: isWanted ? folder : undefined }
  } catch (error) {
    throw new Error(`${(error as Error).message} (everything lies in ${folder})`, { cause: error })
  } finally {
    await soaking.end()
    if (!isWanted) await rm(folder, { recursive: true, force: true })
  }
}
