/**
 * The installed Chromium, headless, and a site with pages for it. Nothing is downloaded: without a browser the tests
 * are skipped, and say so.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { bundleClient, bundlePage, CLIENT_PATH } from './bundle.ts'
import type { AddressInfo } from 'node:net'

/** Where Debian and its neighbours put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Posthouse</title><script type="module" src="/page.js"></script>'
const START_MS = 15_000

/** The browser's program: CHROME_BIN, or where it usually is. */
export function findChromium (): string | undefined {
  return [process.env['CHROME_BIN'], ...PLACES].find(path => path !== undefined && path !== '' && existsSync(path))
}

/** A browser and the site that its pages come from. */
export class Chromium {
  readonly #server: Server
  readonly #browser: Browser
  /** What was thrown in pages and caught by nobody. */
  readonly uncaught: Error[] = []

  private constructor (server: Server, browser: Browser) {
    this.#server = server
    this.#browser = browser
  }

  static async start (): Promise<Chromium> {
    const executablePath = findChromium()
    if (executablePath === undefined) throw new Error('there is no Chromium on this machine')
    const [server, browser] = await Promise.all([
      startSite(),
      // Without a sandbox: CI runs as root in a container, and the pages are our own. gc: tests look for what is not let go of.
      chromium.launch({ executablePath, timeout: START_MS, args: ['--no-sandbox', '--js-flags=--expose-gc'] })
    ])
    return new Chromium(server, browser)
  }

  /** Of this run only: a page is a secure context on loopback, as WebCrypto and Web Locks ask. */
  get origin (): string { return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` }

  /** A browser profile of its own: no other context sees its databases. */
  async context (): Promise<BrowserContext> { return await this.#browser.newContext() }

  /** A page in which `posthouse` (page.ts) is ready. */
  async open (context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', error => { this.uncaught.push(error) })
    await this.load(page)
    return page
  }

  /** Loads, or loads again: whatever ran in the page is gone. */
  async load (page: Page): Promise<void> {
    await page.goto(this.origin)
    await page.waitForFunction('globalThis.posthouse !== undefined')
  }

  async stop (): Promise<void> {
    await this.#browser.close()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

async function startSite (): Promise<Server> {
  const [client, page] = await Promise.all([bundleClient(), bundlePage()])
  const files = new Map([['/', ['text/html', PAGE]], [CLIENT_PATH, ['text/javascript', client.text]], ['/page.js', ['text/javascript', page.text]]])
  const server = createServer(({ url }, response) => {
    const [type, text] = files.get(url ?? '') ?? []
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': `${type ?? 'text/plain'}; charset=utf-8` }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
