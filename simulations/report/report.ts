/** Writes the report of simulated runs: one page that needs nothing from elsewhere and opens from its folder as it is. */
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { reportDocument } from './document.ts'
import type { ReportedRun } from './reported-run.ts'

/** Makes the directory when it is missing, so that what is wrong with it is known before hours have gone into a run. */
export async function makeReportFolder (directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await access(directory, constants.W_OK)
}

/** Resolves with the path of the page. */
export async function writeReport (directory: string, runs: ReportedRun[]): Promise<string> {
  const path = join(directory, 'index.html')
  const page = reportDocument(runs, await bundle())
  await mkdir(directory, { recursive: true })
  await writeFile(path, page)
  return path
}
