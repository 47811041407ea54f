/**
 * What stands in an application message: u8 kind ‖ the rest. Kind 0 is content, kind 1 a proposal: its items, each
 * u8 kind ‖ u16 length ‖ bytes; item 1 adds the device of a key package, item 2 removes the device of a key.
 */
import { concat } from 'uint8arrays/concat'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { MalformedError } from '../../errors.ts'
import { keyBytes, peerKeyFromBytes } from '../../identity/index.ts'
import { MLS_DEFAULTS } from './defaults.ts'
import { NotAllowedError } from './errors.ts'
import type { Bytes } from '../../types.ts'
import type { Proposal } from './port.ts'

const KIND = Object.freeze({ content: 0, proposal: 1 })
const ITEM = Object.freeze({ add: 1, remove: 2 })
const ITEM_LEAD_BYTES = 3

export type Application = { type: 'content', content: Bytes } | { type: 'proposal', proposal: Proposal }

export function encodeContent (content: Uint8Array): Bytes {
  return withArrayBuffer(concat([Uint8Array.of(KIND.content), content]))
}

/** Throws NotAllowedError for a proposal of nothing, or of too much. */
export function encodeProposal ({ add, remove }: Proposal): Bytes {
  const count = add.length + remove.length
  if (count === 0 || count > MLS_DEFAULTS.changesMax) throw new NotAllowedError(`a proposal has 1 to ${MLS_DEFAULTS.changesMax} changes, not ${count}`)
  if (add.some(({ byteLength }) => byteLength > MLS_DEFAULTS.keyPackageBytes)) throw new NotAllowedError(`a key package has at most ${MLS_DEFAULTS.keyPackageBytes} bytes`)
  return withArrayBuffer(concat([
    Uint8Array.of(KIND.proposal),
    ...add.flatMap((bytes) => item(ITEM.add, bytes)),
    ...remove.flatMap((device) => item(ITEM.remove, keyBytes(device)))
  ]))
}

/** Throws MalformedError. Key packages in it are as carried. */
export function decodeApplication (bytes: Uint8Array): Application {
  const rest = withArrayBuffer(bytes.slice(1))
  switch (bytes[0]) {
    case KIND.content: return { type: 'content', content: rest }
    case KIND.proposal: return { type: 'proposal', proposal: decodeItems(rest) }
    default: throw new MalformedError('the message in the group is neither content nor a proposal')
  }
}

function item (kind: number, bytes: Uint8Array): Uint8Array[] {
  return [Uint8Array.of(kind, bytes.byteLength >>> 8, bytes.byteLength), bytes]
}

function decodeItems (bytes: Bytes): Proposal {
  const proposal: Proposal = { add: [], remove: [] }
  for (let at = 0; at < bytes.byteLength;) {
    const length = (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0)
    const value = bytes.slice(at + ITEM_LEAD_BYTES, at + ITEM_LEAD_BYTES + length)
    if (at + ITEM_LEAD_BYTES + length > bytes.byteLength) throw new MalformedError('the proposal ends within an item')
    if (bytes[at] === ITEM.add && length <= MLS_DEFAULTS.keyPackageBytes) proposal.add.push(value)
    else if (bytes[at] === ITEM.remove) proposal.remove.push(peerKeyFromBytes(value))
    else throw new MalformedError('the proposal has an item that we do not know')
    at += ITEM_LEAD_BYTES + length
  }
  const count = proposal.add.length + proposal.remove.length
  if (count === 0 || count > MLS_DEFAULTS.changesMax) throw new MalformedError(`the proposal has ${count} changes, not 1 to ${MLS_DEFAULTS.changesMax}`)
  return proposal
}
