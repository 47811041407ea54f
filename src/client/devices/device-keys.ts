/** The sealing keys of the user's other devices: to whom something can be given without being asked. */
import { placeIn } from './own-profile.ts'
import type { PeerKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { ClientStore } from '../store/store.ts'
import type { OwnDeviceKey } from './words.ts'

const KEY = 'device-key/'
/** Follows every key of ours. */
const KEYS_END = 'device-key0'

export class DeviceKeys {
  readonly #components: { account: Account, store: ClientStore }
  readonly #keys = new Map<PeerKey, OwnDeviceKey>()

  constructor (components: { account: Account, store: ClientStore }) { this.#components = components }

  async load (): Promise<void> {
    for await (const [key, sealingKey] of this.#components.store.secrets.entries({ from: KEY, to: KEYS_END })) {
      const device = key.slice(KEY.length) as PeerKey
      this.#keys.set(device, { device, sealingKey })
    }
  }

  /** Of the devices in the newest profile. */
  get others (): OwnDeviceKey[] {
    const { profile, device } = this.#components.account
    return [...this.#keys.values()].filter(key => key.device !== device.publicKey && placeIn(profile, key.device) >= 0)
  }

  /** With this device's own. */
  get all (): OwnDeviceKey[] {
    const { device, deviceSealing } = this.#components.account
    return [{ device: device.publicKey, sealingKey: deviceSealing.publicKey }, ...this.others]
  }

  /** Of devices that the profile lists; those that it leaves out are forgotten. */
  async put (keys: OwnDeviceKey[]): Promise<void> {
    const { account: { profile, device: own }, store } = this.#components
    const added = keys.filter(({ device }) => device !== own.publicKey && placeIn(profile, device) >= 0)
    const gone = [...this.#keys.keys()].filter(device => placeIn(profile, device) < 0)
    for (const { device, sealingKey } of added) this.#keys.set(device, { device, sealingKey })
    for (const device of gone) this.#keys.delete(device)
    await store.write([...added.map(({ device, sealingKey }) => store.secrets.put(KEY + device, sealingKey)), ...gone.map(device => store.secrets.del(KEY + device))])
  }
}
