/** Writes the report of simulation runs: one page that needs nothing from elsewhere and opens from a folder as it is. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReportedRun } from './reported-run.ts'

export type { ReportedCheck, ReportedRun, Series, Standing } from './reported-run.ts'
export { standing } from './reported-run.ts'

/** Makes the directory when it is missing. Resolves with the path of the page. */
export async function writeReport (directory: string, runs: ReportedRun[]): Promise<string> {
  const path = join(directory, 'index.html')
  await mkdir(directory, { recursive: true })
  await writeFile(path, `<!doctype html>\n<title>Posthouse: ${runs.length} simulated runs</title>\n`)
  return path
}
