/** The answering side of a simulated node's pulls, as src/relay/reconcile/answering.ts performs it. */
import { AnswerCore, type AnswerEffect, type AnswerEvent } from '../../src/relay/reconcile/answer.core.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { syncFrame, type SyncFrame } from './frames.ts'
import { isCurrent, PROFILE_ORDER, type ServedUser, type SimUsers } from './node-users.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { StreamEnd } from '../world/network.ts'
import type { Collection, MailboxId, PeerKey } from '../../src/types.ts'

export interface AnsweringParts { process: SimProcess, store: Pick<StorePerformer, 'ids' | 'read' | 'collectionsOf'>, users: SimUsers }

/** One stream of one node, from its first pull on. */
export class SimAnswering {
  readonly #stream: StreamEnd<SyncFrame>
  readonly #parts: AnsweringParts
  readonly #core: AnswerCore<ServedUser>
  /** Between a pull with a newer record and its durability here, nothing is answered. */
  #isLearning = false
  readonly #waiting: SyncFrame[] = []

  constructor (stream: StreamEnd<SyncFrame>, parts: AnsweringParts) {
    this.#stream = stream
    this.#parts = parts
    this.#core = new AnswerCore(stream.peer as PeerKey)
  }

  take (frame: SyncFrame): void {
    if (this.#isLearning) {
      this.#waiting.push(frame)
    } else if (frame.kind === 'want') {
      this.#tell({ type: 'want', ids: frame.ids })
    } else if (frame.kind === 'pull') {
      this.#learn(frame, () => {
        const { users } = this.#parts
        const profile = users.user(frame.mailbox)
        this.#tell({ type: 'pull', word: frame, route: users.route(frame.mailbox), profile, profileOrder: profile === undefined ? { epoch: 0, seq: 0 } : PROFILE_ORDER })
      })
    } else {
      this.#stream.abort()
    }
  }

  /** Of users that are served here only. */
  #learn ({ mailbox, route }: Extract<SyncFrame, { kind: 'pull' }>, then: () => void): void {
    const { users, process } = this.#parts
    if (route === undefined || !users.isServed(mailbox)) return then()
    if (!isCurrent(route, process.now())) return this.#stream.abort()
    this.#isLearning = true
    users.learnRoute(route, () => {
      if (process.isOver) return
      this.#isLearning = false
      then()
      for (let frame; !this.#isLearning && (frame = this.#waiting.shift()) !== undefined;) this.take(frame)
    })
  }

  #tell (event: AnswerEvent<ServedUser>): void {
    for (const effect of this.#core.handle(event, this.#parts.process.now())) this.#perform(effect)
  }

  #perform (effect: AnswerEffect<ServedUser>): void {
    const { store } = this.#parts
    switch (effect.type) {
      case 'say':
        this.#stream.send(syncFrame.answered(effect.word))
        return
      case 'sayCollections': return this.#sayCollections(effect.mailbox)
      case 'readIds': return this.#tell({ type: 'ids', ...store.ids(effect.mailbox, LIMITS.pullIds, effect.after) })
      case 'read': return this.#tell({ type: 'read', envelopes: store.read(effect.mailbox, effect.ids).map(({ envelope }) => envelope) })
      case 'lie': this.#stream.abort()
    }
  }

  #sayCollections (mailbox: MailboxId): void {
    let collections: Collection[] = []
    let bytes = 0
    const say = (): void => {
      if (collections.length > 0) this.#stream.send(syncFrame.answered({ kind: 'collections', collections }))
      collections = []
      bytes = 0
    }
    for (const collection of this.#parts.store.collectionsOf(mailbox)) {
      const size = collection.bytes.byteLength
      if (collections.length >= LIMITS.pullCollections || bytes + size > LIMITS.pullCollectionBytes) say()
      collections.push(collection)
      bytes += size
    }
    say()
  }
}
