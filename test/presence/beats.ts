// Beats for the cores, which see tags and bytes only: well-formed, and sealed with nobody's key.
import { readBeat } from '../../src/presence/beat.ts'
import { Beat } from '../../src/wire/presence.ts'
import type { OpenedBeat, PeerKey, PresenceState, SealedBeat } from '../../src/types.ts'

/** Beat number `word` of the user with this number: equal numbers give equal bytes. */
export function sealedBeat (user: number, word: number): SealedBeat {
  const tag = new Uint8Array(16)
  new DataView(tag.buffer).setUint32(0, user)
  const sealed = new Uint8Array(125)
  new DataView(sealed.buffer).setUint32(0, word)
  return readBeat(Beat.encode({ version: 1, period: 0, tag, nonce: new Uint8Array(12), sealed }))
}

export function deviceKey (number: number): PeerKey {
  return number.toString(16).padStart(64, '0') as PeerKey
}

/** As if `openBeat` had opened it. */
export function openedBeat (device: PeerKey, state: PresenceState, counter: number): OpenedBeat {
  return { tag: sealedBeat(1, 1).tag, device, state, counter } as OpenedBeat
}
