// Writes the code of src/wire/*.proto beside the sources. With --check it writes nothing and fails when that code is not current.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { GENERATED_FILES, PROTO_FILES, ROOT } from './generated.js'

const check = process.argv.includes('--check')
const fresh = mkdtempSync(join(tmpdir(), 'posthouse-generate-'))

try {
  if (PROTO_FILES.length > 0) {
    execFileSync(process.execPath, [join(ROOT, 'node_modules', '.bin', 'protons'), '--strict', '--output', fresh, ...PROTO_FILES], { cwd: ROOT, stdio: 'inherit' })
  }
  const stale = GENERATED_FILES.filter((file) => !isCurrent(file))
  for (const file of stale) {
    if (!check) copyFileSync(freshPath(file), join(ROOT, file))
    console.log(check ? `${file} is not what its .proto says: run \`npm run generate\`` : `wrote ${file}`)
  }
  if (check && stale.length > 0) process.exitCode = 1
} finally {
  rmSync(fresh, { recursive: true })
}

function freshPath (file) {
  return join(fresh, basename(file))
}

function isCurrent (file) {
  const path = join(ROOT, file)
  return existsSync(path) && readFileSync(path).equals(readFileSync(freshPath(file)))
}
