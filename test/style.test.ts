// Style is a unit test: what a reader should be able to rely on in every file under src/ and simulations/.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'
import { GENERATED_FILES, ROOT } from '../scripts/generated.js'

const LINES_MAX = 300
const FEATURES = ['dht', 'presence', 'relay', 'store', 'identity'].map((name) => `src/${name}`)
/** Names that say nothing about what is inside. */
const EMPTY_NAME = /(^|[-.])(utils?|helpers?|managers?|misc|common|data|info|old|new|backup|v\d+)([-.]|$)/i
/** Every feature folder speaks of index.ts, core.ts, service.ts, client.ts and defaults.ts: learn one, know them all. */
const ROLE_VARIANT = /^(cores|services|clients|server|api|mod|constants|config|types)\.ts$|-(core|service|client|defaults)\.ts$/

const sources = listSources()
const written = sources.filter((file) => file.endsWith('.ts') && !GENERATED_FILES.includes(file))

describe('style', () => {
  it(`no file is longer than ${LINES_MAX} lines`, () => {
    const long = written.filter((file) => read(file).trimEnd().split('\n').length > LINES_MAX)
    assert.deepEqual(long, [])
  })

  it('file names say what is inside', () => {
    assert.deepEqual(sources.filter((file) => EMPTY_NAME.test(basename(file))), [])
    assert.deepEqual(sources.filter((file) => !/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(basename(file))), [], 'lower-case words with hyphens')
  })

  it('nothing is left for later', () => {
    assert.deepEqual(written.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(read(file))), [])
  })

  it('every feature folder says in index.ts what others may use', () => {
    const folders = new Set(written.map((file) => dirname(file)).filter((folder) => FEATURES.includes(folder)))
    assert.deepEqual([...folders].filter((folder) => !written.includes(`${folder}/index.ts`)), [])
  })

  it('a role has one name in every feature folder', () => {
    const variants = written.filter((file) => FEATURES.includes(dirname(file)) && ROLE_VARIANT.test(basename(file)))
    assert.deepEqual(variants, [], 'core.ts, or outbox.core.ts where a folder has several')
  })

  it('every export of an index.ts is documented', () => {
    const bare = written.filter((file) => basename(file) === 'index.ts').flatMap(findUndocumented)
    assert.deepEqual(bare, [])
  })

  it('no catch block is empty', () => {
    assert.deepEqual(written.flatMap(findEmptyCatches), [])
  })

  it('package.json names exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies, overrides } = JSON.parse(read('package.json'))
    const loose = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    assert.deepEqual(loose, [])
  })
})

/** What git tracks or would track. */
function listSources (): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'simulations'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(ROOT, file)))
}

function read (file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

function parse (file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
}

function findUndocumented (file: string): string[] {
  return parse(file).statements
    .filter((statement) => ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .filter((statement) => ts.getJSDocCommentsAndTags(statement).length === 0)
    .map((statement) => place(file, statement))
}

function findEmptyCatches (file: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    // A comment inside says why nothing is done, and that is enough.
    if (ts.isCatchClause(node) && node.block.getText().replace(/[{}\s]/g, '') === '') found.push(place(file, node))
    ts.forEachChild(node, visit)
  }
  visit(parse(file))
  return found
}

function place (file: string, node: ts.Node): string {
  return `${file}:${node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().split('\n')[0] ?? ''}`
}
