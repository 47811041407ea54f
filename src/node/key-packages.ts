/**
 * Key packages that devices left here, so that others can add them to groups while they are away. To a node they are
 * opaque bytes: it knows whose they are and how many.
 *
 * A one-time package is gone from the disk before it is handed out, so that nobody gets it twice, whatever happens
 * between; the last resort is handed out when none is left. What belongs to a device that its user's newest profile does
 * not list is forgotten. A shelf of its own says of which devices there is anything, and is written first: nothing can
 * lie here that nobody looks for.
 */
import { fromString } from 'uint8arrays/from-string'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { MalformedError, RefusedError, TooLargeError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { decodeKeyPackages } from '../wire/control.ts'
import { LIMITS } from '../wire/limits.ts'
import { KeyPackages as Kept, type DevicePackage, type KeyPackagesLeft } from '../wire/mail.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { Turns } from './turns.ts'
import type { ServedUsers, Shelf } from '../ports.ts'
import type { MailboxId, PeerKey } from '../types.ts'
import type { Logger } from '@libp2p/interface'

export interface KeyPackagesComponents {
  /** What is kept of a device, by mailbox and device. */
  packages: Shelf
  /** Devices of a mailbox of which anything is kept, their keys joined. */
  owners: Shelf
  users: Pick<ServedUsers, 'devices'>
  log: Logger
  /** Fewer than `NODE_DEFAULTS.keyPackagesFew` of a device are left since some were handed out. */
  onFew: (device: PeerKey, left: KeyPackagesLeft) => void
}

const KEY_HEX = 64

export class KeyPackages {
  readonly #components: KeyPackagesComponents
  readonly #owners = new Map<MailboxId, PeerKey[]>()
  /** One change of a user at a time: two that read before either writes would hand out one package twice. */
  readonly #turns = new Turns<MailboxId>()

  constructor (components: KeyPackagesComponents) { this.#components = components }

  /** Reads whose packages earlier runs kept, and forgets those that they could not forget any more. */
  async load (): Promise<void> {
    for await (const [mailbox, bytes] of this.#components.owners.entries()) this.#owners.set(mailbox as MailboxId, splitKeys(toString(bytes, 'base16')))
    for (const mailbox of [...this.#owners.keys()]) await this.tidy(mailbox)
  }

  /**
   * Keeps packages of a device beside those that are here; the newest count when there are too many. Durable when it
   * resolves, with what is here then. Throws MalformedError, TooLargeError, RefusedError (notServed) or StoreFailedError.
   */
  async put (mailbox: MailboxId, device: PeerKey, { oneTime, lastResort }: Kept): Promise<KeyPackagesLeft> {
    if (oneTime.some(({ byteLength }) => byteLength === 0)) throw new MalformedError('a key package is empty')
    if ([lastResort, ...oneTime].some(({ byteLength }) => byteLength > LIMITS.keyPackageBytes)) throw new TooLargeError('a key package is too large')
    return await this.#turns.take(mailbox, async () => {
      if (this.#components.users.devices(mailbox)?.includes(device) !== true) throw new RefusedError('the device is not served here', { code: REFUSAL.notServed, retryAfterSeconds: 0 })
      const owners = this.#owners.get(mailbox) ?? []
      if (!owners.includes(device)) await this.#own(mailbox, [...owners, device])
      const kept = await this.#read(mailbox, device)
      // What is put again because the answer was lost is not there twice.
      const others = kept.oneTime.filter(known => !oneTime.some(put => equals(known, put)))
      const all = { oneTime: [...others, ...oneTime].slice(-LIMITS.keyPackages), lastResort: lastResort.byteLength > 0 ? lastResort : kept.lastResort }
      await this.#write(mailbox, device, all)
      return leftOf(all)
    })
  }

  /** What is here of a device. */
  async left (mailbox: MailboxId, device: PeerKey): Promise<KeyPackagesLeft> {
    return await this.#turns.take(mailbox, async () => leftOf(await this.#read(mailbox, device)))
  }

  /**
   * One package of each of these devices, of all devices when `only` is empty: as many as find room in a frame. Of the one-time
   * ones the newest, which is valid for longest. Rejects with StoreFailedError.
   */
  async take (mailbox: MailboxId, only: PeerKey[]): Promise<DevicePackage[]> {
    return await this.#turns.take(mailbox, async () => {
      const listed = this.#components.users.devices(mailbox) ?? []
      const owners = this.#owners.get(mailbox)?.filter(device => listed.includes(device) && (only.length === 0 || only.includes(device))) ?? []
      const packages: DevicePackage[] = []
      const removals: Array<Promise<void>> = []
      let room = LIMITS.keyPackagesBytes
      for (const device of owners) {
        const { oneTime, lastResort } = await this.#read(mailbox, device)
        const keyPackage = oneTime.at(-1) ?? lastResort
        if (keyPackage.byteLength === 0 || keyPackage.byteLength > room) continue
        room -= keyPackage.byteLength
        packages.push({ device: fromString(device, 'base16'), keyPackage })
        if (oneTime.length > 0) removals.push(this.#remove(mailbox, device, { oneTime: oneTime.slice(0, -1), lastResort }))
      }
      await Promise.all(removals)
      return packages
    })
  }

  /** Forgets what belongs to devices that the user's newest profile does not list, or to a user who is not served any more. */
  async tidy (mailbox: MailboxId): Promise<void> {
    await this.#turns.take(mailbox, async () => {
      const listed = this.#components.users.devices(mailbox) ?? []
      const owners = this.#owners.get(mailbox) ?? []
      const gone = owners.filter(device => !listed.includes(device))
      if (gone.length === 0) return
      await Promise.all(gone.map(async device => { await this.#components.packages.delete(keyOf(mailbox, device)) }))
      await this.#own(mailbox, owners.filter(device => listed.includes(device)))
    })
  }

  async #own (mailbox: MailboxId, owners: PeerKey[]): Promise<void> {
    if (owners.length > 0) await this.#components.owners.put(mailbox, fromString(owners.join(''), 'base16'))
    else await this.#components.owners.delete(mailbox)
    if (owners.length > 0) this.#owners.set(mailbox, owners)
    else this.#owners.delete(mailbox)
  }

  async #remove (mailbox: MailboxId, device: PeerKey, rest: Kept): Promise<void> {
    await this.#write(mailbox, device, rest)
    if (rest.oneTime.length < NODE_DEFAULTS.keyPackagesFew) this.#components.onFew(device, leftOf(rest))
  }

  async #write (mailbox: MailboxId, device: PeerKey, kept: Kept): Promise<void> {
    await this.#components.packages.put(keyOf(mailbox, device), Kept.encode(kept))
  }

  /** What cannot be read is as good as not there: its device puts others. */
  async #read (mailbox: MailboxId, device: PeerKey): Promise<Kept> {
    const bytes = await this.#components.packages.get(keyOf(mailbox, device))
    try {
      return bytes === undefined ? NOTHING : decodeKeyPackages(bytes)
    } catch (error) {
      this.#components.log.error('the key packages of device %s… cannot be used: %s', device.slice(0, 8), (error as Error).message)
      return NOTHING
    }
  }
}

const NOTHING: Kept = Object.freeze({ oneTime: [], lastResort: new Uint8Array(0) })

function leftOf ({ oneTime, lastResort }: Kept): KeyPackagesLeft {
  return { oneTime: oneTime.length, lastResort: lastResort.byteLength > 0 }
}

function keyOf (mailbox: MailboxId, device: PeerKey): string { return `${mailbox}/${device}` }

/** A piece of a key at the end, which only damage leaves, belongs to nobody. */
function splitKeys (hex: string): PeerKey[] {
  return Array.from({ length: Math.floor(hex.length / KEY_HEX) }, (_, n) => hex.slice(n * KEY_HEX, (n + 1) * KEY_HEX) as PeerKey)
}
