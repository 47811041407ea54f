/**
 * Which of a conversation's groups counts. Either side may replace the group at any time, also both at once, and all
 * devices must agree on one without asking anybody: so a group's id says which generation it is of.
 *
 * Group id: generation u32 big-endian ‖ 12 random bytes, in hex. The highest generation is the newest; of those the
 * lowest id.
 */
import { toHex } from '../../wire/hex.ts'
import type { Random } from '../../ports.ts'
import type { GroupId } from '../mls/index.ts'

const FORM = /^[0-9a-f]{32}$/
const GENERATION_DIGITS = 8
const RANDOM_BYTES = 12
/** A generation that no chat reaches: what lies above is forged, to be the newest for ever. */
const GENERATION_MAX = 0x7fff_ffff

export function newGroupId (generation: number, random: Pick<Random, 'bytes'>): GroupId {
  return `${generation.toString(16).padStart(GENERATION_DIGITS, '0')}${toHex(random.bytes(RANDOM_BYTES))}` as GroupId
}

/** Undefined when it is not an id of ours. */
export function generationOf (id: GroupId): number | undefined {
  if (!FORM.test(id)) return undefined
  const generation = Number.parseInt(id.slice(0, GENERATION_DIGITS), 16)
  return generation > 0 && generation <= GENERATION_MAX ? generation : undefined
}

/** The newer one first. */
export function compareGroups (a: GroupId, b: GroupId): number {
  const generations = (generationOf(b) ?? 0) - (generationOf(a) ?? 0)
  return generations !== 0 ? generations : a < b ? -1 : a > b ? 1 : 0
}
