/**
 * What a person would complain of who lays all devices beside each other. Pure: it is given what was written, what
 * each device showed while it ran, and what stands in its history at the end.
 */
import { Breaches } from '../../simulations/checks/breaches.ts'
import { WORLD_BEGINS_AT } from '../../simulations/world/world.ts'
import type { Verdict } from '../../simulations/checks/check.ts'
import type { MessageId } from '../../src/types.ts'
import type { Line } from './line.ts'

/** Histories are compared once, when all is over. */
const AT_THE_END = WORLD_BEGINS_AT

export interface Evidence {
  /** Messages of which a device was told that they are queued on its disk. */
  written: ReadonlySet<MessageId>
  /** By device: what it showed, each time. */
  shown: ReadonlyMap<string, readonly MessageId[]>
  /** By device: its history of the conversation, in order. */
  histories: ReadonlyMap<string, readonly Line[]>
}

export function judge ({ written, shown, histories }: Evidence): Verdict[] {
  return [allHaveAll(written, histories), sameOrder(histories), sameLines(histories), causal(histories), onceInHistory(histories), shownOnce(shown)]
}

/** Equal sets, equal order, equal reactions: nothing more can come. */
export function areEqual ({ written, histories }: Pick<Evidence, 'written' | 'histories'>): boolean {
  return [allHaveAll(written, histories), sameOrder(histories), sameLines(histories)].every(({ kept }) => kept)
}

/** What one device has, all have: also what was written by a device that died before it could say so. */
function allHaveAll (written: ReadonlySet<MessageId>, histories: Evidence['histories']): Verdict {
  const all = new Set([...written, ...[...histories.values()].flatMap(lines => lines.map(({ id }) => id))])
  const breaches = new Breaches()
  for (const [device, lines] of histories) {
    const held = new Set(lines.map(({ id }) => id))
    for (const id of all) if (!held.has(id)) breaches.add(AT_THE_END, () => `${device} lacks message ${id}`)
  }
  return breaches.verdict('all-have-all', all.size * histories.size, 'messages that a device lacks')
}

function sameOrder (histories: Evidence['histories']): Verdict {
  const breaches = new Breaches()
  const [[first, model] = ['', []], ...others] = histories
  const held = new Set(model.map(({ id }) => id))
  for (const [, lines] of others) {
    const here = new Set(lines.map(({ id }) => id))
    for (const id of held) if (!here.has(id)) held.delete(id)
  }
  const order = (lines: readonly Line[]): MessageId[] => lines.map(({ id }) => id).filter(id => held.has(id))
  for (const [device, lines] of others) {
    const at = order(lines).findIndex((id, place) => id !== order(model)[place])
    if (at >= 0) breaches.add(AT_THE_END, () => `${device} has another message at place ${at} than ${first}`)
  }
  return breaches.verdict('same-order', histories.size, 'devices with another order')
}

/** Text and reactions of what several have. */
function sameLines (histories: Evidence['histories']): Verdict {
  const breaches = new Breaches()
  const seen = new Map<MessageId, string>()
  for (const [device, lines] of histories) {
    for (const { id, text, reactions } of lines) {
      const looks = JSON.stringify([text, reactions])
      const other = seen.get(id) ?? looks
      seen.set(id, other)
      if (other !== looks) breaches.add(AT_THE_END, () => `${device} shows ${id} as ${looks}, another one as ${other}`)
    }
  }
  return breaches.verdict('same-lines', seen.size, 'messages that look different')
}

function causal (histories: Evidence['histories']): Verdict {
  const breaches = new Breaches()
  for (const [device, lines] of histories) {
    const places = new Map(lines.map(({ id }, at) => [id, at]))
    for (const [at, { id, parents }] of lines.entries()) {
      for (const parent of parents) if ((places.get(parent) ?? -1) > at) breaches.add(AT_THE_END, () => `${device} has ${id} before ${parent}, which it answers`)
    }
  }
  return breaches.verdict('causal-order', histories.size, 'messages before what they answer')
}

function onceInHistory (histories: Evidence['histories']): Verdict {
  const breaches = new Breaches()
  for (const [device, lines] of histories) for (const id of repeated(lines.map(line => line.id))) breaches.add(AT_THE_END, () => `${device} has ${id} twice`)
  return breaches.verdict('once-in-history', histories.size, 'messages that stand twice')
}

function shownOnce (shown: Evidence['shown']): Verdict {
  const breaches = new Breaches()
  let count = 0
  for (const [device, ids] of shown) {
    count += ids.length
    for (const id of repeated(ids)) breaches.add(AT_THE_END, () => `${device} showed ${id} again`)
  }
  return breaches.verdict('shown-once', count, 'messages that were shown again')
}

function repeated<T> (values: readonly T[]): T[] {
  const seen = new Set<T>()
  return values.filter(value => seen.has(value) || !seen.add(value))
}
