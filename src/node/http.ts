/**
 * The operator's page on loopback: what the node knows of itself, for a browser at `/` and for a script at `/status`.
 * It tells and takes nothing: there is no button on it, and nothing of users but their number.
 */
import { createServer } from 'node:http'
import { isIP } from 'node:net'
import { ListenFailedError, MalformedError } from '../errors.ts'
import { statusPage } from './page.ts'
import type { NodeStatus } from './status.ts'
import type { Logger } from '@libp2p/interface'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const PAGE_LIMITS = Object.freeze({
  /** A request's whole life. */
  requestTimeoutMs: 5_000,
  requestHeaderBytes: 8 * 1024,
  /** One person's browser, and some scripts. */
  connections: 32
})

const HEADERS = Object.freeze({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
/** The page has one inline style sheet and nothing else. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** `HOST:PORT` with a loopback host. Throws MalformedError with the sentence for the operator. */
export function parseHttpAddress (text: string): { host: string, port: number } {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(text)
  const host = match?.groups?.['six'] ?? match?.groups?.['host']
  const port = Number(match?.groups?.['port'])
  if (host === undefined || port > 65_535) throw new MalformedError(`“${text.slice(0, 100)}” is not an address like 127.0.0.1:8080`)
  if (!isLoopback(host)) throw new MalformedError(`the page is served on loopback only, and ${host.slice(0, 100)} is not a loopback address`)
  return { host, port }
}

/** Resolves with the page's URL and the function that ends it. Rejects with ListenFailedError. */
export async function servePage (address: { host: string, port: number }, status: () => NodeStatus, log: Logger): Promise<{ url: string, close: () => Promise<void> }> {
  const options = {
    requestTimeout: PAGE_LIMITS.requestTimeoutMs,
    maxHeaderSize: PAGE_LIMITS.requestHeaderBytes,
    // By default timeouts are looked at every 30 s.
    connectionsCheckingInterval: PAGE_LIMITS.requestTimeoutMs
  }
  const server = createServer(options, (request, response) => {
    try {
      answer(request, response, status)
    } catch (error) {
      log.error('the page could not be made: %s', (error as Error).message)
      response.destroy()
    }
  })
  server.maxConnections = PAGE_LIMITS.connections
  await listening(server, address)
  // Without a listener, running out of file descriptors would end the process.
  server.on('error', error => { log.error('the page does not take a connection: %s', error.message) })
  const bound = server.address() as AddressInfo
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    url: `http://${host}:${bound.port}`,
    close: async () => {
      const closed = new Promise<void>(resolve => { server.close(() => { resolve() }) })
      server.closeAllConnections()
      await closed
    }
  }
}

function answer (request: IncomingMessage, response: ServerResponse, status: () => NodeStatus): void {
  const [path] = (request.url ?? '').split('?')
  // A page of another site that resolves its name to us must not read us.
  if (!isLoopback(hostOf(request.headers.host))) {
    response.writeHead(403, HEADERS).end()
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...HEADERS, allow: 'GET, HEAD' }).end()
  } else if (path === '/status') {
    response.writeHead(200, { ...HEADERS, 'content-type': 'application/json' }).end(JSON.stringify(status()))
  } else if (path === '/') {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY }).end(statusPage(status()))
  } else {
    response.writeHead(404, HEADERS).end()
  }
}

async function listening (server: Server, { host, port }: { host: string, port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'the address is in use' : cause.message
      reject(new ListenFailedError(`the page cannot be served on ${host}:${port}: ${reason}`, { cause }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function hostOf (header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
