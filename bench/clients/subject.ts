/** What the workloads need of a subject: the same few things from a posthouse node and from the references. */
import type { Bytes, MailboxId } from '../../src/types.ts'

/** A mailbox that is ready to take mail, and which nobody has used before. */
export interface Mailbox { readonly id: MailboxId }

export interface Closable { close: () => Promise<void> }

export interface Sender extends Closable {
  /** False: no room; `onRoom` tells when there is. */
  deposit: (ticket: number, mailbox: Mailbox, envelope: Bytes) => boolean
}

export interface SenderEvents {
  /** These are on the server's disk, with whatever proof the subject gives, checked. */
  onStored: (tickets: number[]) => void
  onRoom: () => void
  /** Nothing more will come of it. */
  onFailure: (error: Error) => void
}

export interface Subject {
  newMailbox: () => Promise<Mailbox>
  openSender: (events: SenderEvents) => Promise<Sender>
  /** From when it resolves, what arrives for the mailbox is pushed. */
  openReader: (mailbox: Mailbox, onPush: (envelope: Bytes) => void) => Promise<Closable>
  /** Reads a mailbox from its beginning, over a connection of its own that is there before the time is taken. */
  openDrain: (mailbox: Mailbox) => Promise<Closable & { run: (onEnvelope: (envelope: Bytes) => void) => Promise<void> }>
  /** `count` readers, each with a mailbox, a key and a connection of its own; what can be done beforehand is done. */
  prepareIdle: (count: number) => Promise<() => Promise<Closable[]>>
}
