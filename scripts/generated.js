// The one place that knows which files protons writes: every `*.proto` in src/wire has its `*.ts` beside it.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')

const WIRE = 'src/wire'

/** Protobuf sources, relative to the repository. */
export const PROTO_FILES = readdirSync(join(ROOT, WIRE), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.proto'))
  .map((entry) => `${WIRE}/${entry.name}`)
  .sort()

/** What is generated from them, relative to the repository: not linted, not measured. */
export const GENERATED_FILES = PROTO_FILES.map((file) => file.replace(/\.proto$/, '.ts'))
