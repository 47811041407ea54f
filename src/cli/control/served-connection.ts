/** One attached process, as the listening end sees it: reads calls, performs them, writes what comes of them. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { CLI_DEFAULTS, type ControlBounds } from '../defaults.ts'
import { CLOSING, LineSplitter, decodeRequest, encodeLine } from './frames.ts'
import type { Reply, Request } from './frames.ts'
import type { ServeCall } from './server.ts'
import type { Logger } from '@libp2p/interface'
import type { Socket } from 'node:net'

interface OpenCall { controller: AbortController, done: Promise<void> }

export class ServedConnection {
  /** Resolves when the connection is over, whatever ended it. */
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #serve: ServeCall
  readonly #log: Logger
  readonly #bounds: ControlBounds
  readonly #calls = new Map<number, OpenCall>()
  #closing = false

  constructor (socket: Socket, serve: ServeCall, { log, bounds }: { log: Logger, bounds: ControlBounds }) {
    this.#socket = socket
    this.#serve = serve
    this.#log = log
    this.#bounds = bounds
    this.ended = this.#read()
  }

  /** Calls that do not finish in time are taken back; their callers see the connection end and attach elsewhere. */
  async close (): Promise<void> {
    this.#closing = true
    const finished = Promise.all([...this.#calls.values()].map(async ({ done }) => { await done }))
    await Promise.race([finished, delay(CLI_DEFAULTS.closeGraceMs, undefined, { ref: false })])
    this.#socket.destroySoon()
    await this.ended
  }

  async #read (): Promise<void> {
    const splitter = new LineSplitter(this.#bounds.lineBytes)
    try {
      for await (const chunk of this.#socket) {
        for (const line of splitter.push(chunk as Uint8Array)) this.#take(decodeRequest(line))
      }
    } catch (error) {
      // An attached process that was killed resets the connection; anything else is worth a line.
      if ((error as NodeJS.ErrnoException).code === undefined) this.#log.error('closed a control connection: %s', (error as Error).message)
    } finally {
      this.#socket.destroy()
      for (const { controller } of this.#calls.values()) controller.abort()
    }
  }

  #take (request: Request): void {
    if ('cancel' in request) {
      this.#calls.get(request.cancel)?.controller.abort()
    } else if (this.#closing || this.#calls.has(request.id) || this.#calls.size >= this.#bounds.callsPerConnection) {
      const message = this.#closing ? 'the process that has the store open is about to end' : 'too many calls at once on the control socket'
      void this.#write({ id: request.id, error: { name: this.#closing ? CLOSING : 'BusyError', message } })
    } else {
      const controller = new AbortController()
      this.#calls.set(request.id, { controller, done: this.#perform(request, controller.signal) })
    }
  }

  async #perform ({ id, method, params }: Extract<Request, { id: number }>, signal: AbortSignal): Promise<void> {
    try {
      const result = await this.#serve(method, params, { signal, emit: async event => { await this.#write({ id, event }, signal) } })
      await this.#write({ id, result: result ?? null })
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      await this.#write({ id, error: { name, message } })
    } finally {
      this.#calls.delete(id)
    }
  }

  async #write (reply: Reply, signal?: AbortSignal): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded || this.#socket.write(encodeLine(reply))) return
    if (this.#socket.writableLength > this.#bounds.queueBytes) {
      this.#log.error('closed a control connection: %d bytes wait for a reader that does not read', this.#socket.writableLength)
      this.#socket.destroy()
      return
    }
    await once(this.#socket, 'drain', signal === undefined ? {} : { signal }).catch(() => {
      // Closed or taken back: the reading side ends the call.
    })
  }
}
