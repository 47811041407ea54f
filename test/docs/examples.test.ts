// What the pages tell people to type: programs that type-check, commands and scripts that exist.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { createProgram } from '../../src/cli/program.ts'
import { capturedIo } from '../cli/captured-io.ts'
import { fenced, inlineCode, PAGES, ROOT } from './pages.ts'
import type { Command } from 'commander'

const TYPE_CHECK_MS = 60_000
const README = PAGES.find(({ name }) => name === 'README.md')!

describe('examples in the pages', () => {
  it('type-check as programs that use the package, and would be noticed when they do not', function () {
    this.timeout(TYPE_CHECK_MS)
    const examples = PAGES.flatMap(page => fenced(page, 'ts').map((code, at) => [`${ROOT}test/docs/${page.name.replaceAll('/', '-')}-${at}.ts`, code] as const))
    const wrong = `${ROOT}test/docs/wrong.ts`
    const found = complaints(new Map([...examples, [wrong, `${fenced(README, 'ts')[0]}\nsent.until('sealed')\nclient.send('hello')\n`]]))
    assert.ok(examples.length > 0)
    assert.deepEqual(examples.flatMap(([name]) => found.get(name)), [])
    assert.equal(found.get(wrong)?.length, 2)
  })

  it('of commands are understood by the program', () => {
    const lines = PAGES.flatMap(page => ['', 'sh', 'bash'].flatMap(language => fenced(page, language))).flatMap(code => code.split('\n'))
    const commands = lines.flatMap(line => /^(?:\$ )?(?:node bin\/posthouse\.js|(?:npx )?posthouse) +(.*)$/.exec(line)?.[1] ?? [])
    assert.ok(commands.length > 0)
    for (const command of commands) assert.doesNotThrow(() => { understand(command) }, command)
    assert.throws(() => { understand('nod') })
    assert.throws(() => { understand('inbox --folow') })
    assert.throws(() => { understand('send did:key:z6Mk…') })
  })

  it('name commands and options that exist', () => {
    const mentions = PAGES.flatMap(page => inlineCode(page)).filter(code => /^posthouse [a-z]/.test(code))
    for (const mention of mentions) {
      const words = mention.replaceAll(/[[\]…]|\\?\|/g, ' ').split(/\s+/).slice(1)
      const { command, rest } = named(words)
      assert.notEqual(command.parent, null, mention)
      for (const word of rest.filter(word => word.startsWith('--'))) assert.ok(optionsOf(command).includes(word), `${mention}: ${word}`)
    }
  })

  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> }
    const texts = PAGES.flatMap(page => [...inlineCode(page), ...fenced(page, '')])
    const names = texts.flatMap(text => [...text.matchAll(/\bnpm (?:run )?(test|run [\w:]+|(?<=run )[\w:]+)/g)].map(([, name]) => name!.replace(/^run /, '')))
    assert.ok(names.includes('test') && names.includes('demo'))
    for (const name of names) assert.ok(name in scripts, name)
  })
})

/** What the compiler says of these files, as if they stood in the repository and the package's name led to src/. */
function complaints (files: Map<string, string>): Map<string, string[]> {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = name => files.has(name) || fileExists(name)
  host.readFile = name => files.get(name) ?? readFile(name)
  host.getSourceFile = (name, target, ...rest) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target)
  }
  const paths = { 'posthouse/client': [`${ROOT}src/client/index.ts`], posthouse: [`${ROOT}src/index.ts`] }
  const program = ts.createProgram([...files.keys()], { ...options, incremental: false, tsBuildInfoFile: undefined, declaration: false, noEmit: true, paths }, host)
  return new Map([...files.keys()].map(name => {
    const source = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))]
  }))
}

/** Parses a command line without doing what it says. Throws what the program would refuse. */
function understand (line: string): void {
  const program = createProgram(capturedIo())
  silence(program)
  const words = [...line.replace(/\s#.*$/, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? '')
  program.parse(words, { from: 'user' })
}

function silence (command: Command): void {
  if (command.commands.length === 0) command.action(() => {})
  for (const inner of command.commands) silence(inner)
}

function named (words: string[]): { command: Command, rest: string[] } {
  let command: Command = createProgram(capturedIo())
  for (const [at, word] of words.entries()) {
    const inner = command.commands.find(inner => inner.name() === word)
    if (inner === undefined) return { command, rest: words.slice(at) }
    command = inner
  }
  return { command, rest: [] }
}

function optionsOf (command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? [])
  return command.parent === null ? own : [...own, ...optionsOf(command.parent)]
}
