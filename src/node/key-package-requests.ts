/**
 * What devices and other nodes may ask about key packages, and how often: each fetch uses up packages of somebody else,
 * and each put is written to the disk.
 */
import { peerKeyFromBytes, rootKeyFromBytes } from '../identity/index.ts'
import { RateTable } from '../rates.core.ts'
import { REFUSAL } from '../types.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { KeyPackageSearch } from './key-package-search.ts'
import type { KeyPackages } from './key-packages.ts'
import type { Answer, Attached, Session } from './session.ts'
import type { Clock } from '../ports.ts'
import type { MailboxId, PeerKey, Refusal } from '../types.ts'
import type { DevicePackage, FetchKeyPackages, KeyPackages as Put, SessionFrame } from '../wire/mail.ts'
import type { Logger } from '@libp2p/interface'

export interface KeyPackageRequestComponents {
  kept: KeyPackages
  search: KeyPackageSearch
  clock: Clock
  log: Logger
}

export class KeyPackageRequests {
  readonly #components: KeyPackageRequestComponents
  readonly #puts = new RateTable(NODE_DEFAULTS.keyPackagePuts)
  readonly #fetches = new RateTable(NODE_DEFAULTS.keyPackageFetches)
  readonly #handOuts = new RateTable(NODE_DEFAULTS.keyPackageHandOuts)

  constructor (components: KeyPackageRequestComponents) { this.#components = components }

  /** Undefined: the question is another one. */
  async answer (session: Session, { mailbox }: Attached, { putKeyPackages, countKeyPackages, fetchKeyPackages }: SessionFrame): Promise<Answer | undefined> {
    if (putKeyPackages !== undefined) return await this.#put(session.device, mailbox, putKeyPackages)
    if (countKeyPackages !== undefined) return { keyPackagesLeft: await this.#components.kept.left(mailbox, session.device) }
    if (fetchKeyPackages !== undefined) return await this.#fetch(session.device, fetchKeyPackages)
    return undefined
  }

  /** A device that has just shown whose it is hears when it should bring some. Does not reject. */
  async greet (session: Session, mailbox: MailboxId): Promise<void> {
    try {
      const left = await this.#components.kept.left(mailbox, session.device)
      if (left.oneTime < NODE_DEFAULTS.keyPackagesFew || !left.lastResort) session.keyPackagesFew(left)
    } catch (error) {
      this.#components.log.error('the key packages of device %s… were not counted: %s', session.device.slice(0, 8), (error as Error).message)
    }
  }

  /** For another node, of a user that is served here. asker: its place, or its key where places do not count. */
  async handOut (asker: string, mailbox: MailboxId, devices: PeerKey[]): Promise<{ packages: DevicePackage[] } | { refusal: Refusal }> {
    const refusal = this.#refuse(this.#handOuts, asker)
    return refusal === undefined ? { packages: await this.#components.kept.take(mailbox, devices) } : { refusal }
  }

  async #put (device: PeerKey, mailbox: MailboxId, put: Put): Promise<Answer> {
    const refusal = this.#refuse(this.#puts, device)
    return refusal === undefined ? { keyPackagesLeft: await this.#components.kept.put(mailbox, device, put) } : { refusal }
  }

  async #fetch (device: PeerKey, { root, devices }: FetchKeyPackages): Promise<Answer> {
    const refusal = this.#refuse(this.#fetches, device)
    return refusal === undefined ? { keyPackages: { packages: await this.#components.search.find(rootKeyFromBytes(root), devices.map(peerKeyFromBytes)) } } : { refusal }
  }

  #refuse (rates: RateTable, asker: string): Refusal | undefined {
    const now = this.#components.clock.now()
    return rates.take(asker, now) ? undefined : { code: REFUSAL.busy, retryAfterSeconds: Math.ceil(rates.waitMs(asker, now) / 1000) }
  }
}
