/**
 * One find, in the steps of src/dht/lookup.ts: salt 0 first, the others when it stays empty-handed or at once, a last
 * wait from the first valid answer on. Computed in one go; what it took is its duration.
 */
import { reopened } from './held.ts'
import type { Walk } from './walk.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { Millis, RootKey, RouteRecord } from '../../src/types.ts'

export interface LookupInit extends Pick<RouteInit, 'hedgeMs' | 'settleMs' | 'findTimeoutMs' | 'answersMax'> {}

/** A holder's word: a valid record, fresh or stale. */
export interface Answer { from: number, key: number, record: RouteRecord }

export interface LookupTask {
  root: RootKey
  /** One for each of the keys. */
  walks: readonly Walk[]
  keys: readonly number[]
  asker: number
  fresh: boolean
  now: Millis
  /** What the peer answers under a key, besides the peers that it names. */
  recordAt: (peer: number, key: number) => RouteRecord | undefined
}

export interface Looked {
  answers: Answer[]
  /** Bytes of all records that came in, checked or not. */
  recordBytes: number
  records: number
  ms: number
  /** Of the first valid answer: questions on the way to whom it came from; 0 without one. */
  hops: number
  /** How many of the walks were begun. */
  begun: number
}

export function lookUp ({ root, walks, keys, asker, fresh, now, recordAt }: LookupTask, init: LookupInit): Looked {
  const looked: Looked = { answers: [], recordBytes: 0, records: 0, ms: 0, hops: 0, begun: 0 }
  let endAt = init.findTimeoutMs
  const begin = (at: number, until: number): void => {
    for (; looked.begun < until; looked.begun++) {
      walks[looked.begun]?.begin({ asker, target: keys[looked.begun] as number, question: 'GET_VALUE', at, begunAt: now })
    }
  }
  begin(0, fresh ? walks.length : 1)
  for (;;) {
    const at = next(walks, looked.begun)
    const walk = walks[at] as Walk
    const nextAt = walk.nextAt
    if (looked.begun < walks.length && looked.answers.length === 0 && nextAt > init.hedgeMs) {
      // Salt 0 has ended with nothing, or keeps us waiting.
      begin(nextAt === Infinity ? looked.ms : init.hedgeMs, walks.length)
      continue
    }
    if (nextAt > endAt) {
      if (nextAt !== Infinity) looked.ms = endAt
      return looked
    }
    looked.ms = nextAt
    const from = walk.step()
    if (from < 0) continue
    const record = recordAt(from, keys[at] as number)
    if (record === undefined) continue
    looked.recordBytes += record.bytes.length
    if (++looked.records > init.answersMax) return looked
    const opened = record.root === root ? reopened(record, now + nextAt) : undefined
    if (opened === undefined) continue
    if (looked.answers.length === 0) {
      endAt = Math.min(endAt, nextAt + init.settleMs)
      looked.hops = walk.answeredHops[walk.answers - 1] as number
    }
    looked.answers.push({ from, key: keys[at] as number, record: opened })
  }
}

/** The walk in which something happens first. */
function next (walks: readonly Walk[], begun: number): number {
  let first = 0
  for (let at = 1; at < begun; at++) if ((walks[at] as Walk).nextAt < (walks[first] as Walk).nextAt) first = at
  return first
}
