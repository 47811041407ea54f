// What can happen to a page, and must not happen to what is in its store: loaded again, killed, opened twice, stopped.
import assert from 'node:assert/strict'
import { texts } from '../client/waiting.ts'
import { until } from '../until.ts'
import { Stage } from './stage.ts'
import type { BrowserContext, Page } from 'playwright-core'

/** How often a page is killed, and after how many messages: each time somewhere else in the middle of one. */
const KILLS = [3, 5, 8]

describe('a page', function () {
  this.timeout(40_000)
  let stage: Stage
  let context: BrowserContext

  before(async function () { stage = await Stage.build(this) })
  beforeEach(async () => { context = await stage.context() })

  afterEach(async () => {
    await context.close()
    assert.deepEqual(stage.chromium.uncaught.splice(0), [])
  })

  after(async () => { await stage?.clear() })

  /** A page with a running client on this store; registered when it is the first. */
  async function pageOf (store: string): Promise<{ page: Page, userId: string }> {
    const page = await stage.chromium.open(context)
    return { page, userId: await start(page, store) }
  }

  async function start (page: Page, store: string): Promise<string> {
    return await page.evaluate(async init => {
      globalThis.client = await posthouse.createClient(init)
      if (client?.status().nodes.length === 0) await client.register()
      return client?.userId ?? ''
    }, { ...stage.init, store })
  }

  it('that is loaded again has its user and history, and goes on', async () => {
    const bob = await stage.network.user()
    const { page, userId } = await pageOf('alice')
    const send = async (text: string): Promise<void> => {
      await page.evaluate(async ([to, text]) => {
        await (await (await client?.chat(to))?.send(text))?.until('delivered', { signal: AbortSignal.timeout(8000) })
      }, [bob.userId, text] as const)
    }
    await send('before')
    await stage.chromium.load(page)
    assert.equal(await start(page, 'alice'), userId)
    await send('after')
    const history = await page.evaluate(async to => (await (await client?.chat(to))?.history())?.map(({ text, state }) => [text, state]), bob.userId)
    assert.deepEqual(history, [['before', 'delivered'], ['after', 'delivered']])
    assert.deepEqual(await texts(bob), ['before', 'after'], 'a client in Node and one in a page understand each other')
  })

  it('that is killed in the middle of sending loses nothing, and nothing comes twice', async () => {
    const bob = await stage.network.user()
    const promised: string[] = []
    await context.exposeFunction('promise', (text: string) => { promised.push(text) })
    for (const [round, messages] of KILLS.entries()) {
      const { page } = await pageOf('alice')
      const before = promised.length
      await page.evaluate(([to, round]) => {
        void (async () => {
          const chat = await client?.chat(to)
          for (let at = 0; at < 100; at++) {
            await chat?.send(`${round}.${at}`)
            await (globalThis as unknown as { promise: (text: string) => Promise<void> }).promise(`${round}.${at}`)
          }
        })()
      }, [bob.userId, round] as const)
      await until('some are promised', () => promised.length >= before + messages)
      await crash(page)
    }
    const { page } = await pageOf('alice')
    await page.evaluate(async () => { await posthouse.until('all is delivered', () => client?.status().queued === 0, 20_000) })
    const written = await page.evaluate(async to => (await (await client?.chat(to))?.history())?.map(({ text }) => text) ?? [], bob.userId)
    assert.deepEqual(promised.filter(text => !written.includes(text)), [], 'what was promised is in the history')
    assert.deepEqual(await texts(bob), written, 'what is in the history came once, in its order')
  })

  it('that writes has it on the disk before it says so', async () => {
    const page = await stage.chromium.open(context)
    const hints = await page.evaluate(async init => {
      const { transaction } = IDBDatabase.prototype
      const seen = new Set<string>()
      IDBDatabase.prototype.transaction = function (...wanted) {
        const begun = transaction.apply(this, wanted)
        if (begun.mode === 'readwrite') seen.add(begun.durability)
        return begun
      }
      await (await posthouse.createClient({ ...init, start: false })).stop()
      IDBDatabase.prototype.transaction = transaction
      return [...seen]
    }, { ...stage.init, store: 'strict' })
    assert.deepEqual(hints, ['strict'])
  })

  it('that is the second on one store is told so, and gets it when the first is closed', async () => {
    const [first, second] = [await stage.chromium.open(context), await stage.chromium.open(context)]
    /** The user in the store, or why it cannot be opened. */
    const open = async (page: Page): Promise<string> => await page.evaluate(async init => {
      try {
        globalThis.client = await posthouse.createClient(init)
        return client?.userId ?? ''
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`
      }
    }, { ...stage.init, store: 'shared', start: false })
    const userId = await open(first)
    assert.match(userId, /^did:key:/)
    assert.equal(await open(second), 'StoreLockedError: the store is open in another tab or window')
    await first.close()
    assert.equal(await open(second), userId)
  })

  it('that stops its client has no socket, no lock and no database open, and its memory back', async () => {
    const page = await stage.chromium.open(context)
    const open = new Set<unknown>()
    page.on('websocket', socket => {
      open.add(socket)
      socket.once('close', () => { open.delete(socket) })
    })
    await start(page, 'gone')
    assert.ok(open.size > 0)
    await page.evaluate(async () => {
      const gone = new WeakRef(globalThis.client as object)
      await client?.stop()
      globalThis.client = undefined
      await posthouse.until('the client is collected as garbage', () => { (globalThis as unknown as { gc: () => void }).gc(); return gone.deref() === undefined })
    })
    await until('sockets are closed', () => open.size === 0)
    const left = await page.evaluate(async () => {
      const [database] = await indexedDB.databases()
      const deletion = indexedDB.deleteDatabase(database?.name ?? '')
      const event = await new Promise<string>(resolve => {
        for (const type of ['success', 'blocked', 'error']) deletion.addEventListener(type, () => { resolve(type) })
      })
      return { name: database?.name, event, locks: (await navigator.locks.query()).held }
    })
    assert.deepEqual(left, { name: 'level-js-gone', event: 'success', locks: [] })
  })
})

/** Its process ends at once, as when memory runs out. */
async function crash (page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = new Promise<void>(resolve => { page.once('crash', () => { resolve() }) })
  void session.send('Page.crash').catch(() => { /* nobody is left to answer */ })
  await crashed
  await page.close()
}
