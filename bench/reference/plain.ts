/** The plain reference's transport: a bare TCP socket. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { FrameLink, type Dialled } from './frames.ts'

/** Port 0 of the loopback; the address is for `dialPlain`. */
export async function listenPlain (accept: (link: FrameLink) => void): Promise<{ server: Server, address: string }> {
  const server = createServer(socket => { accept(linkOfSocket(socket)) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { server, address: String(port) }
}

export async function dialPlain (address: string): Promise<Dialled> {
  const socket = connect(Number(address), '127.0.0.1')
  const link = linkOfSocket(socket)
  await once(socket, 'connect')
  return {
    link,
    close: async () => {
      socket.end()
      await once(socket, 'close')
    }
  }
}

function linkOfSocket (socket: Socket): FrameLink {
  socket.setNoDelay()
  const link = new FrameLink({ write: bytes => socket.write(bytes) })
  socket.on('data', chunk => { link.feed(chunk) })
  socket.on('drain', () => { link.drained() })
  socket.on('error', () => { socket.destroy() })
  return link
}
