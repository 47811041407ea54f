// People whose devices talk through mailboxes, on a clock that is only moved by hand. Nodes are a map of key packages.
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { linkDevice, makePerson, type Person } from '../../identity/people.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { MLS_SUITE, type MlsSuite } from '../../../src/client/mls/index.ts'
import { Device } from './device.ts'
import type { Mail } from './post.ts'
import type { Random } from '../../../src/ports.ts'
import type { Bytes, DeviceCertificate, PeerKey, Profile, RootKey } from '../../../src/types.ts'

const systemNow = Date.now

/** The library asks the system when it adds somebody; it is told the world's time until the hook runs. */
export function ownTime (world: World): void { Date.now = world.clock.now }
export function systemTime (): void { Date.now = systemNow }

export class World {
  readonly clock = new VirtualClock(Date.now())
  readonly mailboxes = new Map<RootKey, Mail[]>()
  readonly users = new Map<RootKey, User>()
  readonly packages = new Map<PeerKey, { oneTime: Bytes[], lastResort: Bytes | undefined }>()
  /** Mail that never arrives. */
  loses: (mail: Mail) => boolean = () => false
  online = true
  #people = 0
  readonly #seed: number

  constructor (seed = 1) { this.#seed = seed }

  /** A user with as many devices. */
  async user (devices = 1, suite: MlsSuite = MLS_SUITE.x25519): Promise<User> {
    const number = this.#people++
    const person = await makePerson(number)
    const user = new User(this, person, number, suite)
    this.users.set(person.rootKey, user)
    this.mailboxes.set(person.rootKey, [])
    for (let at = 0; at < devices; at++) await user.link()
    return user
  }

  deposit (mail: Mail): void {
    if (this.loses(mail)) return
    this.mailboxes.get(mail.to)?.push(mail)
  }

  /** The same in every run; of a generator without short cycles, because ids are made of it. */
  random (salt: number): Random {
    let block = new Uint8Array(0)
    let blocks = 0
    let at = 0
    const next = (): number => {
      if (at === block.length) {
        block = crypto.sha256(new TextEncoder().encode(`${this.#seed}/${salt}/${blocks++}`))
        at = 0
      }
      return block[at++] ?? 0
    }
    return { bytes: length => Uint8Array.from({ length }, next), fraction: () => (next() << 16 | next() << 8 | next()) / 2 ** 24 }
  }

  get devices (): Device[] { return [...this.users.values()].flatMap(({ devices }) => devices) }

  /** Everybody who is there sends and reads until nothing moves any more. */
  async calm (): Promise<void> {
    for (let round = 0; round < 60; round++) {
      let moved = false
      for (const device of this.devices) if (device.running) moved = await device.turn() || moved
      if (!moved) return
    }
    throw new Error('the devices do not come to rest')
  }

  /** Time goes by, in steps after each of which everybody sends and reads. */
  async pass (ms: number, stepMs = 10_000): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await this.clock.advance(Math.min(left, stepMs))
      await this.calm()
    }
  }
}

export class User {
  readonly root: RootKey
  readonly devices: Device[] = []
  profile: Profile
  readonly #world: World
  readonly #person: Person
  readonly #number: number
  readonly #suite: MlsSuite
  #epoch = 1
  #seq: number

  constructor (world: World, person: Person, number: number, suite: MlsSuite) {
    this.#suite = suite
    this.#world = world
    this.#person = person
    this.#number = number
    this.root = person.rootKey
    this.#seq = world.clock.now()
    this.profile = this.#profile([])
  }

  get first (): Device { return this.devices[0] as Device }

  /** One more device, which everybody learns of. */
  async link (): Promise<Device> {
    const at = this.devices.length
    const { key, certificate } = at === 0 ? this.#person.signer : await linkDevice(this.#person, this.#number * 100 + at, this.#person.signer)
    const device = new Device(this.#world, this, { key, certificate, number: this.#number * 100 + at })
    device.suite = this.#suite
    this.devices.push(device)
    this.publish([...this.profile.devices, certificate])
    await device.start()
    for (const other of this.devices) if (other !== device && other.running) other.groups.profileChanged(this.root)
    return device
  }

  /** The device is none of ours any more; contacts hear of it when they look. */
  revoke (device: Device): void {
    this.#epoch++
    this.publish(this.profile.devices.filter(certificate => certificate.device !== device.key))
    for (const other of this.devices) if (other.running) other.groups.profileChanged(this.root)
  }

  publish (devices: DeviceCertificate[]): void {
    this.#seq++
    this.profile = this.#profile(devices)
  }

  #profile (devices: DeviceCertificate[]): Profile {
    return { root: this.root, order: { epoch: this.#epoch, seq: this.#seq, hash: '' }, devices, sealingKeys: [], requests: 0, bytes: new Uint8Array(0) } as unknown as Profile
  }
}
