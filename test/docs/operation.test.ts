// What docs/operation.md tells an operator is held against the program: options, files and their modes, the first and the
// last line, status fields, sentences, refusals and limits.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { nodeCommand } from '../../src/cli/commands/node.ts'
import { main } from '../../src/cli/main.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { createNode } from '../../src/node/index.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { STORE_DEFAULTS } from '../../src/store/index.ts'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { ROOT } from '../../scripts/generated.js'
import { capturedIo, type CapturedIo } from '../cli/captured-io.ts'
import { until } from '../until.ts'

const DEFAULTS: Record<string, Readonly<Record<string, unknown>>> = { node: NODE_DEFAULTS, store: STORE_DEFAULTS, relay: RELAY_DEFAULTS, wire: LIMITS }
const TIME_UNITS = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1000, 's'], [1, 'ms']] as const
const BYTE_UNITS = [[1024 * 1024, 'MiB'], [1024, 'KiB'], [1, 'bytes']] as const

describe('docs/operation.md', () => {
  let text: string
  let folder: string

  before(async () => { text = await readFile(join(ROOT, 'docs/operation.md'), 'utf8') })
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-docs-')) })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

  /** The rows of the table under these headings, without them. */
  function table (...headings: string[]): string[][] {
    const lines = text.split('\n')
    const at = lines.indexOf(`| ${headings.join(' | ')} |`)
    assert.notEqual(at, -1, `no table ${headings.join(', ')}`)
    const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'))
    return lines.slice(at + 2, end).map(line => line.slice(1, -1).split('|').map(cell => cell.trim()))
  }

  function block (name: string): string {
    const found = new RegExp(`^\`\`\`${name}\n([^]*?)^\`\`\``, 'm').exec(text)?.[1]
    assert.ok(found !== undefined, `no block ${name}`)
    return found
  }

  const names = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

  it('lists the options of the command, with their variables', () => {
    const written = table('option', 'environment', 'does').map(([option = '', variable = '']) => [names(option)[0]?.split(' ')[0], names(variable)[0]])
    const command = nodeCommand(capturedIo())
    assert.deepEqual(new Map(written as Array<[string, string | undefined]>), new Map(command.options.map(({ long, envVar }) => [long ?? '', envVar])))
    for (const address of NODE_DEFAULTS.listen) assert.ok(text.includes(`\`${address}\``), address)
    assert.ok(text.includes(`Default: \`${NODE_DEFAULTS.network}\``))
    assert.ok(text.includes(`it notes up to ${NODE_DEFAULTS.nodesRemembered} nodes`))
    assert.ok(text.includes(`every ${NODE_DEFAULTS.bootstrapCheckMs / 60_000} minutes while they are not connected`))
  })

  it('shows the first and the last line, the files and their modes, as a node has them', async () => {
    const io = capturedIo()
    const running = main(['node', '--json', '--data', folder, '--listen', '/ip4/127.0.0.1/tcp/0', '--log-level', 'silent'], io)
    const ready = JSON.parse(await line(io, 0)) as Record<string, unknown>
    assert.deepEqual(Object.keys(ready), Object.keys(JSON.parse(block('json ready')) as object))
    for (const [path = '', mode = ''] of table('path', 'mode', 'is')) {
      const found = await stat(join(folder, names(path)[0] ?? ''))
      assert.equal(`0${(found.mode & 0o777).toString(8)}`, mode, path)
      assert.equal(found.isDirectory(), names(path)[0]?.endsWith('/'), path)
    }
    const listed = new Set(table('path', 'mode', 'is').map(([path = '']) => names(path)[0]?.replace(/\/$/, '')))
    const there = (await readdir(folder, { recursive: true, withFileTypes: true })).map(entry => relative(folder, join(entry.parentPath, entry.name))).filter(path => !path.startsWith('node/store/db/'))
    assert.deepEqual(new Set(there), listed)
    io.stopper.abort()
    assert.equal(await running, 0)
    const drained = JSON.parse(await line(io, 1)) as Record<string, unknown>
    assert.deepEqual(Object.keys(drained), Object.keys(JSON.parse(block('json drained')) as object))
    assert.equal((await readdir(join(folder, 'node'))).includes('control.sock'), false, 'only while it runs')
  })

  it('has a unit whose command line the program takes', async () => {
    const unit = block('ini systemd')
    const [, command = ''] = /^ExecStart=\S+ \S+posthouse\.js (.*)$/m.exec(unit) ?? []
    const [name, ...given] = command.split(' ')
    const options = nodeCommand(capturedIo())
    assert.equal(name, options.name())
    options.exitOverride().parseOptions(given)
    assert.deepEqual(options.parseOptions(given).unknown, [])
    assert.match(command, /--data \/var\/lib\/posthouse\b/)
    assert.match(unit, /^StateDirectory=posthouse$/m)
    const stopSeconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])
    assert.ok(stopSeconds * 1000 > RELAY_DEFAULTS.finishMs + RELAY_DEFAULTS.handoverMs + 20_000, 'more than a drain takes')
    assert.ok(Number(/^LimitNOFILE=(\d+)$/m.exec(unit)?.[1]) > NODE_DEFAULTS.connectionsMax + 1000)
  })

  it('ends with the exit codes that it names', async () => {
    const io = capturedIo()
    assert.equal(await main(['node', '--data', folder, '--listen', 'nonsense'], io), 2)
    const first = capturedIo()
    const running = main(['node', '--json', '--data', folder, '--listen', '/ip4/127.0.0.1/tcp/0', '--log-level', 'silent'], first)
    await line(first, 0)
    const second = capturedIo()
    assert.equal(await main(['node', '--json', '--data', folder, '--listen', '/ip4/127.0.0.1/tcp/0', '--log-level', 'silent'], second), 1)
    assert.match(second.written.stderr, /^The store in \S+ is open in another process\.\n$/)
    first.stopper.abort()
    await running
  })

  it('names every field of the status', async () => {
    const node = await createNode({ listen: ['/ip4/127.0.0.1/tcp/0'] })
    const fields = Object.entries(node.status()).flatMap(([name, value]) => typeof value === 'object' && !Array.isArray(value) && value !== null ? Object.keys(value as object).map(inner => `${name}.${inner}`) : [name])
    assert.deepEqual(table('field', 'is').flatMap(([cell = '']) => names(cell)).sort(), fields.sort())
  })

  it('quotes sentences that the program says', async () => {
    const sources = await Promise.all((await readdir(join(ROOT, 'src'), { recursive: true })).filter(path => path.endsWith('.ts')).map(async path => await readFile(join(ROOT, 'src', path), 'utf8')))
    const said = sources.join('\n').replace(/\$\{[^}]*\}…?|%[sd]…?/g, '…')
    const sentences = [...table('sentence', 'do'), ...table('sentence', 'means, and do')].map(([sentence = '']) => sentence)
    assert.ok(sentences.length > 20)
    // Some are put together: what stands before and after a colon is looked for apart.
    for (const sentence of sentences) {
      for (const part of sentence.split(': ').filter(part => part.replaceAll('…', '').trim() !== '')) assert.ok(said.includes(part), `nobody says “${part}”`)
    }
  })

  it('explains every refusal', () => {
    assert.deepEqual(table('refusal', 'means for the operator').flatMap(([cell = '']) => names(cell)).sort(), Object.keys(REFUSAL).sort())
  })

  it('gives limits as they are', () => {
    for (const [name = '', value] of table('limit', 'is', 'of')) {
      const [folderName = '', key = ''] = names(name)[0]?.split('.') ?? []
      const limit = DEFAULTS[folderName]?.[key]
      assert.equal(typeof limit, 'number', name)
      assert.equal(value, shown(key, limit as number), name)
    }
    const mailboxBytes = STORE_DEFAULTS.uncollectedBytes + STORE_DEFAULTS.partlyCollectedBytes + STORE_DEFAULTS.collectionBytes
    assert.ok(text.includes(`each user's mailbox may grow to ${shown('bytes', mailboxBytes)}`))
  })
})

/** A number as a person reads it, in the unit that its name ends with. */
function shown (name: string, value: number): string {
  if (/bytes(Max)?$/i.test(name)) return inUnits(value, BYTE_UNITS, 1)
  return name.endsWith('Ms') ? inUnits(value, TIME_UNITS, 2) : value.toLocaleString('en')
}

function inUnits (value: number, units: ReadonlyArray<readonly [number, string]>, parts: number): string {
  const shownParts: string[] = []
  let left = value
  for (const [size, unit] of units) {
    if (left < size || shownParts.length === parts) continue
    shownParts.push(`${Math.floor(left / size).toLocaleString('en')} ${unit}`)
    left %= size
  }
  assert.equal(left, 0, `${value} is not told whole`)
  return shownParts.join(' ')
}

/** A line of standard output, when it is there. */
async function line (io: CapturedIo, at: number): Promise<string> {
  const lines = (): string[] => io.written.stdout.split('\n')
  await until(`there is a line ${at}`, () => lines().length > at + 1)
  return lines()[at] ?? ''
}
