/** Directories that only their owner enters. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreFailedError } from '../errors.ts'

/**
 * Makes it, and those above it where they are missing; an existing one keeps its mode. Step by step: Node's recursive
 * mkdir says ENOENT for a read-only file system, and comes to no end in /proc. Throws StoreFailedError for a file in the
 * way, else what the operating system says.
 */
export async function makePrivateDirectory (directory: string): Promise<void> {
  try {
    await makeOne(directory)
  } catch (error) {
    const above = dirname(directory)
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') || above === directory) throw error
    await makePrivateDirectory(above)
    await makeOne(directory)
  }
}

async function makeOne (directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!(await stat(directory)).isDirectory()) throw new StoreFailedError(`${directory} is not a directory`)
  }
}
