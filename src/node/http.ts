/** The operator's page: what the node knows of itself, on loopback only, for a browser or for a script. */
import { createServer } from 'node:http'
import { isIP } from 'node:net'
import { MalformedError } from '../errors.ts'
import type { NodeStatus } from './status.ts'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'

/** A page request's whole life. */
const REQUEST_TIMEOUT_MS = 5_000
const REQUEST_HEADER_BYTES_MAX = 8 * 1024

/** `HOST:PORT` with a loopback host. Throws MalformedError with the sentence for the operator. */
export function parseHttpAddress (text: string): { host: string, port: number } {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(text)
  const host = match?.groups?.['six'] ?? match?.groups?.['host']
  const port = Number(match?.groups?.['port'])
  if (host === undefined || port > 65_535) throw new MalformedError(`“${text}” is not an address like 127.0.0.1:8080`)
  if (!isLoopback(host)) throw new MalformedError(`the page is served on loopback only, and ${host} is not a loopback address`)
  return { host, port }
}

/** Resolves with the page's URL and the function that ends it. */
export async function servePage (address: { host: string, port: number }, status: () => NodeStatus): Promise<{ url: string, close: () => Promise<void> }> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: REQUEST_HEADER_BYTES_MAX }, (request, response) => {
    // A page of another site that resolves its name to us must not read us.
    if (!isLoopback(hostOf(request.headers.host))) {
      response.writeHead(403).end()
    } else if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end()
    } else if (request.url === '/status') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(status()))
    } else if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" }).end(page(status()))
    } else {
      response.writeHead(404).end()
    }
  })
  await listening(server, address)
  const bound = server.address() as AddressInfo
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    url: `http://${host}:${bound.port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>(resolve => { server.close(() => { resolve() }) })
    }
  }
}

async function listening (server: Server, { host, port }: { host: string, port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

function hostOf (header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function page (status: NodeStatus): string {
  const rows = Object.entries(flatten(status)).map(([name, value]) => `<tr><th>${escape(name)}<td>${escape(value)}`).join('\n')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Posthouse</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:46rem;padding:0 1rem}th{text-align:left;padding-right:2rem;font-weight:500;vertical-align:top}td{font-family:ui-monospace,monospace;overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}</style>
<h1>Posthouse node</h1><table>${rows}</table>`
}

function flatten (value: object, prefix = ''): Record<string, string> {
  return Object.assign({}, ...Object.entries(value).map(([name, inner]: [string, unknown]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    if (Array.isArray(inner)) return { [path]: inner.join(' ') }
    if (typeof inner === 'object' && inner !== null) return flatten(inner, path)
    return { [path]: String(inner ?? '–') }
  })) as Record<string, string>
}

function escape (text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
