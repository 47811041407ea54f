/**
 * The workloads, the same for every subject. Each is prepared first, so that what is timed is the work and not the way
 * there, and then run.
 */
import { makeLetters, numberOf, Tally } from './letters.ts'
import type { Bytes } from '../../src/types.ts'
import type { Closable, Mailbox, Sender, Subject } from './subject.ts'

/** How much of it. */
export interface Load { count: number, bytes: number, window: number }
/** A fixed rate. */
export interface Pace { perSecond: number, seconds: number, bytes: number }

/** A run that is ready to begin. */
export interface Prepared<Result> { run: () => Promise<Result>, close: () => Promise<void> }

/** Milliseconds from when a letter was handed in until it had been pushed to its reader, and until its receipt was in hand. */
export interface Latencies { deliveredMs: number[], storedMs: number[] }

/** Sender → server → reader: ends when every letter has been pushed and every receipt is in hand. */
export async function prepareOnline (subject: Subject, load: Load): Promise<Prepared<void>> {
  const mailbox = await subject.newMailbox()
  const read = new Tally(load.count)
  const reader = await subject.openReader(mailbox, letter => { read.add(numberOf(letter)) })
  const deposit = await prepareDeposit(subject, load, mailbox)
  return {
    run: async () => { await Promise.all([deposit.run(), read.complete]) },
    close: async () => { await closeAll([deposit, reader]) }
  }
}

/** Nobody reads: ends when every receipt is in hand. */
export async function prepareDeposit (subject: Subject, { count, bytes, window }: Load, mailbox: Mailbox): Promise<Prepared<void>> {
  const letters = makeLetters(mailbox.id, count, bytes)
  const stored = new Tally(count)
  let next = 0
  let open = 0
  let sender: Sender | undefined
  const fill = (): void => {
    for (let letter; open < window && (letter = letters[next]) !== undefined;) {
      if (sender?.deposit(next, mailbox, letter) !== true) return
      next++
      open++
    }
  }
  const opened = sender = await subject.openSender({
    onStored: tickets => {
      for (const ticket of tickets) stored.add(ticket)
      open -= tickets.length
      fill()
    },
    onRoom: fill,
    onFailure: error => { stored.fail(error) }
  })
  return {
    run: async () => {
      fill()
      await stored.complete
    },
    close: async () => { await opened.close() }
  }
}

/** A reader that comes back: ends when everything that was deposited has come. */
export async function prepareDrain (subject: Subject, { count }: Load, mailbox: Mailbox): Promise<Prepared<void>> {
  const drain = await subject.openDrain(mailbox)
  const read = new Tally(count)
  return {
    run: async () => {
      await drain.run(letter => { read.add(numberOf(letter)) })
      await read.complete
    },
    close: async () => { await drain.close() }
  }
}

/** Letters at a fixed rate that waits for no answer, so that a stall of the server meets every letter that falls into it. */
export async function prepareLatency (subject: Subject, { perSecond, seconds, bytes }: Pace): Promise<Prepared<Latencies>> {
  const count = Math.floor(perSecond * seconds)
  const mailbox = await subject.newMailbox()
  const letters = makeLetters(mailbox.id, count, bytes)
  const [read, stored] = [new Tally(count), new Tally(count)]
  const latencies: Latencies = { deliveredMs: [], storedMs: [] }
  const sentAt = new Float64Array(count)
  const since = (number: number): number => performance.now() - (sentAt[number] ?? NaN)
  const reader = await subject.openReader(mailbox, letter => {
    latencies.deliveredMs.push(since(numberOf(letter)))
    read.add(numberOf(letter))
  })
  const sender = await subject.openSender({
    onStored: tickets => {
      for (const ticket of tickets) {
        latencies.storedMs.push(since(ticket))
        stored.add(ticket)
      }
    },
    onRoom: () => {},
    onFailure: error => { stored.fail(error) }
  })
  return {
    run: async () => {
      await depositAtPace(letters, perSecond, (number, letter) => {
        sentAt[number] = performance.now()
        return sender.deposit(number, mailbox, letter)
      })
      await Promise.all([read.complete, stored.complete])
      return latencies
    },
    close: async () => { await closeAll([sender, reader]) }
  }
}

/** A timer may be late; whatever is due by then goes out at once. */
async function depositAtPace (letters: Bytes[], perSecond: number, deposit: (number: number, letter: Bytes) => boolean): Promise<void> {
  const begunAt = performance.now()
  let next = 0
  await new Promise<void>((resolve, reject) => {
    const timer = setInterval(() => {
      const due = (performance.now() - begunAt) * perSecond / 1000
      for (let letter; next <= due && (letter = letters[next]) !== undefined; next++) {
        if (!deposit(next, letter)) reject(new Error('there was no room at a modest rate'))
      }
      if (next < letters.length) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
}

/** Connections that say nothing. */
export async function prepareIdle (subject: Subject, count: number): Promise<Prepared<void>> {
  const connect = await subject.prepareIdle(count)
  let connected: Closable[] = []
  return {
    run: async () => { connected = await connect() },
    close: async () => { await closeAll(connected) }
  }
}

async function closeAll (opened: Closable[]): Promise<void> {
  await Promise.all(opened.map(async one => { await one.close() }))
}
