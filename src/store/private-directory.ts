/** Directories that only their owner enters. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes it, and those above it where they are missing; an existing one keeps its mode. Step by step: Node's recursive
 * mkdir says ENOENT for a read-only file system, and comes to no end in /proc.
 */
export async function makePrivateDirectory (directory: string): Promise<void> {
  try {
    await makeOne(directory)
  } catch (error) {
    const above = dirname(directory)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === directory) throw error
    await makePrivateDirectory(above)
    await makeOne(directory)
  }
}

async function makeOne (directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 })
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(directory)).isDirectory()
    if (!isThere) throw error
  }
}
