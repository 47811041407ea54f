// Several devices of one person, and everything that a person owns in a file: the commands, in real processes over real nodes.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Company, type DemoNode, type Person } from '../../src/cli/demo/company.ts'
import type { ConversationLine, DeviceEntry } from '../../src/cli/agent/calls.ts'
import type { CliProcess } from '../../src/cli/demo/cli-process.ts'

type LinkEvent =
  | { event: 'code', code: string, expiresAt: number }
  | { event: 'linked', userId?: string, device: string | DeviceEntry }
  | { event: 'transfer', done: number, total: number }
  | { event: 'done', history: 'moved' | 'none' }

const MESSAGES = 40
/** A frame waits 20 s for what opens it before others are asked. */
const LOOKS = 10
const PASSPHRASE = 'a passphrase for the file'

describe('devices and files of one person', function () {
  this.timeout(240_000)
  this.slow(20_000)

  let company: Company
  let nodes: DemoNode[]
  let alice: Person
  let phrase: string
  let bob: Person
  /** Alice on another machine. */
  let laptop: Person
  let inbox: CliProcess

  before(async () => {
    company = await Company.gather()
    nodes = [await company.startNode('first')]
    nodes.push(await company.startNode('second'))
    const options = nodes.flatMap(({ address }) => ['--node', address])
    const [made] = await company.run('alice’s user new', 'alice', ['user', 'new', ...options]).all<{ userId: string, nodes: string[], recoveryPhrase: string }>()
    alice = { name: 'alice', data: 'alice', userId: made?.userId ?? '', nodes: made?.nodes ?? [] }
    phrase = made?.recoveryPhrase ?? ''
    laptop = { ...alice, name: 'alice’s laptop', data: 'laptop' }
    bob = await company.makePerson('bob', nodes)
  })

  after(async () => {
    await company.disperse()
    assert.ok(company.isGone())
  })

  async function read (person: Person, ...options: string[]): Promise<ConversationLine[]> {
    return await company.perform<ConversationLine>(person, 'inbox', ...options)
  }

  async function texts (person: Person): Promise<string[]> {
    return (await read(person)).map(({ text }) => text)
  }

  /** It is there, or is said to be missing: whoever wrote it may not have known of this device yet, and the other device gives it when asked. */
  async function comes (person: Person, text: string): Promise<void> {
    for (let looks = 1; ; looks++) {
      const run = company.run(`${person.name}’s inbox`, person.data, ['inbox'])
      if ((await run.all<ConversationLine>()).some(line => line.text === text)) return
      const { stderr } = await run.ended
      assert.match(stderr, /cannot be opened yet/, `“${text}” is missing, and nothing is said of it`)
      assert.ok(looks < LOOKS, `“${text}” did not come`)
    }
  }

  /** A command that must fail: its one sentence. */
  async function failing (person: Person, args: string[], init: Parameters<Company['run']>[3] = {}): Promise<string> {
    const { code, stderr } = await company.run(args.join(' '), person.data, args, init).ended
    assert.notEqual(code, 0, args.join(' '))
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
    return stderr.trim()
  }

  it('a second device comes in by a code, with the history, while another process has the store', async () => {
    await company.perform(alice, 'send', bob.userId, 'first contact')
    const input = Array.from({ length: MESSAGES }, (_, at) => `message ${at}`).join('\n')
    await company.run('bob’s chat', bob.data, ['chat', alice.userId], { input }).all()
    assert.equal((await texts(alice)).length, MESSAGES)
    inbox = company.run('alice’s inbox', alice.data, ['inbox', '--follow'])
    await company.attachable(alice, inbox)
    const showing = company.run('alice’s device link', alice.data, ['device', 'link'])
    const shown = await showing.next<LinkEvent>()
    assert.ok(shown.event === 'code')
    assert.ok(shown.expiresAt > Date.now())
    const [linked, ...moves] = await company.run('the laptop’s device link', laptop.data, ['device', 'link', '--code', shown.code.toLowerCase()]).all<LinkEvent>()
    assert.ok(linked?.event === 'linked' && linked.userId === alice.userId)
    assert.deepEqual(moves.at(-1), { event: 'done', history: 'moved' })
    const there = await showing.all<LinkEvent>()
    assert.ok(there.some(event => event.event === 'linked' && (event.device as DeviceEntry).id === linked.device))
    assert.deepEqual((await texts(laptop)).sort(), (await texts(alice)).sort())
  })

  it('a device comes in while nothing else runs: neither command ends before the history is there', async () => {
    const tablet: Person = { ...bob, name: 'bob’s tablet', data: 'tablet' }
    const showing = company.run('bob’s device link', bob.data, ['device', 'link'])
    const shown = await showing.next<LinkEvent>()
    assert.ok(shown.event === 'code')
    const taken = await company.run('the tablet’s device link', tablet.data, ['device', 'link', '--code', shown.code]).all<LinkEvent>()
    const given = await showing.all<LinkEvent>()
    assert.deepEqual([taken.at(-1), given.at(-1)], Array(2).fill({ event: 'done', history: 'moved' }))
    assert.deepEqual((await texts(tablet)).sort(), (await texts(bob)).sort())
  })

  it('the code is good once, and nothing is a code but a code', async () => {
    const [, other] = [alice, { ...alice, data: 'other' }]
    assert.match(await failing(other, ['device', 'link', '--code', 'NONSENSE']), /link code/)
    assert.match(await failing(laptop, ['device', 'link', '--code', 'NONSENSE']), /^There is a user in .* already/)
    assert.ok(!existsSync(company.placesOf(other).user.directory))
    assert.match(await failing(other, ['device', 'link', '--node', nodes[0]?.address ?? '']), /--code/)
  })

  it('both get what is written from then on, own messages too, and both are listed', async () => {
    await company.perform(bob, 'send', alice.userId, 'to both devices')
    await comes(laptop, 'to both devices')
    await comes(alice, 'to both devices')
    await company.perform(laptop, 'send', bob.userId, 'from the laptop')
    assert.ok((await texts(bob)).includes('from the laptop'))
    const lists = await Promise.all([alice, laptop].map(async person => await company.perform<DeviceEntry>(person, 'device', 'list')))
    for (const devices of lists) {
      assert.equal(devices.length, 2)
      assert.equal(devices.filter(({ isThis }) => isThis).length, 1)
    }
    assert.deepEqual(...lists.map(devices => devices.map(({ id }) => id).sort()) as [string[], string[]])
  })

  it('what one calls somebody is there on both, and stands for the id', async () => {
    assert.deepEqual(await company.perform(laptop, 'contact', 'name', bob.userId, 'Bob Bobson'), [{ userId: bob.userId, name: 'Bob Bobson' }])
    assert.ok((await read(alice)).some(line => line.from === bob.userId && 'name' in line && line.name === 'Bob Bobson'))
    await company.perform(alice, 'send', 'bob bobson', 'to whom I call so')
    assert.ok((await texts(bob)).includes('to whom I call so'))
    await company.perform(alice, 'contact', 'name', 'Bob Bobson', 'Bobby')
    await read(laptop)
    assert.deepEqual(await company.perform(laptop, 'contact', 'list'), [{ userId: bob.userId, name: 'Bobby' }])
    assert.match(await failing(laptop, ['send', 'Bob Bobson', 'hello']), /^Nobody is called “Bob Bobson” here: /)
  })

  it('two people see the same safety code', async () => {
    const codeOf = async (own: Person, other: Person): Promise<string | undefined> => {
      const [shown] = await company.perform<{ safetyCode: string }>(own, 'user', 'verify', other.userId)
      return shown?.safetyCode
    }
    const [ours, theirs] = await Promise.all([codeOf(alice, bob), codeOf(bob, alice)])
    assert.match(ours ?? '', /^\d{60}$/)
    assert.equal(ours, theirs)
  })

  it('an answer says what it answers, and a follower sees what becomes of a message', async () => {
    const [question] = (await read(alice)).filter(({ text }) => text === 'to both devices')
    const [sent] = await company.perform<{ id: string }>(alice, 'send', bob.userId, 'an answer', '--reply-to', question?.id ?? '')
    const answer = (await read(bob)).find(({ id }) => id === sent?.id)
    assert.equal(answer?.replyTo, question?.id)
  })

  it('a revoked device is out; only the phrase can do that, and not to this device', async () => {
    const devices = await company.perform<DeviceEntry>(alice, 'device', 'list')
    const [out, own] = [devices.find(({ isThis }) => !isThis)?.id ?? '', devices.find(({ isThis }) => isThis)?.id ?? '']
    assert.match(await failing(alice, ['device', 'revoke', own], { input: phrase }), /the device that you are using/)
    assert.match(await failing(alice, ['device', 'revoke', '12D3KooWnobody'], { input: phrase }), /none of your devices/i)
    assert.match(await failing(alice, ['device', 'revoke', out], { input: phrase.replace(/^\w+/, 'posthouse') }), /recovery phrase/i)
    const [revoked] = await company.run('alice’s device revoke', alice.data, ['device', 'revoke', out.slice(-8)], { input: `${phrase}\n` }).all<{ revoked: string }>()
    assert.deepEqual(revoked, { revoked: out })
    assert.deepEqual((await company.perform<DeviceEntry>(alice, 'device', 'list')).map(({ id }) => id), [own])
    await company.perform(bob, 'send', alice.userId, 'not for the laptop')
    assert.ok((await texts(alice)).includes('not for the laptop'))
    const laptopRead = company.run('the laptop’s inbox', laptop.data, ['inbox'])
    const lines = await laptopRead.objects<ConversationLine>()
    assert.ok(!lines.some(({ text }) => text === 'not for the laptop'))
    const { code, stderr } = await laptopRead.ended
    assert.equal(code, 1)
    assert.match(stderr, /^This device does not belong to you any more: it was taken away/m)
    assert.match(await failing(laptop, ['send', bob.userId, 'nobody hears this']), /^This device does not belong to you any more/)
  })

  it('an export is one file that only its owner reads and only its passphrase opens; an import brings everything, once', async () => {
    const file = join(company.directory, 'alice.posthouse')
    const secret = join(company.directory, 'passphrase')
    await writeFile(secret, `${PASSPHRASE}\n`)
    const exportArgs = ['export', file, '--export-passphrase-file', secret]
    const [exported] = await company.run('alice’s export', alice.data, exportArgs).all<{ file: string, bytes: number }>()
    assert.deepEqual(exported, { file, bytes: (await stat(file)).size })
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.ok(!(await readFile(file)).includes('first contact'))
    assert.match(await failing(alice, exportArgs), /exists already/)
    assert.match(await failing(alice, ['export', '/nowhere/file']), /^Cannot use \/nowhere: it does not exist\.$/m, 'before a passphrase is asked for')
    assert.deepEqual((await readdir(company.directory)).filter(name => name.endsWith('.part')), [])
    const restored: Person = { ...alice, name: 'alice, restored', data: 'restored' }
    await company.run('user restore', restored.data, ['user', 'restore', ...nodes.flatMap(({ address }) => ['--node', address])], { input: phrase }).all()
    const importing = { env: { POSTHOUSE_EXPORT_PASSPHRASE: PASSPHRASE } }
    assert.match(await failing(restored, ['import', file], { env: { POSTHOUSE_EXPORT_PASSPHRASE: 'guess' } }), /passphrase/i)
    assert.match(await failing(restored, ['import', join(company.directory, 'nothing')], importing), /does not exist/)
    const [imported] = await company.run('import', restored.data, ['import', file], importing).all<{ contacts: number, messages: number }>()
    assert.equal(imported?.contacts, 1)
    assert.ok((imported?.messages ?? 0) > MESSAGES)
    assert.deepEqual(await company.perform(restored, 'contact', 'list'), [{ userId: bob.userId, name: 'Bobby' }])
    const before = (await texts(restored)).sort()
    assert.ok(before.includes('message 0') && before.includes('not for the laptop'))
    await company.run('import', restored.data, ['import', file], importing).all()
    assert.deepEqual((await texts(restored)).sort(), before)
  })
})
