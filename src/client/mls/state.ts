/**
 * A group's state as others see it, and the library's inside it, which only this folder reaches. On disk: a whole
 * state once an epoch, and for every message the one ratchet that it moved.
 *
 * Whole: u8 version ‖ the library's encoding. Ratchet: its name, "epoch/node" in hex that sorts, and the library's
 * encoding of both ratchets of the node.
 */
import { decodeGroupState, encodeGroupState, type ClientConfig, type ClientState, type SecretTree } from 'ts-mls'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import { decodeSecretTree, secretTreeEncoder } from 'ts-mls/secretTree.js'
import { concat } from 'uint8arrays/concat'
import { toString } from 'uint8arrays/to-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { MalformedError, StoreDamagedError, UnsupportedError } from '../../errors.ts'
import { peerKeyFromBytes } from '../../identity/index.ts'
import { MLS_DEFAULTS } from './defaults.ts'
import { leafAt } from './leaves.ts'
import { suiteOf } from './suite.ts'
import { movedRatchets } from './trim.ts'
import type { Bytes } from '../../types.ts'
import type { GroupId, GroupState, Member, Ratchet, StateChange } from './port.ts'

const VERSION = 1
const NAME = /^([0-9a-f]{12})\/([0-9a-f]{4})$/

const insides = new WeakMap<GroupState, ClientState>()

/** members: of the library's state, in the order of their leaves. */
export function groupState (inside: ClientState, members: readonly Member[]): GroupState {
  const own = leafAt(inside.ratchetTree, inside.privatePath.leafIndex * 2)
  if (own == null) throw new MalformedError('the group does not have the device’s own leaf')
  const state = Object.freeze({
    groupId: groupIdFrom(inside.groupContext.groupId),
    suite: suiteOf(inside.groupContext.cipherSuite),
    epoch: epochFrom(inside.groupContext.epoch),
    self: peerKeyFromBytes(own.signaturePublicKey),
    members: Object.freeze([...members]),
    active: inside.groupActiveState.kind === 'active'
  }) as unknown as GroupState
  insides.set(state, inside)
  return state
}

/** The library's state in one that `groupState` made. */
export function insideOf (state: GroupState): ClientState {
  const inside = insides.get(state)
  if (inside == null) throw new TypeError('a group state comes from this library only')
  return inside
}

/** Throws MalformedError. */
export function groupIdFrom (bytes: Uint8Array): GroupId {
  if (bytes.byteLength === 0 || bytes.byteLength > MLS_DEFAULTS.groupIdBytesMax) throw new MalformedError(`a group id has 1 to ${MLS_DEFAULTS.groupIdBytesMax} bytes, not ${bytes.byteLength}`)
  return toString(bytes, 'base16') as GroupId
}

/** Throws MalformedError. */
export function epochFrom (epoch: bigint): number {
  if (epoch > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedError('the epoch of the group is too large')
  return Number(epoch)
}

/** The ratchets with which messages of an epoch are read, as long as they are kept. */
export function secretTreeOf (inside: ClientState, epoch: bigint): SecretTree | undefined {
  return epoch === inside.groupContext.epoch ? inside.secretTree : inside.historicalReceiverData.get(epoch)?.secretTree
}

/** What to write after a step: states share what did not change, so what moved is found by reference. */
export function changeOf (previous: GroupState | undefined, next: GroupState): StateChange {
  const after = insideOf(next)
  // One key schedule for each epoch, by reference: two branches of one epoch number share nothing.
  if (previous == null || insideOf(previous).keySchedule !== after.keySchedule || previous.active !== next.active) {
    return { type: 'whole', bytes: withArrayBuffer(concat([Uint8Array.of(VERSION), encodeGroupState(after)])) }
  }
  const before = insideOf(previous)
  const ratchets = [after.groupContext.epoch, ...after.historicalReceiverData.keys()].flatMap((epoch) => {
    const tree = secretTreeOf(after, epoch)
    return movedRatchets(secretTreeOf(before, epoch), tree).map((at) => encodeRatchet(epoch, at, tree as SecretTree))
  })
  return { type: 'ratchets', ratchets }
}

/** Throws UnsupportedError or StoreDamagedError. */
export function decodeInside (whole: Uint8Array, ratchets: Ratchet[], clientConfig: ClientConfig): ClientState {
  if (whole[0] !== VERSION) throw new UnsupportedError('the group was written by another version of the program')
  const decoded = decodeFully(decodeGroupState, whole.slice(1))
  const inside = { ...decoded, clientConfig }
  for (const { name, bytes } of ratchets) putRatchet(inside, name, bytes)
  return inside
}

function encodeRatchet (epoch: bigint, at: number, tree: SecretTree): Ratchet {
  const name = `${epoch.toString(16).padStart(12, '0')}/${at.toString(16).padStart(4, '0')}`
  return { name, bytes: withArrayBuffer(encode(secretTreeEncoder)(tree.slice(at, at + 1))) as Bytes }
}

/** The state was decoded a moment ago and nobody else has it: changed in place. */
function putRatchet (inside: ClientState, name: string, bytes: Uint8Array): void {
  const [, epoch, place] = NAME.exec(name) ?? []
  const tree = epoch == null ? undefined : secretTreeOf(inside, BigInt(`0x${epoch}`))
  const at = Number.parseInt(place ?? '', 16)
  const [ratchets] = decodeFully(decodeSecretTree, bytes.slice())
  if (tree == null || ratchets == null || !(at < tree.length)) throw new StoreDamagedError(`the ratchet ${name} does not belong to its group`)
  tree[at] = ratchets
}

/** The library answers undefined or throws for what it cannot read, and leaves alone what stands behind. */
function decodeFully<T> (decode: (bytes: Uint8Array, at: number) => [T, number] | undefined, bytes: Uint8Array): T {
  let decoded: [T, number] | undefined
  try {
    decoded = decode(bytes, 0)
  } catch (cause) {
    throw new StoreDamagedError('the stored group cannot be read', { cause })
  }
  if (decoded == null || decoded[1] !== bytes.byteLength) throw new StoreDamagedError('the stored group cannot be read')
  return decoded[0]
}
