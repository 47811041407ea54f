/**
 * A disk: tables of values that outlive their process. A batch is atomic, as LevelDB's are.
 *
 *   write synced     there when `done` is called; cut short, it is there or not, by chance
 *   write unsynced   seen at once, and at a power cut the last of these are gone
 *   process dies     nothing of what was written is lost, whatever was being written is there or not
 *   power cut        as above, and unsynced writes of the last `writebackMs` are undone from some point on
 *   flipped bit      the value is there and damaged: its checksum fails for whoever reads it
 *   full, slow       writes fail, or take their time
 */
import type { Chance } from './chance.ts'
import type { World } from './world.ts'
import type { Millis } from '../../src/types.ts'

/** value: undefined deletes. Values are never changed after they were written. */
export interface DiskWrite { table: string, key: string, value: unknown, bytes: number }

export interface DiskConditions {
  /** One fsync, ms on average: exponential above the least. */
  fsyncMs: number
  fsyncMsMin: number
  /** How long the system may keep an unsynced write before it is on the disk anyway, ms. */
  writebackMs: number
  capacityBytes: number
}

/** A consumer SSD: fsync in 2 to 10 ms; Linux writes dirty pages back after 30 s (vm.dirty_expire_centisecs). */
export const DISK_CONDITIONS: DiskConditions = Object.freeze({ fsyncMs: 4, fsyncMsMin: 1, writebackMs: 30_000, capacityBytes: Infinity })

interface Cell { value: unknown, bytes: number, damaged: boolean }
interface Unsynced { at: Millis, before: Array<{ table: string, key: string, cell: Cell | undefined }> }

export type DiskRead = { found: false } | { found: true, damaged: boolean, value: unknown }

export class Disk {
  readonly #world: World
  readonly #chance: Chance
  readonly #tables = new Map<string, Map<string, Cell>>()
  conditions: DiskConditions
  #unsynced: Unsynced[] = []
  /** Synced writes under way, each with what takes it back. */
  #underWay = new Set<{ writes: DiskWrite[], cancel: () => void }>()
  #bytes = 0
  /** Tables of which a value was ever damaged. */
  readonly #damaged = new Set<string>()

  constructor (world: World, chance: Chance, conditions: DiskConditions = DISK_CONDITIONS) {
    this.#world = world
    this.#chance = chance
    this.conditions = conditions
  }

  get bytes (): number { return this.#bytes }
  get freeBytes (): number { return this.conditions.capacityBytes - this.#bytes }

  read (table: string, key: string): DiskRead {
    const cell = this.#tables.get(table)?.get(key)
    return cell === undefined ? { found: false } : { found: true, damaged: cell.damaged, value: cell.value }
  }

  /** Values of a table. */
  size (table: string): number { return this.#tables.get(table)?.size ?? 0 }

  /** For auditors: whether a power cut could not take the value back any more. */
  isSynced (table: string, key: string): boolean {
    const safe = this.#world.now() - this.conditions.writebackMs
    return !this.#unsynced.some(({ at, before }) => at > safe && before.some(cell => cell.table === table && cell.key === key))
  }

  /** Whether any value of the table was ever not what it had been: for whoever would look at all of them only to find that out. */
  wasDamaged (table: string): boolean { return this.#damaged.has(table) }

  /** In the order in which keys were first written. */
  * entries (table: string): Iterable<[key: string, value: unknown, damaged: boolean]> {
    for (const [key, { value, damaged }] of this.#tables.get(table) ?? []) yield [key, value, damaged]
  }

  /** done: undefined when it is written, else why not. Never called after the process died. */
  write (writes: DiskWrite[], { sync }: { sync: boolean }, done: (failure: string | undefined) => void): void {
    const added = writes.reduce((sum, { value, bytes }) => sum + (value === undefined ? 0 : bytes), 0)
    if (added > 0 && this.#bytes + added > this.conditions.capacityBytes) return this.#fail(done)
    const { fsyncMs, fsyncMsMin } = this.conditions
    if (!sync) {
      this.#unsynced.push({ at: this.#world.now(), before: this.#apply(writes) })
      this.#finish(writes, 0, () => { done(undefined) })
    } else {
      this.#finish(writes, fsyncMsMin + this.#chance.exponential(fsyncMs - fsyncMsMin), () => {
        this.#apply(writes)
        done(undefined)
      })
    }
  }

  /** kill -9: the system still has what was handed to it. */
  processDied (): void {
    for (const { writes, cancel } of this.#underWay) {
      cancel()
      if (this.#chance.happens(0.5)) this.#apply(writes)
    }
    this.#underWay.clear()
  }

  powerCut (): void {
    this.processDied()
    const safe = this.#world.now() - this.conditions.writebackMs
    const young = this.#unsynced.filter(({ at }) => at > safe)
    const lost = young.slice(this.#chance.integer(young.length + 1))
    for (const { before } of lost.reverse()) for (const { table, key, cell } of before.reverse()) this.#set(table, key, cell)
    this.#unsynced = []
  }

  /** Everything is gone: another disk. */
  wipe (): void {
    this.processDied()
    this.#tables.clear()
    this.#unsynced = []
    this.#bytes = 0
    this.#damaged.clear()
  }

  /** Damages so many values of a table, chosen by chance. Answers their keys. */
  flipBits (table: string, count: number): string[] {
    const keys = new Set(this.#chance.sample([...this.#tables.get(table)?.keys() ?? []], count))
    return this.#damage(table, key => keys.has(key))
  }

  /** Damages those values of a table that `isMeant` names. Answers their keys. */
  damage (table: string, isMeant: (value: unknown) => boolean): string[] {
    return this.#damage(table, (_key, value) => isMeant(value))
  }

  #damage (table: string, isMeant: (key: string, value: unknown) => boolean): string[] {
    const meant = [...this.#tables.get(table) ?? []].filter(([key, { value }]) => isMeant(key, value))
    for (const [key, cell] of meant) this.#set(table, key, { ...cell, damaged: true })
    return meant.map(([key]) => key)
  }

  #fail (done: (failure: string) => void): void {
    this.#finish([], this.conditions.fsyncMsMin, () => { done('no space is left on the disk') })
  }

  #finish (writes: DiskWrite[], ms: number, then: () => void): void {
    const cancel = this.#world.after(ms, () => {
      this.#underWay.delete(underWay)
      then()
    })
    const underWay = { writes, cancel }
    this.#underWay.add(underWay)
  }

  #apply (writes: DiskWrite[]): Unsynced['before'] {
    return writes.map(({ table, key, value, bytes }) => {
      const cell = this.#tables.get(table)?.get(key)
      this.#set(table, key, value === undefined ? undefined : { value, bytes, damaged: false })
      return { table, key, cell }
    })
  }

  #set (table: string, key: string, cell: Cell | undefined): void {
    let cells = this.#tables.get(table)
    if (cells === undefined) this.#tables.set(table, cells = new Map())
    this.#bytes += (cell?.bytes ?? 0) - (cells.get(key)?.bytes ?? 0)
    if (cell?.damaged === true) this.#damaged.add(table)
    if (cell === undefined) cells.delete(key)
    else cells.set(key, cell)
  }
}
