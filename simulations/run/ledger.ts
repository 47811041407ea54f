/**
 * What became of every message, as the director needs it: what a sender still waits for before leaving, and whether
 * anything can still arrive. It judges nothing.
 */
import type { Witness } from '../checks/witness.ts'
import type { MessageId, Millis, RootKey } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

interface Open { from: RootKey, to: RootKey, isStored: boolean, isShown: boolean, isDelivered: boolean }

export class Ledger implements Partial<Witness> {
  readonly #open = new Map<MessageId, Open>()
  readonly #unstored = new Map<RootKey, number>()
  readonly #gone = new Set<RootKey>()
  #count = 0
  #movedAt: Millis = 0
  /** Told when a user's last message has become `stored`. */
  onAllStored: (root: RootKey) => void = () => {}

  /** Messages written. */
  get count (): number { return this.#count }
  /** When a message was last shown, stored, collected or deleted anywhere. */
  get movedAt (): Millis { return this.#movedAt }

  /** Has written, and nothing that was written waits for being `stored`. */
  isAllStored (root: RootKey): boolean { return this.#unstored.get(root) === 0 }

  leave (root: RootKey): void { this.#gone.add(root) }

  /** Messages that can still arrive, or of which somebody can still hear that they did. */
  get waiting (): MessageId[] {
    const waiting: MessageId[] = []
    for (const [id, { from, to, isStored, isShown }] of this.#open) {
      if (this.#gone.has(to)) continue
      const senderIsThere = !this.#gone.has(from)
      if (senderIsThere || (isStored && !isShown)) waiting.push(id)
    }
    return waiting
  }

  written ({ message: { id, from, conversation: to } }: EventOf<'written'>): void {
    this.#count++
    this.#open.set(id, { from, to, isStored: false, isShown: false, isDelivered: false })
    this.#unstored.set(from, (this.#unstored.get(from) ?? 0) + 1)
  }

  state ({ at, id, state }: EventOf<'state'>): void {
    const message = this.#open.get(id)
    if (message === undefined || state === 'queued' || state === 'accepted') return
    this.#movedAt = at
    this.#setStored(message)
    if (state === 'stored') return
    message.isDelivered = true
    this.#closeWhenDone(id, message)
  }

  shown ({ at, message: { id } }: EventOf<'shown'>): void {
    this.#movedAt = at
    const message = this.#open.get(id)
    if (message === undefined) return
    message.isShown = true
    this.#closeWhenDone(id, message)
  }

  ended ({ id }: EventOf<'ended'>): void {
    const message = this.#open.get(id)
    if (message === undefined) return
    this.#setStored(message)
    this.#open.delete(id)
  }

  receipt ({ at }: EventOf<'receipt'>): void { this.#movedAt = at }

  collected ({ at }: EventOf<'collected'>): void { this.#movedAt = at }

  dropped ({ at }: EventOf<'dropped'>): void { this.#movedAt = at }

  /** Nothing more will become of it than is known. */
  #setStored (message: Open): void {
    if (message.isStored) return
    message.isStored = true
    const left = (this.#unstored.get(message.from) ?? 1) - 1
    this.#unstored.set(message.from, left)
    if (left === 0) this.onAllStored(message.from)
  }

  #closeWhenDone (id: MessageId, { isShown, isDelivered }: Open): void {
    if (isShown && isDelivered) this.#open.delete(id)
  }
}
