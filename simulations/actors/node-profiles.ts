/**
 * What nodes ask each other of a user, as src/node/{profiles,profile-search}.ts do: the shipped search asks two of a
 * user's nodes at a time for its profile and its newest route. A profile is not looked at in a simulation; that one came
 * is.
 */
import { ProfileSearch, type ProfileAnswer } from '../../src/node/profile-search.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { UnreachableError } from '../../src/errors.ts'
import { PROFILE, profileFrame, type ProfileFrame } from './frames.ts'
import { mailboxOf, profileOf } from './values.ts'
import { isCurrent, type SimUsers } from './node-users.ts'
import type { SimProcess } from './process.ts'
import type { Host, StreamEnd } from '../world/network.ts'
import type { RootKey, RouteEntry, RouteRecord } from '../../src/types.ts'
import type { Logger } from '@libp2p/interface'

export interface ProfilesParts { process: SimProcess, network: Host, users: SimUsers }

type ProfileEnd = StreamEnd<ProfileFrame>

export class SimProfiles {
  readonly #parts: ProfilesParts
  readonly #search: ProfileSearch

  constructor (parts: ProfilesParts, log: Logger) {
    const { process, network } = this.#parts = parts
    this.#search = new ProfileSearch({ ask: async (entry, root, { signal }) => await this.#ask(entry, root, signal), clock: process.awaitedClock, log })
    network.handle(PROFILE, stream => { if (!process.isOver) this.#serve(stream as ProfileEnd) })
  }

  /** The newest route that the user's nodes know. Rejects with RefusedError when too many searches run. */
  async newest (record: RouteRecord, { fresh }: { fresh: boolean }): Promise<RouteRecord> {
    return (await this.#search.find(record, { fresh })).record
  }

  #serve (stream: ProfileEnd): void {
    const { process, users } = this.#parts
    const cancel = process.after(NODE_DEFAULTS.profileTimeoutMs, () => { stream.abort() })
    stream.onEnd = cancel
    stream.onFrame = frame => {
      if (process.isOver || frame.kind !== 'root') return
      const mailbox = mailboxOf(frame.root)
      const devices = users.devices(mailbox)
      stream.send(devices === undefined ? profileFrame.notFound() : profileFrame.profile(devices.length, users.route(mailbox)))
      cancel()
      stream.close()
    }
  }

  async #ask ({ node }: RouteEntry, root: RootKey, signal: AbortSignal): Promise<ProfileAnswer> {
    const { process, network } = this.#parts
    return await new Promise<ProfileAnswer>((resolve, reject) => {
      const fail = (): void => {
        process.awaited()
        reject(new UnreachableError('the node did not answer'))
      }
      network.open(node, PROFILE, NODE_DEFAULTS.profileTimeoutMs, opened => {
        if (opened === undefined || signal.aborted) {
          opened?.abort()
          return fail()
        }
        const stream = opened as ProfileEnd
        const giveUp = (): void => {
          stream.abort()
          fail()
        }
        signal.addEventListener('abort', giveUp, { once: true })
        stream.onEnd = fail
        stream.onFrame = frame => {
          signal.removeEventListener('abort', giveUp)
          stream.close()
          if (frame.kind !== 'profile') return fail()
          process.awaited()
          resolve({ profile: profileOf(root, frame.devices), record: frame.record !== undefined && isCurrent(frame.record, process.now()) ? frame.record : undefined })
        }
        stream.send(profileFrame.root(root))
      })
    })
  }
}
