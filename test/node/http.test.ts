import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { PAGE_LIMITS, parseHttpAddress, servePage } from '../../src/node/http.ts'
import { statusPage } from '../../src/node/page.ts'
import { keepLog } from './visitors.ts'
import { until } from '../until.ts'
import type { NodeStatus } from '../../src/node/status.ts'

const STATUS: NodeStatus = {
  peerId: '12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj',
  addrs: ['/ip4/192.0.2.1/tcp/4501/p2p/12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj'],
  network: 'posthouse',
  state: 'running',
  uptimeSeconds: 93_784,
  peers: 12,
  nodes: 7,
  users: 1234,
  usersMax: 10_000,
  sessions: 5,
  verifying: false,
  handover: undefined,
  mail: { envelopes: 12_345, bytes: 5_000_000, queuedBytes: 0, inFlight: 0 },
  damageMet: 0,
  storeFailure: undefined
}
const LOCAL = { host: '127.0.0.1', port: 0 }

interface Answer { status: number, headers: Record<string, unknown>, body: string }

describe('the operator’s page', () => {
  let status: () => NodeStatus
  let page: Awaited<ReturnType<typeof servePage>>
  let log: ReturnType<typeof keepLog>

  beforeEach(async () => {
    status = () => STATUS
    log = keepLog()
    page = await servePage(LOCAL, () => status(), log.forComponent('posthouse:page'))
  })
  afterEach(async () => { await page.close() })

  async function get (path: string, { method = 'GET', host }: { method?: string, host?: string } = {}): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      request(page.url + path, { method, agent: false, ...host === undefined ? {} : { headers: { host } } }, response => {
        let body = ''
        response.setEncoding('utf8').on('data', chunk => { body += chunk }).on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, body }) })
      }).on('error', reject).end()
    })
  }

  it('shows a person how the node is, without script or anything from elsewhere', async () => {
    const { status, headers, body } = await get('/')
    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.match(String(headers['content-security-policy']), /^default-src 'none'/)
    for (const shown of ['1,234', 'of 10,000', '4.8 MiB', '1 d 2 h', 'posthouse', STATUS.peerId, 'It takes users and mail.']) assert.ok(body.includes(shown), shown)
    assert.doesNotMatch(body, /<script|src=|url\(|@import/)
    assert.ok(body.length < 8 * 1024, `${body.length} bytes`)
  })

  it('gives a script the same as JSON', async () => {
    const { status, headers, body } = await get('/status?once')
    assert.deepEqual([status, headers['content-type'], headers['cache-control']], [200, 'application/json', 'no-store'])
    const { storeFailure: _, handover: __, ...told } = STATUS
    assert.deepEqual(JSON.parse(body), told)
    assert.equal((await get('/status', { method: 'HEAD' })).body, '')
  })

  it('takes nothing, and has nothing else', async () => {
    assert.equal((await get('/', { method: 'POST' })).status, 405)
    assert.equal((await get('/status', { method: 'DELETE' })).status, 405)
    for (const path of ['/favicon.ico', '/..%2f', '//', '/status/']) assert.equal((await get(path)).status, 404, path)
  })

  it('is not read by a page of another site that resolves its name to it', async () => {
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1', '[fe80::1]:80']) assert.equal((await get('/status', { host })).status, 403, host)
    for (const host of ['localhost', 'localhost:4503', '127.0.0.1', '[::1]:4503']) assert.equal((await get('/status', { host })).status, 200, host)
  })

  it('says what is wrong', () => {
    const shown = (change: Partial<NodeStatus>): string => statusPage({ ...STATUS, ...change })
    assert.match(shown({ storeFailure: 'the disk refused what was to be kept' }), /role="alert">The disk refused what was to be kept\.</)
    assert.doesNotMatch(shown({ storeFailure: 'the disk refused' }), /It takes users and mail/)
    assert.match(shown({ damageMet: 3 }), /The disk gave back 3 changed values/)
    assert.match(shown({ users: 10_000 }), /There is no room for more users\./)
    assert.match(shown({ addrs: [] }), /it listens on no address/)
    assert.doesNotMatch(shown({}), /role="alert"/)
    for (const state of ['starting', 'running', 'draining', 'stopped'] as const) assert.match(shown({ state }), new RegExp(`class="state ${state}"`))
  })

  it('shows text as text', () => {
    const body = statusPage({ ...STATUS, network: '<img src=x onerror=alert(1)>', storeFailure: '"\'&<b>' })
    assert.doesNotMatch(body, /<img|<b>"|'&</)
    assert.ok(body.includes('&#60;img src=x'))
  })

  it('goes on when a status cannot be had', async () => {
    status = () => { throw new Error('no status now') }
    await assert.rejects(get('/'))
    assert.deepEqual(log.lines, ['the page could not be made: no status now'])
    status = () => STATUS
    assert.equal((await get('/status')).status, 200)
  })

  it('lets go of who says nothing, too much, or comes too often', async () => {
    const [, port] = /:(\d+)$/.exec(page.url) ?? []
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(PAGE_LIMITS.requestHeaderBytes)}\r\n\r\n`)
    const [answer] = await once(socket, 'data') as [Buffer]
    assert.match(answer.toString(), /^HTTP\/1\.1 431/)
    socket.destroy()

    const sockets = Array.from({ length: PAGE_LIMITS.connections + 4 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}))
    let closed = 0
    for (const each of sockets) each.on('close', () => { closed++ }).resume()
    await until('four to be let go', () => closed === 4)
    await page.close()
    await Promise.all(sockets.map(async each => { if (!each.closed) await once(each, 'close') }))
  })

  it('says when its address is taken', async () => {
    const port = Number(/:(\d+)$/.exec(page.url)?.[1])
    await assert.rejects(servePage({ host: '127.0.0.1', port }, () => STATUS, log.forComponent('posthouse:page')), { name: 'ListenFailedError', message: `the page cannot be served on 127.0.0.1:${port}: the address is in use` })
  })

  it('is served on loopback only', () => {
    assert.deepEqual(parseHttpAddress('127.0.0.1:4503'), { host: '127.0.0.1', port: 4503 })
    assert.deepEqual(parseHttpAddress('[::1]:0'), { host: '::1', port: 0 })
    assert.deepEqual(parseHttpAddress('localhost:80'), { host: 'localhost', port: 80 })
    for (const wrong of ['0.0.0.0:80', '192.0.2.1:80', 'example.org:80', '[::]:80', '127.0.0.1', '127.0.0.1:70000', ':80', '', '127.0.0.1:80:80', '::1:80']) {
      assert.throws(() => parseHttpAddress(wrong), { name: 'MalformedError' }, wrong)
    }
    fc.assert(fc.property(fc.string({ maxLength: 300 }), text => {
      try {
        parseHttpAddress(text)
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'MalformedError' && error.message.length < 300)
      }
    }))
  })
})
