/**
 * The listening end of a control socket. Whoever has the store open listens, so a socket file that is there without a
 * listener is a leftover, and the store's lock, which the caller holds, makes it safe to remove it.
 */
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { CONTROL_DEFAULTS, type ControlBounds } from '../defaults.ts'
import { ServedConnection, type ServeCall } from './served-connection.ts'
import type { Logger } from '@libp2p/interface'
import type { Server } from 'node:net'

export interface ControlServer {
  /** Takes no more calls, lets those in flight finish for a moment, then ends every connection. */
  close: () => Promise<void>
}

export async function serveControl (path: string, serve: ServeCall, { log, limits = {} }: { log: Logger, limits?: Partial<ControlBounds> }): Promise<ControlServer> {
  const bounds = { ...CONTROL_DEFAULTS, ...limits }
  const connections = new Set<ServedConnection>()
  if (!isPipe(path)) await rm(path, { force: true })
  const server = createServer(socket => {
    const connection = new ServedConnection(socket, serve, { log, bounds })
    connections.add(connection)
    void connection.ended.then(() => connections.delete(connection))
  })
  server.maxConnections = bounds.connections
  await listening(server, path)
  server.on('error', error => { log.error('the control socket failed: %s', error.message) })
  return {
    close: async () => {
      const closed = new Promise<void>(resolve => { server.close(() => { resolve() }) })
      await Promise.all([...connections].map(async connection => { await connection.close() }))
      await closed
    }
  }
}

async function listening (server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // The socket must not be open to others even for a moment; listen() makes the file before it returns.
    const umask = isPipe(path) ? undefined : process.umask(0o177)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
    if (umask !== undefined) process.umask(umask)
  })
}

function isPipe (path: string): boolean {
  return path.startsWith('\\\\')
}
