/**
 * What cannot be opened yet: how much of it is kept, and when the devices that sent it are asked. A frame waits for
 * its commit or Welcome; after that its device is told that it is lost here, and sends it again in a way that opens.
 * Whatever waits came from who knows whom, so everything is bounded, and asking most of all.
 */
import { GROUPS_DEFAULTS } from './defaults.ts'
import type { Bytes, MessageId, Millis, PeerKey, RootKey } from '../../types.ts'

/** A frame that waits. mls: empty when another copy must come. */
export interface Waiting {
  id: MessageId
  from: RootKey
  device: PeerKey
  mls: Bytes
  /** When its device is to be asked next, and how often that was done. */
  askAt: Millis
  asks: number
}

/** The bounds. */
export type WaitingLimits = Record<'waitingMax' | 'waitingBytes' | 'waitingPerUser' | 'gatherMs' | 'askIntervalMs' | 'asksAtOnce' | 'asksMax' | 'lostIds', number>

/** What one note asks for. */
export interface Ask { to: RootKey, device: PeerKey, ids: MessageId[], keys: string[] }

type Records = ReadonlyMap<string, Waiting>

/**
 * Which must go, the oldest first, so that one more frame of this user has its place. empty: only their bytes; they
 * are asked for instead.
 */
export function makeRoom (records: Records, { from, mls }: Pick<Waiting, 'from' | 'mls'>, limits: WaitingLimits = GROUPS_DEFAULTS): { drop: string[], empty: string[] } {
  const ofUser = [...records].filter(([, record]) => record.from === from)
  const drop = new Set(ofUser.slice(0, Math.max(0, ofUser.length + 1 - limits.waitingPerUser)).map(([key]) => key))
  for (const [key] of records) {
    if (records.size - drop.size < limits.waitingMax) break
    drop.add(key)
  }
  const kept = [...records].filter(([key]) => !drop.has(key))
  let bytes = kept.reduce((sum, [, record]) => sum + record.mls.byteLength, mls.byteLength)
  const empty: string[] = []
  for (const [key, record] of kept) {
    if (bytes <= limits.waitingBytes) break
    if (record.mls.byteLength === 0) continue
    bytes -= record.mls.byteLength
    empty.push(key)
  }
  return { drop: [...drop], empty }
}

/** The notes that are due, each with what is due soon after. asked: when each device was last asked. */
export function dueAsks (records: Records, asked: ReadonlyMap<PeerKey, Millis>, now: Millis, limits: WaitingLimits = GROUPS_DEFAULTS): Ask[] {
  const asks = new Map<PeerKey, Ask>()
  const room = Math.max(0, limits.asksAtOnce - [...asked.values()].filter(at => at + limits.askIntervalMs > now).length)
  const open = [...records].filter(([, { device, asks: done }]) => done < limits.asksMax && (asked.get(device) ?? -Infinity) + limits.askIntervalMs <= now)
  const due = new Set([...new Set(open.filter(([, { askAt }]) => askAt <= now).map(([, { device }]) => device))].slice(0, room))
  for (const [key, { id, from, device, askAt }] of open) {
    if (!due.has(device) || askAt > now + limits.gatherMs) continue
    const ask = asks.get(device)
    if (ask === undefined) asks.set(device, { to: from, device, ids: [id], keys: [key] })
    // One device belongs to one user: whoever says otherwise is not asked.
    else if (ask.to === from && ask.ids.length < limits.lostIds) {
      ask.ids.push(id)
      ask.keys.push(key)
    }
  }
  return [...asks.values()]
}

/** Those that are due, whoever sent them: as many as one word asks for. */
export function dueIds<Record extends Waiting> (records: ReadonlyMap<string, Record>, now: Millis, limits: WaitingLimits = GROUPS_DEFAULTS): Array<[string, Record]> {
  return [...records].filter(([, { askAt, asks }]) => askAt <= now && asks < limits.asksMax).slice(0, limits.lostIds)
}

/** When the first of them is due; undefined when all were asked for often enough. */
export function nextDueAt (records: Records, limits: WaitingLimits = GROUPS_DEFAULTS): Millis | undefined {
  const times = [...records.values()].filter(({ asks }) => asks < limits.asksMax).map(({ askAt }) => askAt)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** When to look again; undefined when nothing is to be asked. */
export function nextAskAt (records: Records, asked: ReadonlyMap<PeerKey, Millis>, now: Millis, limits: WaitingLimits = GROUPS_DEFAULTS): Millis | undefined {
  const room = limits.asksAtOnce - [...asked.values()].filter(at => at + limits.askIntervalMs > now).length
  const times = [...records.values()]
    .filter(({ asks }) => asks < limits.asksMax)
    .map(({ askAt, device }) => Math.max(askAt, (asked.get(device) ?? -Infinity) + limits.askIntervalMs, room > 0 ? 0 : now + limits.askIntervalMs))
  return times.length === 0 ? undefined : Math.min(...times)
}
