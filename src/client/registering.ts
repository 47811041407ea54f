/** Whatever changes the route record, one at a time: registrations as programs ask for them, and other nodes as placement wants them. */
import { raceSignal } from 'race-signal'
import { ConnectionLostError } from '../errors.ts'
import type { Abortable } from '../ports.ts'
import type { PeerKey } from '../types.ts'
import type { Promised, Registered, Registration } from './registration.ts'
import type { Logger } from '@libp2p/interface'

export interface RegisteringComponents {
  registration: Pick<Registration, 'register' | 'place'>
  /** The client stops. */
  stopping: AbortSignal
  log: Logger
  /** The list may be another one now. */
  ended: () => void
}

export class Registering {
  readonly #components: RegisteringComponents
  #current: { abort: AbortController, done: Promise<Registered> } | undefined

  constructor (components: RegisteringComponents) { this.#components = components }

  get isBusy (): boolean { return this.#current !== undefined }

  /** Joins a registration that is under way, unless these are other nodes: then it takes its place. */
  async register ({ nodes, signal }: { nodes?: string[] | undefined } & Abortable = {}): Promise<Registered> {
    while (this.#current !== undefined) {
      if (nodes === undefined) return await raceSignal(this.#current.done, signal)
      this.#current.abort.abort(new ConnectionLostError('another registration takes its place'))
      await raceSignal(this.settled(), signal)
    }
    return await this.#begin(async joined => await this.#components.registration.register({ nodes, signal: joined }), signal)
  }

  /** Another list, as placement wants it; not while a registration is under way. */
  async place (nodes: PeerKey[], newcomers: Promised[]): Promise<void> {
    if (this.#current !== undefined) throw new ConnectionLostError('a registration is under way')
    await this.#begin(async signal => await this.#components.registration.place(nodes, newcomers, { signal }))
  }

  /** Resolves when the one that is under way has ended, however it did. */
  async settled (): Promise<void> {
    await this.#current?.done.catch((error: Error) => { this.#components.log('a registration was given up: %s', error.message) })
  }

  async #begin (change: (signal: AbortSignal) => Promise<Registered>, signal?: AbortSignal): Promise<Registered> {
    const { stopping, ended } = this.#components
    const abort = new AbortController()
    const done = change(AbortSignal.any([abort.signal, stopping, ...signal === undefined ? [] : [signal]])).finally(() => {
      this.#current = undefined
      ended()
    })
    this.#current = { abort, done }
    return await done
  }
}
