import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeCommand } from '../../src/cli/commands/node.ts'
import { main } from '../../src/cli/main.ts'
import { capturedIo } from './captured-io.ts'

const BOB = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'
const PEER = '12D3KooWSv8fEyMrazGCgAwMNKcQ6u4LXDJUkVrkJDz5vVYfVuGu'

describe('cli/main', () => {
  let data: string

  beforeEach(async () => { data = await mkdtemp(join(tmpdir(), 'posthouse-cli-')) })
  afterEach(async () => { await rm(data, { recursive: true }) })

  async function run (args: string[], init: Parameters<typeof capturedIo>[0] = {}): Promise<{ code: number, stdout: string, stderr: string }> {
    const io = capturedIo(init)
    return { code: await main([...args, '--data', data], io), ...io.written }
  }

  describe('wrong usage is exit code 2, one sentence, and nothing touched', () => {
    const cases: Array<[args: string[], sentence: RegExp]> = [
      [['sned'], /^Unknown command 'sned'.*\.$/],
      [['send'], /^Missing required argument 'user'\.$/],
      [['send', BOB], /^Missing required argument 'text'\.$/],
      [['send', BOB, 'a', 'b'], /^Too many arguments.*\.$/],
      [['send', BOB, 'a', '--loud'], /^Unknown option '--loud'.*\.$/],
      [['send', BOB, 'a', '--until', 'queued'], /^Option '--until <state>' argument 'queued' is invalid\..*\.$/],
      [['send', BOB, 'a', '--timeout', 'soon'], /^Option '--timeout <seconds>' argument 'soon' is invalid\. Give seconds, at most 86400\.$/],
      [['send', 'did:key:bob', 'a'], /^“did:key:bob” is not a user: .*\.$/],
      [['contact'], /^Say what to do/],
      [['contact', 'name', BOB], /^Say either a name, or --remove\.$/],
      [['contact', 'name', BOB, 'Bob', '--remove'], /^Say either a name, or --remove\.$/],
      [['contact', 'name', BOB, ' '], /^The name is empty: .*\.$/],
      [['send', BOB, ' '], /^The message is empty\.$/],
      [['send', `${BOB.slice(0, -1)}0`, 'a'], /^“did:key:.*” is not a user: .*\.$/],
      [['route', BOB.toUpperCase()], /is not a user/],
      [['inbox', '--since', 'yesterday'], /A message id has 32 hexadecimal digits\.$/],
      [['node', '--listen', 'localhost:4501'], /^--listen takes a multiaddr like .*, not “localhost:4501”\.$/],
      [['node', '--listen', '/ip4/127.0.0.1'], /^--listen takes a multiaddr like .*, not “\/ip4\/127\.0\.0\.1”\.$/],
      [['node', '--listen', '/ip4/127.0.0.1/udp/4501'], /^--listen takes a multiaddr like .*, not “.*”\.$/],
      [['node', '--listen', `/ip4/127.0.0.1/tcp/0/p2p/${PEER}`], /^--listen says where, not who: .*\.$/],
      [['node', '--listen', '/dns4/node.example/tcp/443/tls/ws'], /^A node speaks no TLS itself: .*\.$/],
      [['node', '--listen', '/ip4/127.0.0.1/tcp/0/wss'], /^A node speaks no TLS itself: .*\.$/],
      [['status', '--data', ''], /^Option '--data <dir>' argument '' is invalid\. It is empty\.$/],
      [['--data', '', 'status'], /^Option '--data <dir>' argument '' is invalid\. It is empty\.$/],
      [['node', '--listen', ''], /^Option '--listen <multiaddr>' argument '' is invalid\. It is empty\.$/],
      [['node', '--bootstrap', ' , '], /^Option '--bootstrap <multiaddr>' argument ' , ' is invalid\. It is empty\.$/],
      [['node', '--bootstrap', '/ip4/127.0.0.1/tcp/1'], /^--bootstrap must say which node answers: .*\.$/],
      [['node', '--bootstrap', '/ip4/127.0.0.1/tcp/1/p2p/foo'], /^--bootstrap must say which node answers: .* does not end in \/p2p\/12D3KooW…\.$/],
      [['status', '--bootstrap', 'foo'], /^--bootstrap takes a multiaddr like .*, not “foo”\.$/],
      [['send', BOB, 'a', '--bootstrap', 'foo'], /^--bootstrap takes a multiaddr like .*, not “foo”\.$/],
      [['node', '--http', '0.0.0.0:4503'], /^The page is served on loopback only, .*\.$/],
      [['node', '--http', '127.0.0.1'], /is not an address like 127\.0\.0\.1:8080\.$/],
      [['node', '--network', ''], /^A network’s name has 1 to 64 bytes, not 0\.$/],
      [['user', 'new'], /^Say which nodes to begin with: .*\.$/],
      [['user', 'new', '--node', 'x'], /^--node takes a multiaddr/],
      [['user', 'new', '--passphrase', '--node', `/ip4/127.0.0.1/tcp/1/p2p/${PEER}`], /^--passphrase asks on a terminal/],
      [['contact', 'name', BOB, 'x'.repeat(65)], /^A name has at most 64 characters\.$/],
      [['device', 'link', '--code', 'foo'], /^That is no link code: .*\.$/],
      [['user'], /^Say what to do/],
      [['status', '--log-level', 'loud'], /^Option '--log-level <level>' argument 'loud' is invalid\./]
    ]
    for (const [args, expected] of cases) {
      it(`posthouse ${args.join(' ').slice(0, 60)}`, async () => {
        const { code, stdout, stderr } = await run(args)
        assert.match(stderr.trimEnd(), expected)
        assert.deepEqual({ code, stdout, lines: stderr.trimEnd().split('\n').length }, { code: 2, stdout: '', lines: 1 })
        assert.deepEqual(await readdir(data), [])
      })
    }
  })

  it('help and version are no failure', async () => {
    const help = await run(['--help'])
    assert.equal(help.code, 0)
    for (const command of ['node', 'user', 'contact', 'route', 'send', 'inbox', 'chat', 'status', 'demo']) assert.match(help.stdout, new RegExp(`^ {2}${command}\\b`, 'm'))
    assert.equal((await run(['send', '--help'])).code, 0)
    assert.match((await run(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/)
  })

  it('a command without a user says how to make one, and makes nothing', async () => {
    for (const args of [['send', BOB, 'hello'], ['inbox'], ['route', BOB], ['chat', BOB], ['user', 'show'], ['send', 'bob', 'hello'], ['contact', 'list'], ['contact', 'name', BOB, 'Bob']]) {
      assert.deepEqual(await run(args), { code: 1, stdout: '', stderr: `There is no user in ${data}: make one with \`posthouse user new\`.\n` })
    }
    assert.deepEqual(await run(['status']), { code: 1, stdout: '', stderr: `No node runs in ${data}, and there is no user.\n` })
    assert.deepEqual(await readdir(data), [])
  })

  it('an option may stand before the command, and the environment stands behind both', async () => {
    const io = capturedIo({ env: {} })
    assert.equal(await main(['--data', data, 'user', 'show'], io), 1)
    assert.match(io.written.stderr, new RegExp(`There is no user in ${data}:`))
  })

  it('an empty variable counts as one that is not set', async () => {
    const { env } = process
    const empty = Object.fromEntries(['LISTEN', 'BOOTSTRAP', 'HTTP', 'DATA', 'LOG', 'NETWORK'].map(name => [`POSTHOUSE_${name}`, '']))
    process.env = { ...env, ...empty }
    try {
      assert.deepEqual(nodeCommand(capturedIo()).action(() => {}).parse([], { from: 'user' }).opts(), {})
    } finally {
      process.env = env
    }
  })

  it('refuses a message that is too long before it looks for anybody', async () => {
    const { code, stderr } = await run(['send', BOB, '-'], { stdin: 'ä'.repeat(40_000) })
    assert.equal(code, 1)
    assert.match(stderr, /^The message on standard input is longer than 65536 bytes\.\n$/)
    assert.match((await run(['send', BOB, 'ä'.repeat(40_000)])).stderr, /^The message has 80000 bytes, and at most 65536 go into one\.\n$/)
  })
})
