/**
 * Key packages of others that are at hand: fetched ones, and those that came with a loss or a proposal. A fetched one
 * is used once; what is left over is kept for the next change.
 */
import { GROUPS_DEFAULTS } from './defaults.ts'
import type { Bytes, Millis, PeerKey, RootKey } from '../../types.ts'
import type { KeyPackage } from '../mls/index.ts'
import type { Parts } from './parts.ts'

export class Pool {
  readonly #parts: Parts
  readonly #fetched = new Map<PeerKey, KeyPackage>()
  readonly #opened = new WeakMap<Bytes, Promise<KeyPackage | undefined>>()
  /** Devices that had none, when that was found, and how often in a row. */
  readonly #without = new Map<PeerKey, { at: Millis, times: number }>()

  constructor (parts: Parts) { this.#parts = parts }

  /** Those of the devices for which nobody had a package, not long ago. */
  without (devices: readonly PeerKey[]): Set<PeerKey> {
    const now = this.#parts.components.clock.now()
    return new Set(devices.filter(device => this.#dueAt(device) > now))
  }

  /** When the first of them is to be asked for again. */
  nextFetchAt (devices: readonly PeerKey[]): Millis { return Math.min(...devices.map(device => this.#dueAt(device))) }

  /** Asks for packages of these devices; whoever cannot be asked has none. */
  async fetch (wanted: Array<{ root: RootKey, device: PeerKey }>): Promise<void> {
    const { components: { clock, log, fetchKeyPackages } } = this.#parts
    const signal = AbortSignal.timeout(GROUPS_DEFAULTS.fetchTimeoutMs)
    await Promise.all([...new Set(wanted.map(({ root }) => root))].map(async root => {
      const devices = wanted.filter(other => other.root === root).map(({ device }) => device)
      try {
        for (const bytes of await fetchKeyPackages(root, devices, { signal })) await this.#take(bytes, root, devices)
      } catch (error) {
        log('key packages of user %s could not be fetched: %s', root.slice(0, 8), (error as Error).message)
      }
    }))
    for (const { device } of wanted) {
      if (!this.#fetched.has(device)) remember(this.#without, device, { at: clock.now(), times: (this.#without.get(device)?.times ?? 0) + 1 })
    }
  }

  /** Undefined when it does not open, or cannot be used. */
  async open (bytes: Bytes): Promise<KeyPackage | undefined> {
    const { mls, components: { clock, log } } = this.#parts
    const known = this.#opened.get(bytes)
    if (known !== undefined) return await known
    const opening = mls.openKeyPackage(bytes, clock.now()).catch((error: Error) => {
      log('a key package was refused: %s', error.message)
      return undefined
    })
    this.#opened.set(bytes, opening)
    return await opening
  }

  get (device: PeerKey): KeyPackage | undefined { return this.#fetched.get(device) }

  /** They are in a group now. */
  used (packages: KeyPackage[]): void {
    for (const keyPackage of packages) if (this.#fetched.get(keyPackage.member.device) === keyPackage) this.#fetched.delete(keyPackage.member.device)
  }

  /** They could not be used. */
  drop (devices: readonly PeerKey[]): void {
    for (const device of devices) this.#fetched.delete(device)
  }

  #dueAt (device: PeerKey): Millis {
    const { at, times } = this.#without.get(device) ?? { at: -Infinity, times: 1 }
    return at + Math.min(GROUPS_DEFAULTS.fetchAgainMsMax, GROUPS_DEFAULTS.fetchAgainMs * 2 ** Math.min(times - 1, 30))
  }

  async #take (bytes: Bytes, root: RootKey, devices: PeerKey[]): Promise<void> {
    const keyPackage = await this.open(bytes)
    if (keyPackage === undefined) return
    const { suite, member: { device, certificate } } = keyPackage
    if (certificate.root !== root || !devices.includes(device) || suite !== this.#parts.suite) {
      return this.#parts.components.log('a node gave a key package of another device than was asked for')
    }
    this.#without.delete(device)
    remember(this.#fetched, device, keyPackage)
  }
}

/** The oldest go when there are too many. */
function remember<T> (map: Map<PeerKey, T>, device: PeerKey, value: T): void {
  map.delete(device)
  map.set(device, value)
  for (const oldest of map.keys()) {
    if (map.size <= GROUPS_DEFAULTS.packagesMax) break
    map.delete(oldest)
  }
}
