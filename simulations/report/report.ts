/** Writes the report of simulated runs: one page that needs nothing from elsewhere and opens from its folder as it is. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { reportDocument } from './document.ts'
import type { ReportedRun } from './reported-run.ts'

/** Makes the directory when it is missing. Resolves with the path of the page. */
export async function writeReport (directory: string, runs: ReportedRun[]): Promise<string> {
  const path = join(directory, 'index.html')
  const page = reportDocument(runs, await bundle())
  await mkdir(directory, { recursive: true })
  await writeFile(path, page)
  return path
}
