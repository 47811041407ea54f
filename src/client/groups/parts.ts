/** What the parts of this folder share: one device's groups, its MLS, its disk, and who is who. */
import { encodeGroupFrame } from '../messages/index.ts'
import { createMls, MLS_SUITE, type GroupId, type Mls, type MlsSuite } from '../mls/index.ts'
import { toHex } from '../../wire/hex.ts'
import { Book } from './book.ts'
import { Devices } from './devices.ts'
import { OwnKeyPackages } from './key-packages.ts'
import { GroupShelves } from './shelves.ts'
import { Silence } from './silence.ts'
import { Turns } from './turns.ts'
import type { Bytes, ConversationId, MessageId, PeerKey, RootKey } from '../../types.ts'
import type { Admission } from '../mls/index.ts'
import type { ControlFrame, GroupsComponents, GroupsInit } from './components.ts'

export interface Parts {
  components: GroupsComponents
  own: { root: RootKey, device: PeerKey }
  suite: MlsSuite
  mls: Mls
  book: Book
  turns: Turns
  shelves: GroupShelves
  devices: Devices
  packages: OwnKeyPackages
  silence: Silence
  /** Groups that this device is making: nobody else knows them yet. */
  founding: Map<GroupId, ConversationId>
}

const MESSAGE_ID_BYTES = 16

export function makeParts (components: GroupsComponents, { suite = MLS_SUITE.xWing }: GroupsInit): Parts {
  const { account, store, crypto, clock, log, failed } = components
  const own = { root: account.root, device: account.device.publicKey }
  const founding: Parts['founding'] = new Map()
  const shelves = new GroupShelves(store, account.vault)
  const book: Book = new Book(shelves, store, () => mls)
  const turns = new Turns(book)
  const admit = (admission: Admission): boolean => isAdmitted(admission, own.root, founding.get(admission.groupId), book.groups.get(admission.groupId)?.conversation)
  const mls = createMls({ crypto, signer: account.device, certificate: () => account.certificate, admit })
  return {
    components,
    own,
    suite,
    mls,
    book,
    turns,
    shelves,
    devices: new Devices(components),
    packages: new OwnKeyPackages({ mls, suite, book, turns, shelves, clock, log }),
    silence: new Silence({ store, shelves, clock, failed }),
    founding
  }
}

/** Frames that carry an MLS message to these users, all under one id. */
export function controlFrames ({ components: { random }, own }: Pick<Parts, 'components' | 'own'>, mls: Bytes, to: RootKey[]): ControlFrame[] {
  const id = toHex(random.bytes(MESSAGE_ID_BYTES)) as MessageId
  const whole = encodeGroupFrame({ from: own.root, device: own.device, mls })
  return to.map(root => ({ id, to: root, whole, kind: root === own.root ? 'once' : 'control' }))
}

/**
 * What all members must answer alike: by the roots that the group belongs to, and nothing that changes. What a device
 * may do at a certain time is judged elsewhere.
 */
function isAdmitted ({ certificate: { root }, standing }: Admission, own: RootKey, founding: ConversationId | undefined, kept: ConversationId | undefined): boolean {
  const conversation = founding ?? kept
  // A group that we are being added to: whose it is follows from its members, and is looked at when all are known.
  if (conversation === undefined) return standing === 'present'
  if (root !== own && root !== conversation) return false
  return standing !== 'committing' || founding !== undefined || root === (own < conversation ? own : conversation)
}
