// Making, showing, protecting and restoring an identity; and what a failure leaves behind: nothing.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Company, type DemoNode } from '../../src/cli/demo/company.ts'
import type { CliProcessInit } from '../../src/cli/demo/cli-process.ts'

const PASSPHRASE = 'correct horse battery staple'

describe('an identity', function () {
  this.timeout(30_000)
  this.slow(10_000)

  let company: Company
  let node: DemoNode

  before(async () => {
    company = await Company.gather()
    node = await company.startNode('only')
  })
  after(async () => {
    await company.disperse()
    assert.ok(company.isGone())
  })

  async function run (data: string, args: string[], init: CliProcessInit = {}): Promise<{ code: number | null, stderr: string, objects: Array<Record<string, unknown>> }> {
    const process = company.run(args.join(' '), data, args, init)
    const objects = await process.objects<Record<string, unknown>>()
    return { ...await process.ended, objects }
  }

  const directoryOf = (data: string): string => company.placesOf({ name: '', data, userId: '', nodes: [] }).data

  it('is made once, readable by its owner alone, and shown without a network', async () => {
    const { code, stderr, objects: [made] } = await run('once', ['user', 'new', '--node', node.address])
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.match(String(made?.['userId']), /^did:key:z6Mk/)
    assert.deepEqual(made?.['nodes'], [node.peerId])
    assert.equal(String(made?.['recoveryPhrase']).split(' ').length, 24)
    assert.equal((await stat(join(directoryOf('once'), 'user'))).mode & 0o777, 0o700)
    assert.equal((await stat(join(directoryOf('once'), 'user', 'device.key'))).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(directoryOf('once')), ['user'])
    assert.deepEqual((await run('once', ['user', 'show'])).objects, [{ userId: made?.['userId'] }])
    const again = await run('once', ['user', 'new', '--node', node.address])
    assert.equal(again.code, 1)
    assert.match(again.stderr, /^There is a user in .* already: .*\.\n$/)
    assert.deepEqual((await run('once', ['user', 'show'])).objects, [{ userId: made?.['userId'] }])
  })

  it('finds nodes through bootstrap peers, and through the node on the same data directory', async () => {
    assert.deepEqual((await run('bootstrapped', ['user', 'new', '--bootstrap', node.address])).objects[0]?.['nodes'], [node.peerId])
    assert.deepEqual((await run('only', ['user', 'new'])).objects[0]?.['nodes'], [node.peerId])
  })

  it('comes back from its phrase, and from nothing else', async () => {
    const { objects: [made] } = await run('lost', ['user', 'new', '--node', node.address])
    const phrase = String(made?.['recoveryPhrase'])
    const restored = await run('restored', ['user', 'restore', '--node', node.address], { input: `${phrase.toUpperCase()}\n` })
    assert.deepEqual({ code: restored.code, objects: restored.objects }, { code: 0, objects: [{ userId: made?.['userId'], nodes: [node.peerId] }] })
    const wrong = await run('wrong', ['user', 'restore', '--node', node.address], { input: phrase.replace(/^\w+/, 'posthouse') })
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /^The recovery phrase is mistyped: word 1 .*\.\n$/)
    assert.deepEqual(existsSync(directoryOf('wrong')) ? await readdir(directoryOf('wrong')) : [], [])
  })

  it('leaves nothing when no node can be reached', async () => {
    const { code, stderr, objects } = await run('nobody', ['user', 'new', '--node', '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWSv8fEyMrazGCgAwMNKcQ6u4LXDJUkVrkJDz5vVYfVuGu'])
    assert.deepEqual({ code, objects }, { code: 1, objects: [] })
    assert.match(stderr, /^No node agreed to serve you: .*\.\n$/)
    assert.deepEqual(await readdir(directoryOf('nobody')), [])
  })

  it('is encrypted at rest under a passphrase, which is asked for from then on', async () => {
    const file = join(company.directory, 'passphrase')
    await writeFile(file, `${PASSPHRASE}\n`)
    const { code, objects: [made] } = await run('locked', ['user', 'new', '--node', node.address, '--passphrase-file', file])
    assert.equal(code, 0)
    assert.match(await readFile(join(directoryOf('locked'), 'user', 'device.key'), 'utf8'), /^-----BEGIN AGE ENCRYPTED FILE-----/)
    const without = await run('locked', ['user', 'show'])
    assert.deepEqual({ code: without.code, stderr: without.stderr }, { code: 1, stderr: 'Your key is encrypted: give its passphrase by --passphrase-file or POSTHOUSE_PASSPHRASE.\n' })
    const wrong = await run('locked', ['user', 'show'], { env: { POSTHOUSE_PASSPHRASE: 'guess' } })
    assert.match(wrong.stderr, /^The passphrase does not open the key file .*\.\n$/)
    assert.deepEqual((await run('locked', ['user', 'show'], { env: { POSTHOUSE_PASSPHRASE: PASSPHRASE } })).objects, [{ userId: made?.['userId'] }])
  })

  it('a second node on the same data directory is one sentence, and the first goes on', async () => {
    const { code, stderr, objects } = await run('only', ['node', '--listen', '/ip4/127.0.0.1/tcp/0', '--log-level', 'silent'])
    assert.deepEqual({ code, objects }, { code: 1, objects: [] })
    assert.match(stderr, /^[^\n]*another process[^\n]*\.\n$/i)
    assert.equal((await run('only', ['status'])).code, 0)
  })
})
