/** Mistakes of clients: each replaces a method of a shipped core. */
import { Batches } from '../../src/client/inbox/batches.core.ts'
import { Conversation } from '../../src/client/inbox/conversation.core.ts'
import { Memory } from '../../src/client/inbox/memory.core.ts'
import { OutboxCore } from '../../src/client/outbox/core.ts'
import { Outgoing } from '../../src/client/outbox/outgoing.core.ts'
import { ClientStore } from '../actors/client-store.ts'
import { Registration } from '../actors/user/registration.ts'
import { replaceGetter, replaceMethod, undoAll } from './patch.ts'
import { away, crowded, deserted, hasty, parting, restless } from './worlds.ts'
import type { Address, OutboxEffect } from '../../src/client/outbox/events.core.ts'
import type { EnvelopeId } from '../../src/types.ts'
import type { Defect } from './defect.ts'

export const ackAtWMinus1: Defect = {
  name: 'ack-at-w-minus-1',
  about: 'a program is told that its message is stored when one receipt is still missing',
  caughtBy: ['stored-has-w-receipts', 'receipts-imply-bytes'],
  scenario: restless,
  plant: () => ({
    undo: replaceMethod(Outgoing.prototype, 'isStored', () => function (piece) {
      const { route } = this.entry
      return route !== undefined && this.copiesOf(piece) >= Math.max(1, route.w - 1)
    })
  })
}

export const forgetDedupe: Defect = {
  name: 'forget-dedupe',
  about: 'an inbox does not remember what it has taken in, and two replicas bring the same message',
  caughtBy: ['shown-once'],
  scenario: away,
  plant: () => ({
    undo: undoAll(
      replaceMethod(Memory.prototype, 'envelope', () => () => undefined),
      replaceMethod(Memory.prototype, 'seen', () => () => undefined)
    )
  })
}

export const neverWaitForParents: Defect = {
  name: 'never-wait-for-parents',
  about: 'an inbox shows a message as soon as it comes, whether what it answers is there or not',
  caughtBy: ['causal-order'],
  scenario: restless,
  plant: () => ({ undo: replaceMethod(Conversation.prototype, 'unknownParents', () => () => []) })
}

export const forgetHeld: Defect = {
  name: 'forget-held',
  about: 'an inbox lets go of a message that waits for what it answers, after its sender was told that it is there',
  caughtBy: ['stored-is-shown', 'lost-sender-gone'],
  scenario: parting,
  plant: () => ({ undo: replaceMethod(Conversation.prototype, 'hold', () => () => {}) })
}

export const neverMark: Defect = {
  name: 'never-mark',
  about: 'a device shows a message and never tells its sender',
  caughtBy: ['nothing-stuck'],
  scenario: crowded,
  plant: () => ({ undo: replaceMethod(Batches.prototype, 'owe', () => () => {}) })
}

/** The first refusal ends a message, and nobody hears of it: the entry goes from the disk as if it had been delivered. */
export const silentDrop: Defect = {
  name: 'silent-drop',
  about: 'an outbox lets a message go when a node refuses it, and tells nobody',
  caughtBy: ['nothing-stuck'],
  scenario: deserted,
  plant: () => {
    const messages = new WeakMap<OutboxCore, Map<EnvelopeId, Address>>()
    return {
      undo: replaceMethod(OutboxCore.prototype, 'handle', shipped => function (event, now, chance) {
        const known = messages.get(this) ?? new Map<EnvelopeId, Address>()
        messages.set(this, known)
        const effects = shipped.call(this, event, now, chance)
        for (const effect of effects) if (effect.type === 'deposit') known.set(effect.envelope, { id: effect.id, recipient: effect.recipient })
        const address = event.type === 'refused' ? known.get(event.envelope) : undefined
        const drop: OutboxEffect[] = address === undefined ? [] : [{ type: 'drop', ...address, reason: 'delivered' }]
        return [...drop, ...effects]
      })
    }
  }
}

/** Clients sign a new route whenever they look after theirs, so that there are old ones; nodes that were away know these. */
export const acceptOldRoute: Defect = {
  name: 'accept-old-route',
  about: 'a book of contacts does not outlive its process, which then takes the first route that it is told',
  caughtBy: ['route-never-falls'],
  scenario: hasty,
  circumstance: () => replaceGetter(Registration.prototype, 'isDue', () => true),
  plant: () => ({ undo: replaceMethod(ClientStore.prototype, 'contact', () => () => undefined) })
}
