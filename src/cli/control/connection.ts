/** The attaching end of a control socket: calls go in, their events and results come out. */
import { connect } from 'node:net'
import { CLOSING, LineSplitter, decodeReply, encodeLine } from './frames.ts'
import type { Reply } from './frames.ts'
import type { Socket } from 'node:net'

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** The next reply is read when it resolves. It must not wait for another call on the same connection. */
  onEvent?: ((event: unknown) => void | Promise<void>) | undefined
}

interface OpenCall extends Pick<CallOptions, 'onEvent'> {
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

/** The process that listened is gone, or about to go, so the call must be made to the one that follows it. */
export class OwnerGoneError extends Error {
  override readonly name = 'OwnerGoneError'
  /** The call may have been performed. False: it certainly was not. */
  readonly begun: boolean
  constructor (begun: boolean, cause?: unknown) {
    super('the posthouse process that has the store open ended before it answered', { cause })
    this.begun = begun
  }
}

/** The other side said no, in its own words and under its own error's name. */
class RemoteError extends Error {
  override readonly name: string
  constructor ({ name, message }: { name: string, message: string }) {
    super(message)
    this.name = name
  }
}

/** Undefined when nobody listens there. */
export async function connectControl (path: string): Promise<ControlConnection | undefined> {
  const socket = connect(path)
  return await new Promise((resolve, reject) => {
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(new ControlConnection(socket))
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(undefined)
      else reject(error)
    })
  })
}

export class ControlConnection {
  readonly #socket: Socket
  readonly #calls = new Map<number, OpenCall>()
  readonly #ended: Promise<void>
  #lastId = 0
  #closing = false

  constructor (socket: Socket) {
    this.#socket = socket
    this.#ended = this.#read()
  }

  /** Rejects with OwnerGoneError when the other process ends first. */
  async call (method: string, params: unknown, { signal, onEvent }: CallOptions = {}): Promise<unknown> {
    signal?.throwIfAborted()
    const id = ++this.#lastId
    const cancel = (): void => { if (this.#socket.writable) this.#socket.write(encodeLine({ cancel: id })) }
    try {
      return await new Promise((resolve, reject) => {
        if (this.#closing || !this.#socket.writable) { reject(new OwnerGoneError(false)); return }
        this.#calls.set(id, { resolve, reject, onEvent })
        signal?.addEventListener('abort', cancel, { once: true })
        this.#socket.write(encodeLine({ id, method, params }))
      })
    } catch (error) {
      // However the other side put it, a call that was taken back ends with the reason for that.
      throw signal?.aborted === true ? signal.reason : error
    } finally {
      signal?.removeEventListener('abort', cancel)
      this.#calls.delete(id)
      this.#hangUp()
    }
  }

  async close (): Promise<void> {
    this.#socket.destroy()
    await this.#ended
  }

  async #read (): Promise<void> {
    const splitter = new LineSplitter()
    let reason: unknown
    try {
      for await (const chunk of this.#socket) {
        for (const line of splitter.push(chunk as Uint8Array)) await this.#take(decodeReply(line))
      }
    } catch (error) {
      reason = error
    } finally {
      this.#socket.destroy()
      for (const { reject } of this.#calls.values()) reject(new OwnerGoneError(true, reason))
    }
  }

  /** What the closing server waits for. */
  #hangUp (): void {
    if (this.#closing && this.#calls.size === 0) this.#socket.end()
  }

  async #take (reply: Reply): Promise<void> {
    if ('closing' in reply) {
      this.#closing = true
      this.#hangUp()
      return
    }
    const call = this.#calls.get(reply.id)
    if (call === undefined) return
    if ('event' in reply) await this.#event(reply, call)
    else if ('result' in reply) call.resolve(reply.result)
    else call.reject(reply.error.name === CLOSING ? new OwnerGoneError(false) : new RemoteError(reply.error))
  }

  async #event ({ id, event }: Extract<Reply, { event: unknown }>, { onEvent, reject }: OpenCall): Promise<void> {
    try {
      await onEvent?.(event)
    } catch (error) {
      // The caller's own failure ends the caller's own call.
      this.#socket.write(encodeLine({ cancel: id }))
      reject(error as Error)
    }
  }
}
