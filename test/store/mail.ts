// Mail for stores: real envelopes, collections that real devices signed, a clock that stands still until told.
import { MemoryLevel } from 'memory-level'
import { makeCollection, mailboxOf } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { systemRandom } from '../../src/system.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { DAY_S, linkDevice, makePerson, NOW } from '../identity/people.ts'
import type { StoreComponents } from '../../src/store/index.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, Millis, PeerKey, Seconds } from '../../src/types.ts'
import type { Logger } from '@libp2p/interface'

export const SECOND = 1000
export const HOUR = 3600 * SECOND
export const DAY = 24 * HOUR

/** A reader with two devices. */
export interface Reader {
  mailbox: MailboxId
  phone: PeerKey
  laptop: PeerKey
  collect: (device: PeerKey, ids: EnvelopeId[]) => Promise<Collection>
}

export async function makeReader (number: number): Promise<Reader> {
  const person = await makePerson(number)
  const linked = await linkDevice(person, number, person.signer)
  const phone = person.device.publicKey
  const laptop = linked.key.publicKey
  return {
    mailbox: mailboxOf(person.rootKey, crypto),
    phone,
    laptop,
    collect: async (device, ids) => {
      const signer = device === laptop ? linked : person.signer
      return await makeCollection({ ids, time: NOW }, signer as typeof person.signer, { crypto })
    }
  }
}

let bodies = 0

/** An envelope like no other, of so many bytes as a whole. */
export function letter (mailbox: MailboxId, { bytes = 200, expiry = NOW / 1000 + DAY_S }: { bytes?: number, expiry?: Seconds } = {}): Envelope {
  const body = new Uint8Array(bytes - 76)
  new DataView(body.buffer).setUint32(0, ++bodies)
  return makeEnvelope({ mailbox, expiry, body }, crypto)
}

export function letters (mailbox: MailboxId, count: number, init?: Parameters<typeof letter>[1]): Envelope[] {
  return Array.from({ length: count }, () => letter(mailbox, init))
}

export interface TestComponents extends StoreComponents {
  clock: StoreComponents['clock'] & { set: (now: Millis) => void }
  logger: StoreComponents['logger'] & { errors: string[] }
}

export function makeComponents (): TestComponents {
  let now: Millis = NOW
  const errors: string[] = []
  const log = Object.assign(() => {}, {
    error: (format: string, ...args: unknown[]) => { errors.push(args.reduce<string>((line, arg) => line.replace(/%[sd]/, String(arg)), format)) },
    trace: () => {},
    enabled: true,
    newScope: () => log
  }) as Logger
  return {
    clock: { now: () => now, after: () => () => {}, set: later => { now = later } },
    random: systemRandom,
    logger: { forComponent: () => log, errors }
  }
}

export type Tree = MemoryLevel<Uint8Array, Uint8Array>

/** The database of a memory store, for tests that reach below the store. */
export async function openTree (): Promise<Tree> {
  const tree = new MemoryLevel<Uint8Array, Uint8Array>({ storeEncoding: 'view', keyEncoding: 'view', valueEncoding: 'view' })
  await tree.open()
  return tree
}

export async function all<T> (iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}
