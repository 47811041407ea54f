/** Who is a device of whom, by the newest profiles that are known here. */
import type { DeviceCertificate, PeerKey, Profile, RootKey } from '../../types.ts'
import type { GroupsAccount, GroupsComponents } from './components.ts'

export class Devices {
  readonly #account: GroupsAccount
  readonly #contacts: GroupsComponents['contacts']

  constructor ({ account, contacts }: Pick<GroupsComponents, 'account' | 'contacts'>) {
    this.#account = account
    this.#contacts = contacts
  }

  async of (root: RootKey): Promise<PeerKey[] | undefined> {
    return (await this.#profile(root))?.devices.map(({ device }) => device)
  }

  async includes (root: RootKey, device: PeerKey): Promise<boolean> {
    return (await this.of(root))?.includes(device) === true
  }

  /**
   * Whether what this device says is said in its user's name. One that is newer than the profile that we have may be
   * in the next one; one that the profile should have and has not was dropped.
   */
  async isCurrent ({ root, device, epoch, issuedAt }: DeviceCertificate): Promise<boolean> {
    const profile = await this.#profile(root)
    if (profile === undefined || profile.devices.some(other => other.device === device)) return true
    return epoch > profile.order.epoch || (epoch === profile.order.epoch && issuedAt > profile.order.seq)
  }

  async #profile (root: RootKey): Promise<Profile | undefined> {
    return root === this.#account.root ? this.#account.profile : (await this.#contacts.get(root)).profile
  }
}
