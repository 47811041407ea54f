/** The references as subjects: the frames of reference/frames.ts, dialled plain or over libp2p. */
import { randomBytes } from 'node:crypto'
import { KIND, type Dialled, type FrameLink } from '../reference/frames.ts'
import type { MailboxId } from '../../src/types.ts'
import type { Closable, Mailbox, Sender, SenderEvents, Subject } from './subject.ts'

export class ReferenceSubject implements Subject {
  readonly #dial: () => Promise<Dialled>

  constructor (dial: () => Promise<Dialled>) { this.#dial = dial }

  async newMailbox (): Promise<Mailbox> {
    return { id: randomBytes(32).toString('hex') as MailboxId }
  }

  async openSender ({ onStored }: SenderEvents): Promise<Sender> {
    const { link, close } = await this.#dial()
    link.onFrame = frame => {
      const tickets: number[] = []
      for (let at = 1; at < frame.byteLength; at += 4) tickets.push(frame.readUInt32BE(at))
      onStored(tickets)
    }
    return {
      close,
      deposit: (ticket, _mailbox, envelope) => {
        const lead = Buffer.allocUnsafe(5)
        lead[0] = KIND.deposit
        lead.writeUInt32BE(ticket, 1)
        link.send(lead, envelope)
        return true
      }
    }
  }

  async openReader (mailbox: Mailbox, onPush: (envelope: Buffer<ArrayBuffer>) => void): Promise<Closable> {
    const { link, close } = await this.#dial()
    await ask(link, KIND.attach, mailbox)
    link.onFrame = frame => { onPush(frame.subarray(1) as Buffer<ArrayBuffer>) }
    return { close }
  }

  async openDrain (mailbox: Mailbox): Promise<Closable & { run: (onEnvelope: (envelope: Buffer<ArrayBuffer>) => void) => Promise<void> }> {
    const { link, close } = await this.#dial()
    return { close, run: async onEnvelope => { await ask(link, KIND.drain, mailbox, onEnvelope) } }
  }

  async prepareIdle (count: number): Promise<() => Promise<Closable[]>> {
    const mailboxes = await Promise.all(Array.from({ length: count }, async () => await this.newMailbox()))
    return async () => await Promise.all(mailboxes.map(async mailbox => await this.openReader(mailbox, () => {})))
  }
}

/** Resolves at `done`. */
async function ask (link: FrameLink, kind: number, mailbox: Mailbox, onPush: (envelope: Buffer<ArrayBuffer>) => void = () => {}): Promise<void> {
  await new Promise<void>(resolve => {
    link.onFrame = frame => {
      if (frame[0] === KIND.push) onPush(frame.subarray(1) as Buffer<ArrayBuffer>)
      else resolve()
    }
    link.send(Buffer.of(kind), Buffer.from(mailbox.id, 'hex'))
  })
}
