/** The node's own key: made at the first start, its peer id ever after. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readKeyFile, writeKeyFile } from './key-file.ts'
import type { Random } from '../ports.ts'

const SEED_BYTES = 32
const KEY_FILE = 'node.key'

export async function nodeSeed (dataDir: string | undefined, random: Random): Promise<Uint8Array> {
  if (dataDir === undefined) return random.bytes(SEED_BYTES)
  const path = join(dataDir, KEY_FILE)
  if (existsSync(path)) return await readKeyFile(path)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const seed = random.bytes(SEED_BYTES)
  await writeKeyFile(path, seed)
  return seed
}
