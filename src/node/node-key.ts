/** The node's own key: made at the first start, its peer id ever after. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { IdentityError, StoreFailedError } from '../errors.ts'
import { makePrivateDirectory } from '../store/private-directory.ts'
import { readKeyFile, writeKeyFile } from './key-file.ts'
import type { Random } from '../ports.ts'

export const SEED_BYTES = 32
const KEY_FILE = 'node.key'
export const STORE_FOLDER = 'store'

/**
 * Throws as `readKeyFile` and `writeKeyFile` do. A store without its key is left alone: under another key the node would
 * be nobody whom its users' records name.
 */
export async function nodeSeed (dataDir: string | undefined, random: Random): Promise<Uint8Array> {
  if (dataDir === undefined) return random.bytes(SEED_BYTES)
  const path = join(dataDir, KEY_FILE)
  if (await exists(path)) return await readKeyFile(path)
  if (await exists(join(dataDir, STORE_FOLDER))) {
    throw new IdentityError(`${dataDir} has a store but no node.key: put the key file back, or begin with an empty data directory`)
  }
  await makePrivateDirectory(dataDir).catch((cause: Error) => {
    throw new StoreFailedError(`the data directory ${dataDir} cannot be made: ${cause.message}`, { cause })
  })
  const seed = random.bytes(SEED_BYTES)
  await writeKeyFile(path, seed)
  return seed
}

async function exists (path: string): Promise<boolean> {
  return await access(path).then(() => true, () => false)
}
