/** What nodes say on sessions, brought to the part that it is for. */
import type { Conversing } from './conversing.ts'
import type { Mailbox } from './mailbox.ts'
import type { Placement } from './placement/service.ts'
import type { Presence } from './presence.ts'
import type { Links, LinksServiceInit } from './session/service.ts'

/** Whoever listens. They come to be after the sessions that they listen to. */
export interface Listeners { links: Links, mailbox: Mailbox, conversing: Conversing, presence: Presence, placement: Placement }

export function hear (listeners: () => Listeners): LinksServiceInit['events'] {
  return {
    push: (session, _position, envelope, opened) => { listeners().mailbox.push(session, envelope, opened) },
    pushMissed: (session, envelope) => { listeners().mailbox.missed(session, envelope) },
    pushed: (session, from, to) => { listeners().mailbox.pushed(session, from, to) },
    behind: session => { listeners().mailbox.behind(session) },
    presence: (_session, beat) => { listeners().presence.heard(beat) },
    accepted: (session, tickets) => { listeners().conversing.outbox.accepted(session, tickets) },
    receipts: (session, receipts) => { listeners().conversing.outbox.receipts(session, receipts) },
    refused: (session, tickets, refusal) => { listeners().conversing.outbox.refused(session, tickets, refusal) },
    moved: (_session, record) => { listeners().conversing.outbox.moved(record) },
    leaving: (session, leaving) => {
      listeners().links.leaving(session.node, leaving.retryAfterSeconds)
      listeners().placement.leaving(session, leaving)
    },
    accused: (session, node) => { listeners().placement.accused(session, node) },
    whispered: (_session, envelope) => { listeners().conversing.whispers.heard(envelope) },
    keyPackagesFew: session => { void listeners().conversing.groups.attached(session) },
    room: () => { /* the outbox tries again by itself */ }
  }
}
