/** One attached process, as the listening end sees it: reads calls, performs them, writes what comes of them. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { CLI_DEFAULTS, type ControlBounds } from '../defaults.ts'
import { CLOSING, LineSplitter, decodeRequest, encodeLine } from './frames.ts'
import type { Reply, Request } from './frames.ts'
import type { Logger } from '@libp2p/interface'
import type { Socket } from 'node:net'

/** Performs one call. What it throws goes to the caller as a name and a sentence. */
export type ServeCall = (method: string, params: unknown, io: {
  /**
   * Aborts when the caller takes the call back, goes away, or the server closes. A call that ends because of it throws its
   * reason; one that has done its work returns the result.
   */
  signal: AbortSignal
  /** Resolves when the caller keeps up. */
  emit: (event: unknown) => Promise<void>
}) => Promise<unknown>

class ClosingError extends Error {
  override readonly name = CLOSING
  constructor () { super('the process that has the store open is about to end') }
}
class BusyError extends Error {
  override readonly name = 'BusyError'
  constructor () { super('too many calls at once on the control socket') }
}

export class ServedConnection {
  /** Resolves when the connection is over, whatever ended it. */
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #serve: ServeCall
  readonly #log: Logger
  readonly #bounds: ControlBounds
  readonly #calls = new Map<number, AbortController>()
  #closing = false

  constructor (socket: Socket, serve: ServeCall, { log, bounds }: { log: Logger, bounds: ControlBounds }) {
    this.#socket = socket
    this.#serve = serve
    this.#log = log
    this.#bounds = bounds
    this.ended = this.#read()
  }

  /**
   * Calls that only wait are ended at once, and those that do something may finish. The other side hears of it, and hangs up
   * when it has its answers; so no call is ever left in doubt but by a crash.
   */
  async close (): Promise<void> {
    this.#closing = true
    void this.#write({ closing: true })
    for (const controller of this.#calls.values()) controller.abort(new ClosingError())
    await Promise.race([this.ended, delay(CLI_DEFAULTS.closeGraceMs, undefined, { ref: false })])
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
      for (const controller of this.#calls.values()) controller.abort()
    }
  }

  #take (request: Request): void {
    if ('cancel' in request) {
      this.#calls.get(request.cancel)?.abort()
    } else if (this.#closing || this.#calls.has(request.id) || this.#calls.size >= this.#bounds.callsPerConnection) {
      const { name, message } = this.#closing ? new ClosingError() : new BusyError()
      void this.#write({ id: request.id, error: { name, message } })
    } else {
      const controller = new AbortController()
      this.#calls.set(request.id, controller)
      void this.#perform(request, controller.signal)
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
